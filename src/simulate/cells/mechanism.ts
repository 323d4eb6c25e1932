/**
 * What perturbations do to latents: a sparse graph and the shifts along its edges.
 *
 * Equations 14 and 15 of Lopez et al. 2023. The shift of an edge depends on the seed, perturbation and latent only,
 * so that it stays when the number of targets, the density or the covered latents change.
 */
import { OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { names } from '../settings.js';
import type { CellsSettings, Group } from './options.js';

export interface Mechanism {
  /** Names of perturbations, then of combinations. */
  readonly labels: readonly string[];
  /** The numbers of the two perturbations of each combination, `(nCombinations, 2)`. */
  readonly parts: Int32Array;
  /** The latent that only the combination shifts, −1 without one, `(nCombinations)`. */
  readonly interactions: Int32Array;
  /** 1 where a label targets a latent, `(nLabels, nLatents)`. */
  readonly graph: Uint8Array;
  /** Mean of the latents under a label, zero off the graph, `(nLabels, nLatents)`. */
  readonly shifts: Float64Array;
}

/** Throws OptionError where more interactions are asked than combinations leave a latent alone. */
export function drawMechanism(settings: CellsSettings, random: Random): Mechanism {
  const { perturbations, combinations, latents, heldOut, train, heldOutGroup } = settings;
  const single = names('perturbation', perturbations);
  const parts = drawPairs(perturbations - heldOut, combinations, random.split('pairs'));
  const joint = Array.from({ length: combinations }, (_, c) => {
    return `${single[parts[2 * c]]}+${single[parts[2 * c + 1]]}`;
  });
  const labels = [...single, ...joint];
  const graph = new Uint8Array(labels.length * latents);
  const shifts = new Float64Array(labels.length * latents);
  const shiftOf = (label: number, latent: number, effect: number) => {
    const stream = random.split('shift', label, latent);
    const size = effect + settings.effectSpread * stream.normal();
    return stream.bernoulli(0.5) ? size : -size;
  };
  for (let label = 0; label < perturbations; label++) {
    const group = label < perturbations - heldOut ? train : heldOutGroup;
    for (const latent of drawTargets(group, settings.covered, random.split('targets', label))) {
      graph[label * latents + latent] = 1;
      shifts[label * latents + latent] = shiftOf(label, latent, group.effect);
    }
  }
  for (let c = 0; c < combinations; c++) {
    const row = (perturbations + c) * latents;
    for (const part of parts.subarray(2 * c, 2 * c + 2)) {
      for (let latent = 0; latent < latents; latent++) {
        graph[row + latent] |= graph[part * latents + latent];
        shifts[row + latent] += shifts[part * latents + latent];
      }
    }
  }
  const interactions = drawInteractions(settings, graph, random.split('interactions'));
  interactions.forEach((latent, c) => {
    if (latent < 0) return;
    const label = perturbations + c;
    graph[label * latents + latent] = 1;
    shifts[label * latents + latent] = shiftOf(label, latent, settings.effect);
  });
  return { labels, parts, interactions, graph, shifts };
}

function drawTargets({ targets: [fewest, most], replacement }: Group, covered: number, random: Random) {
  const count = fewest + random.integer(most - fewest + 1);
  if (!replacement) return random.sample(covered, count);
  return random.fill(new Int32Array(count), (r) => r.integer(covered));
}

/** Different pairs (a, b) of 0 … n − 1, a < b, `(count, 2)`. */
function drawPairs(n: number, count: number, random: Random): Int32Array {
  const pairs = new Int32Array(2 * count);
  random.sample(Math.max(0, (n * (n - 1)) / 2), count).forEach((pair, c) => {
    // Pair number b(b − 1)/2 + a: the larger member first, by the root of the triangular number.
    let b = Math.floor((1 + Math.sqrt(1 + 8 * pair)) / 2);
    if ((b * (b - 1)) / 2 > pair) b--;
    pairs[2 * c] = pair - (b * (b - 1)) / 2;
    pairs[2 * c + 1] = b;
  });
  return pairs;
}

/** For a share of the combinations, a covered latent that neither part targets; −1 for the others. */
function drawInteractions(settings: CellsSettings, graph: Uint8Array, random: Random): Int32Array {
  const { perturbations, combinations, latents, covered } = settings;
  const free = Array.from({ length: combinations }, (_, c) => {
    const row = graph.subarray((perturbations + c) * latents, (perturbations + c) * latents + covered);
    return Array.from(row.keys()).filter((latent) => row[latent] === 0);
  });
  const able = Array.from(free.keys()).filter((c) => free[c].length > 0);
  const count = Math.round(settings.interactions * combinations);
  if (count > able.length) {
    const allowed = `at most ${able.length / combinations}: the parts of the others target all ${covered} latents`;
    throw new OptionError('interactions', settings.interactions, allowed);
  }
  const latentOf = new Int32Array(combinations).fill(-1);
  for (const at of random.sample(able.length, count)) {
    const candidates = free[able[at]];
    latentOf[able[at]] = candidates[random.integer(candidates.length)];
  }
  return latentOf;
}

/**
 * Edges that more than one training finds. The probabilities of one training hold for the basis of latents that it
 * arrived at; with few perturbations another seed may arrive at another, and each is sure of its own. So the model is
 * trained again, the latents of each run are matched to those of the first by their correlation over cells, and the
 * probability of an edge becomes the mean over all runs (Lakshminarayanan, Pritzel, Blundell 2017).
 */
import type { Runtime, Weights } from '../compute/index.js';
import { dense } from '../data/index.js';
import { meanCorrelationCoefficient } from '../evaluate/index.js';
import { MechanismRepresentation, type PerturbedCells } from '../represent/index.js';
import type { TrainedModel } from './represent-model.node.js';

/** With fewer perturbations for each latent, a second seed often finds another basis. */
const ENOUGH_A_LATENT = 5;
const SEVERAL = 3;

export interface Repeated {
  /** The first run, with the probabilities of all. */
  readonly representation: MechanismRepresentation;
  readonly runs: number;
  /** Mean |correlation| of matched latents, over the further runs. */
  readonly agreement: number;
  /** Edges of the first run, and those of them that all runs have. */
  readonly edges: number;
  readonly inAll: number;
}

/** How often a model is trained, where nobody says: once, but where its graph may hang on the seed. */
export const repeatsFor = (model: string, latent: number, perturbations: number): number =>
  model === 'svae-bayes' && perturbations < ENOUGH_A_LATENT * latent ? SEVERAL : 1;

/** `again` trains run `k`, from 1. Its models are disposed of, and so is the first when another takes its place. */
export async function repeated(
  runtime: Runtime,
  first: TrainedModel,
  cells: PerturbedCells,
  runs: number,
  again: (k: number) => Promise<TrainedModel>,
): Promise<Repeated | undefined> {
  const own = first.representation.graph();
  if (!own || runs < 2) return undefined;
  const { latent } = first.representation;
  const mean = own.probability.map((p) => p / runs);
  const least = own.probability.slice();
  const latents = await latentsOf(first.representation, cells);
  let agreement = 0;
  for (let k = 1; k < runs; k++) {
    const { representation } = await again(k);
    const other = representation.graph()!;
    const { estimateOf, value } = meanCorrelationCoefficient(latents, await latentsOf(representation, cells));
    agreement += value / (runs - 1);
    mean.forEach((_, at) => {
      const p = other.probability[at - (at % latent) + estimateOf[at % latent]];
      mean[at] += p / runs;
      least[at] = Math.min(least[at], p);
    });
    await representation.dispose();
  }
  const { config, weights } = first.representation;
  await first.representation.dispose();
  const known = weights.get('edge_probability')!;
  const all: Weights = new Map([
    ...weights,
    ['edge_probability', { ...known, values: Float32Array.from(mean) }],
  ]);
  return {
    representation: new MechanismRepresentation(runtime, config, all),
    runs,
    agreement,
    edges: own.probability.filter((p) => p > 0.5).length,
    inAll: least.filter((p) => p > 0.5).length,
  };
}

async function latentsOf(representation: MechanismRepresentation, cells: PerturbedCells) {
  const { mean } = await representation.encode(cells.X);
  return dense(cells.X.nRows, representation.latent, mean);
}

/** What the runs say together, in words. */
export function repeatedSentence({ runs, agreement, edges, inAll }: Repeated): string {
  const doubt =
    agreement < 0.9
      ? '; the basis of the latents hangs on the seed, which more perturbations or fewer latents would settle'
      : '';
  return (
    `trained ${runs} times: latents agree with a correlation of ${agreement.toFixed(2)}, and ${inAll} of the ${edges} edges of ` +
    `the first training are in all; probabilities are means over the trainings${doubt}`
  );
}

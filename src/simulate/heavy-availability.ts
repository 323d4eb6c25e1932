/**
 * Which pairs a screen of CMAP's kind observed: a few core cell lines with most compounds, many with hundreds,
 * most compounds in few cell lines, the control nearly everywhere. Counts are met exactly.
 */
import { OptionError } from '../errors.js';
import type { Random } from '../random/index.js';

export interface HeavyCounts {
  readonly contexts: number;
  readonly actions: number;
  /** Number of the control action. */
  readonly control: number;
  readonly pairs: number;
  readonly largestContext: number;
  readonly controlContexts: number;
  readonly widestAction: number;
}

/** CMAP's nine core lines of 71. */
const CORE_SHARE = 9 / 71;
/** How far the preference for popular treatments outweighs chance. */
const POPULARITY = 2.5;

/** Pairs sorted by context, then action. Throws OptionError for counts that cannot all hold. */
export function drawHeavyAvailability(
  counts: HeavyCounts,
  random: Random,
): { pairContext: Int32Array; pairAction: Int32Array } {
  const { contexts: nContexts, actions: nActions, control } = counts;
  // Contexts from the largest to the smallest; the control is missing in the smallest.
  const order = random.split('contexts').permutation(nContexts);
  const sizes = contextSizes(counts);
  const measured = Array.from({ length: nContexts }, () => new Uint8Array(nActions));
  for (let place = 0; place < counts.controlContexts; place++) measured[order[place]][control] = 1;
  const degree = drawTreatments(counts, measured, order, sizes, random);
  settleOrphans(counts, measured, degree, random.split('orphans'));
  const pairContext = new Int32Array(counts.pairs);
  const pairAction = new Int32Array(counts.pairs);
  let pair = 0;
  measured.forEach((row, context) => {
    row.forEach((is, action) => {
      if (!is) return;
      pairContext[pair] = context;
      pairAction[pair++] = action;
    });
  });
  return { pairContext, pairAction };
}

/** Treatments a context, falling: the largest as asked, then the core, then a long tail. */
function contextSizes(counts: HeavyCounts): Int32Array {
  const nTreatments = counts.actions - 1;
  const first = counts.largestContext - 1;
  const total = counts.pairs - counts.controlContexts;
  const tail = counts.contexts - 1;
  const least = nTreatments === 0 ? 0 : 1;
  const rest = total - first;
  const cap = Math.min(first, nTreatments);
  const needed = nTreatments === 0 ? 0 : nTreatments - 1 + counts.widestAction;
  // Where some context has the control only, `least` cannot hold; that is a screen nobody needs.
  if (first < least || rest < least * tail || rest > cap * tail || total < needed) {
    throw new OptionError(
      'pairs',
      counts.pairs,
      `possible with ${counts.contexts} contexts, ${counts.actions} actions, ${counts.largestContext} of ` +
        `them in the largest context the control in ${counts.controlContexts} and a treatment in ${counts.widestAction}`,
    );
  }
  const core = Math.round(CORE_SHARE * counts.contexts) - 1;
  const weights = Array.from({ length: tail }, (_, i) =>
    i < core ? 1 - (0.4 * i) / core : 0.1 / (1 + (i - core) / 8),
  );
  const sizes = new Int32Array(counts.contexts).fill(least);
  sizes[0] = first;
  let left = rest - least * tail;
  // Hand out in proportion to the weights; what the cap turns away goes round again.
  while (left > 0) {
    const open = weights.map((weight, i) => (sizes[i + 1] < cap ? weight : 0));
    const weightLeft = open.reduce((a, b) => a + b, 0);
    const share = left / weightLeft;
    open.forEach((weight, i) => {
      if (weight === 0) return;
      const more = Math.min(Math.max(1, Math.floor(share * weight)), cap - sizes[i + 1], left);
      sizes[i + 1] += more;
      left -= more;
    });
  }
  return sizes;
}

/** Fills `measured`; returns the number of contexts of each action. */
function drawTreatments(
  counts: HeavyCounts,
  measured: readonly Uint8Array[],
  order: Int32Array,
  sizes: Int32Array,
  random: Random,
): Int32Array {
  const { actions: nActions, control, widestAction } = counts;
  const degree = new Int32Array(nActions);
  if (nActions === 1) return degree;
  const popularity = random.split('popularity').fillNormal(new Float64Array(nActions));
  popularity[control] = Number.NEGATIVE_INFINITY;
  const widest = popularity.indexOf(popularity.reduce((a, b) => Math.max(a, b)));
  const withWidest = new Set(random.split('widest').sample(order.length, widestAction));
  const scores = new Float64Array(nActions);
  const cap = Math.max(1, widestAction - 1);
  for (let place = 0; place < order.length; place++) {
    const row = measured[order[place]];
    const chance = random.split('context', place);
    // Top scores with Gumbel noise are a weighted sample without replacement, of exactly this size.
    for (let action = 0; action < nActions; action++) {
      const score = POPULARITY * popularity[action] + chance.gumbel();
      scores[action] = degree[action] < cap ? score : Number.NEGATIVE_INFINITY;
    }
    scores[control] = Number.NEGATIVE_INFINITY;
    scores[widest] = withWidest.has(place) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const size = sizes[place];
    const threshold = scores.slice().sort()[nActions - size];
    if (threshold === Number.NEGATIVE_INFINITY) {
      throw new OptionError('widestAction', widestAction, `enough for ${counts.pairs} pairs`);
    }
    for (let action = 0; action < nActions; action++) {
      if (scores[action] < threshold) continue;
      row[action] = 1;
      degree[action]++;
    }
  }
  return degree;
}

/** Gives every treatment that was left out a place of one that has several. */
function settleOrphans(
  counts: HeavyCounts,
  measured: readonly Uint8Array[],
  degree: Int32Array,
  random: Random,
): void {
  const { actions: nActions, control, widestAction } = counts;
  for (let orphan = 0; orphan < nActions; orphan++) {
    if (orphan === control || degree[orphan] > 0) continue;
    const start = random.integer(measured.length * nActions);
    let settled = false;
    for (let step = 0; step < measured.length * nActions && !settled; step++) {
      const at = (start + step) % (measured.length * nActions);
      const row = measured[Math.floor(at / nActions)];
      const action = at % nActions;
      const spare = row[action] && action !== control && degree[action] > 1;
      if (!spare || degree[action] === widestAction) continue;
      row[action] = 0;
      degree[action]--;
      row[orphan] = 1;
      degree[orphan] = 1;
      settled = true;
    }
    if (!settled) throw new OptionError('pairs', counts.pairs, 'enough for every action to have one');
  }
}

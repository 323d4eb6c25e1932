/**
 * What the network says of splits of the control itself, where nobody was hit. Wells of one plate, donors, phases of the
 * cell cycle: real controls differ among themselves in ways that no simulation had, and a network that takes that for an
 * intervention will do so for the groups as well. So where a group has likely targets, cells of the control as many as
 * the group's are set against the others a few times. Of k genes of the group that are as likely as some gene or
 * likelier, splits have f in the mean: 1 − f / k of them are not to be had for nothing (one minus the false discovery
 * rate, Storey and Tibshirani 2003, with all genes taken for untouched). And where one of the splits alone has k, the odds
 * are even at best, as they are whatever is said against a null hypothesis that such a share of chances comes to
 * (Sellke, Bayarri and Berger 2001). Ranks stay as they are.
 */
import { type DenseMatrix, takeRows } from '../../data/index.js';
import type { Random } from '../../random/index.js';

/** Below this largest probability nothing is claimed that would have to be checked. */
export const WORTH_CHECKING = 0.2;

export const EVEN = 0.5;

/** Of the control, at most so large a share is set against the rest. */
const LARGEST_SHARE = 1 / 3;

/** Cells of each part of a split of `controls` for a group of `cells`; undefined where either would have fewer than `least`. */
export function splitSize(controls: number, cells: number, least: number): number | undefined {
  // groups of about one size share their splits
  const near = Math.round(2 ** Math.round(Math.log2(cells)));
  const part = Math.max(least, Math.min(near, Math.floor(controls * LARGEST_SHARE)));
  return controls - part >= Math.max(least, part) ? part : undefined;
}

/** Two parts of the control at random: in the place of a group, and of the control. */
export function splitOf(control: DenseMatrix, part: number, random: Random): [DenseMatrix, DenseMatrix] {
  const drawn = random.permutation(control.nRows);
  const cells = (places: Int32Array) => takeRows(control, places.sort()) as DenseMatrix;
  return [cells(drawn.subarray(0, part)), cells(drawn.subarray(part))];
}

/** `(nGenes)`: probabilities, none above what the logits of the splits leave, nor above that of a larger logit. */
export function heldDown(
  probability: Float64Array,
  logits: Float64Array,
  splits: readonly Float64Array[],
): Float64Array {
  if (splits.length === 0) return probability;
  const order = Int32Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);
  const most = leftBySplits(logits, order, splits);
  // what as many of the claimed genes as may be are worth together, each of them is; others are not worth more than these
  let claims = 0;
  while (claims < order.length && probability[order[claims]] > EVEN) claims++;
  for (let at = claims - 2; at >= 0; at--) most[at] = Math.max(most[at], most[at + 1]);
  const out = new Float64Array(logits.length);
  let bound = 1;
  order.forEach((gene, at) => {
    bound = Math.min(bound, most[at]);
    out[gene] = Math.min(probability[gene], bound);
  });
  return out;
}

/** By place: of the genes that are as likely as the one there or likelier, the share that splits do not bring forth. */
function leftBySplits(
  logits: Float64Array,
  order: Int32Array,
  splits: readonly Float64Array[],
): Float64Array {
  const untouched = splits.map((values) => values.slice().sort().reverse());
  const reached = new Int32Array(splits.length);
  const most = new Float64Array(order.length);
  // one of the genes may be hit all the same
  const least = 1 / order.length;
  for (let from = 0; from < order.length; ) {
    const logit = logits[order[from]];
    let to = from + 1;
    while (to < order.length && logits[order[to]] === logit) to++;
    untouched.forEach((values, split) => {
      while (reached[split] < values.length && values[reached[split]] >= logit) reached[split]++;
    });
    const inTheMean = reached.reduce((sum, count) => sum + count, 0) / splits.length;
    const left = Math.max(least, 1 - inTheMean / to);
    most.fill(reached.some((count) => count >= to) ? Math.min(EVEN, left) : left, from, to);
    from = to;
  }
  return most;
}

/** As a split costs what a group costs, few genes can have many. */
export const splitsFor = (genes: number): number => Math.max(5, Math.min(40, Math.round(2000 / genes)));

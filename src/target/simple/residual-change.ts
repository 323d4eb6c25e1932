/**
 * How much the residuals of a gene differ between control and group: the root of twice the log likelihood ratio, in two parts,
 *
 *     shift² = (n + m) log(v_both / v_within)
 *     spread² = (n log(v_within / v_control) + m log(v_within / v_group)) · 2 / (κ − 1)
 *
 * with v the variance of the n cells of the control, the m of the group, both about their own means, and both together. The
 * variance of log v is (κ − 1) / n, κ the kurtosis, so the spread is what it is for normal residuals divided by what
 * heavier tails add to chance.
 *
 * To either set κ − 1 cells of both together are added, their mean and their variance: the fewer cells and the heavier the
 * tails, the less either says. A gene that one control cell in ten has and none of 30 perturbed ones has no variance
 * there, and one that no control cell has and one perturbed cell does none here; without them both are infinite changes,
 * and mostly chance.
 */

/** What counts as a change. */
export type Counted = 'shift-and-spread' | 'spread';

export interface ResidualMoments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
  /** Fourth central moment. */
  readonly fourth: number;
}

/** Below this share of its size a deviation is rounding; residuals are in deviations of the control. */
const ROUNDING = 1e-9;

/** Below this a likelihood ratio is rounding: the same cells twice have 0. */
const ROUNDED = 1e-10;

export function momentsOf(values: Float64Array): ResidualMoments {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / n;
  let [squares, fourths] = [0, 0];
  for (const value of values) {
    const square = (value - mean) ** 2;
    squares += square;
    fourths += square * square;
  }
  const varies = squares / n > ROUNDING ** 2 * (1 + mean ** 2);
  return { n, mean, variance: varies ? squares / n : 0, fourth: varies ? fourths / n : 0 };
}

export function residualChange(control: ResidualMoments, group: ResidualMoments, counts: Counted): number {
  const [n, m] = [control.n, group.n];
  const added = kurtosisOf(control, group) - 1;
  const within = (n * control.variance + m * group.variance) / (n + m);
  const overall = (n * control.mean + m * group.mean) / (n + m);
  const meanOf = ({ n: cells, mean }: ResidualMoments) => (cells * mean + added * overall) / (cells + added);
  const between = (n * m * (meanOf(control) - meanOf(group)) ** 2) / (n + m) ** 2;
  // cells of both together, here too: genes that are constant in both sets, at two values, have no variance within
  const both = within + between;
  if (both === 0) return 0;
  const tempered = ((n + m) * within + added * both) / (n + m + added);
  const logOf = ({ n: cells, variance }: ResidualMoments) =>
    Math.log((cells * variance + added * tempered) / ((cells + added) * tempered));
  const [ofControl, ofGroup] = [logOf(control), logOf(group)];
  if (counts === 'spread') return Math.abs(ofGroup - ofControl) / Math.sqrt(added / m + added / n);
  const shift = (n + m) * Math.log(both / tempered);
  const spread = Math.max(0, -n * ofControl - m * ofGroup) * (2 / added);
  return shift + spread > ROUNDED ? Math.sqrt(shift + spread) : 0;
}

/**
 * Mean over the cells of either set; at least 3, as few cells show lighter tails only. A set that is constant says nothing
 * of tails: for it stands that of both sets together.
 */
function kurtosisOf(...sets: readonly [ResidualMoments, ResidualMoments]): number {
  const cells = sets[0].n + sets[1].n;
  const sum = (of: (set: ResidualMoments) => number) => sets.reduce((all, set) => all + set.n * of(set), 0);
  const [within, fourth] = [sum(({ variance }) => variance) / cells, sum((set) => set.fourth) / cells];
  if (within === 0) return 3;
  const pooled = fourth / within ** 2;
  return Math.max(3, sum((set) => (set.variance > 0 ? set.fourth / set.variance ** 2 : pooled)) / cells);
}

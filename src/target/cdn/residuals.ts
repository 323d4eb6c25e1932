/**
 * How heavy the tails of a regression's residuals are. Under normal theory the log of a variance has variance
 * 2 / cells; it is (kurtosis − 1) / cells (Layard 1973), and with heavy tails or a few outlying cells many times that,
 * so that chance alone looks like a change of variance.
 */
import type { Explanation } from './causes.js';
import { distanceOf } from './invariance.js';
import type { Moments } from './moments.js';

const NORMAL = 3;
/** Of a column's own sum of squares: what the columns before it leave of it below this is rounding. */
const LEAST_PIVOT = 1e-7;

/**
 * The best regressions of a gene with the changes of variance in standard errors that suit their tails: the gene's own
 * without causes, and with any those that the largest set leaves.
 */
export function robust(
  gene: number,
  candidates: Int32Array,
  sets: readonly [Moments, Moments],
  found: Explanation,
): Explanation {
  const { members } = found;
  const causes = members[members.length - 1].map((c) => candidates[c]);
  const [alone, explained] = [[], causes].map((others) => {
    const sum = sets.reduce((total, set) => total + set.cells * residualKurtosis(set, gene, others), 0);
    const kurtosis = sum / (sets[0].cells + sets[1].cells);
    // lighter tails than normal ones are as likely to be those of few cells
    return Math.sqrt(2 / (Math.max(kurtosis, NORMAL) - 1));
  });
  const best = found.best.map((change, size) => {
    return { ...change, variance: change.variance * (members[size].length > 0 ? explained : alone) };
  });
  return { ...found, best, distances: best.map(distanceOf) };
}

/** Of the gene's regression on `others` and their squares in one set; 3 where nothing is left. */
export function residualKurtosis(set: Moments, gene: number, others: readonly number[]): number {
  const { cells, scaled, scales, kurtosis } = set;
  if (others.length === 0) return kurtosis[gene];
  const slopes = slopesOf(set, gene, others);
  const left = new Float64Array(scaled.subarray(gene * cells, (gene + 1) * cells));
  others.forEach((j, o) => {
    const linear = slopes[o];
    const square = slopes[others.length + o] / scales.squareDeviation[j];
    for (let c = 0; c < cells; c++) {
      const x = scaled[j * cells + c];
      left[c] -= (linear + square * x) * x;
    }
  });
  let mean = 0;
  for (let c = 0; c < cells; c++) mean += left[c] / cells;
  let [second, fourth] = [0, 0];
  for (let c = 0; c < cells; c++) {
    const squared = (left[c] - mean) * (left[c] - mean);
    second += squared / cells;
    fourth += (squared * squared) / cells;
  }
  return second > LEAST_PIVOT * set.variance[gene] ? fourth / second ** 2 : NORMAL;
}

/** Least squares, of the others and then their squares; 0 for columns that those before explain. */
function slopesOf({ products, width, genes, cells }: Moments, gene: number, others: readonly number[]) {
  const columns = [...others.map((j) => 1 + j), ...others.map((j) => 1 + genes + j)];
  const count = columns.length;
  const central = (a: number, b: number) =>
    products[a * width + b] - (products[a * width] * products[b * width]) / cells;
  const rows = columns.map((a) => Float64Array.from([...columns, 1 + gene], (b) => central(a, b)));
  const sizes = rows.map((row, p) => row[p]);
  const kept = rows.map((row, p) => {
    const pivot = row[p];
    if (!(pivot > LEAST_PIVOT * sizes[p])) return false;
    for (let q = 0; q < count; q++) {
      const factor = rows[q][p] / pivot;
      if (q === p || factor === 0) continue;
      for (let b = p; b <= count; b++) rows[q][b] -= factor * row[b];
    }
    return true;
  });
  return rows.map((row, p) => (kept[p] ? row[count] / row[p] : 0));
}

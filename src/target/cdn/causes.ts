/**
 * The search for causes that explain a gene: over sets of candidates up to some size, which make the gene's regression
 * the same in both sets of cells? All regressions of one gene share their eliminations: a set is reached by taking one
 * more gene, with its square, out of the products that the smaller set left.
 */
import { type Change, changeOf, distanceOf } from './invariance.js';
import { kurtosisOf, type Moments } from './moments.js';

export interface SearchOptions {
  /** Sets of all candidates up to this size are tried. */
  readonly exhaustive: number;
  /** From the best of them on, candidates are added one by one up to this size. */
  readonly greedy: number;
}

/** Of one gene. */
export interface Explanation {
  /** By size of the set, 0 … greedy: the least change that a set of this size leaves, and how large. */
  readonly best: readonly Change[];
  readonly distances: readonly number[];
  /** Places among the candidates of each such set. */
  readonly members: readonly (readonly number[])[];
  /** By candidate: share of the weight exp(−distance / 2) of all sets that those with this candidate have. */
  readonly inclusion: Float64Array;
}

/** Products of (1 taken out) candidates, squares and the gene itself, in three sets of cells. */
interface Local {
  readonly size: number;
  readonly matrices: readonly Float64Array[];
}

export function explain(
  gene: number,
  candidates: Int32Array,
  sets: readonly [Moments, Moments, Moments],
  { exhaustive, greedy }: SearchOptions,
): Explanation {
  const count = candidates.length;
  const [control, perturbed] = sets;
  const added = kurtosisOf([control, perturbed], gene) - 1;
  const best: Change[] = [];
  const distances: number[] = [];
  const chosen: (readonly number[])[] = [];
  const tried: { readonly members: readonly number[]; readonly distance: number }[] = [];

  const judge = (rest: readonly number[], members: readonly number[]) => {
    const size = members.length;
    const change = changeOf({
      control: rest[0],
      perturbed: rest[1],
      both: rest[2],
      coefficients: 1 + 2 * size,
      controlCells: control.cells,
      perturbedCells: perturbed.cells,
      added,
    });
    const distance = distanceOf(change);
    tried.push({ members, distance });
    if (distances[size] !== undefined && distances[size] <= distance) return;
    best[size] = change;
    distances[size] = distance;
    chosen[size] = members;
  };

  // regressions need cells to spare, or their changes say nothing
  const affordable = Math.floor((Math.min(control.cells, perturbed.cells) - 4) / 2);
  const most = Math.min(greedy, count, affordable);
  const largest = Math.min(exhaustive, most);
  const visit = (local: Local, members: readonly number[], from: number) => {
    for (let c = from; c < count; c++) {
      const more = [...members, c];
      judge(residualsWith(local, c), more);
      if (more.length < largest) visit(without(local, c), more, c + 1);
    }
  };
  const whole = localProducts(gene, candidates, sets);
  judge(residualsOf(whole), []);
  if (largest > 0) visit(whole, [], 0);

  for (let size = largest + 1; size <= most; size++) {
    const before = chosen[size - 1];
    const reduced = before.reduce(without, whole);
    for (let c = 0; c < count; c++) {
      if (!before.includes(c)) judge(residualsWith(reduced, c), [...before, c]);
    }
  }
  while (best.length <= greedy) {
    best.push(best[best.length - 1]);
    distances.push(distances[distances.length - 1]);
    chosen.push(chosen[chosen.length - 1]);
  }
  return { best, distances, members: chosen, inclusion: inclusionOf(tried, count) };
}

function inclusionOf(
  tried: readonly { readonly members: readonly number[]; readonly distance: number }[],
  count: number,
): Float64Array {
  const least = tried.reduce((low, { distance }) => Math.min(low, distance), Number.POSITIVE_INFINITY);
  const inclusion = new Float64Array(count);
  let total = 0;
  for (const { members, distance } of tried) {
    const weight = Math.exp((least - distance) / 2);
    total += weight;
    for (const c of members) inclusion[c] += weight;
  }
  return inclusion.map((weight) => weight / total);
}

/** Candidates, their squares, then the gene; the constant is taken out. */
function localProducts(gene: number, candidates: Int32Array, sets: readonly Moments[]): Local {
  const count = candidates.length;
  const { genes, width } = sets[0];
  const columns = new Int32Array(2 * count + 1);
  for (let c = 0; c < count; c++) {
    columns[c] = 1 + candidates[c];
    columns[count + c] = 1 + genes + candidates[c];
  }
  columns[2 * count] = 1 + gene;
  const size = columns.length;
  const matrices = sets.map(({ products, cells }) => {
    const matrix = new Float64Array(size * size);
    for (let a = 0; a < size; a++) {
      const row = columns[a] * width;
      const mean = products[row] / cells;
      for (let b = 0; b < size; b++) {
        matrix[a * size + b] = products[row + columns[b]] - mean * products[columns[b] * width];
      }
    }
    return matrix;
  });
  return { size, matrices };
}

const residualsOf = ({ matrices }: Local): number[] => matrices.map((matrix) => matrix[matrix.length - 1]);

/** Of a column of unit variance: below it, others explain the column already, or it never varied. */
const LEAST_PIVOT = 1e-7;

/** Residual sums of squares of the gene once candidate `c` and its square are taken out, too. */
function residualsWith({ size, matrices }: Local, c: number): number[] {
  const last = size - 1;
  const q = c + last / 2;
  return matrices.map((matrix) => {
    const [cc, cq, qq] = [matrix[c * size + c], matrix[c * size + q], matrix[q * size + q]];
    const [cy, qy] = [matrix[last * size + c], matrix[last * size + q]];
    const first = cc > LEAST_PIVOT ? cy / cc : 0;
    const pivot = cc > LEAST_PIVOT ? qq - (cq * cq) / cc : qq;
    const rest = qy - first * cq;
    return matrix[last * size + last] - first * cy - (pivot > LEAST_PIVOT ? (rest * rest) / pivot : 0);
  });
}

/** What is left of the products after candidate `c` and its square were taken out. */
function without({ size, matrices }: Local, c: number): Local {
  return {
    size,
    matrices: matrices.map((matrix) => {
      const left = matrix.slice();
      eliminate(left, size, c);
      eliminate(left, size, c + (size - 1) / 2);
      return left;
    }),
  };
}

/** Symmetric; a column that is taken out is zero from then on. */
function eliminate(matrix: Float64Array, size: number, pivot: number): void {
  const p = matrix[pivot * size + pivot];
  if (!(p > LEAST_PIVOT)) return;
  for (let a = 0; a < size; a++) {
    const factor = matrix[a * size + pivot] / p;
    if (a === pivot || factor === 0) continue;
    for (let b = 0; b < size; b++) {
      if (b !== pivot) matrix[a * size + b] -= factor * matrix[pivot * size + b];
    }
  }
  for (let a = 0; a < size; a++) {
    matrix[pivot * size + a] = 0;
    matrix[a * size + pivot] = 0;
  }
}

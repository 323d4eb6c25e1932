/**
 * Ridge regression of profiles on descriptors: what is linear in the fingerprint, learned in a minute part of the time of
 * a network. About the mean of the treated profiles that train.
 */
import { isFingerprintColumn } from '../data/index.js';
import { gemm, symmetricEigen } from '../linalg/index.js';
import { mean } from '../stats/index.js';
import { meanOf } from './reproduce-environments-l1000-baselines.js';
import {
  type FoldPredictor,
  type L1000Fold,
  treatedRows,
  unitOf,
} from './reproduce-environments-l1000-folds.js';

/** Penalties tried, in units of the mean of the kernel's diagonal, and weights of the fingerprint beside the rest. */
const PENALTIES = [0.001, 0.01, 0.1, 1, 10, 100, 1000];
const BIT_WEIGHTS = [0.1, 1];
const INNER_FOLDS = 5;

/**
 * Penalty and weight of the fingerprint are those that predict best when compounds (or pairs) of the training rows are
 * held out in turn. `fingerprint` false shows what dose, time and cell line do alone.
 */
export const ridge =
  ({ fingerprint }: { readonly fingerprint: boolean }): FoldPredictor =>
  (fold) => {
    const rows = treatedRows(fold);
    const { X } = fold.set;
    const centre = meanOf(fold, rows);
    const y = Float64Array.from(
      { length: rows.length * X.nCols },
      (_, at) => X.values[rows[Math.floor(at / X.nCols)] * X.nCols + (at % X.nCols)] - centre[at % X.nCols],
    );
    const of = Array.from(rows, (row) => fold.profiles.labels[row]);
    const units = Array.from(rows, (row) => unitOf(fold, row));
    const kernels = (fingerprint ? BIT_WEIGHTS : [0]).map((weight) => descriptorKernel(fold, weight));
    const chosen = kernels.map((kernel) => ({ kernel, ...bestPenalty(kernel, of, y, units) }));
    const { kernel, penalty } = chosen.reduce((best, one) => (one.error < best.error ? one : best));
    const [answer] = kernelRidge(kernel, of, y, fold.environments, [penalty]);
    return answer.map((value, at) => value + centre[at % X.nCols]);
  };

type Kernel = (a: number, b: number) => number;

function bestPenalty(kernel: Kernel, of: readonly number[], y: Float64Array, units: readonly string[]) {
  const genes = y.length / of.length;
  const names = [...new Set(units)];
  const group = units.map((unit) => names.indexOf(unit) % INNER_FOLDS);
  const errors = new Float64Array(PENALTIES.length);
  for (let k = 0; k < Math.min(INNER_FOLDS, names.length); k++) {
    const unseen = [...group.keys()].filter((i) => group[i] === k);
    const seen = [...group.keys()].filter((i) => group[i] !== k);
    if (seen.length === 0) continue;
    const truth = rowsOf(y, unseen, genes);
    const at = (some: readonly number[]) => some.map((i) => of[i]);
    kernelRidge(kernel, at(seen), rowsOf(y, seen, genes), at(unseen), PENALTIES).forEach((answer, p) => {
      answer.forEach((value, i) => {
        errors[p] += (value - truth[i]) ** 2;
      });
    });
  }
  const error = Math.min(...errors);
  return { penalty: PENALTIES[errors.indexOf(error)], error };
}

/**
 * Answers at `asked` (nAsked, nGenes) of ridge regression without intercept on rows `of` with values `y` (n, nGenes), one
 * for each penalty, in units of the mean of the kernel's diagonal.
 */
export function kernelRidge(
  kernel: Kernel,
  of: readonly number[],
  y: Float64Array,
  asked: readonly number[],
  penalties: readonly number[],
): Float64Array[] {
  const [n, m] = [of.length, asked.length];
  const genes = y.length / n;
  const between = (a: readonly number[]) =>
    Float64Array.from({ length: a.length * n }, (_, at) => kernel(a[Math.floor(at / n)], of[at % n]));
  const own = between(of);
  const diagonal = of.reduce((sum, _, i) => sum + own[i * n + i] / n, 0);
  const { values, vectors } = symmetricEigen(own, n);
  const turned = gemm({ m: n, n: genes, k: n, a: vectors, b: y });
  const weights = gemm({
    m,
    n,
    k: n,
    a: between(asked),
    b: vectors,
    transposeB: true,
  });
  return penalties.map((penalty) => {
    const lambda = penalty * Math.max(diagonal, 1e-12);
    const a = weights.map((value, at) => value / (Math.max(values[at % n], 0) + lambda));
    return gemm({ m, n: genes, k: n, a, b: turned });
  });
}

/** Inner product of descriptors about the mean of the training environments, both blocks of mean square 1. */
function descriptorKernel({ profiles, described, environments }: L1000Fold, bitWeight: number): Kernel {
  const { descriptors, columns } = profiles;
  const width = columns.length;
  const held = new Set(environments);
  const trained = [...described.environments.keys()].filter((e) => !held.has(e));
  const part = (chosen: (column: string) => boolean): Kernel => {
    const own = [...columns.keys()].filter((k) => chosen(columns[k]));
    const centre = own.map((k) => mean(trained.map((e) => descriptors[e * width + k])));
    const inner: Kernel = (a, b) =>
      own.reduce(
        (sum, k, i) =>
          sum + (descriptors[a * width + k] - centre[i]) * (descriptors[b * width + k] - centre[i]),
        0,
      );
    const unit = mean(trained.map((e) => inner(e, e)));
    return (a, b) => (unit > 0 ? inner(a, b) / unit : 0);
  };
  const bits = part(isFingerprintColumn);
  const others = part((column) => !isFingerprintColumn(column));
  return (a, b) => (bitWeight > 0 ? bitWeight * bits(a, b) : 0) + others(a, b);
}

const rowsOf = (y: Float64Array, rows: readonly number[], genes: number): Float64Array =>
  Float64Array.from(
    { length: rows.length * genes },
    (_, at) => y[rows[Math.floor(at / genes)] * genes + (at % genes)],
  );

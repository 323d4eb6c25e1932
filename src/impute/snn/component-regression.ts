/**
 * Principal component regression of a target on donors over units × genes, and the two tests of Agarwal et al. 2021
 * (arXiv:2109.15154): does the target lie in the span of the donors, do the donors of the unit to be predicted lie in
 * the space that was trained on. Everything from inner products; no tall matrix is made.
 */
import { donorSpectrum, shrinkage } from '../si/matrix-estimation.js';
import type { Products } from '../si/products.js';
import type { SnnRank } from './snn-options.js';

export interface ComponentFit {
  /** `(nDonors)` */
  readonly weights: Float64Array;
  readonly intercept: number;
  readonly rank: number;
  /** ‖ŷ − y‖² / ‖y‖², centred where there is an intercept. */
  readonly trainingError: number;
  /** Share of the squared length of the test donors outside the rows trained on. */
  readonly subspaceError: number;
  readonly rootMeanSquaredResidual: number;
  readonly conditionNumber: number;
}

export interface AnchorSet {
  /** The unit to be predicted in. */
  readonly unit: number;
  readonly target: number;
  readonly donors: readonly number[];
  readonly units: readonly number[];
}

/** Inner products of some pairs over some units, each centred where there is an intercept. */
class Stack {
  readonly total: Float64Array;
  readonly means: Float64Array;

  constructor(products: Products, units: readonly number[], columns: readonly number[], intercept: boolean) {
    const [n, k] = [units.length, columns.length];
    const { axis, nGenes } = products;
    const pairs = units.map((unit) => Int32Array.from(columns, (column) => axis.pair(unit, column)));
    this.means = new Float64Array(k);
    if (intercept) {
      for (const row of pairs) row.forEach((pair, j) => (this.means[j] += products.means[pair] / n));
    }
    this.total = new Float64Array(k * k);
    units.forEach((unit, u) => {
      products.addTo(this.total, unit, pairs[u], pairs[u]);
      for (let i = 0; i < k; i++) {
        const left = nGenes * (products.means[pairs[u][i]] - this.means[i]);
        for (let j = 0; j <= i; j++) {
          this.total[i * k + j] += left * (products.means[pairs[u][j]] - this.means[j]);
        }
      }
    });
    for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) this.total[j * k + i] = this.total[i * k + j];
  }
}

export function componentRegression(
  products: Products,
  { unit, target, donors, units }: AnchorSet,
  how: SnnRank,
  intercept: boolean,
): ComponentFit {
  const k = donors.length;
  const nRows = units.length * products.nGenes;
  const train = new Stack(products, units, [...donors, target], intercept);
  const normal = new Float64Array(k * k);
  const right = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    normal.set(train.total.subarray(i * (k + 1), i * (k + 1) + k), i * k);
    right[i] = train.total[i * (k + 1) + k];
  }
  const squares = train.total[(k + 1) ** 2 - 1];
  const spectrum = donorSpectrum(normal, k, nRows);
  const kept = shrinkage(spectrum, how.kind === 'rank' ? { kind: 'none' } : how);
  const most = how.kind === 'rank' ? how.rank : k;
  let rank = 0;
  while (rank < Math.min(most, k) && kept[rank] > 0) rank++;

  const test = new Stack(products, [unit], donors, intercept).total;
  const weights = new Float64Array(k);
  let explained = 0;
  let inside = 0;
  for (let r = 0; r < rank; r++) {
    const direction = spectrum.basis.subarray(r * k, (r + 1) * k);
    let along = 0;
    for (let i = 0; i < k; i++) along += direction[i] * right[i];
    const weight = along / spectrum.singularValues[r] ** 2;
    explained += along * weight;
    for (let i = 0; i < k; i++) {
      weights[i] += weight * direction[i];
      for (let j = 0; j < k; j++) inside += direction[i] * direction[j] * test[i * k + j];
    }
  }
  let size = 0;
  for (let i = 0; i < k; i++) size += test[i * k + i];
  const residual = Math.max(0, squares - explained);
  let offset = train.means[k];
  for (let i = 0; i < k; i++) offset -= weights[i] * train.means[i];
  return {
    weights,
    intercept: offset,
    rank,
    trainingError: squares > 0 ? residual / squares : 0,
    subspaceError: size > 0 ? Math.max(0, 1 - inside / size) : 0,
    rootMeanSquaredResidual: Math.sqrt(residual / nRows),
    conditionNumber: rank > 0 ? spectrum.singularValues[0] / spectrum.singularValues[rank - 1] : Number.NaN,
  };
}

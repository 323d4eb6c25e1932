/**
 * The regression of synthetic interventions: targets on donors over the stacked rows (unit, gene) of the
 * training units, for many targets at once.
 *
 * Squires et al. 2022, section 4, step 1. With an intercept (as the authors run it) columns and targets are
 * centred over all rows and the minimum-norm least-squares solution is taken; without one it is the paper's
 * plain pseudoinverse. Where the normal matrix is well conditioned the answer comes from its Cholesky factor
 * and agrees with the direct solution to better than 1e-8; where not, from a QR of the rows themselves and an
 * SVD with NumPy's cut-off (rcond = eps · max(rows, columns)). De-noised donors are solved in the eigenbasis
 * of the normal matrix, which is that of the right singular vectors.
 */
import {
  cholesky,
  choleskyConditionEstimate,
  choleskySolve,
  gemm,
  leastSquares,
  qr,
  symmetricNorm1,
} from '../../linalg/index.js';
import type { DenoiseOption } from '../imputer.js';
import { type DonorSpectrum, donorSpectrum, shrinkage } from './matrix-estimation.js';
import type { ProfileProducts } from './products.js';

/** 1/κ of the scaled normal matrix from which Cholesky keeps 1e-8: the rows themselves then have κ ≤ 1000. */
const LEAST_RECIPROCAL_CONDITION = 1e-6;

/** Donors and targets as pair numbers, one list a training unit, in the same order in every unit. */
export interface TrainingBlock {
  readonly units: Int32Array;
  /** `donorPairs[u]` `(nDonors)`, `targetPairs[u]` `(nTargets)`. */
  readonly donorPairs: readonly Int32Array[];
  readonly targetPairs: readonly Int32Array[];
}

export interface RegressionOptions {
  readonly intercept: boolean;
  readonly denoise: DenoiseOption;
}

export interface Regression {
  /** Weights `(nTargets, nDonors)`. */
  readonly weights: Float64Array;
  /** Intercepts `(nTargets)`, zero when fitted without. */
  readonly intercepts: Float64Array;
  readonly solver: 'cholesky' | 'svd';
}

/**
 * Inner products of the donors over the training rows, `(nDonors, nDonors)`, centred or as they are; only the
 * lower triangle counts.
 */
export function donorProducts(
  products: ProfileProducts,
  block: TrainingBlock,
  centred: boolean,
): Float64Array {
  const { donorPairs } = block;
  const k = donorPairs[0].length;
  const out = new Float64Array(k * k);
  block.units.forEach((unit, u) => products.addTo(out, unit, donorPairs[u], donorPairs[u]));
  addMeanProducts(out, products, donorPairs, donorPairs, centred);
  return out;
}

/** Fits every target of the block on its donors. */
export function regress(
  products: ProfileProducts,
  block: TrainingBlock,
  options: RegressionOptions,
): Regression {
  const { donorPairs, targetPairs } = block;
  const k = donorPairs[0].length;
  const nTargets = targetPairs[0].length;
  const normal = donorProducts(products, block, options.intercept);
  const cross = new Float64Array(nTargets * k);
  block.units.forEach((unit, u) => products.addTo(cross, unit, targetPairs[u], donorPairs[u]));
  addMeanProducts(cross, products, targetPairs, donorPairs, options.intercept);

  let solver: Regression['solver'] = 'svd';
  let weights: Float64Array | null;
  if (options.denoise.kind !== 'none') {
    const spectrum = donorSpectrum(normal, k, block.units.length * products.nGenes);
    weights = solveShrunk(spectrum, options.denoise, cross, nTargets);
  } else {
    weights = solveNormal(normal, k, cross, nTargets);
    if (weights) solver = 'cholesky';
    else weights = solveRows(products, block, options.intercept);
  }
  return { weights, intercepts: interceptsOf(products, block, weights, options.intercept), solver };
}

/** Adds p Σ_u m_a m_b, about the means over units when `centred`: the part that the own means contribute. */
function addMeanProducts(
  out: Float64Array,
  { means, nGenes }: ProfileProducts,
  a: readonly Int32Array[],
  b: readonly Int32Array[],
  centred: boolean,
): void {
  const left = meansOf(means, a, centred);
  const right = a === b ? left : meansOf(means, b, centred);
  const [m, n, k] = [a[0].length, b[0].length, a.length];
  gemm({ m, n, k, a: left, b: right, transposeA: true, alpha: nGenes, c: out, beta: 1 });
}

/** `(nUnits, nColumns)` */
function meansOf(means: Float64Array, pairs: readonly Int32Array[], centred: boolean): Float64Array {
  const [nUnits, n] = [pairs.length, pairs[0].length];
  const out = new Float64Array(nUnits * n);
  for (let u = 0; u < nUnits; u++) for (let i = 0; i < n; i++) out[u * n + i] = means[pairs[u][i]];
  if (!centred) return out;
  for (let i = 0; i < n; i++) {
    let mean = 0;
    for (let u = 0; u < nUnits; u++) mean += out[u * n + i] / nUnits;
    for (let u = 0; u < nUnits; u++) out[u * n + i] -= mean;
  }
  return out;
}

function interceptsOf(
  { means }: ProfileProducts,
  { donorPairs, targetPairs, units }: TrainingBlock,
  weights: Float64Array,
  intercept: boolean,
): Float64Array {
  const [k, nTargets] = [donorPairs[0].length, targetPairs[0].length];
  const out = new Float64Array(nTargets);
  if (!intercept) return out;
  const donorMeans = new Float64Array(k);
  for (const pairs of donorPairs) for (let j = 0; j < k; j++) donorMeans[j] += means[pairs[j]] / units.length;
  for (let t = 0; t < nTargets; t++) {
    for (const pairs of targetPairs) out[t] += means[pairs[t]] / units.length;
    for (let j = 0; j < k; j++) out[t] -= weights[t * k + j] * donorMeans[j];
  }
  return out;
}

/** By Cholesky of the normal matrix scaled to unit diagonal; `null` when its condition forbids it. */
function solveNormal(
  normal: Float64Array,
  k: number,
  cross: Float64Array,
  nTargets: number,
): Float64Array | null {
  const scale = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    if (!(normal[j * k + j] > 0)) return null;
    scale[j] = 1 / Math.sqrt(normal[j * k + j]);
  }
  const factor = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) factor[i * k + j] = normal[i * k + j] * scale[i] * scale[j];
  const norm = symmetricNorm1(factor, k);
  if (cholesky(factor, k) >= 0) return null;
  if (!(choleskyConditionEstimate(factor, k, norm) >= LEAST_RECIPROCAL_CONDITION)) return null;
  const rhs = new Float64Array(k * nTargets);
  for (let t = 0; t < nTargets; t++)
    for (let j = 0; j < k; j++) rhs[j * nTargets + t] = cross[t * k + j] * scale[j];
  const solved = choleskySolve(factor, k, rhs, nTargets);
  const weights = new Float64Array(nTargets * k);
  for (let t = 0; t < nTargets; t++)
    for (let j = 0; j < k; j++) weights[t * k + j] = solved[j * nTargets + t] * scale[j];
  return weights;
}

/** In the eigenbasis of the normal matrix, singular values replaced by their de-noised ones. */
function solveShrunk(
  spectrum: DonorSpectrum,
  denoise: DenoiseOption,
  cross: Float64Array,
  nTargets: number,
): Float64Array {
  const { singularValues, basis, k } = spectrum;
  const kept = shrinkage(spectrum, denoise);
  // β = V diag(1 / (σ̂ σ)) Vᵀ (Xᵀ y), because X̂ = U Σ̂ Vᵀ and Uᵀ y = Σ⁻¹ Vᵀ Xᵀ y
  const inBasis = gemm({ m: nTargets, n: k, k, a: cross, b: basis, transposeB: true });
  for (let t = 0; t < nTargets; t++) {
    for (let j = 0; j < k; j++) inBasis[t * k + j] *= kept[j] > 0 ? 1 / (kept[j] * singularValues[j]) : 0;
  }
  return gemm({ m: nTargets, n: k, k, a: inBasis, b: basis });
}

/** Minimum-norm least squares from the rows: a QR unit by unit, then an SVD of the small triangle. */
function solveRows(products: ProfileProducts, block: TrainingBlock, intercept: boolean): Float64Array {
  const { donorPairs, targetPairs, units } = block;
  const [k, nTargets, p] = [donorPairs[0].length, targetPairs[0].length, products.nGenes];
  const width = k + nTargets;
  const columns =
    units.length === 0 ? [] : Array.from(units, (_, u) => [...donorPairs[u], ...targetPairs[u]]);
  const offsets = new Float64Array(width);
  if (intercept) {
    for (const pairs of columns)
      pairs.forEach((pair, j) => (offsets[j] += products.means[pair] / units.length));
  }
  let triangle: Float64Array = new Float64Array(0);
  let height = 0;
  for (const pairs of columns) {
    const rows = height + p;
    const stacked = new Float64Array(rows * width);
    stacked.set(triangle);
    pairs.forEach((pair, j) => {
      const profile = products.profile(pair);
      for (let g = 0; g < p; g++) stacked[(height + g) * width + j] = profile[g] - offsets[j];
    });
    triangle = qr(stacked, rows, width).r;
    height = Math.min(rows, width);
  }
  const used = Math.min(height, k);
  const a = new Float64Array(used * k);
  const b = new Float64Array(used * nTargets);
  for (let i = 0; i < used; i++) {
    a.set(triangle.subarray(i * width, i * width + k), i * k);
    b.set(triangle.subarray(i * width + k, (i + 1) * width), i * nTargets);
  }
  const rcond = Number.EPSILON * Math.max(units.length * p, k);
  const { x } = leastSquares(a, used, k, b, nTargets, { rcond });
  const weights = new Float64Array(nTargets * k);
  for (let j = 0; j < k; j++) for (let t = 0; t < nTargets; t++) weights[t * k + j] = x[j * nTargets + t];
  return weights;
}

/**
 * The Kullback–Leibler importance estimation procedure with an L1 penalty (Liu, Quinn, Gutmann, Suzuki & Sugiyama 2014,
 * Neural Computation 26, 1169): θ of the density ratio r(x) ∝ exp(Σ_{i≤j} θ_ij x_i x_j) of two sets of cells, without
 * either density. Where θ_ij is not 0, the dependence of i and j given the others differs.
 */
import type { Cells } from '../gaussian/moments.js';

/** Step lengths are 1 / iteration, which sets what is reached at these limits; both are of the authors' program. */
const MOST_STEPS = 1000;
const LEAST_STEP = 1e-5;

/**
 * Minimises −mean over `numerator` of θᵀφ + log Σ over `denominator` of exp θᵀφ + penalty ‖θ‖₁ by subgradient steps.
 *
 * @returns θ: first x_i x_j for i < j, then x_i², N (N + 1) / 2 in all.
 */
export function kliep(numerator: Cells, denominator: Cells, penalty: number): Float64Array {
  const { nGenes } = numerator;
  const nFeatures = (nGenes * (nGenes + 1)) / 2;
  const target = new Float64Array(nFeatures);
  const above = products(numerator);
  for (let k = 0; k < above.length; k++) target[k % nFeatures] += above[k] / numerator.nCells;
  const features = products(denominator);
  const theta = new Float64Array(nFeatures);
  const gradient = new Float64Array(nFeatures);
  const weights = new Float64Array(denominator.nCells);
  for (let step = 1; step <= MOST_STEPS; step++) {
    ratioWeights(features, theta, weights);
    for (let f = 0; f < nFeatures; f++) gradient[f] = -target[f];
    for (let row = 0; row < weights.length; row++) {
      const [weight, start] = [weights[row], row * nFeatures];
      for (let f = 0; f < nFeatures; f++) gradient[f] += weight * features[start + f];
    }
    let length = 0;
    for (let f = 0; f < nFeatures; f++) {
      const slope = gradient[f];
      const sign = theta[f] === 0 ? (Math.abs(slope) > penalty ? -Math.sign(slope) : 0) : Math.sign(theta[f]);
      const move = theta[f] === 0 && sign === 0 ? 0 : (slope + penalty * sign) / step;
      theta[f] -= move;
      length += move * move;
    }
    if (Math.sqrt(length) < LEAST_STEP) break;
  }
  return theta;
}

/** (nCells, N (N + 1) / 2) */
function products({ nCells, nGenes, values }: Cells): Float64Array {
  const nFeatures = (nGenes * (nGenes + 1)) / 2;
  const out = new Float64Array(nCells * nFeatures);
  let at = 0;
  for (let row = 0; row < nCells; row++) {
    const x = values.subarray(row * nGenes, (row + 1) * nGenes);
    for (let i = 0; i < nGenes; i++) for (let j = i + 1; j < nGenes; j++) out[at++] = x[i] * x[j];
    for (let i = 0; i < nGenes; i++) out[at++] = x[i] * x[i];
  }
  return out;
}

/** exp θᵀφ over its sum, row by row. */
function ratioWeights(features: Float64Array, theta: Float64Array, weights: Float64Array): void {
  const n = theta.length;
  let largest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < weights.length; row++) {
    let sum = 0;
    for (let f = 0; f < n; f++) sum += features[row * n + f] * theta[f];
    weights[row] = sum;
    largest = Math.max(largest, sum);
  }
  let total = 0;
  for (let row = 0; row < weights.length; row++) total += weights[row] = Math.exp(weights[row] - largest);
  for (let row = 0; row < weights.length; row++) weights[row] /= total;
}

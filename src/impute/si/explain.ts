/** Why a synthetic intervention says what it says: donors with weights, training units, test, fit, condition. */
import { svd } from '../../linalg/index.js';
import type { Explanation, Fallback } from '../imputer.js';
import type { Solution } from './solution.js';

/** Goes back to the rows of the regression, so it costs more than the prediction did. */
export function explainSynthetic(
  method: string,
  solution: Solution,
  t: number,
  fallback: Fallback,
): Explanation {
  const { axis, nGenes } = solution.products;
  const { donorSet, test, unit, targets, weights, intercepts } = solution;
  const k = donorSet.donors.length;
  const [unitName, targetName] = [axis.unitNames[unit], axis.donorNames[targets[t]]];
  const { rows, target } = stackedRows(solution, t);
  const notes: string[] = [];
  if (fallback) notes.push(`rejected by the subspace test: ${fallback} answered`);
  return {
    method,
    context: axis.donorKind === 'action' ? unitName : targetName,
    action: axis.donorKind === 'action' ? targetName : unitName,
    fallback,
    donorKind: axis.donorKind,
    donors: Array.from(donorSet.donors, (donor, j) => ({
      name: axis.donorNames[donor],
      weight: weights[t * k + j],
    })),
    intercept: intercepts[t],
    trainedOn: Array.from(donorSet.units, (trained) => axis.unitNames[trained]),
    tau: test.tau,
    rankTrain: test.rankTrain,
    rankTest: test.rankTest,
    threshold: test.threshold,
    rejected: test.rejected,
    trainingError: rootMeanSquaredResidual(rows, target, weights.subarray(t * k, (t + 1) * k), intercepts[t]),
    conditionNumber: conditionNumber(rows, target.length, k, solution.options.intercept),
    solver: solution.solver,
    notes: [...notes, `${donorSet.units.length} × ${nGenes} training rows`],
  };
}

/** Donor matrix `(nUnits · nGenes, nDonors)` and target `(nUnits · nGenes)` as the regression saw them. */
function stackedRows({ block, products }: Solution, t: number): { rows: Float64Array; target: Float64Array } {
  const [k, p] = [block.donorPairs[0].length, products.nGenes];
  const rows = new Float64Array(block.units.length * p * k);
  const target = new Float64Array(block.units.length * p);
  block.donorPairs.forEach((pairs, u) => {
    pairs.forEach((pair, j) => {
      const profile = products.profile(pair);
      for (let g = 0; g < p; g++) rows[(u * p + g) * k + j] = profile[g];
    });
    target.set(products.profile(block.targetPairs[u][t]), u * p);
  });
  return { rows, target };
}

function rootMeanSquaredResidual(
  rows: Float64Array,
  target: Float64Array,
  weights: Float64Array,
  intercept: number,
): number {
  const k = weights.length;
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    let residual = target[i] - intercept;
    for (let j = 0; j < k; j++) residual -= rows[i * k + j] * weights[j];
    sum += residual * residual;
  }
  return Math.sqrt(sum / target.length);
}

/** σ_max / σ_min of the (centred) rows, infinite when they are rank deficient. */
function conditionNumber(rows: Float64Array, n: number, k: number, centred: boolean): number {
  const matrix = rows.slice();
  if (centred) {
    for (let j = 0; j < k; j++) {
      let mean = 0;
      for (let i = 0; i < n; i++) mean += matrix[i * k + j] / n;
      for (let i = 0; i < n; i++) matrix[i * k + j] -= mean;
    }
  }
  const { s } = svd(matrix, n, k);
  const smallest = n < k ? 0 : s[s.length - 1];
  return smallest > s[0] * Number.EPSILON * Math.max(n, k) ? s[0] / smallest : Number.POSITIVE_INFINITY;
}

/**
 * The linear model of Ahlmann-Eltze, Huber & Anders 2024: change of gene g under perturbation of p = gᵀ W p + mean of g,
 * with genes on both sides described by their principal components, and
 *
 *     W = (GᵀG + λ1)⁻¹ Gᵀ Y P (PᵀP + λ1)⁻¹
 *
 * for the changes Y (genes, perturbations) less their mean, G all genes and P the perturbed ones.
 */
import { cholesky, choleskySolve, gemm, transpose } from '../../linalg/index.js';
import type { ForwardModel } from './forward-models.js';

export const linearModel =
  (ridge: number): ForwardModel =>
  async ({ nGenes, targets, changes, genes, width }) => {
    if (width === 0) return new Float64Array(nGenes * nGenes);
    const n = targets.length;
    const perturbed = new Float64Array(n * width);
    targets.forEach((target, i) => {
      perturbed.set(genes.subarray(target * width, (target + 1) * width), i * width);
    });
    // Gᵀ Y (width, n), then (GᵀG + λ)⁻¹ of it
    const left = gemm({ m: width, n, k: nGenes, a: genes, transposeA: true, b: changes, transposeB: true });
    solveRidge(genes, nGenes, width, ridge, left, n);
    // (width, width), transposed for the solve from the other side
    const product = gemm({ m: width, n: width, k: n, a: left, b: perturbed });
    const weights = transpose(product, width, width);
    solveRidge(perturbed, n, width, ridge, weights, width);
    // rows: candidates; P W ᵀ G ᵀ
    const latent = gemm({ m: nGenes, n: width, k: width, a: genes, b: weights });
    return gemm({ m: nGenes, n: nGenes, k: width, a: latent, b: genes, transposeB: true });
  };

/** `b` (width, nRhs) becomes (AᵀA + λ1)⁻¹ b, for `a` (nRows, width). */
function solveRidge(
  a: Float64Array,
  nRows: number,
  width: number,
  ridge: number,
  b: Float64Array,
  nRhs: number,
): void {
  const inner = gemm({ m: width, n: width, k: nRows, a, transposeA: true, b: a });
  for (let i = 0; i < width; i++) inner[i * width + i] += ridge;
  cholesky(inner, width);
  choleskySolve(inner, width, b, nRhs);
}

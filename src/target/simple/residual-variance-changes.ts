/**
 * Change of residual variance given correlated genes.
 *
 * In a causal model an intervention on gene j changes the distribution of j given its causes, and leaves that of every
 * other gene given *its* causes as it was. Which genes are causes is not known here; the genes most correlated with j in
 * the control stand for them. So effects of j change too, and the method is a baseline, not a proof.
 *
 * Gene j is regressed on k genes in the control, correlations shrunk towards 0 as if k further cells had shown none, and
 * the same regression is taken to the group; `residual-change.ts` has the score of what is left in both.
 */
import type { DenseMatrix } from '../../data/index.js';
import { axpy, cholesky, choleskySolve, gram } from '../../linalg/index.js';
import { turns } from '../gaussian/turn.js';
import type { TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';
import { type Counted, momentsOf, residualChange } from './residual-change.js';

export interface ResidualVarianceOptions {
  readonly neighbours: number;
  readonly counts: Counted;
  readonly signal?: AbortSignal;
}

/** Cells of the control for each predictor, at least. */
const CELLS_A_PREDICTOR = 10;

/** Of every group. Throws InterruptedError. */
export async function residualVarianceChanges(
  screen: TargetScreen,
  options: ResidualVarianceOptions,
): Promise<TargetScores[]> {
  const { genes, control, groups } = screen;
  const nGenes = genes.length;
  const nControl = control.nRows;
  const k = Math.min(options.neighbours, nGenes - 1, Math.floor(nControl / CELLS_A_PREDICTOR));
  const scale = scaleOf(control);
  const reference = standardised(control, scale);
  const sets = groups.map(({ cells }) => standardised(cells, scale));
  const correlations = gram(reference, nGenes, nControl);
  for (let at = 0; at < correlations.length; at++) correlations[at] /= Math.max(1, nControl - 1);
  const scores = groups.map(() => new Float64Array(nGenes));
  const turn = turns(options.signal);
  for (let gene = 0; gene < nGenes; gene++) {
    await turn();
    const predictors = mostCorrelated(correlations, nGenes, gene, k);
    const weights = regression(correlations, nGenes, gene, predictors, k / (k + nControl));
    const before = momentsOf(residuals(reference, nGenes, gene, predictors, weights));
    sets.forEach((set, g) => {
      const after = momentsOf(residuals(set, nGenes, gene, predictors, weights));
      scores[g][gene] = residualChange(before, after, options.counts);
    });
  }
  const notes =
    k < Math.min(options.neighbours, nGenes - 1)
      ? [
          `${nControl} control cells are enough for ${k} correlated ${k === 1 ? 'gene' : 'genes'}, not ${options.neighbours}`,
        ]
      : [];
  return scores.map((score) => ({ score, notes }));
}

interface Scale {
  readonly means: Float64Array;
  /** 1 where the gene is constant. */
  readonly deviations: Float64Array;
}

function scaleOf({ nRows, nCols, values }: DenseMatrix): Scale {
  const means = new Float64Array(nCols);
  const squares = new Float64Array(nCols);
  const constant = new Uint8Array(nCols).fill(1);
  for (let at = 0; at < values.length; at++) {
    means[at % nCols] += values[at] / nRows;
    if (values[at] !== values[at % nCols]) constant[at % nCols] = 0;
  }
  for (let at = 0; at < values.length; at++) squares[at % nCols] += (values[at] - means[at % nCols]) ** 2;
  for (let gene = 0; gene < nCols; gene++) if (constant[gene]) means[gene] = values[gene];
  const deviations = squares.map((sum, gene) =>
    constant[gene] ? 1 : Math.sqrt(sum / Math.max(1, nRows - 1)) || 1,
  );
  return { means, deviations };
}

/** (nGenes, nCells): genes are the rows, so that sums over cells run along memory. */
function standardised({ nRows, nCols, values }: DenseMatrix, { means, deviations }: Scale): Float64Array {
  const turned = new Float64Array(values.length);
  for (let cell = 0; cell < nRows; cell++) {
    for (let gene = 0; gene < nCols; gene++) {
      turned[gene * nRows + cell] = (values[cell * nCols + gene] - means[gene]) / deviations[gene];
    }
  }
  return turned;
}

/** The `k` other genes of the largest |correlation| with `gene`, the largest first. */
function mostCorrelated(correlations: Float64Array, nGenes: number, gene: number, k: number): Int32Array {
  const best = new Int32Array(k);
  const sizes = new Float64Array(k);
  let kept = 0;
  for (let other = 0; other < nGenes; other++) {
    const size = Math.abs(correlations[gene * nGenes + other]);
    if (other === gene || (kept === k && !(size > sizes[k - 1]))) continue;
    let place = kept < k ? kept++ : k - 1;
    for (; place > 0 && sizes[place - 1] < size; place--) {
      sizes[place] = sizes[place - 1];
      best[place] = best[place - 1];
    }
    sizes[place] = size;
    best[place] = other;
  }
  return best;
}

/** Weights of `predictors` for `gene`, correlations times 1 − `shrink`. */
function regression(
  correlations: Float64Array,
  nGenes: number,
  gene: number,
  predictors: Int32Array,
  shrink: number,
): Float64Array {
  const k = predictors.length;
  const between = new Float64Array(k * k);
  predictors.forEach((a, i) => {
    predictors.forEach((b, j) => {
      between[i * k + j] = i === j ? 1 : (1 - shrink) * correlations[a * nGenes + b];
    });
  });
  const weights = Float64Array.from(predictors, (a) => (1 - shrink) * correlations[gene * nGenes + a]);
  // positive definite: a matrix of correlations shrunk towards the identity, with at least one cell and predictor
  if (cholesky(between, k) >= 0) return weights.fill(0);
  return choleskySolve(between, k, weights, 1);
}

/** Of a gene in every cell. `rows` (nGenes, nCells) */
function residuals(
  rows: Float64Array,
  nGenes: number,
  gene: number,
  predictors: Int32Array,
  weights: Float64Array,
): Float64Array {
  const n = rows.length / nGenes;
  const left = rows.slice(gene * n, (gene + 1) * n);
  predictors.forEach((predictor, i) => {
    axpy(-weights[i], rows, predictor * n, left, 0, n);
  });
  return left;
}

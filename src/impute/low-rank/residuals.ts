/**
 * What an additive model leaves of the profiles, as inner products: where the methods of low rank look for structure.
 *
 * A nuclear norm or a product of factors shrinks to zero what it does not know, so something sensible must stand at
 * zero: the additive fit (effects of contexts and actions with ridges, as `linear`), or the mean of each gene. Rows
 * that are not trained on are there too, as residuals from the prediction: what a held-out row is judged by.
 */
import { gemm } from '../../linalg/index.js';
import { chooseRidges, LeaveOneOut } from '../linear/choose-ridges.js';
import { Design, type Ridges, type SparseRow } from '../linear/design.js';
import { answerable } from '../linear/linear.js';
import type { PairProducts } from '../linear/pair-products.js';
import { profileResponses } from '../linear/responses.js';
import { Ridge } from '../linear/ridge.js';
import type { Training } from '../training.js';

export type Centre = 'additive' | 'genes';

/** The visible pairs of a training, context by context, with the additive model whose ridges were chosen on all of them. */
export class CentredScreen {
  readonly pairs: Int32Array;
  readonly rows: readonly SparseRow[];
  readonly ridges: Ridges;
  /** Inner products of the profiles, `(nPairs, nPairs)`, up to a constant common to all. */
  private readonly table: Float64Array;
  readonly design: Design;
  readonly nGenes: number;
  /** Squared length of a residual that is rounding noise. */
  readonly negligible: number;

  constructor(
    readonly training: Training,
    products: PairProducts,
    centre: Centre,
  ) {
    const { tensor } = training;
    const contexts = Array.from({ length: tensor.nContexts }, (_, context) => context);
    this.pairs = Int32Array.from(contexts.flatMap((context) => [...training.pairsOfContext(context)]));
    this.design = new Design({
      nContexts: tensor.nContexts,
      nActions: tensor.nActions,
      intercept: true,
      contextEffects: centre === 'additive',
      actionEffects: centre === 'additive',
      covariates: null,
      interactions: false,
    });
    this.rows = Array.from(this.pairs, (pair) =>
      this.design.row(tensor.pairContext[pair], tensor.pairAction[pair]),
    );
    this.table = profileResponses(products, this.pairs).table;
    this.nGenes = products.nGenes;
    this.negligible = largestDiagonal(this.table) * NOISE;
    const judge = () => new LeaveOneOut(this.design, this.rows, this.table, answerable(training, this.pairs));
    const auto = { context: 'auto', action: 'auto', covariate: 'auto' } as const;
    this.ridges = chooseRidges(judge, this.design.blocks, auto);
  }

  /** Residuals of all visible pairs from the model fitted to those at the positions `trained`. */
  residuals(trained: readonly number[]): Residuals {
    const { rows, design } = this;
    const [n, p] = [rows.length, design.nColumns];
    const ridge = new Ridge(
      trained.map((i) => rows[i]),
      design.penalties(this.ridges),
    );
    // with V = S⁻¹DᵀK − ½ S⁻¹DᵀK D S⁻¹ Dᵀ the residuals have the products K − D V − (D V)ᵀ
    const cross = new Float64Array(p * n);
    for (const t of trained) {
      const { columns, values } = rows[t];
      for (let at = 0; at < columns.length; at++) {
        const to = columns[at] * n;
        for (let i = 0; i < n; i++) cross[to + i] += values[at] * this.table[t * n + i];
      }
    }
    const fitted = gemm({ m: p, n, k: p, a: ridge.inverse, b: cross });
    const middle = new Float64Array(p * p);
    for (const t of trained) {
      const { columns, values } = rows[t];
      for (let at = 0; at < columns.length; at++) {
        for (let j = 0; j < p; j++) middle[j * p + columns[at]] += values[at] * fitted[j * n + t];
      }
    }
    const half = gemm({ m: p, n: p, k: p, a: middle, b: ridge.inverse, alpha: 0.5 });
    for (let i = 0; i < n; i++) {
      const { columns, values } = rows[i];
      for (let at = 0; at < columns.length; at++) {
        for (let j = 0; j < p; j++) fitted[j * n + i] -= values[at] * half[j * p + columns[at]];
      }
    }
    const gram = this.table.slice();
    for (let i = 0; i < n; i++) {
      const { columns, values } = rows[i];
      for (let at = 0; at < columns.length; at++) {
        const from = columns[at] * n;
        for (let j = 0; j < n; j++) {
          const part = values[at] * fitted[from + j];
          gram[i * n + j] -= part;
          gram[j * n + i] -= part;
        }
      }
    }
    return { gram, ridge };
  }

  /**
   * Weights of the visible profiles in: additive prediction of a pair + Σ combination · residual, for residuals of all
   * visible pairs; an empty combination stands for zeros.
   */
  weights(ridge: Ridge, context: number, action: number, combination: Float64Array): Float64Array {
    const target = this.design.row(context, action);
    const wanted = new Float64Array(this.design.nColumns);
    target.columns.forEach((column, at) => (wanted[column] += target.values[at]));
    combination.forEach((share, i) => {
      const { columns, values } = this.rows[i];
      columns.forEach((column, at) => (wanted[column] -= values[at] * share));
    });
    const weights = ridge.apply(ridge.solve({ columns: [...wanted.keys()], values: [...wanted] }));
    combination.forEach((share, i) => (weights[i] += share));
    return weights;
  }
}

/** Share of the squared length of a profile that is rounding noise of its products. */
const NOISE = 1e-13;

function largestDiagonal(table: Float64Array): number {
  const n = Math.sqrt(table.length);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, table[i * n + i]);
  return largest;
}

export interface Residuals {
  /** Inner products of the residuals `(nPairs, nPairs)`, trained on or not. */
  readonly gram: Float64Array;
  /** The model, over the rows trained on. */
  readonly ridge: Ridge;
}

/**
 * The linear model of a profile: x^{ca} = μ + α_c + β_a + Γ z_c + Δ_a z_c, gene by gene with the same design.
 *
 * μ is never shrunk. α (one effect a context), β (one an action), Γ (covariates z of contexts) and Δ (action ×
 * covariate) are ridge penalised, each block with its own weight, in units of observations: a penalty of 1 on an
 * action counts as one more profile that says "no effect". The model of Dixit et al. 2016 (MIMOSCA) is the one with
 * covariates and interactions.
 */
import type { ContextCovariates } from './covariates.js';

/** Blocks of the model, each with one ridge. */
export type Block = 'context' | 'action' | 'covariate';
export type Ridges = Readonly<Record<Block, number>>;

/** A row of the design: what is not zero. */
export interface SparseRow {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

export interface DesignShape {
  readonly nContexts: number;
  readonly nActions: number;
  /** Without it the response must already be free of a mean. */
  readonly intercept: boolean;
  readonly contextEffects: boolean;
  readonly actionEffects: boolean;
  readonly covariates: ContextCovariates | null;
  /** Action × covariate. */
  readonly interactions: boolean;
}

export class Design {
  readonly nColumns: number;
  /** Which ridge a column has, `(nColumns)`; `null` for the intercept. */
  private readonly blockOf: readonly (Block | null)[];
  private readonly start: { readonly [name in 'context' | 'action' | 'main' | 'interaction']: number };

  constructor(readonly shape: DesignShape) {
    const { nContexts, nActions, covariates } = shape;
    const k = covariates?.nColumns ?? 0;
    const blocks: (Block | null)[] = shape.intercept ? [null] : [];
    const add = (n: number, block: Block) => {
      const at = blocks.length;
      for (let i = 0; i < n; i++) blocks.push(block);
      return at;
    };
    this.start = {
      context: add(shape.contextEffects ? nContexts : 0, 'context'),
      action: add(shape.actionEffects ? nActions : 0, 'action'),
      main: add(k, 'covariate'),
      interaction: add(shape.interactions ? nActions * k : 0, 'covariate'),
    };
    this.blockOf = blocks;
    this.nColumns = blocks.length;
  }

  /** The blocks that the model has. */
  get blocks(): Block[] {
    return (['context', 'action', 'covariate'] as const).filter((block) => this.blockOf.includes(block));
  }

  /** The row of a pair; −1 leaves the effect of the context or action out. */
  row(context: number, action: number): SparseRow {
    const { shape, start } = this;
    const columns: number[] = [];
    const values: number[] = [];
    const put = (column: number, value: number) => {
      columns.push(column);
      values.push(value);
    };
    if (shape.intercept) put(0, 1);
    if (shape.contextEffects && context >= 0) put(start.context + context, 1);
    if (shape.actionEffects && action >= 0) put(start.action + action, 1);
    const z = context >= 0 ? (shape.covariates?.of(context) ?? []) : [];
    for (let j = 0; j < z.length; j++) {
      put(start.main + j, z[j]);
      if (shape.interactions && action >= 0) put(start.interaction + action * z.length + j, z[j]);
    }
    return { columns, values };
  }

  /** The ridge of every column, `(nColumns)`. */
  penalties(ridges: Ridges): Float64Array {
    return Float64Array.from(this.blockOf, (block) => (block === null ? 0 : ridges[block]));
  }
}

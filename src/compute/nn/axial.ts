/**
 * Axial attention over a grid of tokens (rows, columns): first the positions of each row attend to each other, then
 * those of each column, then a feed-forward network; each step normalises its input and adds to it (Ho et al. 2019;
 * Rao et al. 2021, "MSA Transformer").
 *
 * The quirks are what the program of the differential network does (Wu et al. 2025, "Identifying biological
 * perturbation targets through causal differential networks"); its weights need them. Names of parameters are its, too.
 */
import { OptionError } from '../../errors.js';
import {
  add,
  gelu,
  graphError,
  reshape,
  sameShape,
  showShape,
  type Tensor,
  transpose,
} from '../graph/index.js';
import { multiHeadAttention } from './attention.js';
import { dropout } from './dropout.js';
import { linear } from './linear.js';
import { layerNorm } from './normalise.js';
import type { Scope } from './scope.js';
import { tiedAttention } from './tied.js';

export interface AxialQuirks {
  /** Logits without a scale: of both attentions (`none`), or of that along columns only (`rows-only`). */
  readonly scaling?: 'none' | 'rows-only';
  /** Keys are hidden for all rows where the first one is padded; see `TiedOptions`. */
  readonly paddingMask?: 'first-row';
}

export interface AxialAttentionOptions {
  readonly heads: number;
  /** Which tokens attend to each other: those of a row, or those of a column. */
  readonly within: 'row' | 'column';
  /** (…, rows, columns), bool: true where a token only fills up the grid; such tokens have no influence on others. */
  readonly padding?: Tensor;
  /** One set of weights for all rows (columns). Default true. */
  readonly tied?: boolean;
  /** Of the weights of attention, in training. Default 0. */
  readonly dropout?: number;
  /** Of tied attention only. */
  readonly quirks?: AxialQuirks;
}

/**
 * x ([batch,] rows, columns, width) → the same shape. Parameters: tied, `{q,k,v,out}_proj.{weight,bias}`; else those of
 * `multiHeadAttention`. Throws GraphError where shapes do not fit, OptionError on unknown options.
 */
export function axialAttention(scope: Scope, x: Tensor, options: AxialAttentionOptions): Tensor {
  const { within, quirks, padding, tied = true, heads } = options;
  if (within !== 'row' && within !== 'column') throw new OptionError('within', within, ['row', 'column']);
  if (quirks && !tied) throw new OptionError('quirks', JSON.stringify(quirks), 'for tied attention only');
  if (quirks?.scaling !== undefined && quirks.scaling !== 'none' && quirks.scaling !== 'rows-only') {
    throw new OptionError('scaling', quirks.scaling, ['none', 'rows-only']);
  }
  const grid = batched(x);
  const cells = padding && paddingOf(x, grid, padding);
  const along = (y: Tensor) => (within === 'row' ? y : transpose(y, [0, 2, 1, 3].slice(0, y.rank)));
  const source = along(grid);
  const turned = cells && along(cells);
  const unscaled = quirks?.scaling === 'none' || (quirks?.scaling === 'rows-only' && within === 'column');
  const y = tied
    ? tiedAttention(scope, source, {
        heads,
        padding: turned,
        dropout: options.dropout,
        scaling: unscaled ? 'none' : 'tied',
        paddingMask: quirks?.paddingMask,
      })
    : multiHeadAttention(scope, source, { heads, keyPadding: turned, dropout: options.dropout });
  return reshape(along(y), x.shape);
}

export interface AxialLayerOptions extends Omit<AxialAttentionOptions, 'within'> {
  /** Width of the feed-forward network. Default 4 · width. */
  readonly feedForward?: number;
  /** In training: of what each of the three steps adds, of the weights of attention and of the hidden units. Default 0. */
  readonly dropout?: number;
}

/**
 * x ← x + attention within rows, within columns, + feed-forward network (exact GELU), each of layerNorm(x).
 * x ([batch,] rows, columns, width) → the same shape. Parameters: `row_attn.layer_norm`, `row_attn.layer.*`, `col_attn.…`,
 * `ffn.layer_norm`, `ffn.layer.fc1`, `ffn.layer.fc2`.
 */
export function axialLayer(scope: Scope, x: Tensor, options: AxialLayerOptions): Tensor {
  const { feedForward, ...attention } = options;
  const step = (name: string, input: Tensor, inner: (scope: Scope, input: Tensor) => Tensor) =>
    scope.in(name, (at) => {
      const change = inner(at.at('layer'), layerNorm(at.at('layer_norm'), input));
      return add(input, dropout(at, change, options.dropout ?? 0));
    });
  const byRow = step('row_attn', x, (at, y) => axialAttention(at, y, { ...attention, within: 'row' }));
  const byColumn = step('col_attn', byRow, (at, y) =>
    axialAttention(at, y, { ...attention, within: 'column' }),
  );
  return step('ffn', byColumn, (at, y) => {
    const width = y.shape[y.rank - 1];
    const hidden = gelu(linear(at.at('fc1'), y, feedForward ?? 4 * width));
    return linear(at.at('fc2'), dropout(at, hidden, options.dropout ?? 0), width);
  });
}

/** x as (batch, rows, columns, width). */
function batched(x: Tensor): Tensor {
  if (x.rank === 4) return x;
  if (x.rank === 3) return reshape(x, [1, ...x.shape]);
  throw graphError('axialAttention', `of ${x}; ([batch,] rows, columns, width) is needed`);
}

function paddingOf(x: Tensor, grid: Tensor, padding: Tensor): Tensor {
  if (padding.dtype !== 'bool' || !sameShape(padding.shape, x.shape.slice(0, -1))) {
    throw graphError(
      'axialAttention',
      `padding ${padding} for x ${x}; bool ${showShape(x.shape.slice(0, -1))} is needed`,
    );
  }
  return reshape(padding, grid.shape.slice(0, -1));
}

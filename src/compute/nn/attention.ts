/** Multi-head attention (Vaswani et al. 2017), with the parameters and first values of torch.nn.MultiheadAttention. */
import {
  affine,
  graphError,
  matmul,
  mul,
  or,
  reshape,
  sameShape,
  showShape,
  slice,
  softmax,
  type Tensor,
  transpose,
  where,
} from '../graph/index.js';
import { dropout } from './dropout.js';
import { xavierUniform, zeros } from './initialisers.js';
import { linear } from './linear.js';
import type { Scope } from './scope.js';

export interface AttentionOptions {
  readonly heads: number;
  /** (…, S, any width). Default: the queries themselves. */
  readonly key?: Tensor;
  /** (…, S, any width). Default: the keys. */
  readonly value?: Tensor;
  /** (…, S), bool: keys that nobody sees. */
  readonly keyPadding?: Tensor;
  /** Bool, broadcast to (…, heads, L, S): true where a query does not see a key. A query that sees none gets zeros. */
  readonly mask?: Tensor;
  /** What queries are multiplied by. Default 1/√(width / heads). */
  readonly scaling?: number;
  /** Of the weights of attention, in training. Default 0. */
  readonly dropout?: number;
  /** Default true. */
  readonly bias?: boolean;
}

/**
 * Each query of (…, L, width) becomes a mean of values, weighted by softmax(q·k · scaling), in each head. Parameters:
 * `in_proj_weight` (3 width, width), or `{q,k,v}_proj_weight` where keys or values have another width, `in_proj_bias`,
 * `out_proj`. Throws GraphError where shapes do not fit.
 */
export function multiHeadAttention(scope: Scope, query: Tensor, options: AttentionOptions): Tensor {
  const { heads, key = query, value = key } = options;
  checkShapes(query, key, value);
  const width = query.shape[query.rank - 1];
  const each = headWidthOf('multiHeadAttention', width, heads);
  const [wq, wk, wv] = weightsOf(scope, width, key.shape[key.rank - 1], value.shape[value.rank - 1]);
  const biases = options.bias === false ? undefined : scope.parameter('in_proj_bias', [3 * width], zeros);
  const biasOf = (part: number) => biases && slice(biases, 0, part * width, (part + 1) * width);
  const byHead = (x: Tensor, weight: Tensor, bias?: Tensor) => {
    const split = reshape(affine(x, weight, bias), [...x.shape.slice(0, -1), heads, each]);
    return transpose(split, exchanged(split.rank));
  };

  const scaling = options.scaling ?? 1 / Math.sqrt(each);
  const scaled = (parameter: Tensor | undefined) => parameter && mul(parameter, scaling);
  const q = byHead(query, mul(wq, scaling), scaled(biasOf(0)));
  const k = byHead(key, wk, biasOf(1));
  const v = byHead(value, wv, biasOf(2));
  const weights = maskedSoftmax(matmul(q, transpose(k)), hiddenOf(key, options));
  const context = matmul(dropout(scope, weights, options.dropout ?? 0), v);
  const joined = reshape(transpose(context, exchanged(context.rank)), query.shape);
  return linear(scope.at('out_proj'), joined, width, { bias: options.bias, biasInit: zeros });
}

/** The width of one head. Throws GraphError unless `heads` divides `width`. */
export function headWidthOf(operation: string, width: number, heads: number): number {
  if (Number.isInteger(heads) && heads > 0 && width % heads === 0) return width / heads;
  throw graphError(operation, `${heads} heads do not divide a width of ${width}`);
}

/** The order of axes with the second and third from the end exchanged. */
function exchanged(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -3), rank - 2, rank - 3, rank - 1];
}

function checkShapes(query: Tensor, key: Tensor, value: Tensor): void {
  const front = (x: Tensor) => x.shape.slice(0, -2);
  const fits =
    query.rank > 1 &&
    sameShape(front(query), front(key)) &&
    sameShape(key.shape.slice(0, -1), value.shape.slice(0, -1));
  if (fits) return;
  const found = [query, key, value].map(({ shape }) => showShape(shape)).join(', ');
  throw graphError(
    'multiHeadAttention',
    `query, key, value ${found}; (…, L, width), (…, S, k), (…, S, v) needed`,
  );
}

function weightsOf(scope: Scope, width: number, keyWidth: number, valueWidth: number): Tensor[] {
  const xavier = xavierUniform();
  if (keyWidth === width && valueWidth === width) {
    const together = scope.parameter('in_proj_weight', [3 * width, width], xavier);
    return [0, 1, 2].map((part) => slice(together, 0, part * width, (part + 1) * width));
  }
  return [
    scope.parameter('q_proj_weight', [width, width], xavier),
    scope.parameter('k_proj_weight', [width, keyWidth], xavier),
    scope.parameter('v_proj_weight', [width, valueWidth], xavier),
  ];
}

/** Which logits (…, heads, L, S) are left out. */
function hiddenOf(key: Tensor, { keyPadding, mask }: AttentionOptions): Tensor | undefined {
  if (!keyPadding) return mask;
  const keys = key.shape.slice(0, -1);
  if (!sameShape(keyPadding.shape, keys)) {
    throw graphError('multiHeadAttention', `keyPadding ${keyPadding} for keys ${key}`);
  }
  const ofKeys = reshape(keyPadding, [...keys.slice(0, -1), 1, 1, keys[keys.length - 1]]);
  return mask ? or(ofKeys, mask) : ofKeys;
}

/** Softmax over what is not hidden; zeros where all is. */
function maskedSoftmax(logits: Tensor, hidden?: Tensor): Tensor {
  if (!hidden) return softmax(logits);
  return where(hidden, 0, softmax(where(hidden, -1e30, logits)));
}

/** Softmax and its logarithms, and the normalisation of layers: composites whose derivative is written by hand. */
import { expand, reshape, sum } from './broadcast.js';
import {
  abs,
  add,
  customGradient,
  div,
  exp,
  less,
  log,
  mul,
  neg,
  reciprocal,
  sqrt,
  square,
  stopGradient,
  sub,
  where,
} from './elementwise.js';
import { max, mean } from './reduce.js';
import { axisOf, checkFloat, graphError, sameType, Tensor } from './tensor.js';

/** exp(x) / Σ exp(x) along `axis`, without overflow. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const along = axisOf('softmax', axis, x.rank);
  const y: Tensor = new Tensor({
    op: 'Softmax',
    shape: x.shape,
    dtype: x.dtype,
    inputs: [x],
    attributes: { axis: along },
    backward: (g) => {
      const weighted = mul(g, y);
      return [sub(weighted, mul(y, sum(weighted, along, { keepDims: true })))];
    },
  });
  return y;
}

/** log softmax(x) along `axis`. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const along = axisOf('logSoftmax', axis, x.rank);
  const y: Tensor = new Tensor({
    op: 'LogSoftmax',
    shape: x.shape,
    dtype: x.dtype,
    inputs: [x],
    attributes: { axis: along },
    backward: (g) => [sub(g, mul(exp(y), sum(g, along, { keepDims: true })))],
  });
  return y;
}

/** log Σ exp(x) along `axis`, which vanishes; −∞ for an axis of −∞ only. Throws GraphError over an axis of size 0. */
export function logSumExp(x: Tensor, axis = -1, options: { readonly keepDims?: boolean } = {}): Tensor {
  checkFloat('logSumExp', x);
  const along = axisOf('logSumExp', axis, x.rank);
  // the largest value cancels out of the derivative; an infinite one cannot be subtracted
  const largest = max(x, along, { keepDims: true });
  const highest = stopGradient(where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0));
  const total = add(log(sum(exp(sub(x, highest)), along, { keepDims: true })), highest);
  return options.keepDims
    ? total
    : reshape(
        total,
        x.shape.filter((_, i) => i !== along),
      );
}

export interface NormOptions {
  /** Added to the variance. Default 1e-5, as in PyTorch. */
  readonly epsilon?: number;
}

/**
 * (x − mean) / √(variance + ε) over the last axis, times `scale`, plus `shift`, both (n) (Ba et al. 2016).
 * Throws GraphError where sizes differ.
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, options: NormOptions = {}): Tensor {
  checkFloat('layerNorm', x);
  sameType('layerNorm', [x, scale, shift]);
  const n = x.shape.at(-1);
  if (n === 0) throw graphError('layerNorm', `of ${x}: an empty row has no mean`);
  for (const weights of [scale, shift]) {
    if (weights.rank !== 1 || weights.shape[0] !== n)
      throw graphError('layerNorm', `weights ${weights} for ${x}`);
  }
  // the runtime gives the statistics of float64 rows as float32
  if (x.dtype === 'float64') return composedLayerNorm(x, scale, shift, options);
  const node: Tensor = new Tensor({
    op: 'LayerNormalization',
    shape: x.shape,
    dtype: x.dtype,
    inputs: [x, scale, shift],
    attributes: { axis: -1, epsilon: options.epsilon ?? 1e-5 },
    backward: (g) => {
      const rows = [...x.shape.slice(0, -1), 1];
      const centre = part(node, 1, rows);
      const inverseDeviation = part(node, 2, rows);
      const standard = mul(sub(x, centre), inverseDeviation);
      const gs = mul(g, scale);
      const spread = mul(standard, mean(mul(gs, standard), -1, { keepDims: true }));
      const front = x.shape.slice(0, -1).map((_, axis) => axis);
      return [
        mul(sub(sub(gs, mean(gs, -1, { keepDims: true })), spread), inverseDeviation),
        sum(mul(g, standard), front),
        sum(g, front),
      ];
    },
  });
  return node;
}

function composedLayerNorm(x: Tensor, scale: Tensor, shift: Tensor, { epsilon = 1e-5 }: NormOptions): Tensor {
  const offset = sub(x, mean(x, -1, { keepDims: true }));
  const deviation = sqrt(add(mean(square(offset), -1, { keepDims: true }), epsilon));
  return add(mul(div(offset, deviation), scale), shift);
}

/** Output `index` of LayerNormalization: 1 the mean of each row, 2 one over its deviation. */
function part(node: Tensor, index: 1 | 2, shape: readonly number[]): Tensor {
  const [x] = node.inputs;
  const y: Tensor = new Tensor({
    op: 'Part',
    shape,
    dtype: x.dtype,
    inputs: [node, x],
    attributes: { index },
    backward: (g) => {
      const share = mul(g, 1 / x.shape[x.rank - 1]);
      if (index === 1) return [undefined, expand(share, x.shape)];
      const offset = sub(x, part(node, 1, shape));
      return [undefined, neg(mul(offset, mul(share, mul(y, square(y)))))];
    },
  });
  return y;
}

export interface BatchNorm {
  readonly y: Tensor;
  /** Of this batch, each (n). */
  readonly mean: Tensor;
  /** Divided by the number of rows. */
  readonly variance: Tensor;
}

/**
 * (x − mean) / √(variance + ε) of each column of x (rows, n) over the rows, times `scale`, plus `shift`
 * (Ioffe and Szegedy 2015). No derivative passes through the statistics returned. Throws GraphError where sizes differ.
 */
export function batchNorm(x: Tensor, scale: Tensor, shift: Tensor, options: NormOptions = {}): BatchNorm {
  const [rows, n] = x.shape;
  if (x.rank !== 2 || rows === 0) throw graphError('batchNorm', `of ${x}; (rows, n) is needed`);
  for (const weights of [scale, shift]) {
    if (weights.rank !== 1 || weights.shape[0] !== n)
      throw graphError('batchNorm', `weights ${weights} for ${x}`);
  }
  const centre = mean(x, 0);
  const offset = sub(x, centre);
  const spread = mean(square(offset), 0);
  const inverseDeviation = reciprocal(sqrt(add(spread, options.epsilon ?? 1e-5)));
  const value = add(mul(offset, mul(inverseDeviation, scale)), shift);
  const y = customGradient(value, [x, scale, shift], (g) => {
    const standard = mul(offset, inverseDeviation);
    const gShift = sum(g, 0);
    const gScale = sum(mul(g, standard), 0);
    const centred = sub(g, mul(gShift, 1 / rows));
    const gx = mul(sub(centred, mul(standard, mul(gScale, 1 / rows))), mul(inverseDeviation, scale));
    return [gx, gScale, gShift];
  });
  return { y, mean: stopGradient(centre), variance: stopGradient(spread) };
}

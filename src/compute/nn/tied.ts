/**
 * Tied attention (Rao et al. 2021, "MSA Transformer"): the positions of a grid's rows attend to each other with one set
 * of weights for all rows; logits are summed over them.
 *
 * Projections are kept as (batch, head, head width · rows, position), which is how a product W xᵀ comes out: both
 * products of attention are then batched matrix products, and nothing is rearranged in memory for a batch of one.
 */
import { OptionError } from '../../errors.js';
import {
  affine,
  affineTransposed,
  cast,
  div,
  equal,
  greater,
  matmul,
  maximum,
  mul,
  not,
  reshape,
  slice,
  softmax,
  sqrt,
  sum,
  type Tensor,
  transpose,
  where,
} from '../graph/index.js';
import { headWidthOf } from './attention.js';
import { dropout } from './dropout.js';
import { linearParameters } from './linear.js';
import type { Scope } from './scope.js';

export interface TiedOptions {
  readonly heads: number;
  /** (batch, rows, positions), bool: true where a token only fills up the grid. */
  readonly padding?: Tensor;
  /** Of the weights of attention, in training. Default 0. */
  readonly dropout?: number;
  /** Queries are multiplied by 1/√(head width · rows), rows of padding not counted, or, `none`, by 1. Default tied. */
  readonly scaling?: 'tied' | 'none';
  /**
   * `each-token` (default): padded tokens have no influence on others. `first-row`: as in the differential network,
   * keys are hidden (logit −10000) where the first row is padded, and queries of padded tokens are zero.
   */
  readonly paddingMask?: 'each-token' | 'first-row';
}

/** x (batch, rows, positions, width) → the same shape. Parameters: `q_proj`, `k_proj`, `v_proj`, `out_proj`. */
export function tiedAttention(scope: Scope, x: Tensor, options: TiedOptions): Tensor {
  const { heads, scaling = 'tied' } = options;
  if (scaling !== 'tied' && scaling !== 'none') throw new OptionError('scaling', scaling, ['tied', 'none']);
  const [batch, rows, positions, width] = x.shape;
  const each = headWidthOf('tiedAttention', width, heads);
  const scale = scaling === 'tied' ? 1 / Math.sqrt(each * Math.max(rows, 1)) : 1;
  const mask = maskOf(x, scale, options);
  const tokens = reshape(x, [batch * rows * positions, width]);
  const project = (name: string, factor: Tensor | number = 1) => {
    const { weight, bias } = linearParameters(scope.at(name), width, width);
    // a plain factor costs least in the parameters
    const plain = typeof factor === 'number' ? factor : 1;
    const turned = affineTransposed(tokens, mul(weight, plain), bias && mul(bias, plain));
    const byBatch = transpose(reshape(turned, [heads, each, batch, rows, positions]), [2, 0, 1, 3, 4]);
    const y =
      typeof factor === 'number' ? byBatch : mul(byBatch, reshape(factor, [batch, 1, 1, rows, positions]));
    return reshape(y, [batch, heads, each * rows, positions]);
  };

  const queries = project('q_proj', mask ? mask.ofQueries : scale);
  const logits = matmul(transpose(queries), project('k_proj', mask?.ofKeys));
  const weights = softmax(mask ? where(mask.hidden, mask.logit, logits) : logits);
  const dropped = dropout(scope, weights, options.dropout ?? 0);
  const context = matmul(project('v_proj', mask?.ofKeys), transpose(dropped));
  const shares = reshape(context, [batch, heads, each, rows, positions]);
  const whole = mask?.ofKeys ? div(shares, sharesOf(mask.ofKeys, weights)) : shares;

  const turned = reshape(transpose(whole, [1, 2, 0, 3, 4]), [width, batch * rows * positions]);
  const { weight, bias } = linearParameters(scope.at('out_proj'), width, width);
  return reshape(affine(transpose(turned), weight, bias), x.shape);
}

interface Mask {
  /** (batch, 1, 1, positions): keys that nobody sees, and the logit they get. */
  readonly hidden: Tensor;
  readonly logit: number;
  /** (batch, rows, positions): what queries are multiplied by, 0 where padded. */
  readonly ofQueries: Tensor;
  /** (batch, rows, positions): what keys and values are multiplied by. */
  readonly ofKeys?: Tensor;
}

function maskOf(x: Tensor, scale: number, options: TiedOptions): Mask | undefined {
  const { padding, paddingMask = 'each-token', scaling } = options;
  if (paddingMask !== 'each-token' && paddingMask !== 'first-row') {
    throw new OptionError('paddingMask', paddingMask, ['each-token', 'first-row']);
  }
  if (!padding) return undefined;
  const [batch, rows, positions] = x.shape;
  const keys = [batch, 1, 1, positions];
  const live = cast(not(padding), x.dtype);
  if (paddingMask === 'first-row') {
    return { hidden: reshape(slice(padding, 1, 0, 1), keys), logit: -10000, ofQueries: mul(live, scale) };
  }
  const inUse = cast(greater(sum(live, 2, { keepDims: true }), 0), x.dtype);
  const full = maximum(sum(inUse, 1, { keepDims: true }), 1);
  const grown = scaling === 'none' ? 1 : mul(sqrt(div(rows, full)), scale);
  return {
    hidden: reshape(equal(sum(live, 1), 0), keys),
    logit: -1e30,
    ofQueries: mul(live, grown),
    ofKeys: live,
  };
}

/**
 * The share of attention that falls on tokens of each row which are no padding, (batch, heads, 1, rows, positions):
 * divided by it, the weights of each row add up to 1. Where there is none (below 1e-30), 1, so that zeros stay zeros.
 */
function sharesOf(live: Tensor, weights: Tensor): Tensor {
  const [batch, heads] = weights.shape;
  const [, rows, positions] = live.shape;
  const shares = matmul(reshape(live, [batch, 1, rows, positions]), transpose(weights));
  return reshape(where(greater(shares, 1e-30), shares, 1), [batch, heads, 1, rows, positions]);
}

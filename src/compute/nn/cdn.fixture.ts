/**
 * For the tests: the differential network of Wu et al. 2025, with all that its program does in evaluation, built from
 * the layers of this folder. One data set a time: T batches, E edges, N variables, width d.
 */
import {
  add,
  cast,
  concatenate,
  cumulativeSum,
  equal,
  gather,
  gelu,
  mean,
  mul,
  not,
  ones,
  reshape,
  scatterAdd,
  slice,
  sub,
  type Tensor,
  where,
  withAxis,
} from '../graph/index.js';
import { axialLayer } from './axial.js';
import { embedding } from './embedding.js';
import { normal } from './initialisers.js';
import { linear } from './linear.js';
import { layerNorm } from './normalise.js';
import type { Scope } from './scope.js';

export interface CdnSizes {
  readonly edgeTypes: number;
  readonly maxVariables: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
}

/** What the network sees of one data set. */
export interface CdnInput {
  /** Type of each edge in each batch (T, E), int64; 0 where the batch does not have it. */
  readonly tokens: Tensor;
  /** Ends of the edges (E, 2), int64, counted from 1. */
  readonly edges: Tensor;
  /** Correlations (N, N). */
  readonly correlations: Tensor;
  /** Mean and variance of each variable (N, 2). */
  readonly moments: Tensor;
}

const PADDING = { padding: 0 };

/** Logits (N) of the variables being targets, from the observational and the interventional data. */
export function cdnLogits(
  scope: Scope,
  observed: CdnInput,
  intervened: CdnInput,
  sizes: CdnSizes,
  { feedForward = 256 } = {},
): Tensor {
  const encoded = [observed, intervened].map((data) => {
    const pairs = cdnEncoder(scope.at('encoder'), data, sizes);
    const single = perceptron(scope.at('encoder_1d'), data.moments, sizes.width, sizes.width);
    return concatenate([pairs, withAxis(single, 1)], 1);
  });
  const both = concatenate(encoded, -1);
  const [rows, columns, width] = both.shape;
  const padding = equal(reshape(slice(both, -1, 0, 1), [rows, columns]), 0);
  const mixed = axialLayer(scope.at('axial_N_N_d2'), both, {
    heads: sizes.heads,
    feedForward,
    padding,
    quirks: { scaling: 'none', paddingMask: 'first-row' },
  });
  return reshape(linear(scope.at('linear_out'), reshape(mean(mixed, 1), [rows, width]), 1), [rows]);
}

/** (N, N, d): what is known of each pair of variables. */
export function cdnEncoder(scope: Scope, data: CdnInput, sizes: CdnSizes): Tensor {
  const { tokens, edges, correlations } = data;
  const { width, maxVariables, heads, feedForward } = sizes;
  const padding = equal(tokens, 0);
  const nodes = (at: Scope, indices: Tensor) => embedding(at, indices, maxVariables + 1, width, PADDING);

  const types = embedding(scope.at('embed_tokens'), tokens, sizes.edgeTypes, width, PADDING);
  const ends = nodes(scope.at('embed_edges'), edges);
  const joined = reshape(ends, [edges.shape[0], 2 * width]);
  const times = embedding(scope.at('embed_time'), counted(column(tokens)), 501, width, PADDING);
  const sum = add(add(types, perceptron(scope.at('embed_edges'), joined, width, width)), withAxis(times, 1));
  const live = cast(not(withAxis(padding, -1)), scope.dtype);
  let x = mul(layerNorm(scope.at('emb_layer_norm_before'), sum), live);

  const byRow = nodes(scope.at('embed_nodes'), counted(reshape(slice(correlations, 0, 0, 1), [-1])));
  const byColumn = nodes(scope.at('embed_nodes'), counted(column(correlations)));
  const plain = linear(scope.at('embed_feats'), withAxis(correlations, -1), width);
  let pairs = layerNorm(
    scope.at('feat_layer_norm_before'),
    add(add(plain, withAxis(byRow, 1)), withAxis(byColumn, 0)),
  );

  const place = placeOf(edges, correlations.shape[0]);
  for (let i = 0; i < sizes.layers; i++) {
    const at = scope.at('layers', i);
    x = axialLayer(at.at('graph_layer'), x, {
      heads,
      feedForward,
      padding,
      quirks: { scaling: 'rows-only', paddingMask: 'first-row' },
    });
    const seen = spread(at, mean(x, 0), place, pairs);
    const updated = linear(at.at('linear'), concatenate([pairs, seen], -1), width);
    pairs = axialLayer(at.at('feat_layer'), updated, { heads, feedForward, quirks: { scaling: 'none' } });
    x = add(x, gather(reshape(pairs, [-1, width]), place));
  }
  return layerNorm(scope.at('feat_layer_norm_after'), pairs);
}

/** Linear, GELU, norm, linear. */
function perceptron(scope: Scope, x: Tensor, hidden: number, width: number): Tensor {
  const first = gelu(linear(scope.at('linear'), x, hidden));
  return linear(scope.at('linear2'), layerNorm(scope.at('layer_norm'), first), width);
}

const column = (x: Tensor): Tensor => reshape(slice(x, 1, 0, 1), [x.shape[0]]);

/** 1, 2, 3, … for the elements of a list that are not 0, and 0 for the others. */
function counted(list: Tensor): Tensor {
  const there = cast(not(equal(list, 0)), 'int64');
  return mul(cumulativeSum(there, 0), there);
}

/** Where each edge stands in the matrix of variables, row by row. */
function placeOf(edges: Tensor, variables: number): Tensor {
  const end = (which: number) => sub(reshape(slice(edges, 1, which, which + 1), [edges.shape[0]]), 1);
  return add(mul(end(0), variables), end(1));
}

/** (N, N, d): the vectors of edges at their places, elsewhere one learned number. */
function spread(scope: Scope, vectors: Tensor, place: Tensor, like: Tensor): Tensor {
  const [rows, columns, width] = like.shape;
  const pad = scope.parameter('pad', [1], normal());
  const there = scatterAdd([rows * columns, width], vectors, place);
  const count = scatterAdd([rows * columns, width], ones(vectors.shape, vectors.dtype), place);
  return reshape(where(equal(count, 0), pad, there), like.shape);
}

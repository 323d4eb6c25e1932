/**
 * The differential network: evidence of genes and of pairs in, a logit for every gene out.
 *
 * Three ways to let pairs speak with each other. `graph`, the default: a gene looks along its row at its nearest
 * neighbours, each pair looks at its two genes, and all genes at their mean; memory and time grow as genes × neighbours.
 * `axial`: attention along rows and columns of the whole matrix of pairs, as in Wu et al. 2025; they grow as genes² and
 * genes³. `mlp`: not at all. Names of genes, and their order, are nowhere: all three are equivariant.
 */
import {
  add,
  axialLayer,
  concatenate,
  constant,
  expand,
  gather,
  gelu,
  layerNorm,
  linear,
  matmul,
  mean,
  mul,
  oneHot,
  reshape,
  type Scope,
  softmax,
  sub,
  sum,
  type Tensor,
  withAxis,
} from '../../compute/index.js';
import { FCI_FEATURES } from './fci-features.js';
import { NODE_FEATURES } from './node-features.js';
import { PAIR_FEATURES } from './pair-features.js';
import { type CdnSettings, usesFci, usesGroup } from './settings.js';

export interface NetworkInput {
  /** (B, N, node features) */
  readonly nodes: Tensor;
  /** (B, N, K, pair features); of `axial` K = N, pair k of a gene being that with gene k. */
  readonly pairs: Tensor;
  /** (B, N, K, FCI's features), pairs in the same places; not looked at where the settings do without. */
  readonly fci: Tensor;
  /** (B, N, K), int64. */
  readonly neighbours: Tensor;
}

export interface NetworkOutput {
  /** (B, N): of the gene being a target. */
  readonly targets: Tensor;
  /** (B, N, K, 3): of no edge, of the neighbour being a cause of the gene, of it being an effect, in the control. */
  readonly edges: Tensor | undefined;
}

/** From this many genes on, one-hot products cost more than reading by index. */
const MOST_ONE_HOT = 128;

export function cdnNetwork(scope: Scope, input: NetworkInput, settings: CdnSettings): NetworkOutput {
  const { width, variant } = settings;
  const nodes = perceptron(scope.at('nodes'), chosenNodes(input.nodes, settings), width);
  const degree = input.neighbours.shape[2];
  const start = degree === 0 ? undefined : perceptron(scope.at('pairs'), chosenPairs(input, settings), width);
  const { genes, pairs } = MIXERS[variant](scope, nodes, start, input, settings);
  const targets = linear(scope.at('target'), layerNorm(scope.at('target_norm'), genes), 1);
  return {
    targets: reshape(targets, targets.shape.slice(0, -1)),
    edges: pairs && linear(scope.at('edge'), layerNorm(scope.at('edge_norm'), pairs), 3),
  };
}

interface Mixed {
  /** (B, N, width) */
  readonly genes: Tensor;
  /** (B, N, K, width) */
  readonly pairs: Tensor | undefined;
}

type Mixer = (
  scope: Scope,
  nodes: Tensor,
  pairs: Tensor | undefined,
  input: NetworkInput,
  settings: CdnSettings,
) => Mixed;

const MIXERS: Readonly<Record<CdnSettings['variant'], Mixer>> = {
  graph(scope, nodes, pairs, { neighbours }, { blocks, heads }) {
    let mixed: Mixed = { genes: nodes, pairs };
    for (let b = 0; b < blocks; b++) mixed = graphBlock(scope.at('blocks', b), mixed, neighbours, heads);
    return mixed;
  },
  axial(scope, nodes, pairs, _input, { blocks, heads }) {
    if (!pairs) return { genes: nodes, pairs };
    const { width } = { width: nodes.shape[2] };
    let grid = add(
      add(pairs, withAxis(linear(scope.at('row'), nodes, width), 2)),
      withAxis(linear(scope.at('column'), nodes, width), 1),
    );
    for (let b = 0; b < blocks; b++)
      grid = axialLayer(scope.at('blocks', b), grid, { heads, feedForward: 2 * width });
    return { genes: add(nodes, mean(grid, 2)), pairs: grid };
  },
  mlp(scope, nodes, pairs) {
    if (!pairs) return { genes: nodes, pairs };
    const width = nodes.shape[2];
    const inner = concatenate([nodes, mean(perceptron(scope.at('pair'), pairs, width), 2)], -1);
    return { genes: add(nodes, perceptron(scope.at('gene'), inner, width)), pairs };
  },
};

/** Pairs look at their genes, genes along their row, and at the mean of all. */
function graphBlock(scope: Scope, { genes, pairs }: Mixed, neighbours: Tensor, heads: number): Mixed {
  const width = genes.shape[2];
  const seen = layerNorm(scope.at('gene_norm'), genes);
  const message = pairs && pairUpdate(scope, pairs, seen, neighbours);
  const heard = message && add(genes, rowAttention(scope.at('row'), message, heads));
  const now = heard ?? genes;
  const normal = layerNorm(scope.at('all_norm'), now);
  const all = expand(mean(normal, 1, { keepDims: true }), normal.shape);
  const change = perceptron(scope.at('gene'), concatenate([normal, all], -1), width);
  return { genes: add(now, change), pairs: message };
}

function pairUpdate(scope: Scope, pairs: Tensor, genes: Tensor, neighbours: Tensor): Tensor {
  const width = pairs.shape[3];
  const own = withAxis(linear(scope.at('pair_own'), genes, width, { bias: false }), 2);
  const other = ofNeighbours(linear(scope.at('pair_other'), genes, width, { bias: false }), neighbours);
  const inner = add(
    add(linear(scope.at('pair_in'), layerNorm(scope.at('pair_norm'), pairs), width), own),
    other,
  );
  return add(pairs, linear(scope.at('pair_out'), gelu(inner), width));
}

/** (B, N, width) read at (B, N, K) → (B, N, K, width). */
function ofNeighbours(genes: Tensor, neighbours: Tensor): Tensor {
  const [batch, n, width] = genes.shape;
  const degree = neighbours.shape[2];
  const shape = [batch, n, degree, width];
  if (n < MOST_ONE_HOT) {
    const places = oneHot(reshape(neighbours, [batch, n * degree]), n, genes.dtype);
    return reshape(matmul(places, genes), shape);
  }
  const offsets = constant(
    Array.from({ length: batch }, (_, b) => b * n),
    [batch, 1, 1],
    'int64',
  );
  return gather(reshape(genes, [batch * n, width]), add(neighbours, offsets));
}

/** (B, N, K, width) → (B, N, width): a weighted mean over the neighbours in each head. */
function rowAttention(scope: Scope, pairs: Tensor, heads: number): Tensor {
  const [batch, n, degree, width] = pairs.shape;
  const normal = layerNorm(scope.at('norm'), pairs);
  const weights = softmax(linear(scope.at('weight'), normal, heads), 2);
  const values = reshape(linear(scope.at('value'), normal, width), [batch, n, degree, heads, width / heads]);
  const means = sum(mul(values, withAxis(weights, -1)), 2);
  return linear(scope.at('out'), reshape(means, [batch, n, width]), width);
}

/** Linear, GELU, linear. */
function perceptron(scope: Scope, x: Tensor, width: number): Tensor {
  return linear(scope.at(1), gelu(linear(scope.at(0), x, width)), width);
}

function chosenNodes(nodes: Tensor, settings: CdnSettings): Tensor {
  return columns(nodes, (f) => usesGroup(settings, NODE_FEATURES[f].group));
}

/** Features that the settings use; with `difference` those of a set only as what changed from one set to the other. */
function chosenPairs({ pairs, fci }: NetworkInput, settings: CdnSettings): Tensor {
  const of = (which: readonly string[]) =>
    columns(pairs, (f) => usesGroup(settings, PAIR_FEATURES[f].group) && which.includes(PAIR_FEATURES[f].of));
  const apart = settings.pairing === 'concatenate';
  const graphs = usesFci(settings) ? [columns(fci, (f) => apart || FCI_FEATURES[f].of === 'change')] : [];
  if (!PAIR_FEATURES.some(({ group }) => usesGroup(settings, group))) return graphs[0];
  const chosen = apart
    ? [of(['control', 'perturbed', 'change'])]
    : [of(['change']), sub(of(['perturbed']), of(['control']))];
  const parts = [...chosen, ...graphs];
  return parts.length > 1 ? concatenate(parts, -1) : parts[0];
}

function columns(x: Tensor, uses: (feature: number) => boolean): Tensor {
  const count = x.shape[x.rank - 1];
  const used = Array.from({ length: count }, (_, f) => f).filter(uses);
  return used.length === count ? x : gather(x, constant(used, [used.length], 'int64'), -1);
}

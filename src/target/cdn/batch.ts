/** Evidence of several perturbations, all of as many genes, as the arrays that the network reads. */
import { input, type Program, type Values } from '../../compute/index.js';
import type { Evidence } from './evidence.js';
import { FCI_FEATURES } from './fci-features.js';
import type { Example } from './mixture.js';
import type { NetworkInput } from './network.js';
import { NODE_FEATURES } from './node-features.js';
import { PAIR_FEATURES } from './pair-features.js';

export interface BatchShape {
  readonly batch: number;
  readonly genes: number;
  readonly degree: number;
}

/** The graph's inputs for batches of this shape. */
export const networkInput = ({ batch, genes, degree }: BatchShape): NetworkInput => ({
  nodes: input('nodes', [batch, genes, NODE_FEATURES.length]),
  pairs: input('pairs', [batch, genes, degree, PAIR_FEATURES.length]),
  fci: input('fci', [batch, genes, degree, FCI_FEATURES.length]),
  neighbours: input('neighbours', [batch, genes, degree], 'int64'),
});

export const shapeOf = (evidence: readonly Evidence[]): BatchShape => ({
  batch: evidence.length,
  genes: evidence[0].genes,
  degree: evidence[0].degree,
});

/** Values of `networkInput`; those of `fci` where the evidence has them. */
export function networkValues(evidence: readonly Evidence[]): Record<string, Values> {
  const { batch, genes, degree } = shapeOf(evidence);
  const pairs = new Float32Array(batch * genes * degree * PAIR_FEATURES.length);
  const nodes = new Float32Array(batch * genes * NODE_FEATURES.length);
  const neighbours = new BigInt64Array(batch * genes * degree);
  const fci = evidence[0].fci && new Float32Array(batch * genes * degree * FCI_FEATURES.length);
  evidence.forEach((one, b) => {
    nodes.set(one.nodes, b * one.nodes.length);
    pairs.set(one.pairs, b * one.pairs.length);
    if (one.fci) fci?.set(one.fci, b * one.fci.length);
    for (let at = 0; at < one.neighbours.length; at++) {
      neighbours[b * one.neighbours.length + at] = BigInt(one.neighbours[at]);
    }
  });
  return { nodes, pairs, neighbours, ...(fci && { fci }) };
}

/** Of these, what a program reads: not every network looks at everything. */
export const neededBy = (
  program: Program,
  values: Readonly<Record<string, Values>>,
): Record<string, Values> => Object.fromEntries(program.inputs.map(({ name }) => [name, values[name]]));

/** What the network should have said: (B, N) hits, and (B, N, K, 3) as `NetworkOutput.edges` has them. */
export function truthValues(examples: readonly Example[]): Record<string, Values> {
  const { batch, genes, degree } = shapeOf(examples.map(({ evidence }) => evidence));
  const hits = new Float32Array(batch * genes);
  const kinds = new Float32Array(batch * genes * degree * 3);
  examples.forEach(({ evidence, hit, graph }, b) => {
    hits.set(hit, b * genes);
    for (let i = 0; i < genes; i++) {
      for (let k = 0; k < degree; k++) {
        const j = evidence.neighbours[i * degree + k];
        const kind = graph[i].includes(j) ? 1 : graph[j].includes(i) ? 2 : 0;
        kinds[((b * genes + i) * degree + k) * 3 + kind] = 1;
      }
    }
  });
  return { hits, kinds };
}

/** With pairs in the order of genes and each gene's with itself, of zeros, among them: what `axial` reads. */
export function asGrid(evidence: Evidence): Evidence {
  const { genes, degree, neighbours, pairs, fci } = evidence;
  const grid = (values: Float32Array, width: number) => {
    const out = new Float32Array(genes * genes * width);
    for (let i = 0; i < genes; i++) {
      for (let k = 0; k < degree; k++) {
        const from = (i * degree + k) * width;
        out.set(values.subarray(from, from + width), (i * genes + neighbours[i * degree + k]) * width);
      }
    }
    return out;
  };
  return {
    ...evidence,
    degree: genes,
    neighbours: Int32Array.from({ length: genes * genes }, (_, at) => at % genes),
    pairs: grid(pairs, PAIR_FEATURES.length),
    ...(fci && { fci: grid(fci, FCI_FEATURES.length) }),
  };
}

/**
 * The model as learned without some pairs: scale, gene directions, covariances. Posteriors for any choice of visible
 * pairs rest on it; spectra that several of them need are kept.
 */

import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { gemm } from '../../linalg/index.js';
import { type Covariance, type LearnOptions, learnCovariance, type Places } from './covariance.js';
import { type GeneDirections, geneDirections } from './gene-directions.js';
import { type Lattice, makeLattice, rotated } from './lattice.js';
import type { PowerScale } from './power-scale.js';

/** So many spectra are kept a model: each is as large as the square of the number of pairs. */
const LATTICES_KEPT = 16;

export interface LatticeOfModel {
  readonly lattice: Lattice;
  /** Row of each pair of the lattice. */
  readonly rowOf: ReadonlyMap<number, number>;
  /** U Z `(n, r)` of the pairs that the model was learned from; the others count as 0. */
  readonly learned: Float64Array;
}

export class LearnedModel {
  readonly directions: GeneDirections;
  readonly covariance: Covariance;
  private readonly lattices = new Map<string, LatticeOfModel>();
  private axesKept: { readonly mean: Float64Array; readonly axes: Float64Array } | undefined;

  /**
   * @param products inner products `(nPairs, nPairs)` of all profiles on the scale, divided by the number of genes
   * @param pairs those to learn from, sorted by context and action
   */
  constructor(
    readonly tensor: OutcomeTensor,
    readonly scale: PowerScale,
    readonly products: Float64Array,
    readonly pairs: Int32Array,
    priors: { readonly contexts: Float64Array; readonly actions: Float64Array },
    options: LearnOptions,
  ) {
    this.directions = geneDirections(products, tensor.nPairs, pairs);
    this.covariance = learnCovariance(this.directions, this.placesOf(pairs), priors, options);
  }

  placesOf(pairs: Int32Array): Places {
    const { pairContext, pairAction } = this.tensor;
    return { context: pairs.map((pair) => pairContext[pair]), action: pairs.map((pair) => pairAction[pair]) };
  }

  /** The spectrum of these pairs, and on it the coordinates of those that the model was learned from. */
  lattice(pairs: Int32Array): LatticeOfModel {
    const key = pairs.join();
    const known = this.lattices.get(key);
    if (known) return known;
    const lattice = makeLattice(pairs, this.placesOf(pairs), this.covariance);
    const { count, coordinates } = this.directions;
    const rowOf = new Map(Array.from(pairs, (pair, row) => [pair, row]));
    const rows = Array.from(this.pairs, (pair) => rowOf.get(pair) as number);
    const made = { lattice, rowOf, learned: rotated(lattice, rows, coordinates, count) };
    if (this.lattices.size >= LATTICES_KEPT)
      this.lattices.delete(this.lattices.keys().next().value as string);
    this.lattices.set(key, made);
    return made;
  }

  /** Mean profile `(nGenes)` on the scale and the directions as profiles `(r, nGenes)`: made when first needed. */
  get geneAxes(): { readonly mean: Float64Array; readonly axes: Float64Array } {
    if (this.axesKept) return this.axesKept;
    const { tensor, pairs, scale } = this;
    const { nGenes } = tensor;
    const n = pairs.length;
    const rows = new Float64Array(n * nGenes);
    const mean = new Float64Array(nGenes);
    pairs.forEach((pair, i) => {
      const profile = tensor.profile(pair);
      for (let g = 0; g < nGenes; g++) {
        const value = scale.to(profile[g]);
        rows[i * nGenes + g] = value;
        mean[g] += value / n;
      }
    });
    for (let at = 0; at < rows.length; at++) rows[at] -= mean[at % nGenes];
    const { projection: a, count } = this.directions;
    const axes = gemm({ m: count, n: nGenes, k: n, a, b: rows, transposeA: true });
    this.axesKept = { mean, axes };
    return this.axesKept;
  }
}

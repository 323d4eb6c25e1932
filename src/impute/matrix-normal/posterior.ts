/** What the model knows once some pairs are visible: mean and variance of any pair, gene by gene. */

import { coordinatesOf } from './gene-directions.js';
import { columnSums, Hidden, type Lattice, rotated } from './lattice.js';
import type { LearnedModel } from './learned-model.js';

/** More hidden pairs than this in a spectrum cost more than a spectrum without them. */
const MOST_HIDDEN = 24;

export interface PairPosterior {
  /** `(nGenes)` on the scale of the model. */
  readonly mean: Float64Array;
  /** Variance of a new measurement `(nGenes)`, noise included. */
  variance(): Float64Array;
  /** Sum over directions of what is not known of the pair itself, noise left out: on the scale, per gene. */
  readonly uncertainty: number;
}

export class Posterior {
  private readonly lattice: Lattice;
  private readonly hidden: Hidden;
  /** s_j U z / (s_j d_i + n_j) `(n, r)`, hidden rows filled. */
  private readonly weighted: Float64Array;

  /**
   * @param pairs pairs that a spectrum is, or may be, at hand for; those that `sees` does not show are eliminated
   */
  constructor(
    private readonly model: LearnedModel,
    pairs: Int32Array,
    sees: (pair: number) => boolean,
  ) {
    const { directions, covariance, products, tensor } = model;
    const r = directions.count;
    const visible = pairs.filter(sees);
    const few = pairs.length - visible.length <= MOST_HIDDEN;
    const { lattice, rowOf, learned } = model.lattice(few ? pairs : visible);
    this.lattice = lattice;
    const hiddenRows = Array.from(lattice.pairs).filter((pair) => !sees(pair));
    this.hidden = new Hidden(
      lattice,
      hiddenRows.map((pair) => rowOf.get(pair) as number),
      r,
    );
    const known = new Set(model.pairs);
    const more = Array.from(lattice.pairs).filter((pair) => sees(pair) && !known.has(pair));
    const coordinates = coordinatesOf(directions, products, tensor.nPairs, more);
    const rows = more.map((pair) => rowOf.get(pair) as number);
    const values = rotated(lattice, rows, coordinates, r);
    for (let at = 0; at < values.length; at++) values[at] += learned[at];
    this.hidden.fill(values);
    const { inverse } = lattice;
    for (let at = 0; at < values.length; at++) values[at] *= inverse[at] * covariance.signal[at % r];
    this.weighted = values;
  }

  of(context: number, action: number): PairPosterior {
    const { model, lattice, hidden } = this;
    const { signal, noise, contexts, actions } = model.covariance;
    const r = signal.length;
    const nContexts = model.tensor.nContexts;
    const nActions = model.tensor.nActions;
    const n = lattice.pairs.length;
    const k = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      k[i] =
        contexts[context * nContexts + lattice.places.context[i]] *
        actions[action * nActions + lattice.places.action[i]];
    }
    const rotatedK = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let x = 0; x < n; x++) sum += lattice.vectors[i * n + x] * k[x];
      rotatedK[i] = sum;
    }
    const coordinates = columnSums(rotatedK, this.weighted, r);
    const own = contexts[context * (nContexts + 1)] * actions[action * (nActions + 1)];
    const explained = columnSums(
      rotatedK.map((value) => value * value),
      lattice.inverse,
      r,
    );
    const lost = hidden.lostVariance(rotatedK);
    const unknown = Float64Array.from(signal, (s, j) =>
      Math.max(s * own - s * s * (explained[j] - lost[j]), 0),
    );
    const { mean: centre, axes } = model.geneAxes;
    const nGenes = centre.length;
    const mean = centre.slice();
    for (let j = 0; j < r; j++) {
      const weight = coordinates[j];
      for (let g = 0; g < nGenes; g++) mean[g] += weight * axes[j * nGenes + g];
    }
    return {
      mean,
      uncertainty: unknown.reduce((sum, value) => sum + value, 0),
      variance() {
        const variance = new Float64Array(nGenes);
        for (let j = 0; j < r; j++) {
          const weight = unknown[j] + noise[j];
          for (let g = 0; g < nGenes; g++) variance[g] += weight * axes[j * nGenes + g] ** 2;
        }
        return variance;
      },
    };
  }
}

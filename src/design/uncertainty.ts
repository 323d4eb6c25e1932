/**
 * What a model does not know of pairs that were not measured, and what one more experiment would tell.
 *
 *     C_ρ = K_mm − K_mv (K_vv + ρ I)⁻¹ K_vm          for each class of noise ratios ρ, in units of the signal
 *
 * v: the visible pairs, m: those not measured. Measuring x takes c_tx² / (c_xx + ρ) from the variance of every t, and
 * C_ρ changes by the outer product of its column.
 */
import { covarianceBetween, type LearnedModel, type Places } from '../impute/matrix-normal/index.js';
import { gemm, symmetricEigen } from '../linalg/index.js';
import { type NoiseClass, noiseClasses } from './noise-classes.js';

interface Class extends NoiseClass {
  /** C_ρ `(m, m)`. */
  readonly covariance: Float64Array;
}

export class Uncertainty {
  /** How many pairs, m. */
  readonly count: number;
  private readonly classes: readonly Class[];
  /** Expected squared error that no experiment takes away: the noise of the measurement compared with. */
  private readonly floor: number;
  /** Expected squared error of each pair `(m)`. */
  private variances: Float64Array;

  /**
   * @param places the pairs that were not measured
   * @param weights what a squared error in each direction of the model counts `(r)`
   * @param sizes what errors of each pair are divided by `(m)`, above 0
   */
  constructor(
    model: LearnedModel,
    places: Places,
    weights: Float64Array,
    private readonly sizes: Float64Array,
  ) {
    const { contexts, actions, signal, noise } = model.covariance;
    const visible = model.placesOf(model.pairs);
    const [n, m] = [model.pairs.length, places.context.length];
    const { values, vectors } = symmetricEigen(covarianceBetween(contexts, actions, visible, visible), n);
    const between = covarianceBetween(contexts, actions, visible, places);
    const rotated = gemm({ m: n, n: m, k: n, a: vectors, b: between });
    const own = covarianceBetween(contexts, actions, places, places);
    this.count = m;
    this.floor = noise.reduce((sum, value, j) => sum + weights[j] * value, 0);
    this.classes = noiseClasses(signal, noise, weights).map(({ ratio, weight }) => {
      const scaled = new Float64Array(n * m);
      for (let i = 0; i < n; i++) {
        const scale = 1 / Math.sqrt(Math.max(values[i], 0) + ratio);
        for (let x = 0; x < m; x++) scaled[i * m + x] = rotated[i * m + x] * scale;
      }
      const covariance = gemm({ m, n: m, k: n, a: scaled, b: scaled, transposeA: true });
      for (let at = 0; at < covariance.length; at++) covariance[at] = own[at] - covariance[at];
      return { ratio, weight, covariance };
    });
    this.variances = this.variancesNow();
  }

  /** Expected error of a pair: root mean square over genes, over the size of the pair. */
  expectedError(x: number): number {
    return Math.sqrt(this.variances[x]) / this.sizes[x];
  }

  /** What measuring `x` takes from the summed expected error of `targets`: from its own all, from others a part. */
  gain(x: number, targets: readonly number[]): number {
    const row = x * this.count;
    const taken = new Float64Array(this.count);
    for (const { ratio, weight, covariance } of this.classes) {
      const share = weight / (Math.max(covariance[row + x], 0) + ratio);
      for (const t of targets) taken[t] += share * covariance[row + t] ** 2;
    }
    let gain = 0;
    for (const t of targets) {
      const after = t === x ? 0 : Math.max(this.variances[t] - taken[t], this.floor);
      gain += (Math.sqrt(this.variances[t]) - Math.sqrt(after)) / this.sizes[t];
    }
    return gain;
  }

  /** What is known once `x` has been measured. */
  measure(x: number): void {
    const m = this.count;
    for (const { ratio, covariance } of this.classes) {
      const column = covariance.slice(x * m, (x + 1) * m);
      const scale = 1 / (Math.max(column[x], 0) + ratio);
      for (let t = 0; t < m; t++) {
        const share = column[t] * scale;
        for (let u = 0; u < m; u++) covariance[t * m + u] -= share * column[u];
      }
    }
    this.variances = this.variancesNow();
  }

  private variancesNow(): Float64Array {
    return Float64Array.from({ length: this.count }, (_, t) =>
      this.classes.reduce(
        (sum, { weight, covariance }) => sum + weight * Math.max(covariance[t * (this.count + 1)], 0),
        this.floor,
      ),
    );
  }
}

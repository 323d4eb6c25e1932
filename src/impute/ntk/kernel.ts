/**
 * The neural tangent kernel κ_d of a fully connected network of infinite width, on unit vectors, as a function of
 * their cosine ξ. Theorem 1 of the paper on matrix completion with infinitely wide networks:
 *
 *     κ_d(ξ) = φ̌⁽ᵈ⁾(ξ) + κ_{d−1}(ξ) · φ̌′(φ̌⁽ᵈ⁻¹⁾(ξ)),   κ_0(ξ) = ξ,   φ̌⁽ʰ⁾ = φ̌ ∘ φ̌⁽ʰ⁻¹⁾,   φ̌⁽⁰⁾(ξ) = ξ
 *
 * φ̌ is the dual of the activation φ, scaled to φ̌(1) = 1 (Cho & Saul 2009; for leaky ReLU the same with the
 * slope's share): the mean of φ(u) φ(v) over standard normal u, v of correlation ξ.
 */

/** Weight of what a slope b below zero adds to the duals of ReLU: 2b / (π (1 + b²)). */
const leakOf = (slope: number): number => (2 * slope) / (Math.PI * (1 + slope * slope));

/** φ̌(cos angle) for leaky ReLU of this slope below zero; 0 is ReLU. */
export function activationDual(cosine: number, slope = 0): number {
  const angle = Math.acos(clipped(cosine));
  return dual(clipped(cosine), angle, leakOf(slope));
}

/** φ̌′(cos angle). */
export function derivativeDual(cosine: number, slope = 0): number {
  return dualOfDerivative(Math.acos(clipped(cosine)), leakOf(slope));
}

/** κ_d for `depth` = d hidden layers, and leaky ReLU of this slope below zero. κ_d(1) = d + 1. */
export function tangentKernel(depth: number, slope = 0): (cosine: number) => number {
  const leak = leakOf(slope);
  return (cosine) => {
    let kernel = cosine;
    let correlation = cosine;
    for (let layer = 0; layer < depth; layer++) {
      correlation = clipped(correlation);
      const angle = Math.acos(correlation);
      const next = dual(correlation, angle, leak);
      kernel = next + kernel * dualOfDerivative(angle, leak);
      correlation = next;
    }
    return kernel;
  };
}

/** Rounding may leave a cosine a little outside [−1, 1]. */
const clipped = (cosine: number): number => (cosine > 1 ? 1 : cosine < -1 ? -1 : cosine);

function dual(cosine: number, angle: number, leak: number): number {
  const sine = Math.sqrt((1 - cosine) * (1 + cosine));
  return (cosine * (Math.PI - angle) + sine) / Math.PI + leak * (cosine * angle - sine);
}

const dualOfDerivative = (angle: number, leak: number): number => (Math.PI - angle) / Math.PI + leak * angle;

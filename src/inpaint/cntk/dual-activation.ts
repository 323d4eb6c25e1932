/** Duals of the leaky rectifier: expectations over two correlated normal variables. */

export interface Dual {
  /** E[φ′(u) φ′(v)] for unit variances and correlation t. */
  readonly kappa0: number;
  /** E[φ(u) φ(v)]. */
  readonly kappa1: number;
}

/**
 * κ₀ and κ₁ of x ↦ max(x, slope · x), divided by E[φ(u)²] so that κ₀(1) = κ₁(1) = 1 (Cho & Saul 2009; slope 0 is
 * the rectifier). `t` is cut to −1 … 1.
 */
export function leakyDual(t: number, slope: number): Dual {
  const cosine = Math.max(-1, Math.min(1, t));
  const angle = Math.acos(cosine);
  const sine = Math.sqrt(1 - cosine * cosine);
  const leak = (2 * slope) / (Math.PI * (slope * slope + 1));
  return {
    kappa0: (Math.PI - angle) / Math.PI + leak * angle,
    kappa1: (cosine * (Math.PI - angle) + sine) / Math.PI + leak * (cosine * angle - sine),
  };
}

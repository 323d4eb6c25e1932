/**
 * Has the regression of a gene on others changed between two sets of cells? A gene that nobody touched depends on its
 * causes as before; one that was hit depends on no set of genes as before (Peters, Bühlmann and Meinshausen 2016,
 * "Causal inference by using invariant prediction", turned around). Chow's test, as two numbers that are about N(0, 1)
 * where nothing changed.
 */

/** Residual sums of squares of one regression, in each set and in both together. */
export interface Residuals {
  readonly control: number;
  readonly perturbed: number;
  readonly both: number;
  /** Coefficients, the constant among them. */
  readonly coefficients: number;
  readonly controlCells: number;
  readonly perturbedCells: number;
  /**
   * So many cells of the variance of both sets together are added to each, 0 by default: a rare gene that none of a few
   * cells happens to have says little of a variance.
   */
  readonly added?: number;
}

export interface Change {
  /** Of the coefficients: the larger, the less are they the same. About N(0, 1) where they are. */
  readonly coefficients: number;
  /** Of the residual variance: positive where it grew. About N(0, 1) where it did not change. */
  readonly variance: number;
}

/** Relative to the sums, what is taken for no residual at all. */
const NOTHING = 1e-12;
const NONE: Change = { coefficients: 0, variance: 0 };

/** `NONE` where there are too few cells to tell. */
export function changeOf(residuals: Residuals): Change {
  const { control, perturbed, both, coefficients, controlCells, perturbedCells, added = 0 } = residuals;
  const [nu0, nu1] = [controlCells - coefficients, perturbedCells - coefficients];
  if (nu0 < 3 || nu1 < 3) return NONE;
  const floor = NOTHING * (controlCells + perturbedCells);
  const apart = Math.max(control, 0) + Math.max(perturbed, 0);
  if (both <= floor) return NONE;
  const f = Math.max(both - apart, 0) / coefficients / (Math.max(apart, floor) / (nu0 + nu1));
  const prior = (added * apart) / (nu0 + nu1);
  const varianceOf = (sum: number, nu: number) => (Math.max(sum, floor) + prior) / (nu + added);
  const ratio = Math.log(varianceOf(perturbed, nu1)) - Math.log(varianceOf(control, nu0));
  return {
    coefficients: normalOfF(f, coefficients, nu0 + nu1),
    variance: ratio / Math.sqrt(2 / nu0 + 2 / nu1),
  };
}

/** How far from unchanged: about a χ² of two degrees of freedom where nothing changed. */
export function distanceOf({ coefficients, variance }: Change): number {
  return Math.max(coefficients, 0) ** 2 + variance ** 2;
}

/** Paulson's (1942) normal deviate of an F of d1 and d2 degrees of freedom. */
export function normalOfF(f: number, d1: number, d2: number): number {
  const root = Math.cbrt(f);
  const [a, b] = [2 / (9 * d1), 2 / (9 * d2)];
  return ((1 - b) * root - (1 - a)) / Math.sqrt(b * root * root + a);
}

/**
 * Directions that are equally well measured share their uncertainty.
 *
 * The posterior covariance of a direction, divided by its signal s_j, depends on nothing but ρ_j = n_j / s_j. So a few
 * classes of ρ stand for hundreds of directions, each with what its directions weigh together.
 */

/** So many classes at most; as many directions or fewer are a class each, and nothing is approximated. */
export const MOST_CLASSES = 12;

export interface NoiseClass {
  /** Noise over signal. */
  readonly ratio: number;
  /** Σ w_j s_j of its directions: expected squared error where nothing is known and K is 1. */
  readonly weight: number;
}

/**
 * Classes of equal weight, in the order of ρ; a class has the weighted geometric mean of its ratios.
 * @param weights what a squared error in each direction counts, `(r)`
 */
export function noiseClasses(signal: Float64Array, noise: Float64Array, weights: Float64Array): NoiseClass[] {
  const directions = Array.from(signal, (s, j) => ({ ratio: noise[j] / s, weight: weights[j] * s }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.ratio - b.ratio);
  if (directions.length <= MOST_CLASSES) return directions;
  const total = directions.reduce((sum, { weight }) => sum + weight, 0);
  const members: NoiseClass[][] = Array.from({ length: MOST_CLASSES }, () => []);
  let before = 0;
  for (const direction of directions) {
    const middle = (before + direction.weight / 2) / total;
    members[Math.min(Math.floor(middle * MOST_CLASSES), MOST_CLASSES - 1)].push(direction);
    before += direction.weight;
  }
  return members
    .filter(({ length }) => length > 0)
    .map((some) => {
      const weight = some.reduce((sum, one) => sum + one.weight, 0);
      const logarithm = some.reduce((sum, one) => sum + (one.weight / weight) * Math.log(one.ratio), 0);
      return { ratio: Math.exp(logarithm), weight };
    });
}

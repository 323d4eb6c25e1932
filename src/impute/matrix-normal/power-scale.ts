/**
 * The scale that a Gaussian model works on: x^λ, or log x. Noise of intensities and counts grows with their level; a
 * power below one tames it without giving faint genes the weight that logarithms give them.
 */
import { DataError } from '../../errors.js';
import { median } from '../../stats/index.js';

export interface PowerScale {
  readonly name: string;
  to(value: number): number;
  back(value: number): number;
  /** d back / d value: how far a step on this scale reaches on the scale of the data. */
  slope(value: number): number;
}

export const plainScale: PowerScale = {
  name: 'as they are',
  to: (value) => value,
  back: (value) => value,
  slope: () => 1,
};

const logScale: PowerScale = { name: 'logarithms', to: Math.log, back: Math.exp, slope: Math.exp };

function powerScale(power: number): PowerScale {
  if (power === 1) return plainScale;
  return {
    name: `power ${power}`,
    to: (value) => value ** power,
    back: (value) => Math.max(value, 0) ** (1 / power),
    slope: (value) => Math.max(value, 0) ** (1 / power - 1) / power,
  };
}

/** Genes of intensities and counts differ in level by far more than those of logarithms do. */
const INTENSITY_RANGE = 5;
const INTENSITY_POWER = 0.7;

/**
 * The scale asked for. `auto` is decided by the visible profiles: power 0.7 where none is negative and the highest gene
 * mean is at least 5 times the median one. Throws DataError for negative values (log: below or at 0) with a power.
 * @param profiles the visible ones `(nGenes)` each
 */
export function chooseScale(power: number | 'auto' | 'log', profiles: readonly Float64Array[]): PowerScale {
  let least = Number.POSITIVE_INFINITY;
  for (const profile of profiles) for (const value of profile) least = Math.min(least, value);
  if (power === 'auto') return least >= 0 && isIntensity(profiles) ? powerScale(INTENSITY_POWER) : plainScale;
  const lowest = power === 'log' ? Number.MIN_VALUE : power < 1 ? 0 : Number.NEGATIVE_INFINITY;
  if (least < lowest) {
    throw new DataError(
      `--matrix-normal-power ${power} needs values ${power === 'log' ? 'above' : 'of at least'} 0, the smallest is ` +
        `${least}; pass --matrix-normal-power 1`,
      { least },
    );
  }
  return power === 'log' ? logScale : powerScale(power);
}

function isIntensity(profiles: readonly Float64Array[]): boolean {
  const means = new Float64Array(profiles[0]?.length ?? 0);
  for (const profile of profiles)
    for (let g = 0; g < means.length; g++) means[g] += profile[g] / profiles.length;
  const middle = median(means);
  return middle > 0 && means.reduce((most, mean) => Math.max(most, mean), 0) >= INTENSITY_RANGE * middle;
}

import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { changeOf, distanceOf, normalOfF } from './invariance.js';

describe('normalOfF', () => {
  it.each([
    // scipy.stats.norm.isf(scipy.stats.f.sf(q, a, b))
    [1, 3, 200, 0.26911],
    [4, 5, 500, 2.97991],
    [0.3, 1, 60, -0.21705],
    [12, 7, 1000, 7.66126],
    [2.5, 3, 20, 1.34791],
  ])('of %f with %i and %i degrees of freedom is near the exact deviate', (f, a, b, exact) => {
    expect(Math.abs(normalOfF(f, a, b) - exact)).toBeLessThan(0.1 + 0.05 * Math.abs(exact));
  });
});

describe('changeOf', () => {
  it('is about N(0, 1), twice, where nothing changed', () => {
    const random = Random.fromSeed(3);
    const [coefficients, variance] = [[] as number[], [] as number[]];
    for (let round = 0; round < 400; round++) {
      const change = changeOf(meansOnly(random, 40, 25, 0, 1));
      coefficients.push(change.coefficients);
      variance.push(change.variance);
    }
    for (const values of [coefficients, variance]) {
      const mean = values.reduce((sum, z) => sum + z, 0) / values.length;
      const spread = values.reduce((sum, z) => sum + (z - mean) ** 2, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.2);
      expect(spread).toBeGreaterThan(0.7);
      expect(spread).toBeLessThan(1.3);
    }
  });

  it('tells a shift from a change of the spread', () => {
    const random = Random.fromSeed(4);
    const shifted = changeOf(meansOnly(random, 200, 200, 1, 1));
    const spread = changeOf(meansOnly(random, 200, 200, 0, 2));
    expect(shifted.coefficients).toBeGreaterThan(5);
    expect(Math.abs(shifted.variance)).toBeLessThan(3);
    expect(spread.variance).toBeGreaterThan(5);
    expect(distanceOf(spread)).toBeGreaterThan(25);
  });

  it('says nothing with too few cells, or where there is nothing to explain', () => {
    const none = { coefficients: 0, variance: 0 };
    const cells = { coefficients: 3, controlCells: 5, perturbedCells: 100 };
    expect(changeOf({ ...cells, control: 1, perturbed: 1, both: 9 })).toEqual(none);
    expect(changeOf({ ...cells, controlCells: 50, control: 0, perturbed: 0, both: 0 })).toEqual(none);
  });
});

/** Residuals of a regression on a constant alone. */
function meansOnly(
  random: Random,
  controlCells: number,
  perturbedCells: number,
  shift: number,
  spread: number,
) {
  const control = Array.from({ length: controlCells }, () => random.normal());
  const perturbed = Array.from({ length: perturbedCells }, () => shift + spread * random.normal());
  const around = (values: readonly number[]) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  };
  return {
    control: around(control),
    perturbed: around(perturbed),
    both: around([...control, ...perturbed]),
    coefficients: 1,
    controlCells,
    perturbedCells,
  };
}

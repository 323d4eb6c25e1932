import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { leastSquares } from '../../linalg/index.js';
import { actionAxis } from './axis.js';
import { Products } from './products.js';
import { regress } from './regression.js';
import { trainingBlock } from './solution.js';

/** The same regression as NumPy users write it: stack, centre, lstsq. */
function direct(
  screen: ReturnType<typeof factorScreen>['tensor'],
  donors: number[],
  units: number[],
  target: number,
  intercept: boolean,
) {
  const p = screen.nGenes;
  const [n, k] = [units.length * p, donors.length];
  const x = new Float64Array(n * k);
  const y = new Float64Array(n);
  units.forEach((unit, u) => {
    donors.forEach((donor, j) => {
      const profile = screen.profile(screen.pair(unit, donor));
      for (let g = 0; g < p; g++) x[(u * p + g) * k + j] = profile[g];
    });
    y.set(screen.profile(screen.pair(unit, target)), u * p);
  });
  const means = donors.map((_, j) => (intercept ? y.reduce((sum, __, i) => sum + x[i * k + j], 0) / n : 0));
  const meanY = intercept ? y.reduce((sum, value) => sum + value, 0) / n : 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) x[i * k + j] -= means[j];
    y[i] -= meanY;
  }
  const { x: beta } = leastSquares(x, n, k, y, 1);
  return { beta, intercept: meanY - means.reduce((sum, mean, j) => sum + mean * beta[j], 0) };
}

function regressed(
  tensor: ReturnType<typeof factorScreen>['tensor'],
  donors: number[],
  units: number[],
  targets: number[],
  intercept = true,
) {
  const products = new Products(tensor, actionAxis(tensor));
  const set = { donors: Int32Array.from(donors), units: Int32Array.from(units) };
  const block = trainingBlock(products, set, Int32Array.from(targets));
  return regress(products, block, { intercept, denoise: { kind: 'none' } });
}

describe('regress', () => {
  it('agrees with the direct SVD solution to 1e-8, with and without intercept, many targets at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (seed, intercept, nUnits) => {
          const { tensor } = factorScreen({
            nContexts: 5,
            nActions: 8,
            nGenes: 30,
            rank: 4,
            noise: 0.3,
            seed,
          });
          const units = [0, 1, 2, 3].slice(0, nUnits);
          const { weights, intercepts, solver } = regressed(
            tensor,
            [0, 1, 2, 3, 4],
            units,
            [6, 7],
            intercept,
          );
          expect(solver).toBe('cholesky');
          for (const [t, target] of [6, 7].entries()) {
            const expected = direct(tensor, [0, 1, 2, 3, 4], units, target, intercept);
            expect(relativeDifference(weights.subarray(t * 5, t * 5 + 5), expected.beta)).toBeLessThan(1e-8);
            expect(intercepts[t]).toBeCloseTo(expected.intercept, 8);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes the minimum-norm solution of rank-deficient donors, by SVD', () => {
    // rank 2 and no noise: five donors are dependent
    const { tensor } = factorScreen({ nContexts: 4, nActions: 7, nGenes: 40, rank: 2 });
    for (const intercept of [true, false]) {
      const { weights, solver } = regressed(tensor, [0, 1, 2, 3, 4], [0, 1, 2], [6], intercept);
      expect(solver).toBe('svd');
      const expected = direct(tensor, [0, 1, 2, 3, 4], [0, 1, 2], 6, intercept);
      expect(relativeDifference(weights, expected.beta)).toBeLessThan(1e-8);
    }
  });

  it('goes to the SVD where donors are nearly dependent, and keeps 1e-8 there', () => {
    const { tensor } = factorScreen({ nContexts: 4, nActions: 6, nGenes: 40, rank: 3, noise: 0.3 });
    for (const unit of [0, 1, 2]) {
      const [first, second] = [0, 1].map((action) => tensor.profile(tensor.pair(unit, action)));
      first.forEach((value, g) => (second[g] = value + 1e-5 * Math.sin(17 * g + unit)));
    }
    const { weights, solver } = regressed(tensor, [0, 1, 2, 3], [0, 1, 2], [5]);
    expect(solver).toBe('svd');
    const expected = direct(tensor, [0, 1, 2, 3], [0, 1, 2], 5, true);
    expect(relativeDifference(weights, expected.beta)).toBeLessThan(1e-8);
  });

  it('agrees where there are more donors than rows', () => {
    const { tensor } = factorScreen({ nContexts: 3, nActions: 9, nGenes: 3, rank: 3, noise: 1 });
    const { weights } = regressed(tensor, [0, 1, 2, 3, 4, 5, 6], [0], [8]);
    const expected = direct(tensor, [0, 1, 2, 3, 4, 5, 6], [0], 8, true);
    expect(relativeDifference(weights, expected.beta)).toBeLessThan(1e-8);
  });

  it('does not lose digits to a mean that is large beside the spread', () => {
    const { tensor } = factorScreen({ nContexts: 3, nActions: 5, nGenes: 50, rank: 3, noise: 0.1 });
    for (let i = 0; i < tensor.profiles.length; i++) tensor.profiles[i] = 1e6 + tensor.profiles[i];
    const { weights } = regressed(tensor, [0, 1, 2], [0, 1], [4]);
    // reference on the profiles moved back: centred regression does not see a constant
    const { tensor: near } = factorScreen({ nContexts: 3, nActions: 5, nGenes: 50, rank: 3, noise: 0.1 });
    const expected = direct(near, [0, 1, 2], [0, 1], 4, true);
    expect(relativeDifference(weights, expected.beta)).toBeLessThan(1e-7);
  });

  it('gives a constant donor no weight', () => {
    const { tensor } = factorScreen({ nContexts: 3, nActions: 4, nGenes: 20, rank: 2, noise: 0.2 });
    for (const unit of [0, 1, 2]) tensor.profile(tensor.pair(unit, 1)).fill(5);
    const { weights } = regressed(tensor, [0, 1, 2], [0, 1], [3]);
    expect(weights[1]).toBeCloseTo(0, 12);
    expect(
      relativeDifference(
        Float64Array.of(weights[0], weights[2]),
        direct(tensor, [0, 2], [0, 1], 3, true).beta,
      ),
    ).toBeLessThan(1e-8);
  });
});

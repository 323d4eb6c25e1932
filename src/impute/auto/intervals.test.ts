import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { conformalInterval, scaleResiduals } from './intervals.js';

const ones = (n: number) => new Float64Array(n).fill(1);

/** One gene, residuals 1 … n, everybody with five donors, two folds. */
function ladder(n: number) {
  const residuals = Float64Array.from({ length: n }, (_, i) => i + 1);
  const fold = Int32Array.from({ length: n }, (_, i) => i % 2);
  return scaleResiduals(residuals, ones(n), 1, fold, new Int32Array(n).fill(5));
}

describe('the quantile', () => {
  it.each([
    [99, 0.9, 90],
    [199, 0.9, 180],
    [19, 0.9, 18],
    [9, 0.9, 9],
    [4, 0.9, 4],
  ])('of %i pairs at %f is the %i-th smallest residual: ⌈level (n + 1)⌉', (n, level, expected) => {
    const made = conformalInterval(ladder(n), [new Float64Array(1), new Float64Array(1)], ones(1), 5, level);
    expect(made.upper[0]).toBeCloseTo(expected, 9);
    expect(made.lower[0]).toBeCloseTo(-expected, 9);
  });

  it('takes centres without the fold of each residual', () => {
    // fold 0 predicts 10, fold 1 predicts 0: the upper end is from fold 0, the lower from fold 1
    const centres = [Float64Array.of(1000), Float64Array.of(0)];
    const { lower, upper } = conformalInterval(ladder(99), centres, ones(1), 5, 0.9);
    // of the 50 odd residuals on top, 9 are left out; of the 49 even ones at the bottom as well
    expect(upper[0]).toBeCloseTo(1000 + 81, 9);
    expect(lower[0]).toBeCloseTo(-80, 9);
  });

  it('is as wide as the pair is expected to be off', () => {
    const narrow = conformalInterval(ladder(99), [ones(1), ones(1)], Float64Array.of(0.5), 5, 0.9);
    expect(narrow.upper[0] - narrow.lower[0]).toBeCloseTo(90, 9);
  });

  it('follows the pairs with as many donors', () => {
    const n = 200;
    const residuals = Float64Array.from({ length: n }, (_, i) => (i < 100 ? 1 : 10));
    const donors = Int32Array.from({ length: n }, (_, i) => (i < 100 ? 20 : 1));
    const made = scaleResiduals(residuals, ones(n), 1, new Int32Array(n), donors);
    const [many, few] = [20, 1].map(
      (count) => conformalInterval(made, [ones(1)], ones(1), count, 0.9).upper[0],
    );
    expect(few / many).toBeGreaterThan(3);
  });
});

describe('coverage', () => {
  const nGenes = 40;
  /** Errors of genes of very different spread, heavy tails, larger in pairs with few donors. */
  function draw(random: Random, donors: number): Float64Array {
    const size = donors < 5 ? 3 : 1;
    return Float64Array.from({ length: nGenes }, (_, g) => {
      const tail = random.uniform() < 0.05 ? 4 : 1;
      return size * tail * (1 + g / 4) * random.normal();
    });
  }

  it.each([12, 60, 300])('is what was promised for few and for many donors, with %i pairs', (n) => {
    const random = Random.fromSeed(n);
    const donorsOf = (i: number) => (i % 3 === 0 ? 2 : 15);
    const inside = new Map<number, number[]>();
    for (let repeat = 0; repeat < 60; repeat++) {
      const residuals = new Float64Array(n * nGenes);
      for (let i = 0; i < n; i++) residuals.set(draw(random, donorsOf(i)), i * nGenes);
      const fold = Int32Array.from({ length: n }, (_, i) => i % 4);
      const donors = Int32Array.from({ length: n }, (_, i) => donorsOf(i));
      const scaled = scaleResiduals(residuals, ones(n * nGenes), nGenes, fold, donors);
      const centres = [0, 1, 2, 3].map(() => new Float64Array(nGenes));
      for (const count of [2, 15]) {
        const { lower, upper } = conformalInterval(scaled, centres, ones(nGenes), count, 0.9);
        const truth = draw(random, count);
        const share = truth.filter((value, g) => value >= lower[g] && value <= upper[g]).length / nGenes;
        inside.set(count, [...(inside.get(count) ?? []), share]);
      }
    }
    for (const shares of inside.values()) {
      const coverage = shares.reduce((a, b) => a + b, 0) / shares.length;
      expect(coverage).toBeGreaterThan(0.86);
      expect(coverage).toBeLessThan(n < 60 ? 1 : 0.95);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { drawFunction, tanh } from './mechanisms.js';

const draw = (mechanism: Parameters<typeof drawFunction>[0], nParents: number, seed = 0) => {
  const { fill } = drawFunction(mechanism, nParents, Random.fromSeed(seed));
  return (parents: number[], noise: number) => {
    const out = new Float64Array(1);
    fill(
      parents.map((value) => Float64Array.of(value)),
      Float64Array.of(noise),
      1,
      out,
    );
    return out[0];
  };
};

describe('mechanisms', () => {
  it.each(['linear', 'polynomial', 'sigmoid', 'neural'] as const)('%s adds its noise', (mechanism) => {
    const f = draw(mechanism, 2);
    expect(f([0.3, -1.2], 5) - f([0.3, -1.2], 0)).toBeCloseTo(5, 10);
  });

  it('a network that is not additive does not', () => {
    const f = draw('neural-non-additive', 2);
    const effects = [-2, 0, 2].map((x) => f([x, 0.1], 0.5) - f([x, 0.1], 0));
    expect(Math.max(...effects) - Math.min(...effects)).toBeGreaterThan(0.05);
  });

  it('linear is linear; a sum over parents where additive', () => {
    const f = draw('linear', 1);
    expect(f([2], 0)).toBeCloseTo(2 * f([1], 0), 12);
    for (const mechanism of ['linear', 'polynomial', 'sigmoid'] as const) {
      const g = draw(mechanism, 2);
      expect(g([1, 2], 0) - g([1, 0], 0)).toBeCloseTo(g([-1, 2], 0) - g([-1, 0], 0), 12);
    }
  });

  it('polynomial has a constant second difference, and is held beyond ±4', () => {
    const f = draw('polynomial', 1);
    const second = (x: number) => f([x + 1], 0) - 2 * f([x], 0) + f([x - 1], 0);
    expect(second(0.5)).toBeCloseTo(second(-2), 12);
    expect(Math.abs(second(0) / 2)).toBeGreaterThanOrEqual(0.25);
    expect([f([400], 0), f([-400], 0)]).toEqual([f([4], 0), f([-4], 0)]);
  });

  it('sigmoid levels off between −a and a, a ≥ 1', () => {
    const f = draw('sigmoid', 1);
    const [low, high] = [f([-1e9], 0), f([1e9], 0)];
    expect(low).toBeCloseTo(-high, 6);
    expect(Math.abs(high)).toBeGreaterThanOrEqual(1);
    expect(Math.sign(f([5], 0) - f([-5], 0))).toBe(Math.sign(high));
  });

  it('tanh is that of Math to four digits', () => {
    let worst = 0;
    for (let x = -12; x < 12; x += 0.001) worst = Math.max(worst, Math.abs(tanh(x) - Math.tanh(x)));
    expect(worst).toBeLessThan(1e-4);
    expect(tanh(0)).toBe(0);
  });
});

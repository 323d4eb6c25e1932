import { describe, expect, it } from 'vitest';
import { evaluate, expectGradient, fixed, point } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { add, type DType, input, log, sub, sum, type Tensor } from '../graph/index.js';
import { digamma, lgamma, logBeta } from './index.js';

// mpmath, 30 digits: [x, loggamma(x), digamma(x), polygamma(1, x)]
const REFERENCE = [
  [1e-6, 13.815509980749432, -1000000.57721402, 1000000000001.645],
  [0.1, 2.252712651734206, -10.423754940411076, 101.43329915079275],
  [0.5, 0.5723649429247001, -1.9635100260214235, 4.934802200544679],
  [1, 0, -0.5772156649015329, 1.6449340668482264],
  [1.5, -0.12078223763524522, 0.03648997397857652, 0.9348022005446793],
  [2, 0, 0.42278433509846713, 0.6449340668482264],
  [3.7, 1.428072326665388, 1.1671535393615113, 0.3100378576700383],
  [25, 54.78472939811232, 3.198742512851974, 0.04081066325722558],
  [1e4, 82099.71749644238, 9.210290371142849, 0.00010000500016666666],
  [1e8, 1742068066.1038346, 18.420680738952363, 1.000000005e-8],
];
const column = (i: number) => REFERENCE.map((row) => row[i]);

/** Largest difference, relative to max(1, |expected|) or, for float32 arguments, to what rounding x does. */
function worst(found: number[], expected: number[]): number {
  return Math.max(...found.map((y, i) => Math.abs(y - expected[i]) / Math.max(1, Math.abs(expected[i]))));
}

describe.each<[DType, number]>([
  ['float64', 4e-15],
  ['float32', 1e-6],
])('gamma functions in %s', (dtype, tolerance) => {
  it('agree with mpmath from 1e-6 to 1e8', async () => {
    const x = fixed(column(0), undefined, dtype);
    const psi = digamma(x);
    const [trigamma] = gradients(sum(psi), [x]);
    const found = await evaluate(lgamma(x), psi, trigamma);
    found.forEach((values, i) => {
      expect(worst(values, column(i + 1)), ['lgamma', 'digamma', 'trigamma'][i]).toBeLessThan(tolerance);
    });
    const relative = found[2].map((y, i) => Math.abs(y / column(3)[i] - 1));
    expect(Math.max(...relative)).toBeLessThan(tolerance);
  });

  it('obey the recurrences Γ(x + 1) = x Γ(x) and ψ(x + 1) = ψ(x) + 1/x', async () => {
    const values = Array.from({ length: 200 }, (_, i) => 0.01 * 1.06 ** i);
    const x = fixed(values, undefined, dtype);
    const [left, right, psi, next] = await evaluate(
      lgamma(add(x, 1)),
      add(lgamma(x), log(x)),
      digamma(x),
      digamma(add(x, 1)),
    );
    expect(worst(left, right)).toBeLessThan(4 * tolerance);
    const stepped = psi.map((y, i) => y + 1 / values[i]);
    const scale = Math.max(...psi.map(Math.abs));
    expect(Math.max(...next.map((y, i) => Math.abs(y - stepped[i])))).toBeLessThan(tolerance * scale);
  });

  it('agree with mpmath up to huge arguments', async () => {
    // mpmath, 60 digits, of float32 numbers: [x, loggamma(x), digamma(x)]
    const huge = [
      [4300000256, 91082093364.86699, 22.181880919064533],
      [999999995904, 26631021002738.99, 27.631021111832048],
      [1.0000000200408773e20, 4.5051702782797425e21, 46.051701879921794],
      [1.0000000150474662e30, 6.807755382926351e31, 69.07755280486883],
      [9.999999616903162e35, 8.18930601721786e37, 82.89306330947596],
    ];
    const x = fixed(
      huge.map(([at]) => at),
      undefined,
      dtype,
    );
    const found = await evaluate(lgamma(x), digamma(x), ...gradients(sum(lgamma(x)), [x]));
    for (const [i, k] of [1, 2, 2].entries()) {
      const expected = huge.map((row) => row[k]);
      expect(worst(found[i], expected), `result ${i}`).toBeLessThan(tolerance);
    }
  });

  it('are infinite at 0 and no number below', async () => {
    const x = fixed([0, -0.5, -3, -20.25], undefined, dtype);
    const [logGamma, psi] = await evaluate(lgamma(x), digamma(x));
    expect(logGamma).toEqual([Infinity, Number.NaN, Number.NaN, Number.NaN]);
    expect(psi).toEqual([-Infinity, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('give log B without cancellation', async () => {
    const a = fixed([1e-4, 0.5, 3, 1e6], undefined, dtype);
    const b = fixed([2, 0.5, 1e6, 2e6], undefined, dtype);
    const [found, swapped] = await evaluate(logBeta(a, b), logBeta(b, a));
    // mpmath, 30 digits: loggamma(a) + loggamma(b) - loggamma(a + b)
    const expected = [9.210240376975849, 1.1447298858494002, -40.75338749333038, -1909548.290968533];
    expect(worst(found, expected)).toBeLessThan(2 * tolerance);
    expect(worst(swapped, expected)).toBeLessThan(2 * tolerance);
  });
});

describe('derivatives agree with central differences', () => {
  const cases: [string, (...x: Tensor[]) => Tensor, ReturnType<typeof point>[]][] = [
    ['lgamma', lgamma, [point([6], 0.3, 12)]],
    ['digamma', digamma, [point([6], 0.3, 12)]],
    ['logBeta, broadcast', logBeta, [point([3, 1], 0.3, 4), point([4], 0.3, 20)]],
    ['log Γ twice', (x) => gradients(sum(lgamma(x)), [x])[0], [point([5], 0.4, 9)]],
    ['ψ twice', (x) => gradients(sum(digamma(x)), [x])[0], [point([5], 0.4, 9)]],
    ['log B twice', (x) => gradients(sum(logBeta(x, add(x, 2))), [x])[0], [point([5], 0.4, 9)]],
  ];
  it.each(cases)('%s', (_name, build, points) => expectGradient(build, points, 1e-6));
});

describe('types', () => {
  it('other than floats are refused where the graph is built', () => {
    const whole = input('x', [2], 'int32');
    expect(() => lgamma(whole)).toThrow(/lgamma.*int32/);
    expect(() => digamma(whole)).toThrow(/digamma.*int32/);
  });

  it('no elements give no elements', async () => {
    expect(await evaluate(lgamma(fixed([])), sub(digamma(fixed([])), 1))).toEqual([[], []]);
  });
});

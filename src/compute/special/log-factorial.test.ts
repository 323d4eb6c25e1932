import { expect, it } from 'vitest';
import { evaluate, fixed } from '../check.fixture.node.js';
import { add } from '../graph/index.js';
import { lgamma, logFactorial } from './index.js';

it('agrees with sums of logarithms', () => {
  let sum = 0;
  for (let x = 2; x < 3000; x++) {
    sum += Math.log(x);
    expect(Math.abs(logFactorial(x) - sum) / sum).toBeLessThan(1e-13);
  }
});

it('agrees with the graph function between whole numbers', async () => {
  const x = [-0.999, -0.5, 0, 0.3, 1, 2.5, 17.25, 255.5, 256, 1e5, 1e8];
  const [found] = await evaluate(lgamma(add(fixed(x), 1)));
  x.forEach((value, i) => {
    const expected = logFactorial(value);
    expect(Math.abs(found[i] - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(8e-15);
  });
});

it('is exact for 0 and 1, and says where there is none', () => {
  expect([0, 1, -1, -1.5, Number.NaN, Infinity].map(logFactorial)).toEqual([
    0,
    0,
    Infinity,
    Number.NaN,
    Number.NaN,
    Infinity,
  ]);
});

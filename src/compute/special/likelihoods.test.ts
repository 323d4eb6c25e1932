import { describe, expect, it } from 'vitest';
import { evaluate, expectGradient, fixed, point } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { constant, input, sum, type Tensor } from '../graph/index.js';
import {
  binaryCrossEntropyWithLogits,
  crossEntropyWithLogits,
  gaussianLogLikelihood,
  importanceWeightedBound,
  poissonLogLikelihood,
} from './index.js';

const close = (found: number[], expected: number[], digits: number) => {
  expect(found).toHaveLength(expected.length);
  found.forEach((y, i) => expect(y / (expected[i] || 1)).toBeCloseTo(expected[i] ? 1 : 0, digits));
};

describe.each([
  ['float64' as const, 12],
  ['float32' as const, 5],
])('likelihoods in %s', (dtype, digits) => {
  const of = (...values: number[]) => fixed(values, undefined, dtype);

  it('Poisson agrees with scipy', async () => {
    const value = poissonLogLikelihood(of(0, 3, 40), of(0.5, 2.5, 33));
    const given = poissonLogLikelihood(of(0, 3), of(0.5, 2.5), of(0, Math.log(6)));
    const [found, short] = await evaluate(value, given);
    // scipy.stats.poisson.logpmf([0, 3, 40], [0.5, 2.5, 33.])
    const expected = [-0.5, -1.5428872736055896, -3.460337256098171];
    close(found, expected, digits - 1);
    close(short, expected.slice(0, 2), digits - 1);
  });

  it('Poisson is a number at a rate of zero', async () => {
    const rate = of(0, 0);
    const value = poissonLogLikelihood(of(0, 2), rate);
    const [found, slopes] = await evaluate(value, ...gradients(sum(value), [rate]));
    expect(Math.abs(found[0])).toBeLessThan(1e-6);
    expect(found[1]).toBeLessThan(-150);
    expect(slopes.every(Number.isFinite)).toBe(true);
  });

  it('Gaussian agrees with scipy', async () => {
    const [found] = await evaluate(gaussianLogLikelihood(of(0.3, -2), of(0.1, 1), of(2, 0.01)));
    // scipy.stats.norm.logpdf([0.3, -2], [0.1, 1], [2**.5, 0.1])
    close(found, [-1.2755121234846454, -448.6163534402106], digits - 1);
  });

  it('binary cross-entropy is exact for extreme logits', async () => {
    const value = binaryCrossEntropyWithLogits(of(0, 800, -800, 800, -20), of(1, 1, 0, 0.25, 0));
    const [found] = await evaluate(value);
    // log 2; 0; 0; 800 − 200; log1p(exp(-20))
    close(found, [Math.LN2, 0, 0, 600, 2.061153620314381e-9], digits - 1);
  });

  it('cross-entropy agrees with scipy', async () => {
    const logits = fixed([1, 2, -1, 0.5, 0, 1000], [2, 3], dtype);
    const [found] = await evaluate(crossEntropyWithLogits(logits, constant([0, 1], [2], 'int64')));
    // -scipy.special.log_softmax([[1, 2, -1], [0.5, 0, 1000]], axis=1), columns 0 and 1
    close(found, [1.3490122167681864, 1000], digits);
  });

  it('the importance-weighted bound agrees with scipy', async () => {
    const weights = fixed([1, -2, 0, 1, -3, 1000], [3, 2], dtype);
    const [found] = await evaluate(importanceWeightedBound(weights));
    // scipy.special.logsumexp([[1, -2], [0, 1], [-3, 1000]], axis=0) - numpy.log(3)
    close(found, [Math.log((Math.E + 1 + Math.exp(-3)) / 3), 1000 - Math.log(3)], digits);
  });
});

describe('derivatives agree with central differences', () => {
  const counts = fixed([0, 1, 4, 30]);
  const cases: [string, (...x: Tensor[]) => Tensor, ReturnType<typeof point>[]][] = [
    ['Poisson', (rate) => poissonLogLikelihood(counts, rate), [point([4], 0.5, 8)]],
    ['Gaussian', gaussianLogLikelihood, [point([2, 3]), point([3]), point([2, 1], 0.3, 2)]],
    ['binary', (x) => binaryCrossEntropyWithLogits(x, fixed([0, 0.3, 1])), [point([3], -3, 3)]],
    ['classes', (x) => crossEntropyWithLogits(x, constant([2, 0], [2], 'int32')), [point([2, 3])]],
    ['importance-weighted', importanceWeightedBound, [point([4, 2], -3, 3)]],
  ];
  it.each(cases)('%s', (_name, build, points) => expectGradient(build, points));
});

describe('the importance-weighted bound', () => {
  it('is at least the mean of the weights, and equal where they are equal', async () => {
    const { shape, values } = point([5, 8], -9, 9);
    const [bound] = await evaluate(importanceWeightedBound(fixed(Array.from(values), [...shape])));
    bound.forEach((value, cell) => {
      const mean = [0, 1, 2, 3, 4].reduce((total, i) => total + values[i * 8 + cell] / 5, 0);
      expect(value).toBeGreaterThan(mean);
    });
    const [equal] = await evaluate(importanceWeightedBound(fixed([3, -700, 3, -700, 3, -700], [3, 2])));
    close(equal, [3, -700], 12);
  });

  it('gives each sample its normalised weight as derivative', async () => {
    const weights = fixed([0, Math.log(3), Math.log(4)], [3, 1]);
    const [slopes] = await evaluate(...gradients(importanceWeightedBound(weights), [weights]));
    close(slopes, [1 / 8, 3 / 8, 4 / 8], 12);
  });

  it('needs samples of cells', () => {
    expect(() => importanceWeightedBound(input('w', [4]))).toThrow(/nSamples, nCells/);
    expect(() => importanceWeightedBound(input('w', [0, 4]))).toThrow(/nSamples, nCells/);
  });
});

it('cross-entropy names shapes that do not fit', () => {
  const classes = input('c', [3], 'int64');
  expect(() => crossEntropyWithLogits(input('x', [2, 3]), classes)).toThrow(
    /crossEntropyWithLogits.*\(2, 3\)/,
  );
});

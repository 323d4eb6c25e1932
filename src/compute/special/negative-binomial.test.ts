import { describe, expect, it } from 'vitest';
import { evaluate, expectGradient, fixed, point } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { add, type DType, exp, log, mul, reshape, softmax, sub, sum, type Tensor } from '../graph/index.js';
import {
  lgamma,
  negativeBinomialLogLikelihood,
  negativeBinomialOfLogits,
  poissonLogLikelihood,
  zeroInflatedNegativeBinomialLogLikelihood,
} from './index.js';

// mpmath, 30 digits: [x, μ, θ, log NB, its mp.diff by μ, by θ] with log NB = loggamma(x + t) - loggamma(t)
// - loggamma(x + 1) + t*log(t/(t + m)) + x*log(m/(t + m))
const REFERENCE = [
  [0, 2.5, 1e-4, -0.001012667110305036, -3.999840006399744e-5, -9.126711101450423],
  [3, 2.5, 1e-4, -10.30993533160429, 7.999680012799489e-6, 9991.173211907879],
  [0, 2.5, 1e6, -2.499996875005208, -0.99999750000625, -3.12498958336263e-12],
  [4, 2.5, 1e6, -2.012891777851034, 0.59999850000375, 8.749994166638698e-13],
  [7, 120, 0.5, -4.334666605017355, -0.003907330567081604, -0.6367700871235596],
  [500, 120, 2, -10.26979260286704, 0.05191256830601093, -1.43080852455941],
  [0, 1e-6, 3, -9.999998333333702e-7, -0.9999996666667778, -5.555553086420679e-14],
  [2.5, 4, 1.5, -2.033490699475502, -0.1022727272727273, 0.1930719830502358],
];
const column = (i: number) => REFERENCE.map((row) => row[i]);
const worst = (found: number[], expected: number[]) =>
  Math.max(...found.map((y, i) => Math.abs(y - expected[i]) / Math.max(1, Math.abs(expected[i]))));

describe.each<[DType, number]>([
  ['float64', 4e-13],
  ['float32', 4e-6],
])('the negative binomial in %s', (dtype, tolerance) => {
  const [x, mean, theta] = [0, 1, 2].map((i) => fixed(column(i), undefined, dtype));

  it('agrees with mpmath from tiny to huge θ', async () => {
    const value = negativeBinomialLogLikelihood(x, mean, theta);
    const [byMean, byTheta] = gradients(sum(value), [mean, theta]);
    const [found, dMean, dTheta] = await evaluate(value, byMean, mul(byTheta, theta));
    expect(worst(found, column(3))).toBeLessThan(tolerance);
    expect(worst(dMean, column(4))).toBeLessThan(tolerance);
    // by log θ, on which models descend
    const expected = REFERENCE.map((row) => row[5] * row[2]);
    expect(worst(dTheta, expected)).toBeLessThan(tolerance);
  });

  it('agrees with mpmath where θ nearly leaves float32, and stays a number beyond', async () => {
    // as REFERENCE, with 80 digits and θ of float32, and mp.diff by log θ
    const extreme = [
      [5, 5, 5e9, -1.7403021811115442, 0, 4.999999995333334e-10],
      [7, 4, 999999995904, -2.82110083322518, 0.749999999997, -1.0000000040743334e-12],
      [3, 4.5, 1.0000000200408773e20, -1.7795272788992327, -0.3333333333333333, 3.749999924846711e-21],
      [7, 4, 9.99999944211969e27, -2.82110083322618, 0.75, -1.0000000557880341e-28],
      [3, 2.5, 2.0000000063421537e-28, -64.87784770877036, 1.600000005073723e-29, 1],
      [0, 2.5, 1.999999936531045e-20, -9.254968794884311e-19, -7.99999974612418e-21, -9.054968801231207e-19],
      [3, 2.5, 9.999999682655225e-21, -47.1503141802835, 7.99999974612418e-22, 1],
    ];
    const of = (i: number) => extreme.map((row) => row[i]);
    const [counts, rate, spread] = [0, 1, 2].map((i) => fixed(of(i), undefined, dtype));
    const value = negativeBinomialLogLikelihood(counts, rate, spread);
    const [byMean, byTheta] = gradients(sum(value), [rate, spread]);
    const found = await evaluate(value, byMean, mul(byTheta, spread));
    found.forEach((values, i) => expect(worst(values, of(3 + i)), `result ${i}`).toBeLessThan(tolerance));

    const beyond = fixed([1e38, 3e38, 1e-38, 1e-44], undefined, dtype);
    const five = fixed([5], undefined, dtype);
    const ends = negativeBinomialLogLikelihood(five, five, beyond);
    const [[high, highest, ...low], ...slopes] = await evaluate(
      ends,
      ...gradients(sum(ends), [five, beyond]),
    );
    // mpmath: 5*log(5) - 5 - log(120), nb(5, 5, 1e-30)
    expect(worst([high, highest], [-1.7403021806115442, -1.7403021806115442])).toBeLessThan(tolerance);
    expect(worst(low, [-70.68699070225547, -70.68699070225547])).toBeLessThan(tolerance);
    expect(slopes.flat().every(Number.isFinite)).toBe(true);
  });

  it.each([-80, -200, -2000])('has derivatives by all logits of a softmax with one at %d', async (lowest) => {
    const counts = fixed([5, 0, 1], undefined, dtype);
    const logits = fixed([lowest, 0, -1], undefined, dtype);
    const mean = mul(softmax(logits), fixed([1000], undefined, dtype));
    const value = mul(sum(negativeBinomialLogLikelihood(counts, mean, fixed([1], undefined, dtype))), 10);
    const poisson = mul(sum(poissonLogLikelihood(counts, mean)), 10);
    const found = await evaluate(...[value, poisson].flatMap((y) => [y, ...gradients(y, [logits])]));
    expect(found.flat().every(Number.isFinite)).toBe(true);
  });

  it('becomes Poisson for θ → ∞', async () => {
    const counts = fixed([0, 1, 5, 40, 300], undefined, dtype);
    const rate = fixed([0.01, 2, 5, 33, 280], undefined, dtype);
    const [negative, poisson] = await evaluate(
      negativeBinomialLogLikelihood(counts, rate, fixed([3e8], undefined, dtype)),
      poissonLogLikelihood(counts, rate),
    );
    expect(worst(negative, poisson)).toBeLessThan(4e-6);
  });

  it('is a number at a mean of zero', async () => {
    const zero = fixed([0, 0], undefined, dtype);
    const two = fixed([2], undefined, dtype);
    const value = negativeBinomialLogLikelihood(fixed([0, 3], undefined, dtype), zero, two);
    const [byMean] = gradients(sum(value), [zero]);
    const [found, slope] = await evaluate(value, byMean);
    expect(found[0]).toBeCloseTo(0, 6);
    expect(found[1]).toBeLessThan(-200);
    expect(slope.every(Number.isFinite)).toBe(true);
  });
});

it('probabilities add up to 1', async () => {
  const counts = fixed(Array.from({ length: 400 }, (_, i) => i));
  const one = (t: number) => negativeBinomialLogLikelihood(counts, fixed([7]), fixed([t]));
  const totals = await evaluate(sum(exp(one(0.8))), sum(exp(one(40))));
  for (const [total] of totals) expect(total).toBeCloseTo(1, 10);
});

it('zeros are inflated as scvi-tools has it', async () => {
  // mpmath: log(0.3 + 0.7*exp(nb(0, 2, 0.7))), log(0.7) + nb(3, 2, 0.7)
  const logit = fixed([Math.log(3 / 7)]);
  const value = zeroInflatedNegativeBinomialLogLikelihood(fixed([0, 3]), fixed([2]), fixed([0.7]), logit);
  const [found] = await evaluate(value);
  expect(found[0]).toBeCloseTo(-0.5584595569387732, 12);
  expect(found[1]).toBeCloseTo(-2.826491812248391, 12);
});

describe('derivatives agree with central differences', () => {
  const x = fixed([0, 1, 3, 17, 0.5, 0], [2, 3]);
  const cases: [string, (...inputs: Tensor[]) => Tensor, ReturnType<typeof point>[]][] = [
    [
      'by mean and θ',
      (m, t) => negativeBinomialLogLikelihood(x, m, t),
      [point([2, 3], 0.2, 9), point([3], 0.3, 4)],
    ],
    [
      'with inflated zeros',
      (m, t, z) => zeroInflatedNegativeBinomialLogLikelihood(x, m, t, z),
      [point([2, 3], 0.2, 9), point([3], 0.3, 4), point([2, 3], -3, 3)],
    ],
    [
      'of logits',
      (l, n, t) => negativeBinomialOfLogits(x, l, n, t),
      [point([2, 3], -2, 2), point([2], 3, 20), point([3], -3, 3)],
    ],
    [
      'of logits, library as a column',
      (l, n, t) => negativeBinomialOfLogits(x, l, n, t, fixed([1, 2])),
      [point([2, 3], -2, 2), point([2, 1], 3, 20), point([3], -3, 3)],
    ],
    [
      'of logits, twice',
      (l, t) => {
        const [byLogits, byTheta] = gradients(sum(negativeBinomialOfLogits(x, l, fixed([9, 4]), t)), [l, t]);
        return add(byLogits, byTheta);
      },
      [point([2, 3], -2, 2), point([3], -2, 2)],
    ],
  ];
  it.each(cases)('%s', (_name, build, points) => expectGradient(build, points, 1e-6));
});

describe('the negative binomial of logits', () => {
  const cells = 3;
  const genes = 7;
  const build = (dtype: DType) => {
    const spread = (shape: number[], low: number, high: number, salt: number) =>
      fixed(Array.from(point(shape, low, high, salt).values, Math.fround), shape, dtype);
    const counts = fixed(
      [...Array(cells * genes).keys()].map((i) => ((i * 7) % 5 === 0 ? i : 0)),
      [cells, genes],
      dtype,
    );
    return {
      counts,
      logits: spread([cells, genes], -6, 3, 1),
      library: spread([cells], 20, 3000, 2),
      logTheta: spread([genes], -9, 13, 3),
    };
  };

  it('is the sum over genes of the elementwise one', async () => {
    const { counts, logits, library, logTheta } = build('float64');
    const mean = mul(softmax(logits), reshape(library, [cells, 1]));
    const plain = sum(negativeBinomialLogLikelihood(counts, mean, exp(logTheta)), 1);
    const fast = negativeBinomialOfLogits(counts, logits, library, logTheta);
    const given = negativeBinomialOfLogits(counts, logits, library, logTheta, sum(lgamma(add(counts, 1)), 1));
    const by = [logits, library, logTheta];
    const weights = fixed([1, -2, 0.3]);
    const all = [plain, fast, given].map((value) => [value, ...gradients(sum(mul(value, weights)), by)]);
    const [expected, ...others] = await Promise.all(all.map((tensors) => evaluate(...tensors)));
    for (const found of others) {
      found.forEach((values, i) => expect(worst(values, expected[i])).toBeLessThan(1e-11));
    }
  });

  it('agrees in float32 and float64', async () => {
    const results = ['float32' as const, 'float64' as const].map((dtype) => {
      const { counts, logits, library, logTheta } = build(dtype);
      const value = negativeBinomialOfLogits(counts, logits, library, logTheta);
      return evaluate(value, ...gradients(sum(value), [logits, library, logTheta]));
    });
    const [single, double] = await Promise.all(results);
    single.forEach((values, i) => {
      const scale = Math.max(1, ...double[i].map(Math.abs));
      const differences = values.map((y, j) => Math.abs(y - double[i][j]) / scale);
      expect(Math.max(...differences), `result ${i}`).toBeLessThan(2e-6);
    });
  });

  it('stays exact where a share underflows, and a number at extreme settings', async () => {
    const counts = fixed([1, 5, 0, 0], [2, 2], 'float32');
    const logits = fixed([-200, 0, 300, -300], [2, 2], 'float32');
    const library = fixed([6, 0], [2], 'float32');
    const logTheta = fixed([-500, 500], [2], 'float32');
    const value = negativeBinomialOfLogits(counts, logits, library, logTheta, fixed([0, 0], [2], 'float32'));
    const by = gradients(sum(value), [logits, logTheta]);
    const [found, ...slopes] = await evaluate(value, ...by);
    // gene 1: log(1e-13 · 6e-87 / 1e-13) → log θ + log μ − log θ; gene 2: 5 log 6 − 6
    const one = -200 + Math.log(6) + 5 * Math.log(6) - 6;
    expect(found[0] / one).toBeCloseTo(1, 5);
    expect(found[1]).toBeCloseTo(0, 6);
    expect(slopes.flat().every(Number.isFinite)).toBe(true);
  });

  it('does not depend on a number added to all logits', async () => {
    const { counts, logits, library, logTheta } = build('float64');
    const moved = negativeBinomialOfLogits(counts, add(logits, 50), library, logTheta);
    const [difference] = await evaluate(
      sub(moved, negativeBinomialOfLogits(counts, logits, library, logTheta)),
    );
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-9);
  });

  it('names shapes that do not fit', () => {
    const { counts, logits, library, logTheta } = build('float32');
    expect(() => negativeBinomialOfLogits(counts, logits, logTheta, library)).toThrow(
      /negativeBinomialOfLogits.*\(3, 7\)/,
    );
    expect(() => negativeBinomialOfLogits(counts, log(library), library, logTheta)).toThrow(
      /\(nCells, nGenes\)/,
    );
  });
});

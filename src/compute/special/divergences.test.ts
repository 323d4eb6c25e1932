import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { evaluate, expectGradient, fixed, point } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { mean, mul, sub, sum, type Tensor } from '../graph/index.js';
import {
  gaussianLogLikelihood,
  klBernoullis,
  klBernoullisOfLogits,
  klFromStandardNormal,
  klGaussians,
} from './index.js';

const gaussian = (m: Tensor, variance: Tensor) => ({ mean: m, variance });

describe.each([
  ['float64' as const, 1e-14],
  ['float32' as const, 1e-6],
])('divergences in %s', (dtype, tolerance) => {
  const of = (...values: number[]) => fixed(values, undefined, dtype);

  it('of Gaussians: 0 where equal, positive elsewhere, against the standard normal as against N(0, 1)', async () => {
    const [m, v] = [of(0, 1.5, -30, 2), of(1, 0.2, 7, 1e-3)];
    const [same, standard, written] = await evaluate(
      klGaussians(gaussian(m, v), gaussian(m, v)),
      klFromStandardNormal(gaussian(m, v)),
      klGaussians(gaussian(m, v), gaussian(of(0), of(1))),
    );
    expect(same).toEqual([0, 0, 0, 0]);
    expect(standard).toEqual(written);
    expect(standard[0]).toBe(0);
    expect(Math.min(...standard.slice(1))).toBeGreaterThan(0);
  });

  it('of Bernoullis agree with scipy, from probabilities and from logits', async () => {
    const q = [0.2, 0.9, 0.5];
    const p = [0.6, 0.5, 0.5];
    const logit = (x: number) => Math.log(x / (1 - x));
    const [direct, fromLogits] = await evaluate(
      klBernoullis(of(...q), of(...p)),
      klBernoullisOfLogits(of(...q.map(logit)), of(...p.map(logit))),
    );
    // scipy.stats.entropy([.2, .8], [.6, .4]), scipy.stats.entropy([.9, .1], [.5, .5])
    [0.3347952867143343, 0.3680642071684971, 0].forEach((expected, i) => {
      expect(Math.abs(direct[i] - expected)).toBeLessThan(tolerance);
      expect(Math.abs(fromLogits[i] - expected)).toBeLessThan(tolerance);
    });
  });

  it('of Bernoullis are numbers at the ends', async () => {
    const [q, p] = [of(0, 1, 0, 1, 0.5), of(0, 1, 0.25, 0.25, 0)];
    const value = klBernoullis(q, p);
    const [found, ...slopes] = await evaluate(value, ...gradients(sum(value), [q]));
    const expected = [0, 0, -Math.log(0.75), Math.log(4)];
    expected.forEach((y, i) => expect(Math.abs(found[i] - y)).toBeLessThan(tolerance));
    expect(found[4]).toBeGreaterThan(40);
    expect(slopes.flat().every(Number.isFinite)).toBe(true);
    // where p excludes what q allows: 0 there, and the ordinary −q/p + (1 − q)/(1 − p) elsewhere
    const ends = [of(1, 0.5, 0, 1, 0.5), of(0, 0, 1, 1, 0.25)];
    const [byQ, byP] = await evaluate(...gradients(mul(sum(klBernoullis(ends[0], ends[1])), 10), ends));
    expect(byQ.every(Number.isFinite)).toBe(true);
    [0, 5, 0, -10, -40 / 3].forEach((y, i) => expect(Math.abs(byP[i] - y)).toBeLessThan(20 * tolerance));
    const [extreme] = await evaluate(klBernoullisOfLogits(of(500, -500, 500), of(500, -400, -500)));
    // −log σ(−500) = softplus(500)
    expect(extreme).toEqual([0, expect.closeTo(0, 100), 500]);
  });
});

it('KL of Gaussians is the mean of log q − log p over samples of q', async () => {
  const samples = new Float64Array(200_000);
  Random.fromSeed(5).fillNormal(samples);
  const [m, v, n, w] = [0.7, 1.8, -0.2, 0.9];
  const x = fixed(Array.from(samples, (e) => m + Math.sqrt(v) * e));
  const [q, p] = [gaussian(fixed([m]), fixed([v])), gaussian(fixed([n]), fixed([w]))];
  const difference = sub(
    gaussianLogLikelihood(x, q.mean, q.variance),
    gaussianLogLikelihood(x, p.mean, p.variance),
  );
  const [[sampled], [exact]] = await evaluate(mean(difference), klGaussians(q, p));
  // a standard error of the mean is about 0.004
  expect(Math.abs(sampled - exact)).toBeLessThan(0.016);
});

describe('derivatives agree with central differences', () => {
  const cases: [string, (...x: Tensor[]) => Tensor, ReturnType<typeof point>[]][] = [
    [
      'Gaussians',
      (m, v, n, w) => klGaussians(gaussian(m, v), gaussian(n, w)),
      [point([2, 3]), point([2, 3], 0.3, 2), point([3]), point([2, 1], 0.4, 3)],
    ],
    ['standard normal', (m, v) => klFromStandardNormal(gaussian(m, v)), [point([4]), point([4], 0.3, 2)]],
    ['Bernoullis', klBernoullis, [point([2, 3], 0.1, 0.9), point([3], 0.2, 0.8)]],
    ['Bernoullis of logits', klBernoullisOfLogits, [point([2, 3], -3, 3), point([3], -2, 2)]],
  ];
  it.each(cases)('%s', (_name, build, points) => expectGradient(build, points));
});

import { describe, expect, it } from 'vitest';
import { Random } from '../random/index.js';
import { energyDistance, mmd } from './index.js';

const N_COLS = 4;
const rows = (nRows: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: nRows * N_COLS }, (_, at) => entry(Math.floor(at / N_COLS), at % N_COLS));
const normals = (nRows: number, name: string, shift = 0): Float64Array => {
  const random = Random.fromSeed(3).split(name);
  return rows(nRows, () => random.normal() + shift);
};
/*
 * i = np.arange(30)[:, None]; j = np.arange(4)[None]
 * X = np.sin(i*1.7 + j*2.3 + i*j*.37); Y = np.cos(i[:21]*1.1 + j*.9 + i[:21]*j*.71) + .4*(j == 1)
 * from sklearn.metrics import pairwise_distances as pd; from sklearn.metrics.pairwise import rbf_kernel
 */
const x = rows(30, (i, j) => Math.sin(i * 1.7 + j * 2.3 + i * j * 0.37));
const y = rows(21, (i, j) => Math.cos(i * 1.1 + j * 0.9 + i * j * 0.71) + (j === 1 ? 0.4 : 0));

describe('energyDistance', () => {
  it('agrees with numpy and sklearn in every variant', () => {
    // 2*pd(X, Y, metric=D).mean() - f(pd(X, X, metric=D)) - f(pd(Y, Y, metric=D)), with
    // f = M.mean() (biased) or M.sum() / (len(M)*(len(M) - 1)) (unbiased)
    const value = (options: Parameters<typeof energyDistance>[3]) => energyDistance(x, y, N_COLS, options);
    expect(value({})).toBeCloseTo(0.13160444327624976, 12);
    expect(value({ estimator: 'unbiased' })).toBeCloseTo(-0.031050570579785663, 12);
    expect(value({ metric: 'squared-euclidean' })).toBeCloseTo(0.3568422188610114, 12);
    expect(value({ metric: 'squared-euclidean', estimator: 'unbiased' })).toBeCloseTo(
      0.002914738998004651,
      12,
    );
    expect(value({ root: true })).toBeCloseTo(Math.sqrt(0.13160444327624976), 12);
    expect(value({ root: true, estimator: 'unbiased' })).toBe(0);
  });
  it('of one number a cell is twice the squared area between the distribution functions', () => {
    // 2 * sum of (F - G)**2 over [0, 1): 1/4 of it has F - G = 1/2, one has 1
    expect(energyDistance(Float64Array.of(0, 1), Float64Array.of(2, 2), 1)).toBeCloseTo(2 * (0.25 + 1), 12);
  });
  it('with squared distances does not see a difference in spread, with distances it does', () => {
    const wide = normals(400, 'wide').map((value) => 3 * value);
    const narrow = normals(400, 'narrow');
    const squared = energyDistance(wide, narrow, N_COLS, {
      metric: 'squared-euclidean',
      estimator: 'unbiased',
    });
    expect(Math.abs(squared)).toBeLessThan(0.3);
    expect(energyDistance(wide, narrow, N_COLS, { estimator: 'unbiased' })).toBeGreaterThan(0.5);
  });
  it('is the same in blocks, and wherever zero is', () => {
    const [a, b] = [normals(1100, 'a'), normals(600, 'b', 0.5)];
    const blocked = energyDistance(a, b, N_COLS);
    let [between, within] = [0, 0];
    const distance = (p: Float64Array, i: number, q: Float64Array, j: number): number =>
      Math.hypot(...[0, 1, 2, 3].map((g) => p[i * N_COLS + g] - q[j * N_COLS + g]));
    for (let i = 0; i < 1100; i++) {
      for (let j = 0; j < 600; j++) between += distance(a, i, b, j) / (1100 * 600);
      for (let j = 0; j < i; j++) within += (2 * distance(a, i, a, j)) / 1100 ** 2;
    }
    for (let i = 0; i < 600; i++) for (let j = 0; j < i; j++) within += (2 * distance(b, i, b, j)) / 600 ** 2;
    expect(blocked).toBeCloseTo(2 * between - within, 10);
    const far = (values: Float64Array): Float64Array => values.map((value) => value + 1e5);
    expect(energyDistance(far(a), far(b), N_COLS)).toBeCloseTo(blocked, 8);
  });
  it('is 0 of a set and itself, and refuses what has none', () => {
    // Digits of equal rows' squares cancel, and the root halves what is left.
    expect(energyDistance(x, x, N_COLS)).toBeCloseTo(0, 8);
    expect(energyDistance(Float64Array.of(1), Float64Array.of(3), 1)).toBe(4);
    expect(() => energyDistance(Float64Array.of(1), x, 1, { estimator: 'unbiased' })).toThrow(
      '2 rows or more',
    );
    expect(() => energyDistance(x, new Float64Array(0), N_COLS)).toThrow('second set');
    expect(() => energyDistance(Float64Array.of(1, Number.NaN), x, 1)).toThrow('row 1');
    expect(() => energyDistance(x, Float64Array.of(1), N_COLS)).toThrow('rows of 4');
    expect(() => energyDistance(Float64Array.of(-1e200, 1e200), Float64Array.of(1), 1)).toThrow('too large');
    expect(() => energyDistance(x, y, N_COLS, { metric: 'sqeuclidean' as 'euclidean' })).toThrow(
      'sqeuclidean',
    );
    expect(() => energyDistance(x, y, N_COLS, { estimator: 'u' as 'biased' })).toThrow('estimator');
  });
});

describe('mmd', () => {
  it('agrees with numpy and sklearn in every variant', () => {
    // w(k(X, X)) + w(k(Y, Y)) - 2*k(X, Y).mean(), w = M.mean() or (M.sum() - np.trace(M)) / (len(M)*(len(M) - 1)),
    // k = lambda A, B: A @ B.T, or sum(rbf_kernel(A, B, gamma=1/(2*s*s)) for s in bandwidths)
    const value = (options: Parameters<typeof mmd>[3]) => mmd(x, y, N_COLS, options).value;
    const unbiased = { estimator: 'unbiased' } as const;
    expect(value({ kernel: 'linear' })).toBeCloseTo(0.17842110943050485, 12);
    expect(value({ kernel: 'linear', ...unbiased })).toBeCloseTo(0.0014573694990017948, 12);
    expect(value({ bandwidths: [0.8] })).toBeCloseTo(0.04137319333192421, 12);
    expect(value({ bandwidths: [0.8], ...unbiased })).toBeCloseTo(-0.03099102656753558, 12);
    expect(value({ bandwidths: [0.5, 1, 2] })).toBeCloseTo(0.12117929620205237, 12);
    expect(value({ bandwidths: [0.5, 1, 2], ...unbiased })).toBeCloseTo(-0.05517567855518557, 12);
    // np.median(scipy.spatial.distance.pdist(np.vstack([X, Y])))
    expect(mmd(x, y, N_COLS).bandwidths[0]).toBeCloseTo(2.041599591513039, 12);
    expect(value({})).toBeCloseTo(0.023850835678674853, 12);
    expect(value(unbiased)).toBeCloseTo(-0.007516530805808275, 12);
    expect(value({ root: true })).toBeCloseTo(Math.sqrt(0.023850835678674853), 12);
  });
  it('has a bandwidth from some cells where there are many', () => {
    // median of the distance of two standard normal vectors of 4: sqrt(2 * scipy.stats.chi2.ppf(.5, 4)) = 2.5910
    expect(mmd(normals(3000, 'a'), normals(500, 'b'), N_COLS).bandwidths[0]).toBeCloseTo(2.591, 1);
  });
  it('refuses bandwidths that are none', () => {
    for (const bad of [0, -1, Number.NaN, Infinity, 1e-200]) {
      expect(() => mmd(x, y, N_COLS, { bandwidths: [bad] })).toThrow('bandwidths');
    }
    expect(() => mmd(x, y, N_COLS, { bandwidths: [] })).toThrow('one number');
    expect(() => mmd(new Float64Array(8), new Float64Array(8), N_COLS)).toThrow('half of the cells');
    expect(() => mmd(Float64Array.of(-1e200, 1e200), Float64Array.of(1), 1)).toThrow('too large');
    expect(() => mmd(x, y, N_COLS, { kernel: 'rbf' as 'gaussian' })).toThrow('rbf');
  });
});

import { describe, expect, it } from 'vitest';
import { type DenseMatrix, dense, takeCols } from '../../data/index.js';
import { meanKlOfLatents, udr } from './index.js';
import { columns, estimate, normals, truth } from './latents.fixture.js';

/** Three latents without any correlation, all combinations of three levels. */
const level = (power: number) => (i: number) => Math.floor(i / 3 ** power) % 3;
const grid = columns(27, level(0), level(1), level(2));

describe('udr', () => {
  it('is 1 for runs alike up to order, sign and scale', () => {
    const turned = columns(
      27,
      (i) => -5 * level(2)(i),
      (i) => 0.1 * level(0)(i) + 3,
      (i) => Math.exp(level(1)(i)),
    );
    const { scores, pairs } = udr([{ latents: grid }, { latents: turned }, { latents: grid }]);
    for (const score of scores) expect(score).toBeCloseTo(1, 12);
    expect([pairs.values[0], pairs.values[4], pairs.values[8]]).toEqual([0, 0, 0]);
    // A lasso shrinks each weight of 1 by alpha: score 0.9² / 0.9.
    const { scores: shrunk } = udr(
      [{ latents: grid }, { latents: takeCols(grid, [2, 0, 1]) as DenseMatrix }],
      {
        similarity: 'lasso',
      },
    );
    for (const score of shrunk) expect(score).toBeCloseTo(0.9, 10);
  });
  it('is lower for a rotated run, and lowest for an unrelated one', () => {
    const z = normals(2000, 2, 'z');
    const { values } = z;
    const rotated = columns(
      2000,
      (i) => (values[2 * i] + values[2 * i + 1]) / Math.SQRT2,
      (i) => (values[2 * i] - values[2 * i + 1]) / Math.SQRT2,
    );
    const score = (latents: DenseMatrix): number => udr([{ latents: z }, { latents }]).scores[0];
    // All four correlations of ranks are r = 6/π asin(1/√2 / 2) = 0.690: r² / 2r.
    expect(score(rotated)).toBeCloseTo((3 / Math.PI) * Math.asin(Math.SQRT1_2 / 2), 1);
    expect(score(normals(2000, 2, 'other'))).toBeLessThan(0.05);
  });
  it('agrees with sklearn and scipy on two runs of different width', () => {
    const runs = [{ latents: truth }, { latents: estimate }];
    // S = abs(spearmanr(T, E)[0][:3, 3:]); c = S.max(0)**2 / S.sum(0); r = S.max(1)**2 / S.sum(1); (c.sum() + r.sum()) / 7
    expect(udr(runs).pairs.values[1]).toBeCloseTo(0.581484747854572, 12);
    // R = np.abs(Lasso(alpha=.1, tol=1e-12, max_iter=100000).fit(z(E), z(T)).coef_), 0 where 0 / 0; T from E, E from T
    const lasso = udr(runs, { similarity: 'lasso' }).pairs.values;
    expect(lasso[1]).toBeCloseTo(0.6029483678326734, 9);
    expect(lasso[2]).toBeCloseTo(0.5900987589397774, 9);
  });
  it('leaves out latents that say nothing', () => {
    const runs = [{ latents: truth }, { latents: estimate, kl: [2, 0.3, 0.009, 0.011] }];
    // S[:, [0, 1, 3]]
    expect(udr(runs).pairs.values[1]).toBeCloseTo(0.6926937653141283, 12);
    expect(udr(runs, { klThreshold: 0 }).pairs.values[1]).toBeCloseTo(0.581484747854572, 12);
    const none = [{ latents: truth, kl: [0, 0, 0] }, { latents: estimate }];
    expect([...udr(none).scores]).toEqual([0, 0]);
    expect([...udr(none, { similarity: 'lasso' }).scores]).toEqual([0, 0]);
  });
  it('is 0 for constant latents, and takes the median over the others', () => {
    const runs = [grid, grid, dense(27, 3)].map((latents) => ({ latents }));
    expect(udr(runs).scores[0]).toBeCloseTo(0.5, 12);
    expect(udr(runs).scores[2]).toBe(0);
    const four = [...runs, { latents: grid }];
    expect(udr(four).scores[0]).toBeCloseTo(1, 12);
    expect(udr(four, { over: 'mean' }).scores[0]).toBeCloseTo(2 / 3, 12);
    expect(udr(runs, { similarity: 'lasso' }).scores[2]).toBe(0);
  });
  it('refuses what it cannot rank', () => {
    expect(() => udr([{ latents: truth }])).toThrow('two or more');
    expect(() => udr([{ latents: truth }, { latents: grid }])).toThrow('latents of run 1: expected 40 cells');
    expect(() => udr([{ latents: truth, kl: [1] }, { latents: truth }])).toThrow('KL of run 0');
    expect(() => udr([{ latents: truth, kl: [1, Number.NaN, 1] }, { latents: truth }])).toThrow('latent 1');
    const holed = dense(2, 1, Float64Array.of(1, Number.NaN));
    expect(() => udr([{ latents: dense(2, 1) }, { latents: holed }])).toThrow('row 1');
    expect(() => udr([{ latents: grid }, { latents: grid }], { alpha: -1 })).toThrow('alpha');
    const unknown = { similarity: 'pearson' as 'lasso' };
    expect(() => udr([{ latents: grid }, { latents: grid }], unknown)).toThrow('similarity');
  });
});

describe('meanKlOfLatents', () => {
  it('is the closed form, 0 for the prior itself', () => {
    const means = dense(2, 2, Float64Array.of(0, 1, 0, 3));
    const variances = dense(2, 2, Float64Array.of(1, 1, 1, Math.E));
    const kl = meanKlOfLatents(means, variances);
    expect(kl[0]).toBe(0);
    // (1/2 + (9 + e − 1 − 1) / 2) / 2
    expect(kl[1]).toBeCloseTo((0.5 + (7 + Math.E) / 2) / 2, 14);
    expect(() => meanKlOfLatents(means, dense(2, 2))).toThrow('above 0');
    expect(() => meanKlOfLatents(means, dense(1, 2))).toThrow('2 × 2');
    expect(() => meanKlOfLatents(dense(0, 2), dense(0, 2))).toThrow('no cells');
  });
});

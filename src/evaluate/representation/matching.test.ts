import { describe, expect, it } from 'vitest';
import { type DenseMatrix, dense, takeCols } from '../../data/index.js';
import { linearR2, matchLatents, meanCorrelationCoefficient } from './index.js';
import { columns, estimate, normals, truth } from './latents.fixture.js';

const mapped = ({ nRows, nCols, values }: DenseMatrix, to: (value: number, column: number) => number) =>
  dense(
    nRows,
    nCols,
    Float64Array.from(values, (value, at) => to(value, at % nCols)),
  );

describe('meanCorrelationCoefficient', () => {
  it('agrees with numpy and scipy', () => {
    // cc = np.corrcoef(T, E, rowvar=False)[:3, 3:]; r, k = linear_sum_assignment(-abs(cc)); abs(cc)[r, k].mean(), k
    const pearson = meanCorrelationCoefficient(truth, estimate);
    expect(pearson.value).toBeCloseTo(0.8034397624714522, 12);
    expect([...pearson.estimateOf]).toEqual([1, 3, 0]);
    expect([...pearson.signs]).toEqual([1, 1, -1]);
    expect(pearson.correlations).toMatchObject({ nRows: 3, nCols: 4 });
    expect(pearson.correlations.values[3 + 5]).toBeCloseTo(-0.9892571478903688, 12); // cc[2, 0]
    // the same with cc = scipy.stats.spearmanr(T, E)[0][:3, 3:]
    expect(meanCorrelationCoefficient(truth, estimate, { kind: 'spearman' }).value).toBeCloseTo(
      0.7786741713570984,
      12,
    );
  });
  it('is 1 for latents permuted, turned over and rescaled, and finds how', () => {
    const z = normals(200, 4, 'z');
    const moved = mapped(takeCols(z, [2, 0, 3, 1]) as DenseMatrix, (value, j) => 7 - (j + 1) * value);
    const { value, estimateOf, signs } = meanCorrelationCoefficient(z, moved);
    expect(value).toBeCloseTo(1, 12);
    expect([...estimateOf]).toEqual([1, 3, 0, 2]);
    expect([...signs]).toEqual([-1, -1, -1, -1]);
  });
  it('by ranks is 1 for any falling function, by values is not', () => {
    const z = normals(200, 2, 'z');
    const bent = mapped(z, (value) => -Math.exp(3 * value));
    expect(meanCorrelationCoefficient(z, bent, { kind: 'spearman' }).value).toBeCloseTo(1, 12);
    expect(meanCorrelationCoefficient(z, bent).value).toBeLessThan(0.9);
  });
  it('is low for independent latents', () => {
    const value = meanCorrelationCoefficient(normals(1000, 15, 'z'), normals(1000, 15, 'other')).value;
    expect(value).toBeGreaterThan(0.04);
    expect(value).toBeLessThan(0.08);
  });
  it('counts true latents without partner as 0, and superfluous estimates not at all', () => {
    const z = normals(200, 4, 'z');
    const fewer = meanCorrelationCoefficient(z, takeCols(z, [3, 1]) as DenseMatrix);
    expect(fewer.value).toBeCloseTo(0.5, 12);
    expect([...fewer.estimateOf]).toEqual([-1, 1, -1, 0]);
    expect([...fewer.signs]).toEqual([0, 1, 0, 1]);
    expect(meanCorrelationCoefficient(takeCols(z, [3, 1]) as DenseMatrix, z).value).toBeCloseTo(1, 12);
    expect(meanCorrelationCoefficient(z, dense(200, 0)).value).toBe(0);
  });
  it('takes the correlation with a constant column as 0, whatever rounding does to its mean', () => {
    const z = normals(50, 2, 'z');
    const collapsed = mapped(z, (value, j) => (j === 0 ? value : 0.1));
    const { value, correlations } = meanCorrelationCoefficient(z, collapsed);
    expect(value).toBeCloseTo(0.5, 12);
    expect([correlations.values[1], correlations.values[3]]).toEqual([0, 0]);
  });
  it('keeps its digits far from zero and at extreme scales', () => {
    const z = normals(100, 2, 'z');
    for (const scale of [1e-200, 1e200]) {
      expect(
        meanCorrelationCoefficient(
          z,
          mapped(z, (value) => value * scale),
        ).value,
      ).toBeCloseTo(1, 12);
    }
    expect(
      meanCorrelationCoefficient(
        z,
        mapped(z, (value) => value + 1e6),
      ).value,
    ).toBeCloseTo(1, 9);
  });
  it('refuses NaN by its row, and other sizes', () => {
    const holed = columns(5, (i) => (i === 3 ? Number.NaN : i));
    const whole = columns(5, (i) => i);
    expect(() => meanCorrelationCoefficient(whole, holed)).toThrow('estimated latents: the value in row 3');
    expect(() => meanCorrelationCoefficient(holed, whole)).toThrow('true latents: the value in row 3');
    expect(() =>
      meanCorrelationCoefficient(
        whole,
        columns(4, (i) => i),
      ),
    ).toThrow('expected 5 rows');
    expect(() => meanCorrelationCoefficient(dense(1, 1), dense(1, 1))).toThrow('two rows or more');
    expect(() => meanCorrelationCoefficient(whole, whole, { kind: 'kendall' as 'pearson' })).toThrow(
      'kendall',
    );
  });
});

describe('matchLatents', () => {
  it('by signed correlation prefers a weak right sign to a strong wrong one', () => {
    const { correlations, estimateOf } = meanCorrelationCoefficient(truth, estimate);
    expect([...estimateOf]).toEqual([1, 3, 0]);
    // linear_sum_assignment(-cc)
    expect([...matchLatents(correlations, 'signed-correlation').estimateOf]).toEqual([1, 3, 2]);
  });
});

describe('linearR2', () => {
  it('agrees with sklearn', () => {
    // LinearRegression().fit(E, T).score(E, T)
    const { value, perLatent } = linearR2(truth, estimate);
    expect(value).toBeCloseTo(0.7064772500302364, 12);
    expect(perLatent.length).toBe(3);
  });
  it('is 1 for any invertible linear map, where the correlation coefficient is not', () => {
    const [a, b] = [0.8, 0.6];
    const z = normals(500, 2, 'z');
    const { values } = z;
    const turned = columns(
      500,
      (i) => a * values[2 * i] - b * values[2 * i + 1] + 3,
      (i) => b * values[2 * i] + a * values[2 * i + 1],
    );
    expect(linearR2(z, turned).value).toBeCloseTo(1, 12);
    expect(meanCorrelationCoefficient(z, turned).value).toBeLessThan(0.85);
  });
  it('survives repeated, constant and no estimates', () => {
    const z = normals(100, 2, 'z');
    const repeated = takeCols(z, [0, 0]) as DenseMatrix;
    expect(linearR2(z, repeated).perLatent[0]).toBeCloseTo(1, 12);
    expect(linearR2(z, repeated).perLatent[1]).toBeLessThan(0.1);
    expect(linearR2(z, dense(100, 3)).value).toBeCloseTo(0, 12);
    expect(linearR2(z, dense(100, 0)).value).toBeCloseTo(0, 12);
    expect(linearR2(dense(100, 1), z).value).toBe(1);
  });
});

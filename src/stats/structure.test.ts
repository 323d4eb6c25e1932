import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { singularValues } from '../linalg/index.js';
import { Random } from '../random/index.js';
import {
  gavishDonohoThreshold,
  marchenkoPasturMedian,
  nearestNeighbours,
  pca,
  rankAtEnergy,
  spectrum,
  umap,
  universalThreshold,
} from './index.js';

const tagOf = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return isMechanistError(error) ? error.tag : error;
  }
};

describe('pca', () => {
  const rows = [1, 2, 3, 4, 1, -2, 0, 3, 8, 2, 2, 1, 7, -5, 2];
  // sklearn.decomposition.PCA().fit(np.array(rows).reshape(5, 3)): explained_variance_, components_, …_ratio_
  const variances = [21.902425414058733, 9.290440422968013, 0.10713416297324865];
  const components = [
    [-0.5708286993697231, 0.5730035253183355, 0.5880659452379728],
    [0.2312214393231965, -0.5750493284233982, 0.7847642422263572],
    [-0.7878396042172415, -0.5839394059768177, -0.19576396035598984],
  ];
  const ratios = [0.6997580004491609, 0.2968191828424286, 0.003422816708410501];

  it('agrees with scikit-learn, signs by the largest entry', () => {
    const result = pca(Float64Array.from(rows), 5, 3);
    expect(result.nComponents).toBe(3);
    const signs = [1, 1, -1];
    for (let i = 0; i < 3; i++) {
      expect(result.explainedVariance[i]).toBeCloseTo(variances[i], 12);
      expect(result.explainedVarianceRatio[i]).toBeCloseTo(ratios[i], 13);
      for (let j = 0; j < 3; j++) {
        expect(result.components[3 * i + j]).toBeCloseTo(signs[i] * components[i][j], 12);
      }
    }
    expect([...result.means]).toEqual([2.8, 0.6, 2.4].map((value) => expect.closeTo(value, 14)));
  });

  it.each([
    [5, 3],
    [3, 5],
  ])('gives back the centred rows from scores and components: %i × %i', (nRows, nCols) => {
    const data = Float64Array.from(rows);
    const { nComponents, scores, components: basis, means } = pca(data, nRows, nCols);
    expect(nComponents).toBe(nRows === 3 ? 2 : 3);
    for (let i = 0; i < nRows; i++) {
      for (let j = 0; j < nCols; j++) {
        let value = means[j];
        for (let c = 0; c < nComponents; c++) value += scores[i * nComponents + c] * basis[c * nCols + j];
        expect(value).toBeCloseTo(data[i * nCols + j], 12);
      }
    }
  });

  it('serves one row, no rows, equal rows, and fewer components', () => {
    expect(pca(Float64Array.of(1, 2, 3), 1, 3).nComponents).toBe(0);
    expect(pca(new Float64Array(0), 0, 3).nComponents).toBe(0);
    expect(pca(new Float64Array(0), 3, 0).nComponents).toBe(0);
    expect(pca(new Float64Array(12).fill(3), 4, 3).nComponents).toBe(0);
    const one = pca(Float64Array.from(rows), 5, 3, 1);
    expect([one.scores.length, one.components.length, one.explainedVariance.length]).toEqual([5, 3, 1]);
    expect(one.explainedVarianceRatio[0]).toBeCloseTo(ratios[0], 13);
  });

  it('refuses NaN and senseless counts', () => {
    expect(tagOf(() => pca(Float64Array.of(1, Number.NaN), 2, 1))).toBe('DataError');
    expect(tagOf(() => pca(Float64Array.of(1, 2), 2, 1, 1.5))).toBe('OptionError');
    expect(tagOf(() => pca(Float64Array.of(1, 2), 2, 2))).toBe('ShapeError');
  });
});

describe('nearestNeighbours', () => {
  it('finds them, nearest first, lower number first at equal distance', () => {
    const { k, indices, distances } = nearestNeighbours(Float64Array.of(0, 1, -1, 5, 0), 5, 1, 3);
    expect(k).toBe(3);
    expect([...indices.subarray(0, 3)]).toEqual([4, 1, 2]);
    expect([...distances.subarray(0, 3)]).toEqual([0, 1, 1]);
    expect([...indices.subarray(9, 12)]).toEqual([1, 0, 4]);
    expect([...distances.subarray(9, 12)]).toEqual([4, 5, 5]);
  });
  it('is Euclidean over all columns', () => {
    expect([...nearestNeighbours(Float64Array.of(0, 0, 0, 2, 3, 6), 2, 3, 5).distances]).toEqual([7, 7]);
  });
  it('agrees with sorting all distances', () => {
    const random = Random.fromSeed(3);
    const n = 60;
    const rows = Float64Array.from({ length: n * 4 }, () => random.normal());
    const { indices } = nearestNeighbours(rows, n, 4, 7);
    for (let i = 0; i < n; i++) {
      const distance = (j: number) =>
        Math.hypot(...[0, 1, 2, 3].map((c) => rows[4 * i + c] - rows[4 * j + c]));
      const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
      const expected = others.sort((p, q) => distance(p) - distance(q)).slice(0, 7);
      expect([...indices.subarray(7 * i, 7 * i + 7)]).toEqual(expected);
    }
  });
  it('serves one row and no rows; refuses NaN', () => {
    expect(nearestNeighbours(Float64Array.of(1), 1, 1, 3).k).toBe(0);
    expect(nearestNeighbours(new Float64Array(0), 0, 1, 3).k).toBe(0);
    expect(tagOf(() => nearestNeighbours(Float64Array.of(1, Number.NaN), 2, 1, 1))).toBe('DataError');
    expect(tagOf(() => nearestNeighbours(Float64Array.of(1, 2), 2, 1, 0))).toBe('OptionError');
    expect(tagOf(() => nearestNeighbours(Float64Array.of(1, 2), 2, 2, 1))).toBe('ShapeError');
  });
});

describe('umap', () => {
  /** Three groups of rows far apart. */
  const groups = (n: number, nCols: number): Float64Array => {
    const random = Random.fromSeed(5);
    return Float64Array.from({ length: n * nCols }, (_, i) => {
      const [row, column] = [Math.floor(i / nCols), i % nCols];
      return random.normal() + (column % 3 === row % 3 ? 20 : 0);
    });
  };

  it.each([20, 80])('keeps groups apart and neighbours together (%i columns)', async (nCols) => {
    const n = 90;
    const places = await umap(groups(n, nCols), n, nCols, { random: Random.fromSeed(1) });
    const distance = (i: number, j: number) =>
      Math.hypot(places[2 * i] - places[2 * j], places[2 * i + 1] - places[2 * j + 1]);
    for (let i = 0; i < n; i++) {
      let nearest = -1;
      for (let j = 0; j < n; j++) {
        if (j !== i && (nearest < 0 || distance(i, j) < distance(i, nearest))) nearest = j;
      }
      expect(nearest % 3).toBe(i % 3);
    }
  });

  it('gives the same map for the same stream, another for another', async () => {
    const rows = groups(30, 6);
    const map = (seed: number) => umap(rows, 30, 6, { random: Random.fromSeed(seed) });
    expect(await map(1)).toEqual(await map(1));
    expect(await map(1)).not.toEqual(await map(2));
  });

  it.each([0, 1, 2, 3, 4, 15, 16])('serves %i rows', async (n) => {
    const places = await umap(groups(n, 3), n, 3, { random: Random.fromSeed(1) });
    expect(places.length).toBe(2 * n);
    expect(places.every(Number.isFinite)).toBe(true);
    if (n === 2) expect([...places]).toEqual([0, 0, 1, 0]);
  });

  it('serves rows that are all equal', async () => {
    for (const nCols of [3, 60]) {
      const places = await umap(new Float64Array(20 * nCols).fill(4), 20, nCols, {
        random: Random.fromSeed(1),
      });
      expect(places.every(Number.isFinite)).toBe(true);
    }
  });

  it('refuses NaN and senseless options', async () => {
    const random = Random.fromSeed(1);
    const bad = Float64Array.of(1, Number.NaN, 2);
    await expect(umap(bad, 3, 1, { random })).rejects.toMatchObject({ tag: 'DataError' });
    const good = Float64Array.of(1, 2, 3);
    for (const options of [
      { nNeighbours: 1 },
      { nNeighbours: 2.5 },
      { minDistance: -1 },
      { nEpochs: 0 },
      { nComponents: 0.5 },
    ]) {
      await expect(umap(good, 3, 1, { random, ...options })).rejects.toMatchObject({ tag: 'OptionError' });
    }
  });
});

describe('spectrum and thresholds', () => {
  it('spectrum is the singular values, not centred', () => {
    expect([...spectrum(Float64Array.of(3, 0, 0, 4), 2, 2)]).toEqual([4, 3]);
  });

  it('rankAtEnergy takes the first rank whose energy is above the share', () => {
    // Energies 16, 8, 1 of 25: shares 0.64, 0.96, 1.
    const values = [4, Math.sqrt(8), 1, 0];
    expect([0, 0.5, 0.65, 0.95, 0.97, 1].map((energy) => rankAtEnergy(values, energy))).toEqual([
      1, 1, 2, 2, 3, 3,
    ]);
    expect(rankAtEnergy([3, 4].reverse(), 0.64)).toBe(2);
    expect(rankAtEnergy(values)).toBe(2);
    expect(rankAtEnergy([0, 0])).toBe(0);
    expect(rankAtEnergy([])).toBe(0);
    expect(rankAtEnergy([1e200, 1e200, 1e-200])).toBe(2);
    expect(tagOf(() => rankAtEnergy([1], 1.2))).toBe('OptionError');
  });

  it('the median of Marchenko and Pastur solves the integral', () => {
    // scipy: brentq(lambda t: quad(density, a, t)[0] - .5, a, b), density √((b−t)(t−a)) / (2πβt)
    const expected: [number, number][] = [
      [1, 0.6527759416335691],
      [0.9, 0.689222098354098],
      [0.5, 0.8304658815813634],
      [0.1, 0.9665651474028225],
      [0.01, 0.9966656763386571],
    ];
    for (const [beta, value] of expected) expect(marchenkoPasturMedian(beta)).toBeCloseTo(value, 10);
    expect(marchenkoPasturMedian(1e-18)).toBeCloseTo(1, 8);
  });

  it('thresholds are the published ones', () => {
    // Gavish & Donoho 2014: 4/√3 √n σ for a square matrix, ω(1) = 2.858; ω(0.5), ω(0.05) with the median by scipy's
    // quad and brentq as above.
    expect(gavishDonohoThreshold([], 100, 100, { noiseLevel: 0.5 })).toBeCloseTo((4 / Math.sqrt(3)) * 5, 12);
    expect(gavishDonohoThreshold([3, 1, 0.5], 10, 10)).toBeCloseTo(2.858362424069536, 11);
    expect(gavishDonohoThreshold([1], 5, 10)).toBeCloseTo(2.1711853484538284, 11);
    expect(gavishDonohoThreshold([1], 200, 10)).toBeCloseTo(1.519340959631147, 9);
    expect(gavishDonohoThreshold([1], 10, 10, { approximate: true })).toBeCloseTo(2.86, 12);
    expect(universalThreshold([4, 2], 5, 10)).toBeCloseTo(3 * (0.56 / 8 - 0.95 / 4 + 1.82 / 2 + 1.43), 12);
    for (const beta of [0.05, 0.2, 0.6, 1]) {
      const exact = gavishDonohoThreshold([1], 1000 * beta, 1000);
      expect(Math.abs(universalThreshold([1], 1000, 1000 * beta) / exact - 1)).toBeLessThan(0.02);
    }
    expect(gavishDonohoThreshold([], 3, 4)).toBe(0);
    expect(tagOf(() => gavishDonohoThreshold([1], 0, 4))).toBe('DataError');
    expect(tagOf(() => gavishDonohoThreshold([1], 2, 4, { noiseLevel: -1 }))).toBe('OptionError');
    expect(tagOf(() => gavishDonohoThreshold([Number.NaN], 2, 4))).toBe('DataError');
  });

  it.each([
    [60, 200],
    [200, 60],
  ])('find a planted rank in noise: %i × %i', (nRows, nCols) => {
    const random = Random.fromSeed(11);
    const rank = 4;
    const left = Float64Array.from({ length: nRows * rank }, () => random.normal());
    const right = Float64Array.from({ length: rank * nCols }, () => random.normal());
    const rows = Float64Array.from({ length: nRows * nCols }, (_, at) => {
      const [i, j] = [Math.floor(at / nCols), at % nCols];
      let value = 0.5 * random.normal();
      for (let c = 0; c < rank; c++) value += left[i * rank + c] * right[c * nCols + j];
      return value;
    });
    const values = singularValues(rows, nRows, nCols);
    const above = (threshold: number): number => values.filter((value) => value > threshold).length;
    expect(above(gavishDonohoThreshold(values, nRows, nCols))).toBe(rank);
    expect(above(gavishDonohoThreshold(values, nRows, nCols, { noiseLevel: 0.5 }))).toBe(rank);
    expect(above(universalThreshold(values, nRows, nCols))).toBe(rank);
  });
});

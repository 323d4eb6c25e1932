import { describe, expect, it } from 'vitest';
import { Random } from '../random/index.js';
import { kMeans } from './k-means.js';

const random = Random.fromSeed(3);

describe('kMeans', () => {
  it('finds planted clusters', () => {
    const planted = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    const rows = Float64Array.from({ length: 120 }, (_, i) => {
      const cluster = planted[i >> 1];
      return [0, 10, 20][cluster] * (i % 2 ? 1 : -1) + random.normal();
    });
    const { labels, inertia } = kMeans(rows, 60, 2, 3, { random });
    planted.forEach((cluster, i) => {
      planted.forEach((other, j) => {
        expect(labels[i] === labels[j]).toBe(cluster === other);
      });
    });
    // two coordinates of variance 1 about the means of three clusters
    expect(inertia / (2 * 57)).toBeGreaterThan(0.6);
    expect(inertia / (2 * 57)).toBeLessThan(1.5);
  });

  it('has the least inertia of small problems', () => {
    // sklearn.cluster.KMeans(2, n_init=20).fit([[0],[1],[2],[9],[11],[30]]).inertia_ = 101.2
    expect(kMeans(Float64Array.of(0, 1, 2, 9, 11, 30), 6, 1, 2, { random }).inertia).toBeCloseTo(101.2, 9);
  });

  it('knows one cluster, as many clusters as rows, and rows that are all equal', () => {
    const rows = Float64Array.of(1, 3, 8);
    expect(kMeans(rows, 3, 1, 1, { random }).centres[0]).toBeCloseTo(4, 12);
    const all = kMeans(rows, 3, 1, 3, { random });
    expect(all.inertia).toBe(0);
    expect(new Set(all.labels).size).toBe(3);
    expect(kMeans(new Float64Array(8).fill(2), 4, 2, 3, { random }).inertia).toBe(0);
  });

  it('is the same for one seed', () => {
    const rows = Random.fromSeed(1).fillNormal(new Float64Array(200));
    const labels = () => kMeans(rows, 100, 2, 5, { random: Random.fromSeed(2) }).labels;
    expect(labels()).toEqual(labels());
  });

  it('refuses more clusters than rows, and NaN', () => {
    expect(() => kMeans(new Float64Array(4), 2, 2, 3, { random })).toThrow(/from 1 to 2/);
    expect(() => kMeans(Float64Array.of(1, Number.NaN), 2, 1, 1, { random })).toThrow(/row 1 holds NaN/);
  });
});

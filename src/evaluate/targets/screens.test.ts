import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { targetMetrics } from './regimes-by-node.js';
import { isTrivial, screenMetrics, targetPlaces, topPearson } from './screens.js';
import { splitByClusters, splitByContext, subsampleSize, subsamples } from './splits.js';

describe('targetMetrics', () => {
  const regimes = [
    { score: [0.9, 0.1, 0.4], targets: [0] },
    { score: [0.2, 0.8, 0.3], targets: [1] },
    { score: [0.5, 0.5, 0.6], targets: [] },
    { score: [0.7, 0.9, 0.1], targets: [0, 1] },
  ];

  it('are means over nodes and over regimes of what scikit-learn gives', () => {
    // numpy means of sklearn's average_precision_score and roc_auc_score over columns, and over rows
    const found = targetMetrics(regimes);
    expect(found).toMatchObject({ nodes: 2, regimes: 3, mapByRegime: 1, aucByRegime: 1 });
    expect(found.mapByNode).toBeCloseTo(1, 12);
    expect(found.aucByNode).toBeCloseTo(1, 12);
    const turned = regimes.map((regime) => ({
      ...regime,
      score: regime.score.map((score, gene) => (gene ? score : -score)),
    }));
    // of the first node the scores are now −0.9, −0.2, −0.5, −0.7: its regimes come last, (1/3 + 2/4) / 2
    expect(targetMetrics(turned).mapByNode).toBeCloseTo((1 + (1 / 3 + 2 / 4) / 2) / 2, 12);
    expect(targetMetrics(turned).aucByNode).toBeCloseTo(0.5, 12);
  });

  it('are undefined where nothing was hit', () => {
    const found = targetMetrics([{ score: [1, 2], targets: [] }]);
    expect([found.mapByNode, found.aucByRegime, found.nodes]).toEqual([Number.NaN, Number.NaN, 0]);
    expect(targetMetrics([]).mapByRegime).toBeNaN();
  });
});

describe('screens', () => {
  const genes = ['a', 'b', 'c', 'd', 'e'];
  const one = { name: 'b', genes, score: [5, 4, 3, 2, 1], targets: ['b'] };
  const outside = { name: 'z', genes, score: [5, 4, 3, 2, 1], targets: ['z'] };

  it('have ranks of what is a candidate and recall of all', () => {
    expect(targetPlaces({ ...one, targets: ['b', 'z'] })).toEqual([2, Number.POSITIVE_INFINITY]);
    const found = screenMetrics([one, outside]);
    expect(found).toMatchObject({ rank: 0.75, recall: { 1: 0, 5: 0.5, 20: 0.5 }, targets: 2, ranked: 1 });
    expect(found.r).toBeNaN();
  });

  it('correlate what the best perturbed candidate does', () => {
    const changes = new Map([
      ['b', [1, 2, 3, 4]],
      ['c', [2, 4, 6, 8.5]],
      ['e', [4, 3, 2, 1]],
    ]);
    expect(topPearson(one, changes)).toBeCloseTo(1, 12);
    expect(topPearson({ ...one, score: [5, 1, 2, 3, 4] }, changes)).toBeCloseTo(-1, 12);
    expect(topPearson(outside, changes)).toBeNaN();
    expect(topPearson(one, new Map())).toBeNaN();
  });

  it('tell trivial perturbations', () => {
    expect(isTrivial(genes, [0.1, -3, 2, 0, 0], ['b'])).toBe(true);
    expect(isTrivial(genes, [0.1, -3, 2, 0, 0], ['c'])).toBe(false);
  });
});

describe('splits', () => {
  it('keep clusters together, the largest in training, the others even', () => {
    const random = Random.fromSeed(2);
    const sizes = [20, 4, 4, 4, 4];
    const cluster = sizes.flatMap((size, i) => new Array<number>(size).fill(i));
    const rows = Float64Array.from(
      cluster.flatMap((i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 50 : 0) + random.normal())),
    );
    const { train, test } = splitByClusters(rows, cluster.length, random, 5);
    expect([train.length, test.length]).toEqual([28, 8]);
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(cluster.map((_, i) => i));
    const sides = (numbers: readonly number[]) => new Set(numbers.map((i) => cluster[i]));
    expect(sides(train)).toContain(0);
    expect([...sides(train)].filter((i) => sides(test).has(i))).toEqual([]);
    expect(splitByClusters(rows, cluster.length, Random.fromSeed(1)).train.length).toBeGreaterThan(0);
  });

  it('hold a context out', () => {
    expect(splitByContext(['x', 'y', 'x'], 'y')).toEqual({ train: [0, 2], test: [1] });
    expect(() => splitByContext(['x', 'yes'], 'yess')).toThrow(/did you mean 'yes'/);
  });

  it('take the cells of equation 11', () => {
    expect([1, 49, 50, 55, 62, 63, 100, 1001].map(subsampleSize)).toEqual([1, 49, 50, 50, 50, 50, 80, 800]);
    const rounds = subsamples(100, Random.fromSeed(0));
    expect(rounds).toHaveLength(5);
    for (const round of rounds) {
      expect(new Set(round).size).toBe(80);
      expect([...round]).toEqual([...round].sort((a, b) => a - b));
    }
    expect([...rounds[0]]).not.toEqual([...rounds[1]]);
  });
});

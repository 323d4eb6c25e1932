import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../random/index.js';
import { type Cells, momentsOf } from '../gaussian/moments.js';
import { planted } from '../gaussian/planted.fixture.js';
import { Regressions } from '../gaussian/regressions.js';
import { someSubset } from '../gaussian/subsets.js';
import { orient, type Pair, slopeInvariance } from './difference-graph.js';
import { differenceGraphs, thetaGraph } from './draw.js';
import { kliep } from './kliep.js';
import { precisionDifference } from './precision-difference.js';

const levels = { difference: [0.001], skeleton: [0.1], orientation: [0.001] };
const settings = { how: 'complete', levels, edgeThreshold: 0, mostGiven: 3 } as const;

/** Cells of x = x W + noise in the order of the genes, with noise of these deviations. */
function linear(slopes: number[][], noise: number[], nCells: number, seed: number): Cells {
  const random = Random.fromSeed(seed);
  const n = noise.length;
  const values = new Float64Array(nCells * n);
  for (let row = 0; row < nCells; row++)
    for (let gene = 0; gene < n; gene++) {
      let sum = noise[gene] * random.normal();
      for (let from = 0; from < gene; from++) sum += values[row * n + from] * slopes[from][gene];
      values[row * n + gene] = sum;
    }
  return { nCells, nGenes: n, values };
}

const CHAIN = [
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0, 0, 0, 0],
];

test('the one edge that was cut is found, with its direction', () => {
  const cut = CHAIN.map((row, i) => row.map((slope) => (i === 1 ? 0 : slope)));
  const control = linear(CHAIN, [1, 1, 1, 1], 5000, 1);
  const perturbed = linear(cut, [1, 1, 1, 1], 5000, 2);
  expect(differenceGraphs(control, perturbed, settings)).toEqual([[[1, 2]]]);
  expect(differenceGraphs(control, perturbed, { ...settings, how: 'precision' })).toEqual([[[1, 2]]]);
});

test('a change of noise alone changes no edge', () => {
  const control = linear(CHAIN, [1, 1, 1, 1], 5000, 3);
  const perturbed = linear(CHAIN, [1, 1, 3, 1], 5000, 4);
  const none = { ...settings, levels: { ...levels, skeleton: [0.001] } };
  expect(differenceGraphs(control, perturbed, none)).toEqual([[]]);
});

test('a pair stays only at levels above the largest p-value of all sets given', () => {
  const pairs: Pair[] = [[0, 1]];
  const ofSize = [0.01, 0.2, 0.05];
  const statistics = { statistic: (set: readonly number[]) => set.length, p: (n: number) => ofSize[n - 2] };
  const p = (most: number, level: number) => slopeInvariance(pairs, [0, 1, 2, 3], statistics, most, level)[0];
  expect(p(0, 1)).toBe(0.01);
  expect(p(2, 1)).toBe(0.2);
  // Ends early, above the level.
  expect(p(2, 0.1)).toBe(0.2);
});

test('what leaves the variance unchanged when given comes before', () => {
  const pairs: Pair[] = [[0, 1]];
  const given = (wanted: string) => (set: readonly number[]) => (set.join() === wanted ? 0.5 : 0);
  expect(orient(pairs, given('1,0'), 2, [0.01])).toEqual([[[0, 1]]]);
  expect(orient(pairs, given('0'), 2, [0.01])).toEqual([[[0, 1]]]);
  expect(orient(pairs, given('0,1'), 2, [0.01])).toEqual([[[1, 0]]]);
  const both = [
    [0, 1],
    [1, 0],
  ];
  expect(orient(pairs, () => 0.005, 2, [0.01, 0.001])).toEqual([both, [[0, 1]]]);
});

test('p-values of inverse covariances are uniform where nothing changed', () => {
  const values: number[] = [];
  for (let seed = 0; seed < 60; seed++) {
    const sides = [2 * seed, 2 * seed + 1].map((k) => momentsOf(linear(CHAIN, [1, 1, 1, 1], 60, 100 + k)));
    const p = precisionDifference(sides[0], sides[1]);
    for (let i = 0; i < 4; i++) for (let j = 0; j <= i; j++) values.push(p[i * 4 + j]);
  }
  const below = (level: number) => values.filter((p) => p < level).length / values.length;
  expect(below(0.5)).toBeGreaterThan(0.43);
  expect(below(0.5)).toBeLessThan(0.57);
  expect(below(0.05)).toBeLessThan(0.09);
  expect(below(0.05)).toBeGreaterThan(0.02);
});

test('KLIEP is the difference of the inverse covariances, where they are known', () => {
  // log of a ratio of N(0, 1/k) densities is (k₂ − k₁) x² / 2; the last steps, 1 / 1000 long, leave it near.
  const control = linear([[0]], [1], 20_000, 5);
  const perturbed = linear([[0]], [0.8], 20_000, 6);
  const [theta] = kliep(perturbed, control, 0);
  expect(theta).toBeCloseTo((1 - 1 / 0.64) / 2, 1);
  expect(kliep(perturbed, control, 10)).toEqual(new Float64Array(1));
});

test('pairs of θ in the order of the features', () => {
  const theta = Float64Array.from([0.1, 0, -0.3, 0, 0.2, 0]);
  expect(thetaGraph(3, theta, 0)).toEqual({
    pairs: [
      [0, 1],
      [1, 2],
    ],
    nodes: [0, 1, 2],
  });
  expect(thetaGraph(3, theta, 0.15)).toEqual({ pairs: [[1, 2]], nodes: [1, 2] });
});

test('regressions within a set are those of least squares', () => {
  const { screen } = planted({ nGenes: 6, nEdges: 8, nGroups: 0, nCells: 50, kind: 'none', seed: 3 });
  const values = Float64Array.from(screen.control.values as Float64Array);
  const moments = momentsOf({ nCells: 50, nGenes: 6, values });
  const regressions = new Regressions(moments);
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 2 }), (set) => {
      // What is left of two genes given the others is uncorrelated with those: project out one by one.
      const columns = set.map((gene) =>
        Array.from({ length: 50 }, (_, row) => values[row * 6 + gene] - moments.mean[gene]),
      );
      const dot = (a: number[], b: number[]) => a.reduce((sum, value, k) => sum + value * b[k], 0);
      for (let k = set.length - 1; k >= 2; k--)
        for (let i = 0; i < k; i++) {
          const slope = dot(columns[i], columns[k]) / dot(columns[k], columns[k]);
          columns[i] = columns[i].map((value, row) => value - slope * columns[k][row]);
        }
      const { m00, m01, m11 } = regressions.conditional(set);
      expect(Math.abs(m00 - dot(columns[0], columns[0]) / 49)).toBeLessThan(1e-5 * (1 + m00));
      expect(Math.abs(m01 - dot(columns[0], columns[1]) / 49)).toBeLessThan(1e-5 * (1 + Math.abs(m01)));
      expect(Math.abs(m11 - dot(columns[1], columns[1]) / 49)).toBeLessThan(1e-5 * (1 + m11));
    }),
  );
});

test('all subsets of a size, once each', () => {
  const seen: string[] = [];
  someSubset([4, 5, 6, 7], 2, [9], 1, (set) => {
    seen.push(set.join());
    return false;
  });
  expect(seen).toEqual(['9,4,5', '9,4,6', '9,4,7', '9,5,6', '9,5,7', '9,6,7']);
  expect(someSubset([1], 2, [], 0, () => true)).toBe(false);
  expect(someSubset([1, 2], 0, [], 0, () => true)).toBe(true);
});

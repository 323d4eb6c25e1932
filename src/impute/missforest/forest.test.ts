/** Trees split by split against scikit-learn's and against trying everything; forests in distribution. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { hasSklearn, python } from '../mice/sklearn.fixture.node.js';
import { type Columns, numberColumn } from './columns.js';
import { growForest, nodeArrays, predictForest } from './forest.js';
import { type Nodes, predictTree, TreeGrower } from './tree.js';

/** Rows of `nNumbers` numbers and of labels in two groups, one-hot after the numbers; y depends on both. */
function problem(nRows: number, nNumbers: number, seed: number) {
  const random = Random.fromSeed(seed).split('tree problem');
  const counts = [4, 3];
  const numbers = Array.from({ length: nNumbers }, (_, column) =>
    numberColumn(column, random.fillNormal(new Float64Array(nRows))),
  );
  const labels = counts.map((count, group) => ({
    column: nNumbers + (group === 0 ? 0 : counts[0]),
    count,
    labels: random.fill(new Int32Array(nRows), () => random.integer(count)),
  }));
  const columns: Columns = { nRows, numbers, labels };
  const rows = Array.from({ length: nRows }, (_, row) => {
    const values = new Float64Array(nNumbers + 7);
    numbers.forEach((number) => (values[number.column] = number.values[row]));
    labels.forEach((group) => (values[group.column + group.labels[row]] = 1));
    return values;
  });
  const y = Float64Array.from(rows, (row) => 100 + row[0] + 2 * row[nNumbers] + 0.5 * random.normal());
  return { columns, rows, y, random };
}

function grow(columns: Columns, y: Float64Array, weights = new Int32Array(columns.nRows).fill(1)): Nodes {
  const nodes = nodeArrays(2 * columns.nRows);
  const end = new TreeGrower(columns, y).grow(weights, Random.fromSeed(1), nodes, 0);
  expect(end).toBeLessThan(2 * columns.nRows);
  return nodes;
}

describe('a tree', () => {
  it('repeats what it was grown on', () => {
    const { columns, rows, y } = problem(50, 3, 1);
    const nodes = grow(columns, y);
    rows.forEach((row, i) => expect(predictTree(nodes, 0, row)).toBeCloseTo(y[i], 10));
  });

  it.each([1, 2, 3, 4, 5])('splits its root where the squared error falls most (seed %i)', (seed) => {
    const { columns, rows, y, random } = problem(17, 2, seed);
    const weights = random.fill(new Int32Array(17), () => random.integer(3));
    const nodes = grow(columns, y, weights);
    let best = Number.POSITIVE_INFINITY;
    for (let column = 0; column < rows[0].length; column++) {
      for (const { [column]: threshold } of rows) {
        best = Math.min(best, squaredError(rows, y, weights, column, threshold));
      }
    }
    expect(squaredError(rows, y, weights, nodes.column[0], nodes.value[0])).toBeCloseTo(best, 9);
  });

  it('is a leaf for one row, and for equal values', () => {
    const one = problem(1, 2, 1);
    const nodes = grow(one.columns, one.y);
    expect([nodes.column[0], nodes.value[0]]).toEqual([-1, one.y[0]]);
    const { columns } = problem(9, 2, 1);
    expect(grow(columns, new Float64Array(9).fill(7)).value[0]).toBe(7);
  });

  it('answers by the mean where no column tells the rows apart', () => {
    const columns: Columns = { nRows: 3, numbers: [numberColumn(0, new Float64Array(3))], labels: [] };
    expect(grow(columns, Float64Array.of(1, 2, 6)).value[0]).toBeCloseTo(3, 12);
  });

  it('draws evenly among splits that are equally good', () => {
    // two rows, three columns that all tell them apart
    const columns: Columns = {
      nRows: 2,
      numbers: [0, 1, 2].map((column) => numberColumn(column, Float64Array.of(column, column + 1))),
      labels: [],
    };
    const grower = new TreeGrower(columns, Float64Array.of(0, 1));
    const seen = [0, 0, 0];
    for (let seed = 0; seed < 600; seed++) {
      const nodes = nodeArrays(4);
      grower.grow(new Int32Array([1, 2]), Random.fromSeed(seed), nodes, 0);
      seen[nodes.column[0]]++;
    }
    // 200 expected, standard deviation 11.5
    for (const count of seen) expect(Math.abs(count - 200)).toBeLessThan(50);
  });
});

/** Weighted squared error of two means; that of one mean where a side is empty. */
function squaredError(
  rows: readonly Float64Array[],
  y: Float64Array,
  weights: Int32Array,
  column: number,
  threshold: number,
): number {
  let error = 0;
  for (const side of [true, false]) {
    const members = rows.flatMap((row, i) =>
      row[column] <= threshold === side && weights[i] > 0 ? [i] : [],
    );
    const weight = members.reduce((sum, i) => sum + weights[i], 0);
    const mean = members.reduce((sum, i) => sum + weights[i] * y[i], 0) / weight;
    error += members.reduce((sum, i) => sum + weights[i] * (y[i] - mean) ** 2, 0);
  }
  return error;
}

const SKLEARN_TREE = `
import json, sys
import numpy as np
from sklearn.tree import DecisionTreeRegressor
task = json.load(sys.stdin)
tree = DecisionTreeRegressor(random_state=0).fit(task['rows'], task['y'], sample_weight=task['weights']).tree_
print(json.dumps([tree.feature.tolist(), tree.threshold.tolist(), tree.children_left.tolist(),
                  tree.children_right.tolist(), tree.value.ravel().tolist()]))
`;

const SKLEARN_FOREST = `
import json, sys
import numpy as np
from sklearn.ensemble import RandomForestRegressor
task = json.load(sys.stdin)
print(json.dumps([
    RandomForestRegressor(n_estimators=10, random_state=seed).fit(task['rows'], task['y']).predict(task['asked']).tolist()
    for seed in range(task['seeds'])]))
`;

describe.skipIf(!hasSklearn)('as scikit-learn', () => {
  it.each([
    ['every row once', 1, () => 1],
    ['a bootstrap sample', 2, (random: Random) => random.integer(3)],
  ] as const)('a tree keeps the same rows together in every node: %s', (_, seed, weight) => {
    const { columns, rows, y, random } = problem(120, 5, seed);
    const weights = random.fill(new Int32Array(120), () => weight(random));
    const nodes = grow(columns, y, weights);
    const used = rows.flatMap((_row, i) => (weights[i] > 0 ? [i] : []));
    const [feature, threshold, left, right, value] = python(SKLEARN_TREE, {
      rows: used.map((i) => [...rows[i]]),
      y: used.map((i) => y[i]),
      weights: used.map((i) => weights[i]),
    }) as number[][];
    // columns may split alike, from either end: what must agree is which rows are kept together
    let compared = 0;
    const compare = (ours: number, theirs: number, members: readonly number[]) => {
      expect(nodes.column[ours] < 0).toBe(feature[theirs] < 0);
      if (feature[theirs] < 0) return;
      compared++;
      const ourLeft = members.filter((i) => rows[i][nodes.column[ours]] <= nodes.value[ours]);
      const theirLeft = members.filter((i) => rows[i][feature[theirs]] <= threshold[theirs]);
      const rest = members.filter((i) => !theirLeft.includes(i));
      const turned = ourLeft[0] !== theirLeft[0];
      expect(ourLeft).toEqual(turned ? rest : theirLeft);
      compare(turned ? nodes.right[ours] : ours + 1, left[theirs], theirLeft);
      compare(turned ? ours + 1 : nodes.right[ours], right[theirs], rest);
    };
    compare(0, 0, used);
    expect(compared).toBeGreaterThan(50);
    expect(value[0]).toBeCloseTo(meanOfLeaves(rows, y, weights), 9);
  });

  it('a tree on one column is the same everywhere', () => {
    const { columns, rows, y } = problem(80, 1, 3);
    const nodes = grow({ ...columns, labels: [] }, y);
    const [feature, threshold, left, right, value] = python(SKLEARN_TREE, {
      rows: rows.map((row) => [row[0]]),
      y: [...y],
      weights: rows.map(() => 1),
    }) as number[][];
    for (let x = -3; x <= 3; x += 0.013) {
      let at = 0;
      while (feature[at] >= 0) at = x <= threshold[at] ? left[at] : right[at];
      expect(predictTree(nodes, 0, Float64Array.of(x))).toBeCloseTo(value[at], 9);
    }
  });

  it('forests predict alike on average, and vary alike from seed to seed', () => {
    const { columns, rows, y } = problem(60, 4, 4);
    const { rows: asked } = problem(12, 4, 5);
    const seeds = 60;
    const ours = Array.from({ length: seeds }, (_, seed) => {
      const forest = growForest(columns, y, 10, Random.fromSeed(seed));
      return asked.map((row) => predictForest(forest, row));
    });
    const task = { rows: rows.map((row) => [...row]), y: [...y], asked: asked.map((row) => [...row]), seeds };
    const theirs = python(SKLEARN_FOREST, task) as number[][];
    let ratios = 0;
    asked.forEach((_row, at) => {
      const [a, b] = [ours, theirs].map((runs) => moments(runs.map((run) => run[at])));
      const standardError = Math.sqrt((a.variance + b.variance) / seeds);
      expect(Math.abs(a.mean - b.mean)).toBeLessThan(4 * standardError);
      ratios += a.variance / b.variance / asked.length;
    });
    // a ratio of two variances of 60 draws has a standard deviation of 0.26; the mean of 12 of them 0.08
    expect(Math.abs(ratios - 1)).toBeLessThan(0.3);
  });
});

const meanOfLeaves = (rows: readonly Float64Array[], y: Float64Array, weights: Int32Array) =>
  rows.reduce((sum, _, i) => sum + weights[i] * y[i], 0) / weights.reduce((sum, weight) => sum + weight, 0);

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1) };
}

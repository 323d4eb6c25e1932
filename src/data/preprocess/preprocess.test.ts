import { describe, expect, it } from 'vitest';
import { dense, type Matrix, sparse, swapCompression, toDense } from '../matrix.js';
import { PerturbationData } from '../perturbation-data.js';
import { columnStrings, numeric, strings, Table } from '../table.js';
import { averageReplicates } from './average.js';
import { completeLines, log1p, log2p1, minMaxProfiles, valueToMissing } from './elementwise.js';
import { mergeDuplicateGenes, uniqueGenes, uniqueNames } from './gene-names.js';
import { hasPython, reference, simulatedCounts, toCsr } from './scanpy-reference.fixture.node.js';
import { normaliseTotal } from './total-counts.js';
import { zScore } from './z-score.js';

const valuesOf = (matrix: Matrix) => [...toDense(matrix).values];
const dataError = expect.objectContaining({ tag: 'DataError' });
const optionError = expect.objectContaining({ tag: 'OptionError' });
const counts = dense(3, 3, Int32Array.of(1, 3, 0, 0, 0, 0, 2, 0, 6));

describe('normaliseTotal and log1p', () => {
  it('makes sums equal and leaves empty cells empty', () => {
    expect(valuesOf(normaliseTotal(counts, { targetSum: 8 }))).toEqual([2, 6, 0, 0, 0, 0, 2, 0, 6]);
    expect(valuesOf(normaliseTotal(counts))).toEqual([2500, 7500, 0, 0, 0, 0, 2500, 0, 7500]);
    // The median of 4 and 8.
    expect(valuesOf(normaliseTotal(counts, { targetSum: 'median' })).slice(0, 2)).toEqual([1.5, 4.5]);
  });

  it.skipIf(!hasPython).each([10_000, 'median'] as const)('is scanpy’s, target %s', (target) => {
    const matrix = simulatedCounts(20, 15, 3);
    const expected = reference<number[][]>({ what: 'normalise', target }, matrix).flat();
    const found = valuesOf(log1p(normaliseTotal(matrix, { targetSum: target })));
    found.forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at], 12);
    });
  });

  it('keeps sparse sparse, and integers become float32', () => {
    for (const matrix of [toCsr(counts), swapCompression(toCsr(counts))]) {
      const found = log1p(normaliseTotal(matrix));
      expect(found.kind).toBe(matrix.kind);
      valuesOf(found).forEach((value, at) => {
        expect(value).toBeCloseTo(Math.log1p(valuesOf(normaliseTotal(counts))[at]), 6);
      });
    }
    expect(normaliseTotal(counts).values).toBeInstanceOf(Float32Array);
    expect(log1p(dense(1, 1)).values).toBeInstanceOf(Float64Array);
  });

  it('refuses negative and missing counts and wrong targets', () => {
    expect(() => normaliseTotal(dense(1, 1, Float64Array.of(-1)))).toThrowError(dataError);
    expect(() => normaliseTotal(dense(1, 1, Float64Array.of(Number.NaN)))).toThrowError(dataError);
    expect(() => normaliseTotal(counts, { targetSum: 0 })).toThrowError(optionError);
    expect(() => normaliseTotal(counts, { targetSum: Number.NaN })).toThrowError(optionError);
    expect(() => log1p(dense(1, 1, Float64Array.of(-666)))).toThrowError(/−666 a missing value/);
    expect(() => log2p1(dense(1, 1, Float64Array.of(-1)))).toThrowError(dataError);
  });

  it('handles matrices of no cells', () => {
    expect(normaliseTotal(dense(0, 3), { targetSum: 'median' }).nRows).toBe(0);
    expect(log1p(dense(0, 0)).values.length).toBe(0);
  });

  it('log2(x + 1) of powers of two less one', () => {
    expect(valuesOf(log2p1(dense(1, 4, Float64Array.of(0, 1, 3, 1023))))).toEqual([0, 1, 2, 10]);
  });
});

describe('minMaxProfiles', () => {
  it('scales each row to [0, 1], constant rows to 0, past missing values', () => {
    const matrix = dense(3, 3, Float64Array.of(1, 2, 5, 7, 7, 7, -1, Number.NaN, 3));
    expect(valuesOf(minMaxProfiles(matrix))).toEqual([0, 0.25, 1, 0, 0, 0, 0, Number.NaN, 1]);
  });

  it('keeps sparse sparse where 0 is the least value, else fills up', () => {
    const found = minMaxProfiles(toCsr(counts));
    expect(found.kind).toBe('csr');
    expect(valuesOf(found)).toEqual(valuesOf(minMaxProfiles(dense(3, 3, Float64Array.from(counts.values)))));
    const signed = sparse('csr', 1, 3, Int32Array.of(0, 2), Int32Array.of(0, 2), Float64Array.of(-1, 3));
    expect(minMaxProfiles(signed)).toEqual(dense(1, 3, Float64Array.of(0, 0.25, 1)));
    const full = sparse('csr', 1, 2, Int32Array.of(0, 2), Int32Array.of(0, 1), Float64Array.of(1, 3));
    expect(valuesOf(minMaxProfiles(full))).toEqual([0, 1]);
  });
});

describe('missing values', () => {
  it('1 is a dropout, −666 is missing, and they are counted', () => {
    const { matrix, count } = valueToMissing(dense(1, 4, Int32Array.of(1, 5, 1, 0)), 1);
    expect([valuesOf(matrix), count]).toEqual([[Number.NaN, 5, Number.NaN, 0], 2]);
    expect(valueToMissing(counts, -666)).toEqual({ matrix: counts, count: 0 });
    expect(valueToMissing(toCsr(counts), 6).matrix.kind).toBe('csr');
    expect(() => valueToMissing(toCsr(counts), 0)).toThrowError(dataError);
  });

  it('complete rows and columns are found', () => {
    const matrix = dense(2, 3, Float64Array.of(1, Number.NaN, 3, 4, 5, 6));
    for (const same of [matrix, toCsr(matrix), swapCompression(toCsr(matrix))]) {
      expect([...completeLines(same).rows]).toEqual([1]);
      expect([...completeLines(same).cols]).toEqual([0, 2]);
    }
  });
});

describe('zScore', () => {
  const matrix = dense(5, 2, Float64Array.of(1, 10, 3, 10, 5, 10, 100, 1, 200, 3));
  const plates = ['a', 'a', 'a', 'b', 'b'];

  it('has mean 0 and standard deviation 1 in each group; 0 where nothing varies', () => {
    const h = Math.SQRT1_2;
    const found = zScore(matrix, plates);
    valuesOf(found).forEach((value, at) => {
      expect(value).toBeCloseTo([-1, 0, 0, 0, 1, 0, -h, -h, h, h][at], 14);
    });
    expect(valuesOf(zScore(dense(1, 2, Float64Array.of(4, 5)), ['x']))).toEqual([0, 0]);
  });

  it('robust is L1000 level 4, with its floor', () => {
    const found = valuesOf(zScore(matrix, plates, { robust: true }));
    expect(found[0]).toBeCloseTo(-2 / (1.4826 * 2), 14);
    expect(found[1]).toBe(0);
    const flat = zScore(dense(3, 1, Float64Array.of(5, 5, 5.5)), ['p', 'p', 'p'], { robust: true });
    expect(flat.values[2]).toBeCloseTo(0.5 / (1.4826 * 0.1), 12);
  });

  it.skipIf(!hasPython)('robust agrees with numpy', () => {
    const counts = simulatedCounts(21, 12, 5);
    const expected = reference<number[][]>({ what: 'robust_z', floor: 0.1 }, counts).flat();
    valuesOf(zScore(toCsr(counts), new Array(21).fill(0), { robust: true })).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at], 11);
    });
  });

  it('passes over missing values and rows without a group', () => {
    const found = valuesOf(zScore(dense(4, 1, Float64Array.of(1, Number.NaN, 3, 9)), ['p', 'p', 'p', null]));
    expect(found[0]).toBeCloseTo(-Math.SQRT1_2, 14);
    expect([found[1], found[3]]).toEqual([Number.NaN, Number.NaN]);
  });

  it('refuses groups that do not fit and negative floors', () => {
    expect(() => zScore(matrix, ['a'])).toThrowError(expect.objectContaining({ tag: 'ShapeError' }));
    expect(() => zScore(matrix, plates, { madFloor: -1 })).toThrowError(optionError);
  });
});

describe('averageReplicates', () => {
  const obs = new Table(
    ['r1', 'r2', 'r3', 'r4', 'r5'],
    [
      ['cell', strings(['b', 'a', 'b', 'a', null])],
      ['drug', strings(['x', 'x', 'x', 'y', 'x'])],
    ],
  );
  const X = dense(5, 2, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  const data = new PerturbationData({ X, obs, var: new Table(['g', 'h']), layers: [['raw', toCsr(X)]] });

  it('averages rows that agree, sorted, with their number', () => {
    const { data: found, unlabelled } = averageReplicates(data, ['cell', 'drug']);
    expect(unlabelled).toBe(1);
    expect(found.obs.index).toEqual(['a:x', 'a:y', 'b:x']);
    expect(columnStrings(found.obs.column('cell'))).toEqual(['a', 'a', 'b']);
    expect(found.obs.column('n_replicates')).toEqual(numeric(Int32Array.of(1, 1, 2)));
    expect(valuesOf(found.X)).toEqual([3, 4, 7, 8, 3, 4]);
    expect(valuesOf(found.layers.get('raw') as Matrix)).toEqual([3, 4, 7, 8, 3, 4]);
  });

  it('does not confuse values that hold the joining sign', () => {
    const tricky = new Table(
      ['1', '2'],
      [
        ['p', strings(['a', 'a:b'])],
        ['q', strings(['b:c', 'c'])],
      ],
    );
    const two = new PerturbationData({ X: dense(2, 1), obs: tricky, var: new Table(['g']) });
    expect(averageReplicates(two, ['p', 'q']).data.nObs).toBe(2);
  });

  it('refuses no columns and unknown ones', () => {
    expect(() => averageReplicates(data, [])).toThrowError(dataError);
    expect(() => averageReplicates(data, ['dose'])).toThrowError(
      expect.objectContaining({ tag: 'ColumnError' }),
    );
  });
});

describe('duplicate genes', () => {
  it('are numbered as AnnData does', () => {
    // anndata.utils.make_index_unique(pd.Index(['a', 'a', 'b', 'a-1', 'a', 'b'])): 'a-1' is taken
    expect(uniqueNames(['a', 'a', 'b', 'a-1', 'a', 'b'])).toEqual(['a', 'a-2', 'b', 'a-1', 'a-3', 'b-1']);
    expect(uniqueNames([])).toEqual([]);
  });

  const genes = new Table(['a', 'b', 'a', 'c'], [['n', numeric(Int32Array.of(1, 2, 3, 4))]]);
  const X = dense(2, 4, Float64Array.of(1, 2, 3, 0, 0, 0, 5, 6));
  const data = new PerturbationData({
    X,
    obs: new Table(['1', '2']),
    var: genes,
    layers: [
      ['csr', toCsr(X)],
      ['csc', swapCompression(toCsr(X))],
    ],
  });

  it('are made unique in the data', () => {
    expect(uniqueGenes(data).var.index).toEqual(['a', 'b', 'a-1', 'c']);
    const unique = uniqueGenes(data);
    expect(uniqueGenes(unique)).toBe(unique);
  });

  it('are merged by sum or mean, dense and sparse alike', () => {
    for (const [how, expected] of [
      ['sum', [4, 2, 0, 5, 0, 6]],
      ['mean', [2, 2, 0, 2.5, 0, 6]],
    ] as const) {
      const merged = mergeDuplicateGenes(data, how);
      expect(merged.var.index).toEqual(['a', 'b', 'c']);
      expect(merged.var.column('n')).toEqual(numeric(Int32Array.of(1, 2, 4)));
      expect(valuesOf(merged.X)).toEqual(expected);
      expect(merged.layers.get('csr')?.kind).toBe('csr');
      expect(valuesOf(merged.layers.get('csr') as Matrix)).toEqual(expected);
      expect(valuesOf(merged.layers.get('csc') as Matrix)).toEqual(expected);
      expect(mergeDuplicateGenes(merged, how)).toBe(merged);
    }
  });

  it('merge the same in larger sparse data', () => {
    const counts = simulatedCounts(30, 40, 9);
    const names = Array.from({ length: 40 }, (_, i) => `g${(i * 7) % 11}`);
    const make = (X: Matrix) =>
      new PerturbationData({
        X,
        obs: new Table(Array.from({ length: 30 }, (_, i) => `${i}`)),
        var: new Table(names),
      });
    expect(valuesOf(mergeDuplicateGenes(make(toCsr(counts)), 'sum').X)).toEqual(
      valuesOf(mergeDuplicateGenes(make(counts), 'sum').X),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { dense, swapCompression } from '../matrix.js';
import { log1p } from './elementwise.js';
import { highlyVariableSeurat } from './highly-variable-seurat.js';
import { highlyVariableSeuratV3 } from './highly-variable-seurat-v3.js';
import { hasPython, reference, simulatedCounts, toCsr } from './scanpy-reference.fixture.node.js';
import { normaliseTotal } from './total-counts.js';

const counts = simulatedCounts(60, 300, 1);
const logged = log1p(normaliseTotal(counts)) as typeof counts;

function close(found: ArrayLike<number>, expected: readonly (number | null)[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    if (value === null) expect(found[i]).toBeNaN();
    else expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(value)));
  });
}

interface SeuratReference {
  mean: number[];
  dispersion: (number | null)[];
  normalised: (number | null)[];
  chosen: number[];
}

describe('highlyVariableSeurat', () => {
  it.skipIf(!hasPython).each([{ n_top: 40 }, {}, { n_top: 5, n_bins: 3 }, { n_top: 1000 }])(
    'is scanpy’s definition, %j',
    (options) => {
      const expected = reference<SeuratReference>({ what: 'seurat', ...options }, logged);
      const found = highlyVariableSeurat(logged, { nTop: options.n_top, nBins: options.n_bins });
      close(found.mean, expected.mean, 1e-12);
      close(found.dispersion, expected.dispersion, 1e-10);
      close(found.normalisedDispersion, expected.normalised, 1e-9);
      expect([...found.highlyVariable]).toEqual(expected.chosen);
    },
  );

  it('finds the overdispersed genes, sparse as dense', () => {
    const found = highlyVariableSeurat(logged, { nTop: 30 });
    expect(found.highlyVariable.reduce((a, b) => a + b)).toBe(30);
    const planted = [...found.highlyVariable.keys()].filter(
      (gene) => found.highlyVariable[gene] && gene % 7 === 0,
    );
    expect(planted.length).toBeGreaterThan(20);
    expect(found.dispersion[1]).toBeNaN();
    expect(found.highlyVariable[1]).toBe(0);
    const csr = toCsr(logged);
    for (const sparse of [csr, swapCompression(csr)]) {
      close(
        highlyVariableSeurat(sparse, { nTop: 30 }).normalisedDispersion,
        [...found.normalisedDispersion].map((x) => (Number.isNaN(x) ? null : x)),
        1e-9,
      );
    }
  });

  it('gives 1 in a bin with one gene, and takes one gene alone', () => {
    const found = highlyVariableSeurat(dense(3, 1, Float64Array.of(0, 1, 2)), { nTop: 1 });
    expect([...found.normalisedDispersion]).toEqual([1]);
    expect([...found.highlyVariable]).toEqual([1]);
  });

  it('refuses one cell, missing values and wrong options', () => {
    const dataError = expect.objectContaining({ tag: 'DataError' });
    const optionError = expect.objectContaining({ tag: 'OptionError' });
    expect(() => highlyVariableSeurat(dense(1, 3))).toThrowError(dataError);
    expect(() => highlyVariableSeurat(dense(3, 0))).toThrowError(dataError);
    expect(() => highlyVariableSeurat(dense(2, 1, Float64Array.of(1, Number.NaN)))).toThrowError(dataError);
    expect(() => highlyVariableSeurat(logged, { nTop: 0 })).toThrowError(optionError);
    expect(() => highlyVariableSeurat(logged, { nBins: 1.5 })).toThrowError(optionError);
  });
});

describe('highlyVariableSeuratV3', () => {
  it.skipIf(!hasPython)('is scanpy’s definition, but for the interpolation of loess', () => {
    const expected = reference<number[]>({ what: 'seurat_v3', span: 0.3 }, counts);
    const found = highlyVariableSeuratV3(counts, { nTop: 50 });
    // The reference fits the curve at every gene, without interpolation. Measured: median departure .12 %,
    // largest 4 % here; .05 % and .9 % with 1500 genes in 200 cells.
    const departures = expected
      .map((value, gene) => (value > 0 ? Math.abs(found.normalisedVariance[gene] / value - 1) : 0))
      .sort((a, b) => a - b);
    expect(departures[150]).toBeLessThan(0.003);
    expect(departures[299]).toBeLessThan(0.05);
    const best = expected.map((_, gene) => gene).sort((a, b) => expected[b] - expected[a]);
    const shared = best.slice(0, 50).filter((gene) => found.highlyVariable[gene]).length;
    expect(shared).toBeGreaterThanOrEqual(48);
  });

  it('ranks by normalised variance and marks the first', () => {
    const found = highlyVariableSeuratV3(counts, { nTop: 10 });
    const order = [...found.normalisedVariance.keys()].sort(
      (a, b) => found.normalisedVariance[b] - found.normalisedVariance[a],
    );
    expect(order.slice(0, 10).map((gene) => found.rank[gene])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(order.slice(0, 10).every((gene) => found.highlyVariable[gene] === 1)).toBe(true);
    expect(found.rank[order[10]]).toBeNaN();
    expect(found.normalisedVariance[1]).toBe(0);
    expect(found.normalisedVariance[2]).toBe(0);
  });

  it('is the same for sparse counts, up to rounding', () => {
    const found = highlyVariableSeuratV3(counts, { nTop: 20 });
    const sparse = highlyVariableSeuratV3(swapCompression(toCsr(counts)), { nTop: 20 });
    close(sparse.normalisedVariance, [...found.normalisedVariance], 1e-9);
    expect(sparse.highlyVariable).toEqual(found.highlyVariable);
  });

  it('with one batch given is as without; with two takes the median rank', () => {
    const plain = highlyVariableSeuratV3(counts, { nTop: 20 });
    const one = highlyVariableSeuratV3(counts, { nTop: 20, batches: new Array(60).fill('a') });
    expect(one.rank).toEqual(plain.rank);
    const batches = Array.from({ length: 60 }, (_, i) => (i < 30 ? 'a' : 'b'));
    const two = highlyVariableSeuratV3(counts, { nTop: 20, batches });
    expect(two.highlyVariable.reduce((a, b) => a + b)).toBe(20);
    expect(Math.max(...two.nBatches)).toBe(2);
    // The worst chosen gene is not above the best that was left out.
    const left = [...two.rank.keys()].filter((gene) => !two.highlyVariable[gene] && two.nBatches[gene] > 0);
    const chosen = [...two.rank.keys()].filter((gene) => two.highlyVariable[gene]);
    expect(Math.max(...chosen.map((gene) => two.rank[gene]))).toBeLessThanOrEqual(
      Math.min(...left.map((gene) => two.rank[gene])),
    );
  });

  it('refuses what are no counts', () => {
    const dataError = expect.objectContaining({ tag: 'DataError' });
    expect(() => highlyVariableSeuratV3(dense(2, 1, Float64Array.of(1, -2)))).toThrowError(dataError);
    expect(() => highlyVariableSeuratV3(counts, { batches: ['a'] })).toThrowError(
      expect.objectContaining({ tag: 'ShapeError' }),
    );
    const lonely = Array.from({ length: 60 }, (_, i) => (i === 0 ? 'a' : 'b'));
    expect(() => highlyVariableSeuratV3(counts, { batches: lonely })).toThrowError(/batch 'a' has one cell/);
    expect(() => highlyVariableSeuratV3(counts, { span: 2 })).toThrowError(
      expect.objectContaining({ tag: 'OptionError' }),
    );
  });
});

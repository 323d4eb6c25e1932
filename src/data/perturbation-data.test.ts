import { describe, expect, it } from 'vitest';
import { dense, type Matrix, sparse, toDense } from './matrix.js';
import { PerturbationData } from './perturbation-data.js';
import { numeric, strings, Table } from './table.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const filled = (nRows: number, nCols: number) => dense(nRows, nCols, Float64Array.from(range(nRows * nCols)));

const data = new PerturbationData({
  X: filled(3, 2),
  obs: new Table(['a', 'b', 'c'], [['drug', strings(['x', 'y', 'z'])]]),
  var: new Table(['g', 'h'], [['length', numeric(Float64Array.of(10, 20))]]),
  layers: [
    ['counts', sparse('csr', 3, 2, Int32Array.of(0, 1, 1, 2), Int32Array.of(1, 0), Float64Array.of(5, 6))],
  ],
  obsm: [
    ['X_pca', filled(3, 4)],
    ['table', new Table(['a', 'b', 'c'], [['u', numeric(Float64Array.of(1, 2, 3))]])],
  ],
  varm: [['loadings', filled(2, 4)]],
  obsp: [['distances', filled(3, 3)]],
  varp: [['correlations', filled(2, 2)]],
  uns: [['title', 'small']],
  raw: { X: filled(3, 5), var: new Table(range(5).map(String)) },
});

const values = (matrix: unknown) => Array.from(toDense(matrix as Matrix).values);

describe('PerturbationData', () => {
  it('takes rows of everything that has rows, on both sides of obsp', () => {
    const taken = data.takeObs([2, 0]);
    expect(taken.obs.index).toEqual(['c', 'a']);
    expect(values(taken.X)).toEqual([4, 5, 0, 1]);
    expect(values(taken.layers.get('counts'))).toEqual([6, 0, 0, 5]);
    expect(values(taken.obsm.get('X_pca'))).toEqual([8, 9, 10, 11, 0, 1, 2, 3]);
    expect((taken.obsm.get('table') as Table).index).toEqual(['c', 'a']);
    expect(values(taken.obsp.get('distances'))).toEqual([8, 6, 2, 0]);
    expect(values(taken.raw?.X)).toEqual([10, 11, 12, 13, 14, 0, 1, 2, 3, 4]);
    expect(taken.varm).toEqual(data.varm);
    expect(data.nObs).toBe(3);
  });

  it('takes columns of everything that has columns; raw keeps its own', () => {
    const taken = data.takeVar([1]);
    expect(taken.var.index).toEqual(['h']);
    expect(values(taken.X)).toEqual([1, 3, 5]);
    expect(values(taken.layers.get('counts'))).toEqual([5, 0, 0]);
    expect(values(taken.varm.get('loadings'))).toEqual([4, 5, 6, 7]);
    expect(values(taken.varp.get('correlations'))).toEqual([3]);
    expect(taken.raw).toBe(data.raw);
    expect(taken.uns.get('title')).toBe('small');
  });

  it('can be empty on either side', () => {
    expect(data.takeObs([]).nObs).toBe(0);
    expect(data.takeVar([]).nVars).toBe(0);
    expect(data.takeVar([]).takeObs([]).X.values).toHaveLength(0);
  });

  it.each([
    ['X', { X: filled(2, 2) }, 'X: expected 3 × 2, found 2 × 2'],
    ['a layer', { layers: [['l', filled(3, 3)]] }, "layers['l']: expected 3 × 2, found 3 × 3"],
    ['obsm', { obsm: [['m', filled(2, 9)]] }, "obsm['m']: expected 3 rows, found 2 × 9"],
    ['varm', { varm: [['m', new Table(['a'])]] }, "varm['m']: expected 2 rows, found 1 rows"],
    ['obsp', { obsp: [['p', filled(3, 2)]] }, "obsp['p']: expected 3 × 3, found 3 × 2"],
    ['varp', { varp: [['p', filled(3, 3)]] }, "varp['p']: expected 2 × 2, found 3 × 3"],
    ['raw', { raw: { X: filled(3, 2), var: new Table(['a']) } }, 'raw.X: expected 3 × 1, found 3 × 2'],
  ] as const)('refuses %s of another size', (_, parts, message) => {
    expect(() => data.with(parts as never)).toThrow(message);
  });
});

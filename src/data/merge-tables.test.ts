import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeTables } from './merge-tables.js';
import { booleans, type Column, categorical, numeric, strings, Table } from './table.js';

/** The column that two blocks of one column each are merged to. */
function merged(first: Column, second: Column): Column {
  const table = (column: Column, n: number, name: string) =>
    new Table(
      Array.from({ length: n }, (_, i) => name + i),
      [['x', column]],
    );
  return mergeTables([table(first, 2, 'a'), table(second, 1, 'b')]).column('x');
}

describe('mergeTables', () => {
  it('puts a table that was cut into blocks together again', () => {
    const n = 6;
    const whole = new Table(
      Array.from({ length: n }, (_, i) => `r${i}`),
      [
        ['number', numeric(Float32Array.from({ length: n }, (_, i) => i / 4))],
        [
          'whole',
          {
            kind: 'numeric',
            values: Int16Array.from({ length: n }, (_, i) => i),
            mask: Uint8Array.of(0, 1, 0, 0, 1, 0),
          },
        ],
        ['truth', booleans([1, 0, 0, 1, 1, 0])],
        ['text', strings(['a', null, '', 'µ', 'a', 'b'])],
        ['drug', { ...categorical(['x', 'y', null, 'x', 'z', 'y']), ordered: true }],
      ],
      'cell',
    );
    const cuts = fc.array(fc.integer({ min: 0, max: n }), { maxLength: 4 });
    fc.assert(
      fc.property(cuts, (places) => {
        const ends = [...places.sort((a, b) => a - b), n];
        const blocks = ends.map((end, k) => {
          const start = ends[k - 1] ?? 0;
          return whole.take(Array.from({ length: end - start }, (_, i) => start + i));
        });
        expect(mergeTables(blocks)).toEqual(whole);
      }),
    );
  });

  it('unites categories in the order of their first appearance', () => {
    const first: Column = {
      kind: 'categorical',
      codes: Int32Array.of(1, -1),
      categories: ['b', 'a'],
      ordered: true,
    };
    const second: Column = {
      kind: 'categorical',
      codes: Int32Array.of(1),
      categories: ['a', 'c'],
      ordered: false,
    };
    expect(merged(first, second)).toEqual({
      kind: 'categorical',
      codes: Int32Array.of(1, -1, 2),
      categories: ['b', 'a', 'c'],
      ordered: false,
    });
    const whole = { ...first, categoryType: 'integer' } as const;
    expect(merged(whole, { ...second, categoryType: 'integer' })).toMatchObject({ categoryType: 'integer' });
    expect(merged(whole, second)).not.toHaveProperty('categoryType');
  });

  it('makes float64 of numbers of two types, text of two kinds, and a mask where one block has one', () => {
    expect(merged(numeric(Int32Array.of(1, 2)), numeric(Float32Array.of(0.5)))).toEqual(
      numeric(Float64Array.of(1, 2, 0.5)),
    );
    expect(merged(numeric(Int32Array.of(1, 2)), strings([null]))).toEqual(strings(['1', '2', null]));
    const masked: Column = { kind: 'boolean', values: Uint8Array.of(1), mask: Uint8Array.of(1) };
    expect(merged(booleans([1, 0]), masked)).toEqual({
      kind: 'boolean',
      values: Uint8Array.of(1, 0, 1),
      mask: Uint8Array.of(0, 0, 1),
    });
  });

  it('takes columns by name, whatever their order, and refuses others', () => {
    const first = new Table(
      ['a'],
      [
        ['x', strings(['1'])],
        ['y', strings(['2'])],
      ],
    );
    const second = new Table(
      ['b'],
      [
        ['y', strings(['4'])],
        ['x', strings(['3'])],
      ],
    );
    expect(mergeTables([first, second]).column('x')).toEqual(strings(['1', '3']));
    expect(() => mergeTables([first, new Table(['b'])])).toThrow('the blocks of rows have different columns');
    expect(() => mergeTables([first, second.without('x').with('z', strings(['5']))])).toThrow(
      /different columns/,
    );
    expect(mergeTables([])).toEqual(new Table([]));
  });
});

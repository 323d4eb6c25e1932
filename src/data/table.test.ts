import { describe, expect, it } from 'vitest';
import {
  booleans,
  type Column,
  categorical,
  cellAt,
  columnLength,
  columnNumbers,
  columnStrings,
  numeric,
  strings,
  Table,
  takeColumn,
} from './table.js';

const COLUMNS: [string, Column, (string | number | boolean | null)[]][] = [
  ['whole', numeric(Int32Array.of(1, 2, 3)), [1, 2, 3]],
  ['real', numeric(Float64Array.of(0.5, Number.NaN, -1)), [0.5, null, -1]],
  [
    'nullable',
    { kind: 'numeric', values: Int32Array.of(1, 2, 3), mask: Uint8Array.of(0, 1, 0) },
    [1, null, 3],
  ],
  ['flag', booleans([true, false, true]), [true, false, true]],
  [
    'nullable flag',
    { kind: 'boolean', values: Uint8Array.of(1, 0, 1), mask: Uint8Array.of(0, 0, 1) },
    [true, false, null],
  ],
  ['text', strings(['a', null, '']), ['a', null, '']],
  ['category', categorical(['b', 'a', null]), ['b', 'a', null]],
];
const table = new Table(
  ['r0', 'r1', 'r2'],
  COLUMNS.map(([name, column]) => [name, column] as const),
  'row',
);

describe('columns', () => {
  it.each(COLUMNS)('%s: cells, strings, numbers and selections agree', (_, column, cells) => {
    expect(columnLength(column)).toBe(3);
    expect(cells.map((__, row) => cellAt(column, row))).toEqual(cells);
    expect(columnStrings(column)).toEqual(cells.map((cell) => (cell === null ? null : String(cell))));
    const taken = takeColumn(column, [2, 0, 2]);
    expect(taken.kind).toBe(column.kind);
    expect([0, 1, 2].map((row) => cellAt(taken, row))).toEqual([cells[2], cells[0], cells[2]]);
    expect(columnLength(takeColumn(column, []))).toBe(0);
  });

  it('are numbers where their text is one', () => {
    const numbers = Array.from(columnNumbers(strings(['1.5', 'x', null, '', '-2'])));
    expect(numbers).toEqual([1.5, Number.NaN, Number.NaN, Number.NaN, -2]);
    expect(Array.from(columnNumbers(booleans([1, 0])))).toEqual([1, 0]);
  });

  it('have categories sorted by code unit, missing values as −1', () => {
    expect(categorical(['b', 'B', null, 'a', 'b'])).toEqual({
      kind: 'categorical',
      codes: Int32Array.of(2, 0, -1, 1, 2),
      categories: ['B', 'a', 'b'],
      ordered: false,
    });
  });
});

describe('Table', () => {
  it('keeps every column when rows are taken', () => {
    const taken = table.take([2, 1]);
    expect(taken.index).toEqual(['r2', 'r1']);
    expect(taken.indexName).toBe('row');
    expect(taken.names).toEqual(table.names);
    expect(cellAt(taken.column('category'), 1)).toBe('a');
  });

  it('adds, replaces and drops columns without changing itself', () => {
    const more = table.with('text', strings(['x', 'y', 'z'])).with('new', booleans([1, 1, 1]));
    expect(more.names).toEqual([...table.names, 'new']);
    expect(cellAt(more.column('text'), 0)).toBe('x');
    expect(cellAt(table.column('text'), 0)).toBe('a');
    expect(table.without('text', 'flag').names).not.toContain('text');
  });

  it('names the nearest column, its own name and what to do', () => {
    expect(() => table.column('txt', 'obs', 'name it')).toThrow(
      /column 'txt' not in obs; found .*did you mean 'text'\?; name it/,
    );
  });

  it('refuses a column of another length', () => {
    expect(() => new Table(['a'], [['x', strings(['1', '2'])]])).toThrow(
      "column 'x': expected 1 rows, found 2",
    );
  });
});

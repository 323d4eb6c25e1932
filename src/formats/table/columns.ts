/**
 * What a column of text cells means: numbers, truth values or text.
 *
 * The rules are pandas' (`read_csv`), but for two that keep identifiers whole: numbers with leading zeros
 * (`007`) and integers beyond 2^53 stay text, as does a column with nothing in it.
 */
import { booleans, type Column, cellAt, numeric, strings } from '../../data/table.js';
import { formatNumber, numberFromText } from './numbers.js';

/** The column that `cells` (`null` = missing) are, all of them considered. */
export function typedColumn(cells: readonly (string | null)[]): Column {
  const present = cells.filter((cell) => cell !== null);
  if (present.length === 0) return strings(cells);
  if (present.every(isNumberCell)) {
    return numeric(Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : numberFromText(cell))));
  }
  if (present.every(isBooleanText)) {
    const column = booleans(cells.map((cell) => cell !== null && cell[0]!.toLowerCase() === 't'));
    if (present.length === cells.length) return column;
    return { ...column, mask: Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0)) };
  }
  return strings(cells);
}

/** A number that loses nothing as a double. */
export function isNumberCell(cell: string): boolean {
  if (/^ *[+-]?0\d/.test(cell)) return false;
  const value = numberFromText(cell);
  return !Number.isNaN(value) && !(Math.abs(value) > Number.MAX_SAFE_INTEGER && /^ *[+-]?\d+ *$/.test(cell));
}

/** `True`, `TRUE`, `true` and their opposites, as pandas takes them. */
export function isBooleanText(cell: string): boolean {
  return /^(true|false|True|False|TRUE|FALSE)$/.test(cell);
}

/** The names that occur more than once. */
export function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = names.filter((name) => seen.size === seen.add(name).size);
  return [...new Set(again)];
}

/** One cell as `typedColumn` reads it back, `null` where missing. */
export function cellText(column: Column, i: number): string | null {
  const cell = cellAt(column, i);
  if (cell === null) return null;
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  if (typeof cell === 'string' || column.kind !== 'numeric') return String(cell);
  // whole numbers this large would be read as identifiers
  if (Math.abs(cell) > Number.MAX_SAFE_INTEGER && Number.isFinite(cell)) return cell.toExponential();
  return formatNumber(cell, column.values instanceof Float32Array);
}

/** What a training run leaves behind to look at: one row an epoch. */
import { packNumber, unpackNumber } from './json.js';

/** `epoch` (from 1), `train.loss`, `train.…`, `valid.loss`, `valid.…`, `learning_rate`, `scalar.…`, `seconds`. */
export type HistoryRow = Readonly<Record<string, number>>;
export type History = readonly HistoryRow[];

/** Comma-separated text with a header; columns in the order of their first appearance, empty where a row has none. */
export function historyCsv(history: History): string {
  const columns = [...new Set(history.flatMap((row) => Object.keys(row)))];
  const quoted = columns.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  const lines = history.map((row) => columns.map((column) => row[column] ?? '').join(','));
  return `${[quoted.join(','), ...lines].join('\n')}\n`;
}

export type PackedRow = Readonly<Record<string, number | string>>;

/** As JSON keeps it, bit by bit. */
export const packRow = (row: HistoryRow): PackedRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, packNumber(value)]));

/** What `packRow` gave; `undefined` on anything else. */
export function unpackRow(row: unknown): HistoryRow | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
  const entries = Object.entries(row).map(([column, value]) => [column, unpackNumber(value)] as const);
  return entries.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(entries) as HistoryRow)
    : undefined;
}

/** `scores.csv`, `summary.csv` and their like: columns by contract, numbers with all their digits, undefined ones empty. */
import type { CoverageRow, RegimeRow, ScoreRow, SummaryRow } from '../evaluate/index.js';

const SCORE_COLUMNS: readonly (keyof ScoreRow)[] = [
  'context',
  'action',
  'method',
  'nrmse',
  'rmse',
  'cosine',
  'cosine_cellmean',
  'r2',
  'seconds',
  'donors',
  'training_contexts',
  'tau',
  'rejected',
  'fallback',
];

const INTERVAL_COLUMNS: readonly (keyof ScoreRow)[] = [
  'context',
  'action',
  'method',
  'donors',
  'coverage',
  'interval_width',
];

const COVERAGE_COLUMNS: readonly (keyof CoverageRow)[] = [
  'method',
  'donors',
  'n',
  'coverage',
  'median_width',
];

const SUMMARY_COLUMNS: readonly (keyof SummaryRow)[] = [
  'method',
  'n',
  'median_nrmse',
  'median_rmse',
  'median_cosine',
  'median_cosine_cellmean',
  'median_r2',
  'total_seconds',
];

const REGIME_COLUMNS: readonly (keyof RegimeRow)[] = [
  'regime',
  'k',
  'method',
  'n',
  'median_nrmse',
  'median_rmse',
  'median_cosine',
  'median_cosine_cellmean',
  'median_r2',
];

export function scoresCsv(scores: readonly ScoreRow[]): string {
  return csvText(SCORE_COLUMNS, scores);
}

/** Of the methods that gave intervals. */
export function intervalsCsv(scores: readonly ScoreRow[]): string {
  return csvText(
    INTERVAL_COLUMNS,
    scores.filter(({ coverage }) => !Number.isNaN(coverage)),
  );
}

export function coverageCsv(rows: readonly CoverageRow[]): string {
  return csvText(COVERAGE_COLUMNS, rows);
}

export function summaryCsv(summary: readonly SummaryRow[]): string {
  return csvText(SUMMARY_COLUMNS, summary);
}

export function regimesCsv(rows: readonly RegimeRow[]): string {
  return csvText(REGIME_COLUMNS, rows);
}

/** Rows of objects as CSV (RFC 4180, line feeds). */
export function csvText<T>(columns: readonly (keyof T & string)[], rows: readonly T[]): string {
  const lines = rows.map((row) => columns.map((column) => csvCell(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The medians by method as a table for the terminal. */
import type { SummaryRow } from '../evaluate/scores.js';
import { textTable } from './terminal.js';

export function summaryTable(summary: readonly SummaryRow[]): string {
  const number = (value: number, digits: number) => (Number.isNaN(value) ? '' : value.toFixed(digits));
  return textTable(
    ['method', 'pairs', 'NRMSE', 'RMSE', 'cosine', 'cosine (cell mean)', 'R²', 'seconds'],
    summary.map((row) => [
      row.method,
      String(row.n),
      number(row.median_nrmse, 3),
      row.median_rmse < 10 ? number(row.median_rmse, 3) : number(row.median_rmse, 1),
      number(row.median_cosine, 3),
      number(row.median_cosine_cellmean, 3),
      number(row.median_r2, 3),
      number(row.total_seconds, 2),
    ]),
  );
}

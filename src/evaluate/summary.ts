/** Medians by method, in the order in which the methods were asked for. NaN scores are left out of a median. */
import { median } from '../stats/index.js';
import type { ScoreRow, SummaryRow } from './scores.js';

export function summarise(scores: readonly ScoreRow[]): SummaryRow[] {
  const byMethod = new Map<string, ScoreRow[]>();
  for (const score of scores) {
    const rows = byMethod.get(score.method);
    if (rows) rows.push(score);
    else byMethod.set(score.method, [score]);
  }
  return [...byMethod].map(([method, rows]) => {
    const medianOf = (metric: 'nrmse' | 'rmse' | 'cosine' | 'cosine_cellmean' | 'r2') => {
      const finite = rows.map((row) => row[metric]).filter((value) => !Number.isNaN(value));
      return finite.length > 0 ? median(finite) : Number.NaN;
    };
    return {
      method,
      n: rows.length,
      median_nrmse: medianOf('nrmse'),
      median_rmse: medianOf('rmse'),
      median_cosine: medianOf('cosine'),
      median_cosine_cellmean: medianOf('cosine_cellmean'),
      median_r2: medianOf('r2'),
      total_seconds: rows.reduce((sum, row) => sum + row.seconds, 0),
    };
  });
}

/**
 * What an evaluation yields: one row a held-out pair and method, and the medians by method.
 * The names are those of `scores.csv`, `intervals.csv` and `summary.csv`.
 */
export interface ScoreRow {
  readonly context: string;
  readonly action: string;
  readonly method: string;
  /** RMSE over the interquartile range of the true profile. */
  readonly nrmse: number;
  readonly rmse: number;
  /** Between prediction − control and truth − control of the context; NaN without a control profile. */
  readonly cosine: number;
  /** The same around the mean of the context's other treated profiles; NaN where there is none. */
  readonly cosine_cellmean: number;
  /** Around the profile's own mean. */
  readonly r2: number;
  readonly seconds: number;
  readonly donors: number;
  readonly training_contexts: number;
  readonly tau: number;
  readonly rejected: boolean | null;
  readonly fallback: string;
  /** Share of genes whose measured value lies in the interval; NaN where the method gives none. */
  readonly coverage: number;
  /** Mean width of the intervals over the interquartile range of the true profile. */
  readonly interval_width: number;
}

export interface SummaryRow {
  readonly method: string;
  readonly n: number;
  readonly median_nrmse: number;
  readonly median_rmse: number;
  readonly median_cosine: number;
  readonly median_cosine_cellmean: number;
  readonly median_r2: number;
  readonly total_seconds: number;
}

/** The four metrics of a prediction: how they are named, which way is better, how they are defined and drawn. */
import type { ScoreRow, SummaryRow } from '../evaluate/scores.js';
import { median } from '../stats/index.js';

export type MetricKey = 'nrmse' | 'cosine' | 'cosine_cellmean' | 'r2';

export interface Metric {
  readonly key: MetricKey;
  readonly name: string;
  readonly better: 'lower' | 'higher';
  /** What it asks, for tiles and captions. */
  readonly asks: string;
  /** Its definition; x the true profile, x̂ the predicted one, p genes. */
  readonly formula: string;
  /** Why there may be no value. */
  readonly undefinedWhen: string;
}

export const metrics: readonly Metric[] = [
  {
    key: 'nrmse',
    name: 'NRMSE',
    better: 'lower',
    asks: 'How far is the predicted profile from the measured one?',
    formula: '√( Σ (x̂ − x)² / p ) / IQR(x), with quartiles by linear interpolation; 0 is perfect',
    undefinedWhen: 'the true profile has an interquartile range of zero',
  },
  {
    key: 'cosine',
    name: 'Cosine',
    better: 'higher',
    asks: 'Does the predicted effect point the way of the measured effect (against the control)?',
    formula:
      '⟨x̂ − c, x − c⟩ / ( ‖x̂ − c‖ ‖x − c‖ ), c the control profile of the context; 1 is perfect, 0 is chance',
    undefinedWhen: 'the context has no control profile',
  },
  {
    key: 'cosine_cellmean',
    name: 'Cosine (cell mean)',
    better: 'higher',
    asks: 'Does it point the right way beyond what all actions do to this context?',
    formula:
      '⟨x̂ − m, x − m⟩ / ( ‖x̂ − m‖ ‖x − m‖ ), m the mean of the context’s other treated profiles; 1 is perfect, 0 is chance',
    undefinedWhen: 'the context has no other treated profile, or the prediction is exactly their mean',
  },
  {
    key: 'r2',
    name: 'R²',
    better: 'higher',
    asks: 'Which share of the variation over genes within a profile is explained?',
    formula:
      '1 − Σ (x̂ − x)² / Σ (x − x̄)², x̄ the mean of the profile over genes; 1 is perfect, below 0 is worse than x̄',
    undefinedWhen: 'the true profile is constant',
  },
];

/** 'Cosine' as it stands within a sentence; NRMSE and R² stay. */
export const inSentence = (name: string) => name.replace(/^C/, 'c');

/** The median of a metric in a summary row. */
export function medianOf(row: SummaryRow, key: MetricKey): number {
  return row[`median_${key}`];
}

/** Is `a` better than `b`? A number beats NaN. */
export function isBetter(metric: Metric, a: number, b: number): boolean {
  if (Number.isNaN(b)) return !Number.isNaN(a);
  return metric.better === 'lower' ? a < b : a > b;
}

/** The row with the best median, ties to the first; `undefined` when none has a number. */
export function bestRow(rows: readonly SummaryRow[], metric: Metric): SummaryRow | undefined {
  let best: SummaryRow | undefined;
  for (const row of rows) {
    const value = medianOf(row, metric.key);
    if (Number.isFinite(value) && (!best || isBetter(metric, value, medianOf(best, metric.key)))) best = row;
  }
  return best;
}

/** The finite values of a metric (or of τ̂, seconds) by method, in order of first appearance. */
export function valuesByMethod(
  scores: readonly ScoreRow[],
  key: MetricKey | 'tau' | 'seconds',
): Map<string, Float64Array> {
  const lists = new Map<string, number[]>();
  for (const row of scores) {
    let list = lists.get(row.method);
    if (!list) {
      list = [];
      lists.set(row.method, list);
    }
    if (Number.isFinite(row[key])) list.push(row[key]);
  }
  return new Map([...lists].map(([method, list]) => [method, Float64Array.from(list)]));
}

/** The median of the finite values, NaN when there are none. */
export function middle(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? Number.NaN : median(finite);
}

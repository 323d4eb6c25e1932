/**
 * The method that the report is about, and the baseline it must beat, pair by pair.
 *
 * Both are chosen by median NRMSE, the paper's first metric: the best method that is not a baseline, and the
 * best baseline. When only baselines were run the best of them stands alone.
 */
import type { ScoreRow, SummaryRow } from '../evaluate/scores.js';
import { bestRow, metrics } from './metrics.js';

export interface ScoredPair {
  readonly main: ScoreRow;
  /** NRMSE of the best baseline on the same pair; NaN without one. */
  readonly baselineNrmse: number;
}

export interface Standing {
  /** `null` when nothing has a score. */
  readonly main: SummaryRow | null;
  readonly mainIsBaseline: boolean;
  readonly baseline: SummaryRow | null;
  readonly pairs: readonly ScoredPair[];
  /** NRMSE of the best baseline on the pair of any row; NaN where it has none. */
  baselineNrmse(row: ScoreRow): number;
}

export function standing(
  scores: readonly ScoreRow[],
  summary: readonly SummaryRow[],
  baselines: readonly string[],
): Standing {
  const nrmse = metrics[0];
  const plain = new Set(baselines);
  const method = bestRow(
    summary.filter((row) => !plain.has(row.method)),
    nrmse,
  );
  const average = bestRow(
    summary.filter((row) => plain.has(row.method)),
    nrmse,
  );
  const main = method ?? average ?? null;
  const baseline = method ? (average ?? null) : null;
  const errors = new Map<string, number>();
  for (const row of scores) if (row.method === baseline?.method) errors.set(pairKey(row), row.nrmse);
  const baselineNrmse = (row: ScoreRow) => errors.get(pairKey(row)) ?? Number.NaN;
  return {
    main,
    mainIsBaseline: !method && main !== null,
    baseline,
    pairs: scores
      .filter((row) => row.method === main?.method)
      .map((row) => ({ main: row, baselineNrmse: baselineNrmse(row) })),
    baselineNrmse,
  };
}

/** A key that no choice of names can make equal for different pairs. */
const pairKey = ({ context, action }: ScoreRow) => `${context.length}:${context}${action}`;

/** Why a prediction should not be trusted: reasons, and which rows of the scores they hold for. */
import type { ScoreRow } from '../evaluate/scores.js';
import type { Standing } from './paired.js';

export interface Reason {
  readonly key: string;
  /** For a table cell. */
  readonly short: string;
  /** What it means for the reader. */
  readonly meaning: string;
  holds(row: ScoreRow): boolean;
}

/** Predictions this far off are as wrong as the genes of a profile differ. */
const HUGE_NRMSE = 1;

/** The reasons that can be judged on these scores; a row's doubts are a bit mask over them. */
export function reasonsToDistrust(
  scores: readonly ScoreRow[],
  { baseline, baselineNrmse }: Standing,
  baselines: readonly string[],
  tauThreshold: number | null,
): readonly Reason[] {
  const plain = new Set(baselines);
  // without any control every row would be marked, which marks none: that is said once, elsewhere
  const someCosine = scores.some((row) => Number.isFinite(row.cosine));
  const reasons: (Reason | false)[] = [
    {
      key: 'undefined',
      short: 'no error',
      meaning: 'the prediction or its error is not a finite number',
      holds: (row) => !Number.isFinite(row.nrmse),
    },
    {
      key: 'rejected',
      short: 'rejected',
      meaning: 'the subspace inclusion test rejected it: it extrapolates beyond what was learned from',
      holds: (row) => row.rejected === true,
    },
    tauThreshold !== null && {
      key: 'tau',
      short: 'τ̂ high',
      meaning: `τ̂ is at or above ρ = ${tauThreshold} although the test did not reject`,
      holds: (row) => row.rejected !== true && row.tau >= tauThreshold,
    },
    {
      key: 'fallback',
      short: 'fallback',
      meaning: 'the method could not answer (or was rejected) and a plain average answered in its place',
      holds: (row) => row.fallback !== '',
    },
    {
      key: 'few-donors',
      short: 'one donor',
      meaning: 'it rests on a single donor',
      holds: (row) => row.fallback === '' && row.donors === 1 && !plain.has(row.method),
    },
    baseline !== null && {
      key: 'worse',
      short: 'worse than baseline',
      meaning: `its error is larger than that of ${baseline.method}, the best baseline`,
      holds: (row) => !plain.has(row.method) && row.nrmse > baselineNrmse(row),
    },
    {
      key: 'huge',
      short: 'NRMSE ≥ 1',
      meaning: 'its error is as large as the spread of the genes in the profile',
      holds: (row) => row.nrmse >= HUGE_NRMSE,
    },
    someCosine && {
      key: 'no-cosine',
      short: 'no cosine',
      meaning:
        'the direction of the effect cannot be checked: no control profile, or a prediction equal to it',
      holds: (row) => Number.isNaN(row.cosine) && Number.isFinite(row.nrmse),
    },
  ];
  return reasons.filter((reason) => reason !== false);
}

/** Bit i is set where `reasons[i]` holds. */
export function doubts(row: ScoreRow, reasons: readonly Reason[]): number {
  return reasons.reduce((mask, reason, i) => (reason.holds(row) ? mask | (1 << i) : mask), 0);
}

/** The per-pair scores as the page keeps them: columns, names as numbers into lists, four digits. */
import type { ScoreRow } from '../../evaluate/scores.js';
import { doubts, type Reason } from '../distrust.js';
import type { Standing } from '../paired.js';

/** More rows than this make the page slow to open; the best baseline and the method itself stay longest. */
export const MAX_EMBEDDED_ROWS = 60_000;

/** What the page's script reads. `rows` has `length` entries a column; null is "no number". */
export interface ScoreData {
  readonly length: number;
  readonly contexts: readonly string[];
  readonly actions: readonly string[];
  readonly methods: readonly string[];
  readonly fallbacks: readonly string[];
  readonly reasons: readonly string[];
  /** Position in `methods` of the method that the report is about. */
  readonly main: number;
  readonly rows: Readonly<Record<string, readonly (number | null)[]>>;
}

export function scoreData(
  rows: readonly ScoreRow[],
  standing: Standing,
  reasons: readonly Reason[],
): ScoreData {
  const lists = { context: new Names(), action: new Names(), method: new Names(), fallback: new Names() };
  const numbers = <K extends 'nrmse' | 'cosine' | 'cosine_cellmean' | 'r2' | 'tau'>(key: K) =>
    rows.map((row) => fourDigits(row[key]));
  const data = {
    context: rows.map((row) => lists.context.number(row.context)),
    action: rows.map((row) => lists.action.number(row.action)),
    method: rows.map((row) => lists.method.number(row.method)),
    nrmse: numbers('nrmse'),
    gain: rows.map((row) => fourDigits(1 - row.nrmse / standing.baselineNrmse(row))),
    cosine: numbers('cosine'),
    cosine_cellmean: numbers('cosine_cellmean'),
    r2: numbers('r2'),
    donors: rows.map((row) => row.donors),
    training_contexts: rows.map((row) => row.training_contexts),
    tau: numbers('tau'),
    rejected: rows.map((row) => (row.rejected === null ? null : Number(row.rejected))),
    fallback: rows.map((row) => lists.fallback.number(row.fallback)),
    doubts: rows.map((row) => doubts(row, reasons)),
  };
  return {
    length: rows.length,
    contexts: lists.context.names,
    actions: lists.action.names,
    methods: lists.method.names,
    fallbacks: lists.fallback.names,
    reasons: reasons.map(({ short }) => short),
    main: standing.main ? lists.method.number(standing.main.method) : -1,
    rows: data,
  };
}

/** All rows when they are few enough, else those of the method and the best baseline, else the worst of these. */
export function embeddedRows(
  scores: readonly ScoreRow[],
  { main, baseline }: Standing,
  limit = MAX_EMBEDDED_ROWS,
): readonly ScoreRow[] {
  if (scores.length <= limit) return scores;
  const compared = scores.filter(({ method }) => method === main?.method || method === baseline?.method);
  if (compared.length <= limit) return compared;
  const error = ({ nrmse }: ScoreRow) => (Number.isFinite(nrmse) ? nrmse : Number.POSITIVE_INFINITY);
  return compared
    .filter(({ method }) => method === main?.method)
    .sort((a, b) => (error(a) === error(b) ? 0 : error(b) - error(a)))
    .slice(0, limit);
}

class Names {
  readonly names: string[] = [];
  private readonly known = new Map<string, number>();
  number(name: string): number {
    let number = this.known.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.known.set(name, number);
    }
    return number;
  }
}

/** Also turns what rounding left of zero into zero. */
const fourDigits = (value: number) =>
  Number.isFinite(value) ? (Math.abs(value) < 1e-12 ? 0 : Number(value.toPrecision(4))) : null;

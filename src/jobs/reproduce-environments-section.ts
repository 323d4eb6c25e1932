/** What each experiment of `reproduce environments` hands in: tables, figures and text of the report. */
import { mean, variance } from '../stats/index.js';

export type Row = Readonly<Record<string, string | number>>;

export interface Section {
  /** Rows of csv files by name without extension; the first column is `model`. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** SVG files by name without extension. */
  readonly figures: Readonly<Record<string, string>>;
  /** Lines of Markdown, beginning with a heading of the second level. */
  readonly lines: readonly string[];
}

/** Mean and standard deviation over runs (n − 1; NaN of one run). */
export function overRuns(values: readonly number[]): { mean: number; deviation: number } {
  return { mean: mean(values), deviation: values.length > 1 ? Math.sqrt(variance(values)) : Number.NaN };
}

/** '0.71 ± 0.02', '0.71' of one run, '–' of none. */
export function entryText(values: readonly number[], digits = 2): string {
  const { mean: value, deviation } = overRuns(values);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : String(value);
  return Number.isNaN(deviation)
    ? value.toFixed(digits)
    : `${value.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${header.join(' | ')} |`,
  `|${'---|'.repeat(header.length)}`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

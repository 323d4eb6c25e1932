/** One thing that `inspectData` found. */

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  /** Stable name: 'excel-dates', 'duplicate-genes', … */
  readonly code: string;
  /** error: results would be wrong; warning: look at it; info: good to know. */
  readonly severity: Severity;
  /** One sentence: what was found and what to do. */
  readonly message: string;
  /** How many genes, cells, labels or values. */
  readonly count: number;
  /** At most five. */
  readonly examples: readonly string[];
}

const EXAMPLES = 5;

/** A finding with its examples cut, `[]` where there is nothing to say. */
export function finding(
  code: string,
  severity: Severity,
  message: string,
  examples: Iterable<string>,
  count?: number,
): Finding[] {
  const all = [...examples];
  const number = count ?? all.length;
  return number === 0 ? [] : [{ code, severity, message, count: number, examples: all.slice(0, EXAMPLES) }];
}

/**
 * What is suspicious in a data set: findings for `info`, each with a code, how bad it is, and examples.
 *
 * Nothing is changed here; each message says what can be done. The list is what users of this field report:
 * genes turned to dates by spreadsheets, duplicate symbols, 'nan' perturbations, mixed units, sentinels.
 */

import { type Finding, finding, type Severity } from './finding.js';
import { inspectDoses, inspectLabels, inspectSentinels } from './inspect-labels.js';
import { inspectValues } from './inspect-values.js';
import type { OutcomeRoles } from './outcome-tensor.js';
import type { PerturbationData } from './perturbation-data.js';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** All findings, the worst first. `roles` names the columns whose labels are checked. */
export function inspectData(data: PerturbationData, roles?: Partial<OutcomeRoles>): Finding[] {
  const findings = [
    ...inspectNames(data),
    ...inspectValues(data),
    ...[roles?.context, roles?.action].flatMap((column) =>
      column && data.obs.has(column) ? inspectLabels(data.obs, column) : [],
    ),
    ...inspectDoses(data.obs),
    ...inspectSentinels(data.obs),
  ];
  return findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)';
/** '1-Mar', 'Mar-01', '2001/03/01', '2006-09-02 00:00:00', '01/03/2020'. */
const DATE = new RegExp(
  `^(\\d{1,2}[-/ ]${MONTH}([-/ ]\\d{2,4})?|${MONTH}[-/ ]\\d{1,4}|\\d{4}[-/]\\d{1,2}[-/]\\d{1,2}([ T][\\d:.]+)?|\\d{1,2}/\\d{1,2}/\\d{2,4})$`,
  'i',
);
/** Old symbols that a spreadsheet turns into dates when the file passes through one. */
const DATE_PRONE = /^(MARCH|MARC|SEPT|SEP|DEC|OCT|NOV|APR|FEB|JAN|JUN|JUL|AUG)[- ]?\d{1,2}$/i;

function inspectNames(data: PerturbationData): Finding[] {
  const genes = data.var.index;
  const dates = genes.filter((name) => DATE.test(name.trim()));
  const prone = genes.filter((name) => DATE_PRONE.test(name.trim()) && !DATE.test(name.trim()));
  const nameless = genes.filter((name) => /^(|nan|none|null|na)$/i.test(name.trim()));
  return [
    ...finding(
      'excel-dates',
      'error',
      "gene names that are dates: a spreadsheet has changed them ('1-Mar' was MARCH1 or MARC1, '2-Sep' SEPT2); " +
        'take the names from the original file',
      dates,
    ),
    ...finding(
      'excel-prone',
      'info',
      'gene symbols that spreadsheets turn into dates (MARCH1 becomes 1-Mar); do not pass this file through one',
      prone,
    ),
    ...finding(
      'nameless-genes',
      'warning',
      'genes without a name',
      nameless.map((name) => `'${name}'`),
    ),
    ...finding(
      'duplicate-genes',
      'warning',
      'gene names that occur more than once; merge them or make them unique',
      repeated(genes),
    ),
    ...finding('duplicate-cells', 'info', 'row names that occur more than once', repeated(data.obs.index)),
  ];
}

/** The values that occur more than once, each once. */
export function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) twice.add(value);
    seen.add(value);
  }
  return [...twice];
}

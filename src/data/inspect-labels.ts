/** Findings about `obs`: labels that are missing or nearly the same, units that are mixed, sentinels. */
import { type Finding, finding } from './finding.js';
import { columnNumbers, columnStrings, type Table } from './table.js';

/** How programs write "missing" when they turn it into text. */
const MISSING_TEXT = /^(nan|none|null|na|n\/a|<na>|nat|undefined|)$/i;

/** Labels of a context or action column. */
export function inspectLabels(obs: Table, column: string): Finding[] {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const label of columnStrings(obs.column(column, 'obs'))) {
    if (label === null) missing++;
    else counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const texts = [...counts.keys()].filter((label) => MISSING_TEXT.test(label.trim()));
  const nanRows = texts.reduce((sum, label) => sum + (counts.get(label) ?? 0), missing);
  const alike = new Map<string, string[]>();
  for (const label of counts.keys()) {
    const key = label.toLowerCase().replace(/\s+/g, '').replace(/_/g, '-');
    alike.set(key, [...(alike.get(key) ?? []), label]);
  }
  const groups = [...alike.values()].filter((labels) => labels.length > 1);
  return [
    ...finding(
      'nan-labels',
      'warning',
      `rows have no label in '${column}', or a text like 'nan'; they are left out, or named if they are controls`,
      texts.map((label) => `'${label}'`),
      nanRows,
    ),
    ...finding(
      'near-duplicate-labels',
      'warning',
      `labels of '${column}' differ only by case, spaces or underscores; they count as different`,
      groups.map((labels) => labels.map((label) => `'${label}'`).join(' and ')),
    ),
  ];
}

const UNIT_COLUMN = /(dose|time|conc(entration)?)s?[._ -]?unit/i;
const DOSE_COLUMN = /dose|conc(entration)?$/i;
/** A number and what follows it: '10 µM', '0.04um', '1e-3 mg/ml'. */
const QUANTITY = /^[+-]?[\d.]+(?:e[+-]?\d+)?\s*([a-zµμ%][a-zµμ%/]*)$/i;

/** More than one unit in a column of units, or in doses written with theirs. */
export function inspectDoses(obs: Table): Finding[] {
  return obs.names.flatMap((name) => {
    const isUnit = UNIT_COLUMN.test(name);
    if (!isUnit && !DOSE_COLUMN.test(name)) return [];
    const column = obs.column(name);
    if (column.kind === 'numeric' || column.kind === 'boolean') return [];
    const units = new Set<string>();
    for (const text of columnStrings(column)) {
      const unit = isUnit ? text?.trim() : text?.trim().match(QUANTITY)?.[1];
      // µ has two code points; L1000 writes −666 where there is no unit.
      if (unit && unit !== '-666' && !MISSING_TEXT.test(unit)) units.add(unit.replace('μ', 'µ'));
    }
    if (units.size < 2) return [];
    return finding(
      'mixed-units',
      'warning',
      `column '${name}' mixes units; make them one before comparing`,
      units,
    );
  });
}

/** −666, which means missing in L1000 files, among annotations. */
export function inspectSentinels(obs: Table): Finding[] {
  return obs.names.flatMap((name) => {
    const column = obs.column(name);
    if (column.kind === 'boolean') return [];
    const rows = columnNumbers(column).reduce((count, value) => count + (value === -666 ? 1 : 0), 0);
    return finding(
      'sentinel-annotation',
      'info',
      `column '${name}' has −666, which means missing`,
      [name],
      rows,
    );
  });
}

/**
 * Rows of `obs` to environments: rows that agree in action, dose, time and all named columns are one. Doses and times
 * are compared as amounts, so '10 µM' and '10000 nM' are the same.
 */
import { DataError, listNames } from '../../errors.js';
import { columnStrings, type Table } from '../table.js';
import { isMissingLabel } from './missing-label.js';
import { type QuantityColumn, type QuantityKind, readQuantities } from './quantity.js';
import type { EnvironmentColumns } from './spec.js';

/** One amount an environment, NaN where missing. */
export interface EnvironmentNumbers {
  readonly name: string;
  readonly values: Float64Array;
  /** Texts that could not be read and count as missing. */
  readonly unreadable: readonly string[];
}

export interface Environments {
  /** 'vemurafenib, 10 µM, A375, 24 h'; each once, in the order of the rows. */
  readonly names: readonly string[];
  /** Environment of each row `(nRows)`. */
  readonly of: Int32Array;
  readonly actions: readonly string[];
  /** 1 for all but the control. */
  readonly treated: Uint8Array;
  /** Micromolar (0 for the control), then hours, then the numeric columns: those that were asked for. */
  readonly dose: EnvironmentNumbers | null;
  readonly time: EnvironmentNumbers | null;
  readonly numeric: readonly EnvironmentNumbers[];
  /** Labels of each environment, `null` where missing; one list a column. */
  readonly categories: readonly (readonly (string | null)[])[];
}

/** Throws ColumnError, OptionError (units), DataError (rows without an action, text among numbers). */
export function groupEnvironments(obs: Table, columns: EnvironmentColumns): Environments {
  const { control } = columns;
  const actions = columnStrings(obs.column(columns.action, 'obs'));
  const unlabelled = actions.filter((label) => !label).length;
  if (unlabelled > 0) {
    throw new DataError(
      `${unlabelled} of ${obs.nRows} rows have no action in '${columns.action}'; label them or leave them out`,
    );
  }
  const isControl = (row: number) => actions[row] === control;
  const quantities = (kind: QuantityKind, column: QuantityColumn | null) =>
    column && { name: kind, ...readQuantities(obs, kind, column, kind === 'dose' ? isControl : undefined) };
  const dose = quantities('dose', columns.dose);
  // what a vehicle's dose is given as ('0.1 %') is not one of a compound
  dose?.values.forEach((_, row) => {
    if (isControl(row)) dose.values[row] = 0;
  });
  const time = quantities('time', columns.time);
  const categories = columns.categories.map((name) =>
    columnStrings(obs.column(name, 'obs')).map((label) =>
      label === null || isMissingLabel(label) ? null : label.trim(),
    ),
  );
  const numeric = columns.numeric.map((name) => ({ name, values: numbersOf(obs, name), unreadable: [] }));

  const first: number[] = [];
  const numberOf = new Map<string, number>();
  const of = Int32Array.from(actions, (action, row) => {
    const numbers = [dose, time, ...numeric].map((column) => column?.values[row]);
    // JSON writes NaN as null, which no number is
    const key = JSON.stringify([action, numbers, categories.map((labels) => labels[row])]);
    const known = numberOf.get(key);
    if (known !== undefined) return known;
    numberOf.set(key, first.length);
    return first.push(row) - 1;
  });

  const pick = <T extends { readonly values: Float64Array }>(column: T): T => ({
    ...column,
    values: Float64Array.from(first, (row) => column.values[row]),
  });
  const names = first.map((row) => {
    const amount = (column: EnvironmentNumbers | null, unit: string) =>
      column ? [Number.isNaN(column.values[row]) ? `${column.name} ?` : `${column.values[row]} ${unit}`] : [];
    return [
      actions[row],
      ...(isControl(row) ? [] : amount(dose, 'µM')),
      ...categories.map((labels, k) => labels[row] ?? `${columns.categories[k]} ?`),
      ...amount(time, 'h'),
      ...numeric.map(({ name, values }) => `${name} ${Number.isNaN(values[row]) ? '?' : values[row]}`),
    ].join(', ');
  });
  return {
    names: onceEach(names),
    of,
    actions: first.map((row) => actions[row] as string),
    treated: Uint8Array.from(first, (row) => Number(!isControl(row))),
    dose: dose && pick(dose),
    time: time && pick(time),
    numeric: numeric.map(pick),
    categories: categories.map((labels) => first.map((row) => labels[row])),
  };
}

function numbersOf(obs: Table, name: string): Float64Array {
  const texts = columnStrings(obs.column(name, 'obs'));
  const strange = new Set<string>();
  const values = Float64Array.from(texts, (text) => {
    if (text === null || isMissingLabel(text)) return Number.NaN;
    const value = Number(text);
    if (!Number.isFinite(value)) strange.add(text);
    return value;
  });
  if (strange.size > 0) {
    throw new DataError(
      `column '${name}' is not numeric: found ${listNames([...strange], 5)}; name it among the categories`,
      { column: name },
    );
  }
  return values;
}

/** Names with commas in them may read alike: 'a, b', 'a, b (2)'. */
function onceEach(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    taken.add(free);
    return free;
  });
}

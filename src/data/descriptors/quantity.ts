/**
 * Doses and times as files write them ('10 uM', '0.04 µM', '6 h', a number beside a column of units) in one unit:
 * micromolar and hours.
 *
 * A number without a unit is never guessed at: the unit stands in the text, else in a column of units, else in the
 * request, else in the name of the column (`dose_uM`). What is no single number ('6 h & 4 h') counts as missing and is
 * named; a unit that is not of the kind is refused.
 */
import { ColumnError, DataError, listNames, nearest, OptionError } from '../../errors.js';
import { columnStrings, type Table } from '../table.js';
import { isMissingLabel } from './missing-label.js';

export interface QuantityColumn {
  readonly column: string;
  /** Column of the units; default: `<column>_unit` or `<column>_units` where `obs` has it. */
  readonly unitColumn?: string;
  /** The unit of numbers that have none beside them. */
  readonly unit?: string;
}

export type QuantityKind = 'dose' | 'time';

export interface Quantities {
  /** Micromolar, or hours; NaN where missing or unreadable. One a row. */
  readonly values: Float64Array;
  /** Texts that are no single number of 0 or above, each once. */
  readonly unreadable: readonly string[];
}

interface Units {
  /** As the user writes them. */
  readonly names: readonly string[];
  /** Spelling, after `plainUnit`, to so many micromolar or hours. */
  readonly factors: ReadonlyMap<string, number>;
}

const UNITS: Readonly<Record<QuantityKind, Units>> = {
  dose: {
    names: ['pM', 'nM', 'µM', 'mM', 'M'],
    factors: spelled([
      [1e-6, 'pm picomolar pmol/l'],
      [1e-3, 'nm nanomolar nmol/l'],
      [1, 'um micromolar umol/l'],
      [1e3, 'mm millimolar mmol/l'],
      [1e6, 'M molar mol/l'],
    ]),
  },
  time: {
    names: ['s', 'min', 'h', 'd', 'w'],
    factors: spelled([
      [1 / 3600, 's sec secs second seconds'],
      [1 / 60, 'min mins minute minutes'],
      [1, 'h hr hrs hour hours'],
      [24, 'd day days'],
      [168, 'w wk week weeks'],
    ]),
  },
};

function spelled(rows: readonly (readonly [number, string])[]): ReadonlyMap<string, number> {
  return new Map(rows.flatMap(([factor, words]) => words.split(' ').map((word) => [word, factor] as const)));
}

/** U+00B5 and U+03BC are both written for micro. Case tells nothing but molar from a metre. */
function plainUnit(text: string): string {
  const unit = text.trim().replace(/[\u00b5\u03bc]/g, 'u');
  return unit === 'M' ? unit : unit.toLowerCase();
}

const factorOf = (kind: QuantityKind, unit: string) => UNITS[kind].factors.get(plainUnit(unit));

/** The unit that the name of a column ends in: `dose_uM`, `conc (nM)`, `timeHours`. */
export function unitOfName(kind: QuantityKind, column: string): string | undefined {
  const words = column.split(/[\s_.()[\]-]+/).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const last = words[words.length - 1];
  const camel = /[a-z]([A-Z].*)$/.exec(last)?.[1];
  // a column that is called 'm' or 'd' alone says nothing
  const candidates = words.length > 1 ? [last, camel] : [camel];
  return candidates.find((word) => word !== undefined && factorOf(kind, word) !== undefined);
}

const NUMBER_AND_REST = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/is;

/**
 * The column of `spec` in micromolar or hours; rows of `skip` are not looked at (NaN). Throws ColumnError; OptionError for a
 * unit that is none; DataError where no number has a unit, or no text is a number.
 */
export function readQuantities(
  obs: Table,
  kind: QuantityKind,
  spec: QuantityColumn,
  skip: (row: number) => boolean = () => false,
): Quantities {
  const { column, unit } = spec;
  const texts = columnStrings(obs.column(column, 'obs'));
  const unitColumn = spec.unitColumn ?? [`${column}_unit`, `${column}_units`].find((name) => obs.has(name));
  if (unitColumn !== undefined && !obs.has(unitColumn)) {
    throw new ColumnError(unitColumn, 'obs', obs.names, `it was to have the units of '${column}'`);
  }
  const units = unitColumn === undefined ? null : columnStrings(obs.column(unitColumn, 'obs'));
  if (unit !== undefined && factorOf(kind, unit) === undefined) {
    throw refusedUnit(kind, column, unit, [unit]);
  }
  const fallback = unit ?? unitOfName(kind, column);
  const found = new Set<string>();
  const unreadable = new Set<string>();
  const withoutUnit = new Set<string>();
  let known = 0;
  const values = Float64Array.from(texts, (cell, row) => {
    if (skip(row) || cell === null || isMissingLabel(cell)) return Number.NaN;
    const text = cell.trim();
    const parts = NUMBER_AND_REST.exec(text);
    const amount = parts ? Number(parts[1]) : Number.NaN;
    // digits behind the number: two amounts, a range, a date
    if (!parts || /\d/.test(parts[2]) || !(amount >= 0 && amount < Number.POSITIVE_INFINITY)) {
      unreadable.add(text);
      return Number.NaN;
    }
    const beside = units?.[row];
    const named = parts[2] !== '' ? parts[2] : beside && !isMissingLabel(beside) ? beside : fallback;
    if (named === undefined) {
      withoutUnit.add(text);
      return Number.NaN;
    }
    found.add(named.trim());
    known++;
    // 40 nM and 0.04 µM are one dose
    return Number((amount * (factorOf(kind, named) ?? Number.NaN)).toPrecision(12));
  });
  const strange = [...found].find((name) => factorOf(kind, name) === undefined);
  if (strange !== undefined) throw refusedUnit(kind, column, strange, [...found]);
  if (known === 0 && withoutUnit.size > 0) {
    throw new DataError(
      `column '${column}': ${listNames([...withoutUnit], 5)} without a unit; give a column of units or the unit ` +
        `(${UNITS[kind].names.join(', ')})`,
      { column },
    );
  }
  if (known === 0 && unreadable.size > 0) {
    throw new DataError(
      `column '${column}': no ${kind} in it, found ${listNames([...unreadable], 5)}; ` +
        `write them as '10 ${UNITS[kind].names[2]}'`,
      { column },
    );
  }
  return { values, unreadable: [...unreadable, ...withoutUnit] };
}

function refusedUnit(
  kind: QuantityKind,
  column: string,
  unit: string,
  found: readonly string[],
): OptionError {
  const near = nearest(unit, UNITS[kind].names);
  const advice = `units in column '${column}': ${listNames(found)}; make other rows missing, or leave them out`;
  return new OptionError(
    `unit of '${column}'`,
    unit,
    `a unit of ${kind} (${UNITS[kind].names.join(', ')})${near ? `; did you mean '${near}'?` : ''}`,
    advice,
  );
}

/**
 * Rows for training and for validation, so that no drug of validation (or no pair of drug and cell line, or no cell
 * line) is in training, whatever the dose, time or replicate. The control is always in training.
 */
import { ColumnError, DataError, listNames, nearest, OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { type Pair, pairKey, type SplitBy } from '../splits.js';
import { columnStrings, type Table } from '../table.js';

export interface EnvironmentSplitOptions {
  /** What is unseen in training: an 'action' in any context, a 'pair' of context and action, a 'context'. */
  readonly by: SplitBy;
  /** Column of the actions. */
  readonly action: string;
  /** Column of the contexts (cell lines); needed unless `by` is 'action'. */
  readonly context?: string;
  /** This action is never held out. */
  readonly control?: string | null;
  /** Share of the treated rows that is held out, between 0 and 1; drawn by `random`. */
  readonly share?: number;
  readonly random?: Random;
  /** In the place of a share: what is held out, names or pairs. */
  readonly held?: readonly string[] | readonly Pair[];
}

export interface EnvironmentSplit {
  /** Rows of the table, ascending; every row is in one of them. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Held-out actions, contexts or pairs ('action, context'), sorted. */
  readonly held: readonly string[];
  readonly sentences: readonly string[];
}

interface Unit {
  readonly name: string;
  readonly rows: number[];
}

/**
 * Units are drawn one after the other until their rows are nearest to the share; at least one is held out and one
 * kept. Depends on the names and `random` only, not on the order of rows. Throws ColumnError, OptionError;
 * DataError for names that the table does not have, and where there are fewer than two units.
 */
export function splitEnvironments(obs: Table, options: EnvironmentSplitOptions): EnvironmentSplit {
  const { by, share, random, held } = options;
  const kinds: readonly string[] = ['action', 'pair', 'context'];
  if (!kinds.includes(by)) throw new OptionError('split by', by, kinds);
  if ((share === undefined) === (held === undefined)) {
    throw new OptionError('split', 'both or none', 'either a share or what is held out');
  }
  const units = unitsOf(obs, options);
  const keys = [...units.keys()].sort();
  if (keys.length < 2) {
    throw new DataError(`${keys.length} ${by}s beside the control: a split needs at least two`);
  }
  const chosen = held === undefined ? draw(units, keys, by, share, random) : listed(units, by, held);
  if (chosen.length === 0 || chosen.length === keys.length) {
    throw new DataError(
      `${chosen.length} of ${keys.length} ${by}s are held out: one at least must be, and one must be left`,
    );
  }
  const isHeld = new Uint8Array(obs.nRows);
  for (const key of chosen) for (const row of units.get(key)!.rows) isHeld[row] = 1;
  const rows = Int32Array.from(isHeld, (_, row) => row);
  const validation = rows.filter((row) => isHeld[row] === 1);
  return {
    train: rows.filter((row) => isHeld[row] === 0),
    validation,
    held: chosen.map((key) => units.get(key)!.name).sort(),
    sentences: [
      `${chosen.length} of ${keys.length} ${by}s are held out: ${validation.length} of ${obs.nRows} rows`,
    ],
  };
}

/** Treated rows by what is held out together. */
function unitsOf(obs: Table, { by, action, context, control }: EnvironmentSplitOptions): Map<string, Unit> {
  if (by !== 'action' && context === undefined) {
    throw new ColumnError('context', 'obs', obs.names, `a split by ${by} needs the column of the contexts`);
  }
  const labels = (column: string) => {
    const texts = columnStrings(obs.column(column, 'obs'));
    const missing = texts.filter((text) => !text).length;
    if (missing > 0) throw new DataError(`${missing} rows have no '${column}'; label them or leave them out`);
    return texts as string[];
  };
  const actions = labels(action);
  const contexts = by === 'action' || context === undefined ? null : labels(context);
  const units = new Map<string, Unit>();
  actions.forEach((label, row) => {
    if (label === control) return;
    const pair = { context: contexts?.[row] ?? '', action: label };
    const key = by === 'pair' ? pairKey(pair) : pair[by];
    const unit = units.get(key) ?? { name: by === 'pair' ? pairName(pair) : key, rows: [] };
    unit.rows.push(row);
    units.set(key, unit);
  });
  return units;
}

const pairName = ({ context, action }: Pair) => `${action}, ${context}`;

function draw(
  units: ReadonlyMap<string, Unit>,
  keys: readonly string[],
  by: SplitBy,
  share: number | undefined,
  random: Random | undefined,
): string[] {
  if (!(share !== undefined && share > 0 && share < 1)) {
    throw new OptionError('share', share, 'a number between 0 and 1');
  }
  if (!random) throw new OptionError('random', random, 'a stream of random numbers; a share is drawn by it');
  const sizeOf = (key: string) => units.get(key)!.rows.length;
  const wanted = share * keys.reduce((sum, key) => sum + sizeOf(key), 0);
  const chosen: string[] = [];
  let load = 0;
  for (const key of random.split('environments', by).shuffle([...keys])) {
    if (chosen.length === keys.length - 1) break;
    const isNearer = Math.abs(load + sizeOf(key) - wanted) < Math.abs(load - wanted);
    if (chosen.length > 0 && !isNearer) continue;
    chosen.push(key);
    load += sizeOf(key);
  }
  return chosen;
}

function listed(
  units: ReadonlyMap<string, Unit>,
  by: SplitBy,
  held: readonly string[] | readonly Pair[],
): string[] {
  const wanted = held.map((unit) =>
    typeof unit === 'string' ? { key: unit, name: unit } : { key: pairKey(unit), name: pairName(unit) },
  );
  if (held.some((unit) => (typeof unit === 'string') === (by === 'pair'))) {
    throw new OptionError(
      'held',
      listNames(
        wanted.map(({ name }) => name),
        3,
      ),
      by === 'pair' ? 'pairs of { context, action }' : `names of ${by}s`,
    );
  }
  const unknown = wanted.filter(({ key }) => !units.has(key)).map(({ name }) => name);
  if (unknown.length > 0) {
    const names = [...units.values()].map(({ name }) => name);
    const near = nearest(unknown[0], names);
    throw new DataError(
      `${unknown.length} ${by}s to hold out are not in the data (or are the control): ${listNames(unknown, 5)}` +
        (near ? `; did you mean '${near}'?` : `; found ${listNames(names, 5)}`),
      { unknown },
    );
  }
  return [...new Set(wanted.map(({ key }) => key))];
}

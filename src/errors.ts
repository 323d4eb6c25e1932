/**
 * The errors of mechanist: one abstract base with a tag, one class a kind of trouble, typed fields.
 *
 * Every message says what was asked, what was found, the nearest match and what to do. The command line
 * prints the message and leaves with `exitCode`: 2 for wrong usage or bad input, 1 for a failure of the work.
 * Pattern after zarrita.js (`errors.ts`): a guard by tag instead of `instanceof` across package copies.
 */

export type ErrorTag =
  | 'FileError'
  | 'FormatError'
  | 'ColumnError'
  | 'RoleError'
  | 'ShapeError'
  | 'DataError'
  | 'OptionError'
  | 'NumericalError'
  | 'InterruptedError'
  | 'GraphError'
  | 'DeviceError';

export abstract class MechanistError extends Error {
  abstract readonly tag: ErrorTag;
  /** What the command line leaves with: 2 wrong usage or bad input, 1 failure of the work. */
  readonly exitCode: number = 2;
  override get name(): string {
    return this.tag;
  }
}

/** Guard: is `error` one of ours (of that tag)? Works across copies of the package and worker threads. */
export function isMechanistError(error: unknown, tag?: ErrorTag): error is MechanistError {
  if (!(error instanceof Error) || !('tag' in error) || !('exitCode' in error)) return false;
  return tag === undefined || (error as MechanistError).tag === tag;
}

export type FileTrouble =
  | 'missing'
  | 'directory'
  | 'not-a-directory'
  | 'permission'
  | 'exists'
  | 'changed'
  | 'disk-full'
  | 'memory'
  | 'unreadable'
  | 'unwritable';

/** The file system said no: `path` is missing, a directory, protected, already there, changed under us, … */
export class FileError extends MechanistError {
  readonly tag = 'FileError';
  override readonly exitCode: number;
  constructor(
    readonly path: string,
    readonly trouble: FileTrouble,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.exitCode = trouble === 'disk-full' || trouble === 'unwritable' || trouble === 'memory' ? 1 : 2;
  }
}

/** The bytes are not what the format says they should be. `where` locates the fault (line, group, offset). */
export class FormatError extends MechanistError {
  readonly tag = 'FormatError';
  constructor(
    readonly format: string,
    message: string,
    readonly details: { path?: string; where?: string; expected?: string; found?: string } = {},
    options?: ErrorOptions,
  ) {
    const place = [details.path, details.where].filter(Boolean).join(', ');
    super(place ? `${place}: ${message}` : message, options);
  }
}

/** A column was asked for that the table does not have. */
export class ColumnError extends MechanistError {
  readonly tag = 'ColumnError';
  constructor(
    readonly column: string,
    readonly table: string,
    readonly found: readonly string[],
    advice = '',
  ) {
    const near = nearest(column, found);
    super(
      `column '${column}' not in ${table}; found ${listNames(found)}` +
        (near ? `; did you mean '${near}'?` : '') +
        (advice ? `; ${advice}` : ''),
    );
  }
}

/** Context, action or control could not be settled; `candidates` are what the user can choose from. */
export class RoleError extends MechanistError {
  readonly tag = 'RoleError';
  constructor(
    readonly role: 'context' | 'action' | 'control',
    readonly candidates: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** Sizes that should agree do not. */
export class ShapeError extends MechanistError {
  readonly tag = 'ShapeError';
  constructor(
    readonly what: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${what}: expected ${expected}, found ${found}`);
  }
}

/** Values that the work cannot be done with: NaN, negative counts, nothing observed, duplicates, … */
export class DataError extends MechanistError {
  readonly tag = 'DataError';
  constructor(
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** An option, argument or method name that does not exist or is out of range. */
export class OptionError extends MechanistError {
  readonly tag = 'OptionError';
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: readonly string[] | string,
    advice = '',
  ) {
    const names = typeof allowed === 'string' ? null : allowed;
    const near = names ? nearest(String(value), names) : undefined;
    super(
      `${option}: '${String(value)}' is not ${names ? `one of ${listNames(names)}` : allowed}` +
        (near ? `; did you mean '${near}'?` : '') +
        (advice ? `; ${advice}` : ''),
    );
  }
}

/** The computation itself failed (did not converge, overflowed). */
export class NumericalError extends MechanistError {
  readonly tag = 'NumericalError';
  override readonly exitCode = 1;
}

/** The user interrupted; `resume` says how to go on. */
export class InterruptedError extends MechanistError {
  readonly tag = 'InterruptedError';
  override readonly exitCode = 130;
  constructor(message = 'interrupted') {
    super(message);
  }
}

/** Names for a message: at most `limit`, quoted, the rest counted. */
export function listNames(names: readonly string[], limit = 12): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, limit).map((name) => `'${name}'`);
  return shown.join(', ') + (names.length > limit ? ` and ${names.length - limit} more` : '');
}

/** The candidate nearest to `word` by edit distance (case aside), if near enough to be a slip of the hand. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates.slice(0, 5000)) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance, given up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j] + 1, row[j - 1] + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length];
}

/** A graph cannot be built: shapes or types do not fit. `at` is the line of the caller's code, '' where unknown. */
export class GraphError extends MechanistError {
  readonly tag = 'GraphError';
  override readonly exitCode = 1;
  constructor(
    readonly operation: string,
    readonly trouble: string,
    readonly at: string,
  ) {
    super(`${operation}: ${trouble}${at ? ` (${at})` : ''}`);
  }
}

/** A device was asked for that this machine or runtime does not offer, or it failed at its work. */
export class DeviceError extends MechanistError {
  readonly tag = 'DeviceError';
  constructor(
    readonly device: string,
    readonly offered: readonly string[],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Which environments are held out: by names, or a share of actions, of pairs or of contexts, drawn. */
import {
  columnStrings,
  type EnvironmentSplit,
  type Pair,
  type Roles,
  type SplitBy,
  splitEnvironments,
  type Table,
} from '../data/index.js';
import { DataError, OptionError } from '../errors.js';
import type { Random } from '../random/index.js';

export interface HeldOutRequest {
  /** Actions, or pairs 'action|context', comma-separated. */
  readonly heldOut?: string;
  /** Table with the column `action` (or `perturbation`) and, for pairs, `context`. */
  readonly heldOutFile?: string;
  /** Share of the treated profiles whose environments are held out where none are named; 0 for none. Default 0.3. */
  readonly heldOutShare?: number;
  /** What is drawn: an 'action' in all contexts (default), a 'pair', a 'context'. */
  readonly heldOutBy?: string;
}

/** An action, in one context or in all. */
export interface HeldOutName {
  readonly action: string;
  readonly context?: string;
}

const SHARE = 0.3;
const KINDS: readonly SplitBy[] = ['action', 'pair', 'context'];

/** Refuses what contradicts itself, before anything is read. Throws OptionError. */
export function checkHeldOut({
  heldOut,
  heldOutFile,
  heldOutShare: share,
  heldOutBy: by,
}: HeldOutRequest): void {
  const isNamed = heldOut !== undefined || heldOutFile !== undefined;
  if (share !== undefined && !(share >= 0 && share < 1)) {
    throw new OptionError('--held-out-share', share, 'a number from 0 to less than 1');
  }
  if (by !== undefined && !KINDS.includes(by as SplitBy)) throw new OptionError('--held-out-by', by, KINDS);
  const drawn = share ?? by;
  if (isNamed && drawn !== undefined) {
    const option = share === undefined ? '--held-out-by' : '--held-out-share';
    throw new OptionError(option, drawn, 'of use beside --held-out: environments are named or drawn');
  }
}

/** Rows that train and rows that validate; `named` from `--held-out` and its file. Throws OptionError, DataError. */
export function heldOutSplit(
  obs: Table,
  roles: Roles,
  request: HeldOutRequest,
  named: readonly HeldOutName[],
  random: Random,
): EnvironmentSplit {
  const { action, control } = roles;
  const context = roles.context ?? undefined;
  const given = heldOutNames(obs, roles, request.heldOut, named);
  const { heldOutShare: share = SHARE, heldOutBy = 'action' } = request;
  const by = heldOutBy as SplitBy;
  if (given.length > 0) {
    const pairs = given.some((one) => one.context !== undefined);
    const kind = pairs ? 'pair' : 'action';
    const held = pairs ? pairsOf(obs, roles, given) : given.map((one) => one.action);
    return splitEnvironments(obs, { by: kind, action, context, control, held });
  }
  if (share === 0) {
    const train = Int32Array.from({ length: obs.nRows }, (_, row) => row);
    return { train, validation: new Int32Array(0), held: [], sentences: ['no environment is held out'] };
  }
  if (by !== 'action' && context === undefined) {
    throw new OptionError(
      '--held-out-by',
      by,
      'possible without contexts',
      'name their column with --context',
    );
  }
  try {
    return splitEnvironments(obs, { by, action, context, control, share, random });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`${error.message}; --held-out-share 0 trains on all`, error.details);
  }
}

/** Names as they are written become actions, or pairs where they are none. Throws OptionError with the names there are. */
function heldOutNames(
  obs: Table,
  { action, context, control }: Roles,
  text: string | undefined,
  named: readonly HeldOutName[],
): HeldOutName[] {
  const known = [...new Set(columnStrings(obs.column(action, 'obs')))].filter(
    (name) => name !== control,
  ) as string[];
  const contexts = context === null ? [] : new Set(columnStrings(obs.column(context, 'obs')));
  const written = text === undefined ? [] : text.split(',').map((name) => name.trim());
  if (written.includes(''))
    throw new OptionError('--held-out', text, "a list of actions, or of pairs 'action|context'");
  const read = written.map((name): HeldOutName => {
    const bar = name.lastIndexOf('|');
    if (known.includes(name) || bar < 0) return { action: name };
    return { action: name.slice(0, bar).trim(), context: name.slice(bar + 1).trim() };
  });
  const all = [...read, ...named];
  for (const one of all) {
    if (!known.includes(one.action)) throw new OptionError('--held-out', one.action, known.sort());
    if (one.context === undefined) continue;
    const name = `${one.action}|${one.context}`;
    if (context === null) {
      throw new OptionError(
        '--held-out',
        name,
        'possible without contexts',
        'name their column with --context',
      );
    }
    if (![...contexts].includes(one.context))
      throw new OptionError('--held-out', one.context, [...contexts] as string[]);
  }
  return all;
}

/** Every pair of the data that a name stands for. Throws OptionError where an action is not in that context. */
function pairsOf(obs: Table, { action, context }: Roles, names: readonly HeldOutName[]): Pair[] {
  const actions = columnStrings(obs.column(action, 'obs'));
  const contexts = columnStrings(obs.column(context!, 'obs'));
  return names.flatMap((one) => {
    const rows = [...actions.keys()].filter((row) => actions[row] === one.action);
    const inContexts = [...new Set(rows.map((row) => contexts[row]!))];
    if (one.context !== undefined && !inContexts.includes(one.context)) {
      const found = inContexts.map((name) => `${one.action}|${name}`);
      throw new OptionError('--held-out', `${one.action}|${one.context}`, found);
    }
    const chosen = one.context === undefined ? inContexts : [one.context];
    return chosen.map((name) => ({ action: one.action, context: name }));
  });
}

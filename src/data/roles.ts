/**
 * Roles: which `obs` columns are the context and the action, and which action is the control.
 *
 * Given by options, else guessed by name from the conventions of scPerturb, GEARS, CPA, L1000, muscat and
 * AnnData files. A guess is always said in a sentence for the user, and refused where two different columns
 * would fit: a wrong guess that goes unnoticed is worse than a question.
 */
import { ColumnError, listNames, nearest, RoleError } from '../errors.js';
import type { OutcomeRoles } from './outcome-tensor.js';
import { columnStrings, strings, type Table } from './table.js';

/** Names in the order they are preferred when they say the same thing. */
export const CONTEXT_NAMES = [
  'context',
  'cell_type',
  'celltype',
  'cell_line',
  'cell_iname',
  'cell_id',
  'unit',
  'cluster_id',
] as const;

export const ACTION_NAMES = [
  'action',
  'perturbation',
  'condition',
  'pert_iname',
  'pert_id',
  'intervention',
  'compound',
  'drug',
  'target',
  'target_gene',
  'gene',
  'group_id',
] as const;

/** Values that mean "untreated", compared without case and with `_` and spaces as `-`. */
export const CONTROL_VALUES = [
  'dmso',
  'control',
  'ctrl',
  'non-targeting',
  'nontargeting',
  'vehicle',
  'nt',
  'untreated',
] as const;

/** L1000 gives each thing a name and an identifier; the name is what people read. */
const IDENTIFIER_OF: Readonly<Record<string, string>> = { pert_id: 'pert_iname', cell_id: 'cell_iname' };

export interface RoleOptions {
  /** Column of the context; `null`: every row belongs to one context. */
  readonly context?: string | null;
  /** Column of the action. */
  readonly action?: string;
  /** Value of the action column that is the control; `null`: there is none; `''`: rows without a label. */
  readonly control?: string | null;
}

export interface Roles extends OutcomeRoles {
  /** Rows without an action label are the control; `labelledObs` writes it into them. */
  readonly missingIsControl: boolean;
  readonly guessed: readonly ('context' | 'action' | 'control')[];
  /** What was understood, one sentence a role, for printing. */
  readonly sentences: readonly string[];
}

/**
 * Settles the three roles. Throws ColumnError for a given column that `obs` does not have, RoleError with the
 * candidates where nothing or more than one thing fits.
 */
export function resolveRoles(obs: Table, options: RoleOptions = {}): Roles {
  for (const column of [options.context, options.action]) {
    if (typeof column === 'string' && !obs.has(column)) throw new ColumnError(column, 'obs', obs.names);
  }
  if (options.action !== undefined && options.action === options.context) {
    throw new RoleError(
      'action',
      [options.action],
      `column '${options.action}' cannot be context and action`,
    );
  }
  const profiles = new ColumnProfiles(obs);
  const action = options.action ?? guessAction(profiles, options.context);
  const context = options.context === undefined ? guessContext(profiles, action) : options.context;
  const control = findControl(profiles, action, options.control);
  const guessed = (['context', 'action', 'control'] as const).filter((role) => options[role] === undefined);
  return {
    context,
    action,
    control: control.value,
    missingIsControl: control.missingIsControl,
    guessed,
    sentences: [
      contextSentence(profiles, context, options.context === undefined),
      `action: column '${action}', ${profiles.of(action).distinct.size} values${how(options.action === undefined)}`,
      control.sentence,
    ],
  };
}

/** `obs` with the control's name in every row without an action label, where the roles say so. */
export function labelledObs(obs: Table, roles: Roles): Table {
  if (!roles.missingIsControl) return obs;
  const labels = columnStrings(obs.column(roles.action, 'obs')).map((label) => label || roles.control);
  return obs.with(roles.action, strings(labels));
}

const how = (guessed: boolean) => (guessed ? ' (guessed by name)' : '');

interface ColumnProfile {
  readonly labels: readonly (string | null)[];
  /** Rows a value; empty and missing labels apart. */
  readonly distinct: ReadonlyMap<string, number>;
  readonly missing: number;
}

/** Labels and counts of the columns that were asked for, read once each. */
class ColumnProfiles {
  private readonly read = new Map<string, ColumnProfile>();
  constructor(readonly obs: Table) {}

  of(name: string): ColumnProfile {
    const known = this.read.get(name);
    if (known) return known;
    const labels = columnStrings(this.obs.column(name, 'obs'));
    const distinct = new Map<string, number>();
    let missing = 0;
    for (const label of labels) {
      if (label) distinct.set(label, (distinct.get(label) ?? 0) + 1);
      else missing++;
    }
    const profile = { labels, distinct, missing };
    this.read.set(name, profile);
    return profile;
  }

  /** Can this column group rows? Not with one value only, nor with a value of its own for every row. */
  groups(name: string): boolean {
    const { distinct } = this.of(name);
    return distinct.size + (this.of(name).missing > 0 ? 1 : 0) > 1 && distinct.size < this.obs.nRows;
  }

  /** Columns called by one of `names`: written exactly so first, else in any case; in the order of `names`. */
  called(names: readonly string[]): string[] {
    const found: string[] = [];
    for (const wanted of names) {
      if (this.obs.has(wanted)) found.push(wanted);
      else found.push(...this.obs.names.filter((name) => name.toLowerCase() === wanted));
    }
    return found;
  }

  /** Does each value of `a` go with one value of `b` only (so that `b` adds nothing to `a`)? */
  determines(a: string, b: string): boolean {
    const seen = new Map<string, string>();
    const [from, to] = [this.of(a).labels, this.of(b).labels];
    return from.every((label, row) => {
      const other = to[row] || '';
      const before = seen.get(label || '');
      if (before === undefined) seen.set(label || '', other);
      return before === undefined || before === other;
    });
  }
}

function guessAction(profiles: ColumnProfiles, context: string | null | undefined): string {
  const called = profiles.called(ACTION_NAMES).filter((name) => name !== context);
  const usable = called.filter((name) => profiles.groups(name));
  const first = usable[0];
  if (first === undefined) {
    const candidates = profiles.obs.names.filter((name) => name !== context && profiles.groups(name));
    const why = called.length
      ? `${listNames(called)} ${called.length > 1 ? 'have' : 'has'} one value only, or one for every row`
      : `no column is called ${ACTION_NAMES.join(', ')}`;
    throw new RoleError(
      'action',
      candidates,
      `which column is the action (the perturbation)? ${why}; ` +
        `columns that could be: ${listNames(candidates)}; name it with --action`,
    );
  }
  // Further columns that follow from the first (a drug's protein target) only describe it.
  const rivals = usable.filter((name) => !isIdentifier(first, name) && !profiles.determines(first, name));
  if (rivals.length > 0) throw ambiguous('action', [first, ...rivals]);
  return first;
}

/** The context column, `null` when no column fits: one context. */
function guessContext(profiles: ColumnProfiles, action: string): string | null {
  const usable = profiles.called(CONTEXT_NAMES).filter((name) => name !== action && profiles.groups(name));
  const first = usable[0];
  if (first === undefined) return null;
  const same = (name: string) => profiles.determines(first, name) && profiles.determines(name, first);
  const rivals = usable.filter((name) => name !== first && !isIdentifier(first, name) && !same(name));
  if (rivals.length > 0) throw ambiguous('context', [first, ...rivals]);
  return first;
}

function isIdentifier(name: string, other: string): boolean {
  return IDENTIFIER_OF[other.toLowerCase()] === name.toLowerCase();
}

function ambiguous(role: 'context' | 'action', candidates: string[]): RoleError {
  return new RoleError(
    role,
    candidates,
    `which column is the ${role}? ${listNames(candidates)} would all fit and differ; name it with --${role}`,
  );
}

function contextSentence(profiles: ColumnProfiles, context: string | null, guessed: boolean): string {
  if (context !== null) {
    const { distinct } = profiles.of(context);
    return `context: column '${context}', ${distinct.size} value${distinct.size === 1 ? '' : 's'}${how(guessed)}`;
  }
  if (!guessed) return "context: none, every row belongs to the one context 'all'";
  const constant = profiles.called(CONTEXT_NAMES).find((name) => profiles.of(name).distinct.size === 1);
  const why = constant
    ? `column '${constant}' has the one value '${[...profiles.of(constant).distinct.keys()][0]}'`
    : `no column is called ${CONTEXT_NAMES.join(', ')}`;
  return `context: ${why}, so every row belongs to the one context 'all' (--context names a column)`;
}

function findControl(profiles: ColumnProfiles, action: string, given: string | null | undefined) {
  const { distinct, missing } = profiles.of(action);
  const found = (value: string | null, sentence: string, missingIsControl = false) => ({
    value,
    sentence: `control: ${sentence}`,
    missingIsControl,
  });
  if (given === null) return found(null, 'none');
  if (given === '') {
    if (missing === 0) {
      throw new RoleError('control', [...distinct.keys()], `every row has a label in column '${action}'`);
    }
    return found('control', `the ${missing} rows without a label in '${action}', now 'control'`, true);
  }
  if (given !== undefined) {
    const rows = distinct.get(given);
    if (rows !== undefined) return found(given, `'${given}', ${rows} rows`);
    const values = [...distinct.keys()];
    const near = nearest(given, values);
    throw new RoleError(
      'control',
      values,
      `control '${given}' is not a value of column '${action}'; found ${listNames(values)}` +
        (near ? `; did you mean '${near}'?` : ''),
    );
  }
  const fitting = [...distinct.keys()].filter(isControlValue);
  if (fitting.length > 1) {
    throw new RoleError(
      'control',
      fitting,
      `which value of '${action}' is the control? ${listNames(fitting)} would all fit; name it with --control`,
    );
  }
  const value = fitting[0];
  if (value !== undefined) return found(value, `'${value}', ${distinct.get(value)} rows (guessed by name)`);
  const unlabelled = missing
    ? `, where ${missing} rows have no label (--control '' if those are the controls)`
    : '';
  return found(null, `none found in '${action}'${unlabelled} (--control names it)`);
}

/** Is this one of the words for "untreated"? */
export function isControlValue(value: string): boolean {
  const word = value.trim().toLowerCase().replace(/[_ ]/g, '-');
  return (CONTROL_VALUES as readonly string[]).includes(word);
}

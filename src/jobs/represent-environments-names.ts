/** Environments as people see them: a name, what it is, its part in training, its descriptor in words. */
import { columnStrings, type Descriptors, type Roles, type Table } from '../data/index.js';

/** `validation` chooses the epoch, `held-out` is scored. */
export type EnvironmentPart = 'train' | 'validation' | 'held-out' | 'asked';

export interface DescribedEnvironment {
  /** The action alone where that tells environments apart, else all that does: 'vemurafenib, 10 µM, A375'. */
  readonly name: string;
  readonly action: string;
  /** `null` without contexts. */
  readonly context: string | null;
  /** Is it any but the control? */
  readonly treated: boolean;
  readonly profiles: number;
  readonly part: EnvironmentPart;
  /** 'treated; 34 bits of the fingerprint; dose 0.53; cell=A375' */
  readonly words: string;
}

/** The environments of `made`, of rows `obs`; those with a row in `heldOut` are held out. */
export function describedEnvironments(
  made: Descriptors,
  obs: Table,
  roles: Roles,
  heldOut: Int32Array,
): DescribedEnvironment[] {
  const profiles = new Int32Array(made.environments.length);
  for (const e of made.of) profiles[e]++;
  const held = new Set(Array.from(heldOut, (row) => made.of[row]));
  const byAction = new Set(made.actions).size === made.actions.length;
  return described(made, obs, roles, byAction, (e) => ({
    profiles: profiles[e],
    part: held.has(e) ? 'held-out' : 'train',
  }));
}

/** Environments that somebody asks for, without profiles, under names like those of `known` that they have not. */
export function askedEnvironments(
  made: Descriptors,
  obs: Table,
  roles: Roles,
  known: readonly DescribedEnvironment[],
): DescribedEnvironment[] {
  const taken = new Set(known.map(({ name }) => name));
  const byAction = known.every(({ name, action }) => name === action);
  return described(made, obs, roles, byAction, () => ({ profiles: 0, part: 'asked' })).map((one, e) => {
    const names = [one.name, made.environments[e], `${made.environments[e]} (asked)`];
    const name = names.find((text) => !taken.has(text)) ?? names[2];
    taken.add(name);
    return { ...one, name };
  });
}

function described(
  made: Descriptors,
  obs: Table,
  { context, control }: Roles,
  byAction: boolean,
  partOf: (e: number) => Pick<DescribedEnvironment, 'profiles' | 'part'>,
): DescribedEnvironment[] {
  const { environments, actions, of } = made;
  const contexts = context === null ? null : columnStrings(obs.column(context, 'obs'));
  const firstRow = new Int32Array(environments.length).fill(-1);
  of.forEach((e, row) => {
    if (firstRow[e] < 0) firstRow[e] = row;
  });
  return environments.map((name, e) => ({
    name: byAction ? actions[e] : name,
    action: actions[e],
    context: contexts?.[firstRow[e]] ?? null,
    treated: actions[e] !== control,
    words: inWords(made, e),
    ...partOf(e),
  }));
}

/** What of a descriptor is not 0; bits are counted. */
function inWords({ columns, values }: Descriptors, e: number): string {
  const set = columns.flatMap((column, k) => {
    const value = values[e * columns.length + k];
    return value === 0 ? [] : [{ column, value }];
  });
  const isBit = ({ column }: { column: string }) => column.startsWith('morgan:');
  const bits = set.filter(isBit).length;
  const others = set
    .filter((one) => !isBit(one))
    .map(({ column, value }) => (value === 1 ? column : `${column} ${Number(value.toPrecision(4))}`));
  const [first, ...rest] =
    bits > 0 ? [...others.slice(0, 1), `${bits} bits of the fingerprint`, ...others.slice(1)] : others;
  return [first ?? 'all 0', ...rest].join('; ');
}

/** Folds of an L1000 set by environment: compounds, or pairs of compound and context, that training has not seen. */
import {
  type Descriptors,
  dense,
  fitDescriptors,
  makeFolds,
  pairKey,
  type SplitBy,
  splitEnvironments,
} from '../data/index.js';
import type { Random } from '../random/index.js';
import type { EnvironmentProfiles } from '../represent/index.js';
import type { L1000Set } from './reproduce-environments-l1000-sets.node.js';

export interface L1000Fold {
  readonly set: L1000Set;
  readonly by: FoldsOptions['by'];
  /** Rows of the set. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** All rows of the set. Descriptors are learned on the rows that train. */
  readonly profiles: EnvironmentProfiles;
  readonly described: Descriptors;
  /** Environments that validate. */
  readonly environments: readonly number[];
}

/** Predicted mean profiles of `fold.environments` (nEnvironments, nGenes), row by row. */
export type FoldPredictor = (fold: L1000Fold) => Float64Array;

export interface FoldsOptions {
  readonly by: Exclude<SplitBy, 'context'>;
  readonly folds: number;
  readonly random: Random;
}

/**
 * Every compound with a known molecule is held out once, or every pair. A compound without SMILES always trains: its
 * descriptor is that of any other such compound, so nothing could be asked of it.
 */
export async function l1000Folds(set: L1000Set, { by, folds, random }: FoldsOptions): Promise<L1000Fold[]> {
  const { actions, contexts, control, fingerprints } = set;
  const held = (row: number) => actions[row] !== control && (by === 'pair' || fingerprints.has(actions[row]));
  const pairs = actions
    .map((action, row) => ({ context: contexts[row], action }))
    .filter((_, row) => held(row));
  const count = Math.min(
    folds,
    new Set(by === 'pair' ? pairs.map(pairKey) : pairs.map(({ action }) => action)).size,
  );
  const rows = makeFolds(pairs, random, { by, folds: count });
  return Promise.all(
    Array.from({ length: count }, (_, k) => {
      const own = rows.filter(({ fold }) => fold === String(k + 1));
      return l1000Fold(set, by, by === 'pair' ? own : [...new Set(own.map(({ action }) => action))]);
    }),
  );
}

/** The fold in which `held` validate. */
export async function l1000Fold(
  set: L1000Set,
  by: 'action' | 'pair',
  held: NonNullable<Parameters<typeof splitEnvironments>[1]['held']>,
): Promise<L1000Fold> {
  const { spec, X, contexts, control } = set;
  const obs = set.obs.with('context', { kind: 'string', values: contexts });
  const split = splitEnvironments(obs, { by, action: spec.action, context: 'context', control, held });
  const encoder = await fitDescriptors(set.obs, split.train, spec);
  const described = await encoder.encode(set.obs);
  const { of: labels, values: descriptors, columns } = described;
  return {
    set,
    by,
    train: split.train,
    validation: split.validation,
    profiles: { X: dense(X.nRows, X.nCols, X.values), labels, descriptors, columns },
    described,
    environments: [...new Set(Array.from(split.validation, (row) => labels[row]))],
  };
}

export const actionOf = ({ described }: L1000Fold, e: number): string => described.actions[e];

/** An environment has one: contexts are part of what describes it. */
export const contextOf = ({ set, profiles }: L1000Fold, e: number): string =>
  set.contexts[profiles.labels.indexOf(e)];

/** What is held out together: the compound of a row, or its compound and context. */
export const unitOf = ({ set, by }: L1000Fold, row: number): string =>
  by === 'action' ? set.actions[row] : `${set.actions[row]}, ${set.contexts[row]}`;

/** Rows that train, but for controls. */
export const treatedRows = ({ set, train }: L1000Fold): Int32Array =>
  train.filter((row) => set.actions[row] !== set.control);

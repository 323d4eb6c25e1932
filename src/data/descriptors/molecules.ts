/** SMILES of actions, and their fingerprints: which have none, which cannot be read. */
import { listNames } from '../../errors.js';
import {
  type FingerprintOptions,
  listUnreadable,
  morganFingerprints,
  type UnreadableSmiles,
} from '../fingerprint/index.js';
import { columnStrings, type Table } from '../table.js';
import { isMissingLabel } from './missing-label.js';

export interface Molecules {
  /** Bits that are set, ascending, of every action that has a readable SMILES. */
  readonly bits: ReadonlyMap<string, readonly number[]>;
  /** Actions without SMILES. */
  readonly missing: readonly string[];
  readonly unreadable: readonly UnreadableSmiles[];
}

/** The first SMILES of each action in a column of `obs`, and what to say of actions that have several. */
export function smilesOfColumn(
  obs: Table,
  action: string,
  column: string,
): { readonly of: Map<string, string>; readonly sentences: string[] } {
  const labels = columnStrings(obs.column(action, 'obs'));
  const texts = columnStrings(obs.column(column, 'obs'));
  const of = new Map<string, string>();
  const several = new Set<string>();
  labels.forEach((label, row) => {
    const text = texts[row];
    if (label === null || text === null || isMissingLabel(text)) return;
    const before = of.get(label);
    if (before === undefined) of.set(label, text);
    else if (before !== text) several.add(label);
  });
  if (several.size === 0) return { of, sentences: [] };
  const named = listNames([...several], 5);
  return { of, sentences: [`${several.size} actions have several SMILES, the first is taken: ${named}`] };
}

/** Throws OptionError for a radius or a number of bits that is none. */
export async function moleculesOf(
  actions: Iterable<string>,
  smiles: ReadonlyMap<string, string>,
  options: FingerprintOptions,
): Promise<Molecules> {
  const fingerprintOf = morganFingerprints(options);
  const bits = new Map<string, readonly number[]>();
  const missing: string[] = [];
  const unreadable: UnreadableSmiles[] = [];
  for (const action of new Set(actions)) {
    const text = smiles.get(action);
    if (text === undefined || isMissingLabel(text)) {
      missing.push(action);
      continue;
    }
    const on = await fingerprintOf(text);
    if (on) bits.set(action, on);
    else unreadable.push({ id: action, smiles: text });
  }
  return { bits, missing, unreadable };
}

export function moleculeSentences({ bits, missing, unreadable }: Molecules): string[] {
  const n = bits.size + missing.length + unreadable.length;
  if (n === 0) return [];
  const sentences = [`Morgan fingerprints for ${bits.size} of ${n} treated actions`];
  if (missing.length > 0) {
    sentences.push(
      `${missing.length} actions without SMILES have a fingerprint of zeros: ${listNames(missing, 5)}`,
    );
  }
  if (unreadable.length > 0) {
    sentences.push(
      `${unreadable.length} unreadable SMILES have a fingerprint of zeros: ${listUnreadable(unreadable)}`,
    );
  }
  return sentences;
}

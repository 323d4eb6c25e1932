/**
 * SMILES of a list of compounds for the actions of a screen: by name or identifier, written alike or nearly so.
 *
 * Names are compared as they stand, then without case and punctuation ('NVP-AUY922', 'nvp auy922'); identifiers of the
 * Broad also without the batch behind them ('BRD-K56343971-001-03-0').
 */
import { listNames } from '../../errors.js';
import { columnStrings, type Table } from '../table.js';

export interface MatchOptions {
  /** Column of the actions. */
  readonly action: string;
  /** Further columns that name the compound of a row: `pert_id`, … */
  readonly ids?: readonly string[];
  /** Has no SMILES. */
  readonly control?: string | null;
}

export interface MatchedSmiles {
  /** SMILES by action. */
  readonly of: ReadonlyMap<string, string>;
  /** Actions without, in the order of the rows. */
  readonly without: readonly string[];
  readonly sentences: readonly string[];
}

const BROAD = /^(BRD-[A-Z]\d{8})(-|$)/;

/** The names under which a compound may be known, the surest first. */
function spellings(name: string): string[] {
  const text = name.trim();
  const plain = text.toLowerCase().replace(/[\s\p{P}]+/gu, '');
  return [text, BROAD.exec(text)?.[1] ?? text, plain === '' ? text : plain];
}

/** `entries` are names (or identifiers) with SMILES; of several of a name the first counts. Throws ColumnError. */
export function matchSmiles(
  obs: Table,
  entries: Iterable<readonly [name: string, smiles: string]>,
  { action, ids = [], control }: MatchOptions,
): MatchedSmiles {
  // one table a spelling, so that an exact name is never overruled by a similar one
  const tables = [0, 1, 2].map(() => new Map<string, string>());
  for (const [name, smiles] of entries) {
    if (smiles.trim() === '') continue;
    spellings(name).forEach((spelling, k) => {
      if (!tables[k].has(spelling)) tables[k].set(spelling, smiles.trim());
    });
  }
  const named = [action, ...ids].map((column) => columnStrings(obs.column(column, 'obs')));
  const of = new Map<string, string>();
  const actions = new Set<string>();
  const similar = new Set<string>();
  named[0].forEach((label, row) => {
    if (!label || label === control || of.has(label)) return;
    actions.add(label);
    const names = named.flatMap((column) => (column[row] ? [spellings(column[row])] : []));
    for (const [k, table] of tables.entries()) {
      const smiles = names.map((name) => table.get(name[k])).find((text) => text !== undefined);
      if (smiles === undefined) continue;
      of.set(label, smiles);
      if (k > 0) similar.add(label);
      return;
    }
  });
  const without = [...actions].filter((label) => !of.has(label));
  const sentences = [
    `SMILES for ${of.size} of ${actions.size} actions${without.length > 0 ? `; none for ${listNames(without, 5)}` : ''}`,
  ];
  if (similar.size > 0) {
    sentences.push(
      `${similar.size} matched but for case, punctuation or batch: ${listNames([...similar], 5)}`,
    );
  }
  return { of, without, sentences };
}

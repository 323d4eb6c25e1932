/**
 * Descriptors of environments: numbers that say what a treatment is, learned on training rows and applied to any.
 *
 * Fingerprint bits of the compound, log dose and log time, indicators of cell lines and other names, any numbers.
 * Means, scales, categories and the choice of bits come from the training environments alone, so that a new drug or
 * cell line is encoded without a look at the others. See docs/methods/environment-descriptors.md.
 */
import { DataError } from '../../errors.js';
import type { UnreadableSmiles } from '../fingerprint/index.js';
import type { Table } from '../table.js';
import { type Environments, groupEnvironments } from './environments.js';
import { FeatureRows } from './feature-rows.js';
import { learnState, numbersOf } from './learn.js';
import { type Molecules, moleculeSentences, moleculesOf, smilesOfColumn } from './molecules.js';
import type { DescriptorSpec } from './spec.js';
import { checkState, type DescriptorState } from './state.js';

export interface Missing {
  /** Treated actions without SMILES, and with one that is no molecule. */
  readonly smiles: readonly string[];
  readonly unreadableSmiles: readonly UnreadableSmiles[];
  /** Environments without a value, by 'dose', 'time' and names of columns; only those that lack one. */
  readonly values: Readonly<Record<string, number>>;
  /** Values of category columns that no training environment has. */
  readonly unseen: Readonly<Record<string, readonly string[]>>;
}

export interface Descriptors {
  /** 'vemurafenib, 10 µM, A375, 24 h'; each once, in the order of the rows. */
  readonly environments: readonly string[];
  /** Environment of each row of `obs`, `(nRows)`. */
  readonly of: Int32Array;
  /** Action of each environment. */
  readonly actions: readonly string[];
  readonly columns: readonly string[];
  /** `(nEnvironments, nColumns)`, row-major. */
  readonly values: Float64Array;
  /** What was matched, filled in and left out. */
  readonly sentences: readonly string[];
  readonly missing: Missing;
}

export interface EncodeOptions {
  /** SMILES of actions that the encoder does not know; they come before what it knows. */
  readonly smilesOf?: ReadonlyMap<string, string>;
}

/**
 * Learns an encoder from the rows `rows` of `obs`; SMILES are taken from all rows. Throws ColumnError, OptionError,
 * RoleError; DataError where nothing can be learned (no rows, no readable SMILES at all, no unit).
 */
export async function fitDescriptors(
  obs: Table,
  rows: ArrayLike<number>,
  spec: DescriptorSpec,
): Promise<DescriptorEncoder> {
  return DescriptorEncoder.fromJSON(await learnState(obs, rows, spec));
}

/** Descriptors of all environments of `obs`, learned on them. Throws as `fitDescriptors`. */
export async function environmentDescriptors(obs: Table, spec: DescriptorSpec): Promise<Descriptors> {
  const rows = Int32Array.from({ length: obs.nRows }, (_, row) => row);
  const encoder = await fitDescriptors(obs, rows, spec);
  const made = await encoder.encode(obs);
  return { ...made, sentences: [...encoder.sentences, ...made.sentences] };
}

export class DescriptorEncoder {
  private readonly features: FeatureRows;
  private constructor(private readonly state: DescriptorState) {
    this.features = new FeatureRows(state);
  }

  /** Throws FormatError for what `toJSON` has not written; DataError where two columns would have one name. */
  static fromJSON(json: unknown): DescriptorEncoder {
    return new DescriptorEncoder(checkState(json));
  }
  toJSON(): DescriptorState {
    return this.state;
  }

  /** Names of the descriptor's numbers, in their order. */
  get columns(): string[] {
    return [...this.features.columns];
  }
  /** What of the training rows was left out, and why. */
  get sentences(): readonly string[] {
    return this.state.sentences;
  }

  /**
   * The environments of any table that has the columns of the training rows; the column of the SMILES may be absent.
   * What was never seen in training sets nothing and is named. Throws ColumnError, OptionError, DataError.
   */
  async encode(obs: Table, options: EncodeOptions = {}): Promise<Descriptors> {
    const environments = groupEnvironments(obs, this.state.columns);
    const sentences: string[] = [];
    const molecules = await this.molecules(obs, environments, options, sentences);
    const values = this.features.fill(environments, molecules, sentences);
    const missing: Record<string, number> = {};
    for (const { name, values } of numbersOf(environments)) {
      const n = values.filter(Number.isNaN).length;
      if (n > 0) missing[name] = n;
    }
    this.state.categories.forEach(({ name }, k) => {
      const n = environments.categories[k].filter((label) => label === null).length;
      if (n > 0) missing[name] = n;
    });
    return {
      environments: environments.names,
      of: environments.of,
      actions: environments.actions,
      columns: this.columns,
      values,
      sentences,
      missing: {
        smiles: molecules?.missing ?? [],
        unreadableSmiles: molecules?.unreadable ?? [],
        values: missing,
        unseen: this.features.unseen(environments),
      },
    };
  }

  private async molecules(
    obs: Table,
    environments: Environments,
    { smilesOf = new Map() }: EncodeOptions,
    sentences: string[],
  ): Promise<Molecules | null> {
    const { molecules, columns } = this.state;
    if (!molecules) {
      if (smilesOf.size > 0) {
        throw new DataError('SMILES were given, but the encoder was learned without fingerprints');
      }
      return null;
    }
    const { column } = molecules;
    const here = column !== null && obs.has(column) ? smilesOfColumn(obs, columns.action, column) : null;
    sentences.push(...(here?.sentences ?? []));
    const all = new Map([...Object.entries(molecules.smiles), ...(here?.of ?? []), ...smilesOf]);
    const treated = environments.actions.filter((_, e) => environments.treated[e] === 1);
    const made = await moleculesOf(treated, all, molecules);
    sentences.push(...moleculeSentences(made));
    return made;
  }
}

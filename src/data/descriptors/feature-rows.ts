/** The layout of a descriptor, and environments written into it. */
import { DataError, listNames } from '../../errors.js';
import { fingerprintColumn } from '../fingerprint/index.js';
import type { Environments } from './environments.js';
import { numbersOf } from './learn.js';
import type { Molecules } from './molecules.js';
import type { DescriptorState } from './state.js';

/** 2 GiB of float64. */
const MOST_VALUES = 2 ** 28;

/** Columns: `treated`, the fingerprint, dose, time, numbers (each with its indicator of missing values), categories. */
export class FeatureRows {
  readonly columns: string[];
  private readonly at: ReadonlyMap<string, number>;

  constructor(private readonly state: DescriptorState) {
    const { molecules, numbers, categories } = state;
    this.columns = [
      'treated',
      ...(molecules?.kept.map(fingerprintColumn) ?? []),
      ...(molecules?.marksMissing ? ['smiles missing'] : []),
      ...(molecules?.marksUnreadable ? ['smiles unreadable'] : []),
      ...numbers.flatMap(({ name, scale, marked }) => [
        ...(scale > 0 ? [name] : []),
        ...(marked ? [`${name} missing`] : []),
      ]),
      ...categories.flatMap(({ name, values }) => values.map((value) => `${name}=${value}`)),
    ];
    this.at = new Map(this.columns.map((column, k) => [column, k]));
    if (this.at.size < this.columns.length) {
      const twice = this.columns.filter((column, k) => this.at.get(column) !== k);
      throw new DataError(`two descriptors would be called ${listNames(twice, 5)}; rename the column in obs`);
    }
  }

  /** `(nEnvironments, nColumns)`; what was filled in or had no column is added to `sentences`. Throws DataError. */
  fill(environments: Environments, molecules: Molecules | null, sentences: string[]): Float64Array {
    const [n, width] = [environments.names.length, this.columns.length];
    if (n * width > MOST_VALUES) {
      throw new DataError(
        `${n} environments of ${width} descriptors would take ${Math.round((8 * n * width) / 2 ** 30)} GiB; ` +
          'use fewer bits or leave out columns of many names',
      );
    }
    const values = new Float64Array(n * width);
    const set = (environment: number, column: string, value: number) => {
      const k = this.at.get(column);
      if (k !== undefined) values[environment * width + k] = value;
    };
    environments.treated.forEach((flag, e) => set(e, 'treated', flag));
    if (molecules) this.fillMolecules(environments, molecules, set, sentences);
    this.fillNumbers(environments, set, sentences);
    this.state.categories.forEach(({ name }, k) => {
      const labels = environments.categories[k];
      labels.forEach((label, e) => {
        if (label !== null) set(e, `${name}=${label}`, 1);
      });
      const missing = labels.filter((label) => label === null).length;
      if (missing > 0) sentences.push(`'${name}': ${missing} environments have none, and set no indicator`);
    });
    for (const [name, labels] of Object.entries(this.unseen(environments))) {
      sentences.push(
        `'${name}': ${labels.length} values not seen in training set no indicator: ${listNames(labels, 5)}`,
      );
    }
    return values;
  }

  /** Values of category columns that training did not have. */
  unseen(environments: Environments): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    this.state.categories.forEach(({ name, values, constant }, k) => {
      const known = new Set([null, constant, ...values]);
      const labels = [...new Set(environments.categories[k])].filter((label) => !known.has(label));
      if (labels.length > 0) found[name] = labels as string[];
    });
    return found;
  }

  private fillMolecules(
    { actions, treated }: Environments,
    molecules: Molecules,
    set: (environment: number, column: string, value: number) => void,
    sentences: string[],
  ): void {
    const { kept = [], always = [], marksMissing, marksUnreadable } = this.state.molecules ?? {};
    const missing = new Set(molecules.missing);
    const unreadable = new Set(molecules.unreadable.map(({ id }) => id));
    actions.forEach((action, e) => {
      if (treated[e] === 0) return;
      for (const bit of molecules.bits.get(action) ?? []) set(e, fingerprintColumn(bit), 1);
      if (missing.has(action)) set(e, 'smiles missing', 1);
      if (unreadable.has(action)) set(e, 'smiles unreadable', 1);
    });
    const unmarked = [
      ...(marksMissing ? [] : molecules.missing),
      ...(marksUnreadable ? [] : molecules.unreadable.map(({ id }) => id)),
    ];
    if (unmarked.length > 0) {
      sentences.push(
        `no training compound was without a fingerprint, so none is marked here: ${listNames(unmarked, 5)}`,
      );
    }
    const encoded = new Set([...kept, ...always]);
    const on = [...molecules.bits.values()].flat();
    const lost = on.filter((bit) => !encoded.has(bit)).length;
    if (lost > 0) {
      sentences.push(`${lost} of ${on.length} set bits are set in no training compound and have no column`);
    }
  }

  private fillNumbers(
    environments: Environments,
    set: (environment: number, column: string, value: number) => void,
    sentences: string[],
  ): void {
    numbersOf(environments).forEach(({ name, values, unreadable }, k) => {
      const { mean, scale, marked } = this.state.numbers[k];
      let missing = 0;
      let others = 0;
      values.forEach((value, e) => {
        if (Number.isNaN(value)) {
          missing++;
          // the mean is 0 after standardising
          set(e, `${name} missing`, 1);
        } else if (scale > 0) set(e, name, (value - mean) / scale);
        else if (value !== mean) others++;
      });
      if (missing > 0) {
        const how = marked ? 'and are marked' : 'unmarked, as training had a value everywhere';
        sentences.push(`'${name}': ${missing} missing values became the mean, ${how}`);
      }
      if (unreadable.length > 0) {
        sentences.push(`'${name}': counted as missing, being no single amount: ${listNames(unreadable, 5)}`);
      }
      if (others > 0) {
        sentences.push(
          `'${name}': ${others} environments differ from training, which had one value only; no column`,
        );
      }
    });
  }
}

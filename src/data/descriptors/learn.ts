/** From training rows to the state of an encoder: which bits, categories and scales there are. */
import { DataError, listNames, OptionError } from '../../errors.js';
import { listUnreadable } from '../fingerprint/index.js';
import { columnStrings, type Table } from '../table.js';
import { type EnvironmentNumbers, type Environments, groupEnvironments } from './environments.js';
import { moleculesOf, smilesOfColumn } from './molecules.js';
import { type DescriptorSpec, environmentColumns } from './spec.js';
import type { CategoryFeature, DescriptorState, MoleculeFeature, NumberFeature } from './state.js';

/** Doses count in steps of 1 nM near zero, in decades above; times in steps of 1 h. */
const NANOMOLAR = 1e-3;

/** Dose, time and numeric columns as they are standardised: `log10(1 + dose / 1 nM)`, `log10(1 + time / 1 h)`. */
export function numbersOf({ dose, time, numeric }: Environments): EnvironmentNumbers[] {
  const logarithm = (column: EnvironmentNumbers | null, unit: number) =>
    column ? [{ ...column, values: column.values.map((value) => Math.log1p(value / unit) / Math.LN10) }] : [];
  return [...logarithm(dose, NANOMOLAR), ...logarithm(time, 1), ...numeric];
}

/** Throws ColumnError, OptionError, RoleError, DataError. */
export async function learnState(
  obs: Table,
  rows: ArrayLike<number>,
  spec: DescriptorSpec,
): Promise<DescriptorState> {
  for (let i = 0; i < rows.length; i++) {
    if (!(Number.isInteger(rows[i]) && rows[i] >= 0 && rows[i] < obs.nRows)) {
      throw new OptionError('rows', rows[i], `a row from 0 to ${obs.nRows - 1}`);
    }
  }
  const columns = environmentColumns(obs, spec);
  if (rows.length === 0)
    throw new DataError('no training rows: descriptors of environments need at least one');
  const environments = groupEnvironments(obs.take(rows), columns);
  const sentences: string[] = [];
  return {
    format: 'mechanist-environment-descriptors',
    version: 1,
    columns,
    molecules: spec.smiles ? await learnMolecules(obs, spec, environments, sentences) : null,
    numbers: numbersOf(environments).map((column) => learnNumber(column, sentences)),
    categories: environments.categories.map((labels, k) =>
      learnCategory(columns.categories[k], labels, sentences),
    ),
    sentences,
  };
}

async function learnMolecules(
  obs: Table,
  { action, smiles = {} }: DescriptorSpec,
  { actions, treated }: Environments,
  sentences: string[],
): Promise<MoleculeFeature> {
  const { column, of = new Map<string, string>(), radius = 2, bits = 1024, allBits = false } = smiles;
  const here = column === undefined ? new Map<string, string>() : smilesOfColumn(obs, action, column).of;
  const all = new Map([...of, ...here]);
  const compounds = [...new Set(actions.filter((_, e) => treated[e] === 1))];
  const made = await moleculesOf(compounds, all, { radius, bits });
  const n = made.bits.size;
  if (n === 0 && compounds.length > 0) {
    const found =
      made.unreadable.length > 0
        ? `unreadable: ${listUnreadable(made.unreadable)}`
        : `found SMILES of ${listNames([...all.keys()], 5)}`;
    throw new DataError(
      `no readable SMILES for any of the ${compounds.length} training actions ${listNames(compounds, 5)}; ${found}`,
    );
  }
  const counts = new Int32Array(bits);
  for (const on of made.bits.values()) for (const bit of on) counts[bit]++;
  const numbers = Array.from(counts.keys());
  const kept = allBits ? numbers : numbers.filter((bit) => counts[bit] > 0 && counts[bit] < n);
  const always = numbers.filter((bit) => n > 0 && counts[bit] === n);
  if (!allBits) {
    sentences.push(
      `${kept.length} of ${bits} fingerprint bits are kept: ${numbers.length - kept.length - always.length} are set in ` +
        `none of the ${n} training compounds, ${always.length} in all`,
    );
  }
  const known = new Set(columnStrings(obs.column(action, 'obs')));
  return {
    column: column ?? null,
    radius,
    bits,
    smiles: Object.fromEntries([...all].filter(([name]) => known.has(name))),
    kept,
    always,
    marksMissing: made.missing.length > 0,
    marksUnreadable: made.unreadable.length > 0,
  };
}

function learnNumber({ name, values }: EnvironmentNumbers, sentences: string[]): NumberFeature {
  const known = values.filter((value) => !Number.isNaN(value));
  const marked = known.length < values.length;
  if (known.length === 0) {
    sentences.push(`'${name}' has no value in training and is left out`);
    return { name, mean: 0, scale: 0, marked: false };
  }
  const mean = known.reduce((sum, value) => sum + value / known.length, 0);
  const isConstant = known.every((value) => value === known[0]);
  if (isConstant) {
    sentences.push(
      `'${name}' is the same in all training environments that have it and has no column of its own`,
    );
    return { name, mean: known[0], scale: 0, marked };
  }
  const scale = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2 / known.length, 0));
  return { name, mean, scale, marked };
}

function learnCategory(
  name: string,
  labels: readonly (string | null)[],
  sentences: string[],
): CategoryFeature {
  const values = [...new Set(labels.filter((label) => label !== null))].sort();
  if (values.length === 0) {
    sentences.push(`'${name}' has no value in training and is left out`);
    return { name, values, constant: null };
  }
  if (values.length === 1 && !labels.includes(null)) {
    sentences.push(`'${name}' is '${values[0]}' in all training environments and has no column`);
    return { name, values: [], constant: values[0] };
  }
  return { name, values, constant: null };
}

/** What an encoder has learned from its training rows, as plain JSON, and the check of one that was read back. */
import { FormatError } from '../../errors.js';
import type { EnvironmentColumns } from './spec.js';

export interface NumberFeature {
  readonly name: string;
  /** Over the training environments that have a value. */
  readonly mean: number;
  /** Standard deviation (divisor n); 0: the same everywhere, no column. */
  readonly scale: number;
  /** Is there an indicator of missing values (were there any in training)? */
  readonly marked: boolean;
}

export interface CategoryFeature {
  readonly name: string;
  /** Values with a column. */
  readonly values: readonly string[];
  /** The only value of training, which needs none. */
  readonly constant: string | null;
}

export interface MoleculeFeature {
  readonly column: string | null;
  readonly radius: number;
  readonly bits: number;
  /** SMILES of actions, by name. */
  readonly smiles: Readonly<Record<string, string>>;
  /** Bits with a column, ascending. */
  readonly kept: readonly number[];
  /** Bits that every training compound has, and so no column unless all are kept. */
  readonly always: readonly number[];
  readonly marksMissing: boolean;
  readonly marksUnreadable: boolean;
}

export interface DescriptorState {
  readonly format: 'mechanist-environment-descriptors';
  readonly version: 1;
  readonly columns: EnvironmentColumns;
  readonly molecules: MoleculeFeature | null;
  /** Dose, time, then the numeric columns. */
  readonly numbers: readonly NumberFeature[];
  readonly categories: readonly CategoryFeature[];
  /** What was left out, for the user. */
  readonly sentences: readonly string[];
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isListOf = (check: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(check);
const isTexts = isListOf(isText);
const isBitBelow = (limit: unknown) =>
  isListOf((bit) => Number.isInteger(bit) && (bit as number) >= 0 && (bit as number) < (limit as number));
const isQuantity = (value: unknown) =>
  value === null ||
  (isRecord(value) &&
    isText(value.column) &&
    [value.unitColumn, value.unit].every((text) => text === undefined || isText(text)));

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumberFeature(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value.name) &&
    Number.isFinite(value.mean) &&
    Number.isFinite(value.scale) &&
    (value.scale as number) >= 0 &&
    isFlag(value.marked)
  );
}

function isCategoryFeature(value: unknown): boolean {
  return isRecord(value) && isText(value.name) && isTexts(value.values) && isTextOrNull(value.constant);
}

function isMoleculeFeature(value: unknown): boolean {
  return (
    isRecord(value) &&
    isTextOrNull(value.column) &&
    Number.isInteger(value.radius) &&
    Number.isInteger(value.bits) &&
    isRecord(value.smiles) &&
    Object.values(value.smiles).every(isText) &&
    isBitBelow(value.bits)(value.kept) &&
    isBitBelow(value.bits)(value.always) &&
    isFlag(value.marksMissing) &&
    isFlag(value.marksUnreadable)
  );
}

function isColumns(value: unknown): value is EnvironmentColumns & Record<string, unknown> {
  return (
    isRecord(value) &&
    isText(value.action) &&
    isTextOrNull(value.control) &&
    isQuantity(value.dose) &&
    isQuantity(value.time) &&
    isTexts(value.categories) &&
    isTexts(value.numeric)
  );
}

/** Throws FormatError naming the part that is not as it was written. */
export function checkState(json: unknown): DescriptorState {
  const refuse = (where: string): never => {
    throw new FormatError('environment descriptors', `this is no saved encoder of environments: ${where}`, {
      where,
    });
  };
  if (!isRecord(json) || json.format !== 'mechanist-environment-descriptors') return refuse('format');
  if (json.version !== 1) return refuse(`version ${String(json.version)}`);
  const { columns, molecules, numbers, categories, sentences } = json;
  if (!isColumns(columns)) return refuse('columns');
  if (molecules !== null && !isMoleculeFeature(molecules)) return refuse('molecules');
  if (!isListOf(isNumberFeature)(numbers)) return refuse('numbers');
  if (!isListOf(isCategoryFeature)(categories)) return refuse('categories');
  if (!isTexts(sentences)) return refuse('sentences');
  const state = json as unknown as DescriptorState;
  const named = [...(columns.dose ? ['dose'] : []), ...(columns.time ? ['time'] : []), ...columns.numeric];
  if (named.join('\n') !== state.numbers.map(({ name }) => name).join('\n')) return refuse('numbers');
  if (columns.categories.join('\n') !== state.categories.map(({ name }) => name).join('\n')) {
    return refuse('categories');
  }
  return state;
}

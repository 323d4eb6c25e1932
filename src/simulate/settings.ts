/** Options of simulators: defaults, checks, names. */
import { OptionError } from '../errors.js';

/** Options that were given, so that `undefined` means the default. */
export function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** 'gene-001' … 'gene-978': padded, so that sorting by name keeps the order. */
export function names(stem: string, count: number): string[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i + 1).padStart(width, '0')}`);
}

/** Throws OptionError unless `value` is a whole number from `least` to `most`. */
export function wholeNumber(option: string, value: number, least: number, most = 2 ** 31 - 1): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new OptionError(option, value, `a whole number from ${least} to ${most}`);
  }
}

/** Throws OptionError unless `value` is a number from `least` to `most`. */
export function numberBetween(option: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    throw new OptionError(option, value, `a number from ${least} to ${most}`);
  }
}

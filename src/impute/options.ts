/** The options of all imputers: defaults, and reading them from plain strings as a command line gives them. */
import { OptionError } from '../errors.js';
import type { DenoiseOption, ImputerOptions } from './imputer.js';
import { imputerNamed } from './registry.js';

export const defaultImputerOptions: ImputerOptions = {
  seed: 0,
  donors: 'greedy',
  intercept: true,
  denoise: { kind: 'none' },
  tauThreshold: 0.1,
  tauEnergy: 0.99,
  tauAlpha: null,
  fallback: 'none',
  lambda: 0.5,
  tandemRounds: 5,
  tandemTolerance: 0.1,
};

/** `greedy`, `all`, `test` or `max=N`. Throws OptionError. */
export function parseDonors(text: string): ImputerOptions['donors'] {
  if (text === 'greedy' || text === 'all' || text === 'test') return text;
  const max = /^max=(\d+)$/.exec(text)?.[1];
  if (max && Number(max) > 0) return { max: Number(max) };
  throw new OptionError('--donors', text, ['greedy', 'all', 'test', 'max=N']);
}

/** `none`, `hsvt=ENERGY` (0 < energy < 1), `soft`, `soft=λ`, `gavish-donoho`, `universal`. Throws OptionError. */
export function parseDenoise(text: string): DenoiseOption {
  const [kind, value] = text.split('=') as [string, string | undefined];
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  if (kind === 'hsvt') {
    const energy = value === undefined ? 0.95 : number;
    if (energy > 0 && energy < 1) return { kind, energy };
    throw new OptionError('--denoise', text, 'hsvt=ENERGY with 0 < ENERGY < 1, such as hsvt=0.95');
  }
  if (kind === 'soft') {
    if (value === undefined) return { kind, threshold: null };
    if (number >= 0 && number < Number.POSITIVE_INFINITY) return { kind, threshold: number };
    throw new OptionError('--denoise', text, 'soft or soft=THRESHOLD with THRESHOLD at least 0');
  }
  if (value === undefined && (kind === 'none' || kind === 'gavish-donoho' || kind === 'universal'))
    return { kind };
  throw new OptionError('--denoise', text, ['none', 'hsvt=0.95', 'soft', 'gavish-donoho', 'universal']);
}

/** Defaults with the given ones over them; numbers are checked. Throws OptionError. */
export function imputerOptions(given: Partial<ImputerOptions> = {}): ImputerOptions {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const options: ImputerOptions = { ...defaultImputerOptions, ...Object.fromEntries(defined) };
  within('--lambda', options.lambda, 0, 1);
  within('--tau-threshold', options.tauThreshold, 0, 1);
  within('--tau-alpha', options.tauAlpha, 0, 1);
  within('--tau-energy', options.tauEnergy === 'mean' ? null : options.tauEnergy, 0, 1);
  within('--tandem-rounds', options.tandemRounds, 0, 10_000);
  if (!Number.isInteger(options.tandemRounds)) {
    throw new OptionError('--tandem-rounds', options.tandemRounds, 'a whole number');
  }
  within('--tandem-tolerance', options.tandemTolerance, 0, 1);
  return options;
}

function within(name: string, value: number | null, low: number, high: number): void {
  if (value === null || (value >= low && value <= high)) return;
  throw new OptionError(name, value, `a number from ${low} to ${high}`);
}

/** Reads options from the words of a command line, names as there without `--`. Throws OptionError. */
export function imputerOptionsFromWords(words: Readonly<Record<string, string | undefined>>): ImputerOptions {
  const read = <T>(name: string, parse: (text: string) => T): T | undefined =>
    words[name] === undefined ? undefined : parse(words[name]);
  const number = (option: string) => (text: string) => {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw new OptionError(option, text, 'a number');
    return value;
  };
  const oneOf =
    <T extends string>(option: string, ...allowed: T[]) =>
    (text: string): T => {
      if (!allowed.includes(text as T)) throw new OptionError(option, text, allowed);
      return text as T;
    };
  const threshold = number('--tau-threshold');
  const energy = number('--tau-energy');
  return imputerOptions({
    seed: read('seed', number('--seed')),
    donors: read('donors', parseDonors),
    denoise: read('denoise', parseDenoise),
    intercept: read('intercept', (text) => oneOf('--intercept', 'on', 'off')(text) === 'on'),
    tauThreshold: read('tau-threshold', (text) => (text === 'never' ? null : threshold(text))),
    tauEnergy: read('tau-energy', (text) => (text === 'mean' ? 'mean' : energy(text))),
    tauAlpha: read('tau-alpha', number('--tau-alpha')),
    fallback: read('fallback', oneOf('--fallback', 'none', 'mean-over-actions')),
    lambda: read('lambda', number('--lambda')),
    tandemRounds: read('tandem-rounds', number('--tandem-rounds')),
    tandemTolerance: read('tandem-tolerance', number('--tandem-tolerance')),
  });
}

/** A method as it was asked for: with its own options, under the name that the tables show. */
export interface MethodSpec {
  readonly label: string;
  readonly name: string;
  readonly options: ImputerOptions;
}

/**
 * `si-a`, or with options of its own `si-a+denoise=hsvt=0.95+fallback=mean-over-actions`; `common` are the words
 * that hold for every method. Throws OptionError for an unknown method or option.
 */
export function methodSpec(text: string, common: Readonly<Record<string, string | undefined>>): MethodSpec {
  const [name, ...settings] = text.split('+');
  const own: Record<string, string> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const key = at < 0 ? setting : setting.slice(0, at);
    if (!METHOD_WORDS.includes(key) || at < 0) {
      throw new OptionError(
        `option of method '${name}'`,
        setting,
        METHOD_WORDS.map((word) => `${word}=…`),
      );
    }
    own[key] = setting.slice(at + 1);
  }
  return {
    label: text,
    name: imputerNamed(name, '--methods').name,
    options: imputerOptionsFromWords({ ...common, ...own }),
  };
}

/** The options of methods as words, as `methodSpec` and the command line read them. */
export const METHOD_WORDS: readonly string[] = [
  'donors',
  'intercept',
  'denoise',
  'tau-threshold',
  'tau-energy',
  'tau-alpha',
  'fallback',
  'lambda',
  'tandem-rounds',
  'tandem-tolerance',
];

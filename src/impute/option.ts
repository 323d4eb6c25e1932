/**
 * What an option of an imputer is: its default, how it is read from a word of a command line, when it is refused.
 *
 * An estimator declares its options as a record `{ camelCaseName: option }` in a file that imports nothing heavy; one
 * line in `option-groups.ts` makes them part of `ImputerOptions`, of `--help` and of `method+option=value`. The word of
 * an option is its name in kebab case; it begins with the method's name where another method could want the same word.
 */
import { OptionError } from '../errors.js';

export interface OptionDefinition<T> {
  /** What stands for the value in `--help`, as `<n>`. */
  readonly placeholder: string;
  /** One line. */
  readonly summary: string;
  readonly default: T;
  /** The default as a user would type it; none where the method chooses. */
  readonly defaultWord?: string;
  /** Reads a word; `name` is `--word`. Throws OptionError. */
  parse(name: string, word: string): T;
  /** Refuses a value that a program gave. Throws OptionError. */
  check(name: string, value: T): void;
}

export type OptionRecord = Readonly<Record<string, OptionDefinition<unknown>>>;

/** The values that a record of options takes. */
export type OptionValues<R> = {
  readonly [K in keyof R]: R[K] extends OptionDefinition<infer T> ? T : never;
};

interface Description<T> {
  readonly default: T;
  readonly summary: string;
  readonly placeholder?: string;
}

interface NumberRange {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** A number from `least` to `most`; with `words`, some words stand for values that are not numbers in that range. */
export function numberOption(description: Description<number> & NumberRange): OptionDefinition<number>;
export function numberOption<T extends number | string | null>(
  description: Description<T> & NumberRange & { readonly words: Readonly<Record<string, T>> },
): OptionDefinition<T>;
export function numberOption<T extends number | string | null>(
  description: Description<T> & NumberRange & { readonly words?: Readonly<Record<string, T>> },
): OptionDefinition<T> {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = false } = description;
  const words: Readonly<Record<string, T>> = description.words ?? {};
  const range = Number.isFinite(most)
    ? ` from ${least} to ${most}`
    : Number.isFinite(least)
      ? ` of at least ${least}`
      : '';
  const what = [`a ${whole ? 'whole ' : ''}number${range}`, ...Object.keys(words)].join(' or ');
  const check = (name: string, value: T) => {
    if (Object.values(words).includes(value)) return;
    const fits =
      typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (!fits || !Number.isFinite(value)) throw new OptionError(name, value, what);
  };
  const wordOf = Object.entries(words).find(([, value]) => value === description.default)?.[0];
  return {
    placeholder: description.placeholder ?? '<n>',
    summary: description.summary,
    default: description.default,
    defaultWord: wordOf ?? (description.default === null ? undefined : String(description.default)),
    check,
    parse(name, word) {
      if (Object.hasOwn(words, word)) return words[word];
      const value = Number(word);
      if (word.trim() === '' || Number.isNaN(value)) throw new OptionError(name, word, what);
      check(name, value as T);
      return value as T;
    },
  };
}

/** One of some words. */
export function choiceOption<T extends string>(
  allowed: readonly T[],
  description: Description<NoInfer<T>>,
): OptionDefinition<T> {
  const check = (name: string, value: T) => {
    if (!allowed.includes(value)) throw new OptionError(name, value, allowed);
  };
  return {
    placeholder: description.placeholder ?? `<${allowed.join('|')}>`,
    summary: description.summary,
    default: description.default,
    defaultWord: description.default,
    check,
    parse(name, word) {
      check(name, word as T);
      return word as T;
    },
  };
}

/** `on` or `off`. */
export function switchOption(description: Description<boolean>): OptionDefinition<boolean> {
  const choice = choiceOption(['on', 'off'], {
    ...description,
    default: description.default ? 'on' : 'off',
  });
  return {
    ...choice,
    default: description.default,
    check(name, value) {
      if (typeof value !== 'boolean') throw new OptionError(name, value, 'true or false');
    },
    parse: (name, word) => choice.parse(name, word) === 'on',
  };
}

/** Anything that `parse` reads. */
export function wordOption<T>(
  description: Description<T> & {
    readonly placeholder: string;
    readonly defaultWord?: string;
    readonly parse: (name: string, word: string) => T;
  },
): OptionDefinition<T> {
  return { ...description, check: () => undefined };
}

/** `tandemRounds` → `tandem-rounds`. */
export const wordOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

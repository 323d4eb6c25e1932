/** Options of the methods that find targets, read from plain words as a command line gives them. */
import { OptionError } from '../errors.js';
import { type OptionDefinition, wordOf } from '../impute/option.js';
import type { TargetMethod } from './method.js';
import { targetMethods } from './registry.js';

export interface TargetOption {
  readonly method: string;
  /** In `TargetMethod.options`. */
  readonly name: string;
  /** On the command line. */
  readonly word: string;
  readonly definition: OptionDefinition<unknown>;
}

/** Of all methods; one that several methods share is listed once, with the first. */
export function targetOptionList(): TargetOption[] {
  const seen = new Set<string>();
  return targetMethods.flatMap(({ name: method, options }) =>
    Object.entries(options).flatMap(([name, definition]) => {
      if (seen.has(name)) return [];
      seen.add(name);
      return [{ method, name, word: wordOf(name), definition }];
    }),
  );
}

/** Defaults of a method with the given values over them, checked. Throws OptionError, also for a name it does not have. */
export function targetOptions(
  method: TargetMethod,
  given: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const known = Object.keys(method.options);
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new OptionError(`option of ${method.name}`, stranger, known);
  return Object.fromEntries(
    Object.entries(method.options).map(([name, definition]) => {
      const value = given[name] ?? definition.default;
      definition.check(`--${wordOf(name)}`, value);
      return [name, value];
    }),
  );
}

/** The same from words, by names as on the command line without `--`. Throws OptionError for words of other methods. */
export function targetOptionsFromWords(
  method: TargetMethod,
  words: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const known = Object.keys(method.options).map(wordOf);
  for (const [word, text] of Object.entries(words)) {
    if (text !== undefined && !known.includes(word))
      throw new OptionError(`--${word}`, text, `of use with --method ${method.name}`);
  }
  const given = Object.entries(method.options).flatMap(([name, definition]) => {
    const text = words[wordOf(name)];
    return text === undefined ? [] : [[name, definition.parse(`--${wordOf(name)}`, text)] as const];
  });
  return targetOptions(method, Object.fromEntries(given));
}

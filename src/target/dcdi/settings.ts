/** Options as a method was given them: defaults with the given ones over them, checked. */
import { type OptionRecord, type OptionValues, wordOf } from '../../impute/option.js';

/** Throws OptionError on a value out of range. */
export function settingsOf<R extends OptionRecord>(
  record: R,
  given: Readonly<Record<string, unknown>>,
): OptionValues<R> {
  const chosen = Object.entries(record).map(([name, definition]) => {
    const value = given[name] ?? definition.default;
    definition.check(`--${wordOf(name)}`, value);
    return [name, value] as const;
  });
  return Object.fromEntries(chosen) as OptionValues<R>;
}

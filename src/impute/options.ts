/** Options of imputers: defaults, checks, and reading them from plain words as a command line gives them. */
import { OptionError } from '../errors.js';
import { numberOption } from './option.js';
import { type ImputerOptions, imputerOptionList } from './option-groups.js';
import { imputerNamed } from './registry.js';

export type { ImputerOptions } from './option-groups.js';

const seedOption = numberOption({
  default: 0,
  least: 0,
  whole: true,
  summary: 'seed of every random choice',
});
const options = [...imputerOptionList, { name: 'seed', word: 'seed', definition: seedOption }];

export const defaultImputerOptions = Object.fromEntries(
  options.map(({ name, definition }) => [name, definition.default]),
) as unknown as ImputerOptions;

/** The options of methods as words, as `methodSpec` and the command line read them. */
export const METHOD_WORDS: readonly string[] = imputerOptionList.map(({ word }) => word);

/** Defaults with the given ones over them, checked. Throws OptionError. */
export function imputerOptions(given: Partial<ImputerOptions> = {}): ImputerOptions {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const chosen: Record<string, unknown> = { ...defaultImputerOptions, ...Object.fromEntries(defined) };
  for (const { name, word, definition } of options) definition.check(`--${word}`, chosen[name] as never);
  return chosen as unknown as ImputerOptions;
}

/** Reads options from the words of a command line, names as there without `--`. Throws OptionError. */
export function imputerOptionsFromWords(words: Readonly<Record<string, string | undefined>>): ImputerOptions {
  const read = options.flatMap(({ name, word, definition }) => {
    const text = words[word];
    return text === undefined ? [] : [[name, definition.parse(`--${word}`, text)] as const];
  });
  return imputerOptions(Object.fromEntries(read));
}

/** A method as it was asked for: with its own options, under the name that the tables show. */
export interface MethodSpec {
  readonly label: string;
  readonly name: string;
  readonly options: ImputerOptions;
}

/**
 * `si-a`, or with options of its own `si-a+denoise=hsvt=0.95+fallback=mean-over-actions`; `common` are the words
 * that hold for every method. A word that begins with the method's name can be written without it:
 * `ntk+depth=2` for `ntk+ntk-depth=2`. Throws OptionError for an unknown method or option.
 */
export function methodSpec(text: string, common: Readonly<Record<string, string | undefined>>): MethodSpec {
  const [name, ...settings] = text.split('+');
  const own: Record<string, string> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const key = at < 0 ? setting : setting.slice(0, at);
    // the method's own first: `lambda` is a word of another method
    const word = METHOD_WORDS.includes(`${name}-${key}`) ? `${name}-${key}` : key;
    if (!METHOD_WORDS.includes(word) || at < 0) {
      throw new OptionError(
        `option of method '${name}'`,
        setting,
        METHOD_WORDS.map((known) => `${known}=…`),
      );
    }
    own[word] = setting.slice(at + 1);
  }
  return {
    label: text,
    name: imputerNamed(name, '--methods').name,
    options: imputerOptionsFromWords({ ...common, ...own }),
  };
}

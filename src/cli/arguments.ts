/** Options that several verbs share, and how their words become numbers. Throws OptionError for a bad word. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { OptionError } from '../errors.js';
import { wordOf } from '../impute/option.js';
import { imputerOptionList } from '../impute/option-groups.js';

/** How a screen is read: shared by `info`, `evaluate`, `impute` and `reproduce si`. */
export interface ScreenArguments {
  readonly context?: string;
  readonly action?: string;
  readonly control?: string;
  readonly cells?: string;
  readonly genes?: string;
  readonly layer?: string;
  readonly preprocess?: string;
  readonly missing?: string;
  readonly combinations?: boolean | string;
  readonly smiles?: string;
  readonly actionFeatures?: string;
  readonly contextFeatures?: string;
}

export function withScreenOptions(command: Command): Command {
  return command
    .optionsGroup('How the screen is read:')
    .option('--context <column>', 'obs column of the context (cell line, cell type); guessed by name')
    .option(
      '--action <column>',
      'obs column of the action (perturbation), or two joined: drug+dose; guessed by name',
    )
    .option('--control <value>', "the action that means untreated, or 'none'; guessed by value")
    .option('--layer <name>', 'use this layer in the place of X')
    .option('--preprocess <steps>', 'comma-separated steps before averaging, see mechanist info --help')
    .option('--missing <rule>', 'values that are missing: refuse, drop-genes or drop-rows', 'refuse')
    .option('--combinations [separator]', "write combinations 'A+B', 'B+A', 'A+ctrl' one way; '_' for 'A_B'")
    .option('--cells <table>', 'for a loose Matrix Market file: table with one row a cell')
    .option('--genes <table>', 'for a loose Matrix Market file: table with one row a gene')
    .option('--smiles <where>', 'SMILES of the actions: obs column, or table FILE[:ID:SMILES]')
    .option('--action-features <table>', 'what is known of actions: one row an action')
    .option('--context-features <table>', 'what is known of contexts: one row a context');
}

export interface RunArguments {
  readonly seed?: string;
  readonly threads?: string;
  readonly device?: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
}

export function withRunOptions(command: Command): Command {
  return command
    .optionsGroup('Running:')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--threads <number>', 'worker threads (default: as many as cores)')
    .option('--device <name>', 'cpu; the methods of this version run on nothing else', 'cpu')
    .option('--overwrite', 'replace existing outputs')
    .option('--resume', 'go on with the same command where it was interrupted');
}

export function runSettings(given: RunArguments): { seed: number; threads: number } {
  if (given.device !== undefined && given.device !== 'cpu') {
    throw new OptionError('--device', given.device, ['cpu'], 'the methods of this version run on the CPU');
  }
  return {
    seed: wholeNumber('--seed', given.seed ?? '0', 0),
    threads:
      given.threads === undefined ? availableParallelism() : wholeNumber('--threads', given.threads, 1),
  };
}

/** Options of the imputers under commander's names, as words. */
export type MethodArguments = Readonly<Record<string, unknown>>;

/** The options of all imputers, or of one family, under a heading for each family. */
export function withMethodOptions(command: Command, family?: string): Command {
  for (const { group, word, definition } of imputerOptionList) {
    if (family !== undefined && group !== family) continue;
    const { placeholder, summary, defaultWord } = definition;
    const option = new Option(`--${word} ${placeholder}`, summary).helpGroup(`Options of ${group}:`);
    command.addOption(defaultWord === undefined ? option : option.default(defaultWord));
  }
  return command;
}

export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || text.trim() === '') {
    throw new OptionError(option, text, `a whole number of at least ${least}`);
  }
  return value;
}

/** The options of methods as the words that `methodSpec` reads. */
export function methodWords(given: MethodArguments & RunArguments): Record<string, string | undefined> {
  const words = imputerOptionList.map(({ name, word }) => [word, given[name] as string | undefined]);
  return { seed: given.seed, ...Object.fromEntries(words) };
}

/**
 * Does `work` of `command`. An option that the library refuses by its own name ('genesPerBatch', 'genes per batch',
 * 'hardRange (low)') is named as it was typed ('--genes-per-batch'), and so is a switch's value; names that are no option
 * of the command stay.
 */
export async function namedAsTyped<T>(command: Command, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OptionError) error.message = messageAsTyped(command, error);
    throw error;
  }
}

function messageAsTyped(command: Command, { option: name, value, message }: OptionError): string {
  const [, stem, end] = /^(.*?)( \(.*\))?$/.exec(name) ?? [];
  const option = command.options.find(({ long }) => long === `--${wordOf(stem).replaceAll(' ', '-')}`);
  if (!option) return message;
  const named = `${option.long}${end ?? ''}${message.slice(name.length)}`;
  return typeof value === 'boolean'
    ? named.replace(`'${value}'`, `'${command.getOptionValue(option.attributeName())}'`)
    : named;
}

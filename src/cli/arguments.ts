/** Options that several verbs share, and how their words become numbers. Throws OptionError for a bad word. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { OptionError } from '../errors.js';

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
}

export function withScreenOptions(command: Command): Command {
  return command
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
    .option('--genes <table>', 'for a loose Matrix Market file: table with one row a gene');
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

/** Options of the imputers, as words. */
export interface MethodArguments {
  readonly donors?: string;
  readonly intercept?: string;
  readonly denoise?: string;
  readonly tauThreshold?: string;
  readonly tauEnergy?: string;
  readonly tauAlpha?: string;
  readonly fallback?: string;
  readonly lambda?: string;
  readonly tandemRounds?: string;
  readonly tandemTolerance?: string;
}

export function withMethodOptions(command: Command): Command {
  return command
    .option('--donors <set>', 'donor set of SI: greedy, all, max=N, or test', 'greedy')
    .option('--intercept <on|off>', "off: the paper's plain pseudoinverse", 'on')
    .option('--denoise <how>', 'none, hsvt=ENERGY, soft[=λ], gavish-donoho, universal', 'none')
    .option('--tau-threshold <ρ>', "reject when the subspace test's share is at least this, or never", '0.1')
    .option('--tau-energy <share>', "spectral energy of the test, or mean (the authors' program)", '0.99')
    .option('--tau-alpha <α>', 'critical value of Agarwal et al. at this level in the place of ρ')
    .option('--fallback <what>', 'what answers when rejected: none or mean-over-actions', 'none')
    .option('--lambda <share>', 'weight of the mean over contexts in two-way-mean', '0.5')
    .option('--tandem-rounds <n>', 'at most this many rounds of si-tandem', '5')
    .option('--tandem-tolerance <x>', 'si-tandem stops below this relative change', '0.1');
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
  return {
    seed: given.seed,
    donors: given.donors,
    intercept: given.intercept,
    denoise: given.denoise,
    'tau-threshold': given.tauThreshold,
    'tau-energy': given.tauEnergy,
    'tau-alpha': given.tauAlpha,
    fallback: given.fallback,
    lambda: given.lambda,
    'tandem-rounds': given.tandemRounds,
    'tandem-tolerance': given.tandemTolerance,
  };
}

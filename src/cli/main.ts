/**
 * The command line: one file a verb in this folder, each with its options and a lazy import of the work.
 *
 * Leaves with 0 when done, 1 when the work failed, 2 for wrong usage or bad input, 130 when interrupted. Errors
 * go to stderr as one message; `--debug` adds the stack.
 */
import { Command, CommanderError } from 'commander';
import { isMechanistError, nearest } from '../errors.js';
import { verbs } from './verbs.js';
import { packageVersion } from './version.js';

/** Runs the command line `args` (without node and script) and gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('mechanist')
    .description('Causal imputation from perturbation screens, with its uncertainty and its baseline.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--debug', 'print stack traces with errors')
    .showHelpAfterError('(mechanist --help lists the verbs, mechanist VERB --help their options)')
    .exitOverride();
  for (const verb of verbs) {
    const command = verb().exitOverride().option('--debug', 'print stack traces with errors');
    command
      .showHelpAfterError(`(mechanist ${command.name()} --help lists its options)`)
      .configureOutput({ outputError: (text, write) => write(withNearest(text, command)) });
    program.addCommand(command);
  }
  process.stdout.on('error', leaveQuietly);
  try {
    await program.parseAsync(args as string[], { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, args.includes('--debug'));
  }
}

/** `mechanist … | head`: who reads has seen enough. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** Commander names the nearest option to `--methdos x`, but not to `--methdos=x`. */
function withNearest(text: string, command: Command): string {
  const flag = /unknown option '(--[^=']+)=/.exec(text)?.[1];
  const near =
    flag &&
    nearest(
      flag,
      command.options.flatMap(({ long }) => long ?? []),
    );
  return near ? `${text.trimEnd()}\n(Did you mean ${near}?)\n` : text;
}

function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (debug) console.error(error);
  if (isMechanistError(error)) {
    if (!debug) console.error(`mechanist: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof RangeError && /allocation|array length|string length/i.test(error.message)) {
    console.error(`mechanist: out of memory: ${error.message}; the data is larger than this machine holds`);
    return 1;
  }
  if (!debug) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    console.error(
      `mechanist: internal error: ${message}\nThis is a bug; run again with --debug and report it.`,
    );
  }
  return 1;
}

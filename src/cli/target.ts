/** `mechanist target FILE --out OUT.csv`: which genes a perturbation hit. */
import { Command, Option } from 'commander';
import { OptionError } from '../errors.js';
import { targetOptionList } from '../target/options.js';
import { DEFAULT_TARGET_METHOD, targetMethods } from '../target/registry.js';
import { runSettings, wholeNumber } from './arguments.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';

interface TargetArguments extends CommonOptions {
  readonly out: string;
  readonly method: string;
  readonly perturbation?: string;
  readonly control?: string;
  readonly context?: string;
  readonly candidates?: string;
  readonly subsamples: string;
  readonly layer?: string;
  readonly preprocess?: string;
  readonly missing?: string;
  readonly cells?: string;
  readonly genes?: string;
  readonly seed?: string;
  readonly threads?: string;
  readonly device?: string;
  readonly overwrite?: boolean;
}

export function targetVerb(): Command {
  const command = new Command('target')
    .description('rank the genes by how likely a perturbation hit them')
    .argument('<file>', 'control and perturbed cells (or replicates, or z-scores): any readable format')
    .requiredOption('--out <csv>', 'table of the columns perturbation, gene, score, rank and more')
    .option('--method <name>', targetMethods.map(({ name }) => name).join(', '), DEFAULT_TARGET_METHOD)
    .option('--candidates <n>', "genes that differ most from the control, or 'all' (default: 1000)")
    .option('--subsamples <rounds>', 'rank again with fewer cells, for deviations of ranks', '0')
    .optionsGroup('How the cells are read:')
    .option('--perturbation <column>', 'obs column of the perturbation, or two joined: drug+dose; guessed')
    .option('--control <value>', "its value that means untreated, '' for rows without a label; guessed")
    .option(
      '--context <column>',
      'rank each context by itself; COLUMN=VALUE: one; none: all together; guessed',
    )
    .option('--layer <name>', 'use this layer in the place of X')
    .option('--preprocess <steps>', 'steps, see mechanist info --help, or none (default: what counts need)')
    .option('--missing <rule>', 'values that are missing: refuse, drop-genes or drop-rows', 'refuse')
    .option('--cells <table>', 'for a loose Matrix Market file: table with one row a cell')
    .option('--genes <table>', 'for a loose Matrix Market file: table with one row a gene')
    .optionsGroup('Running:')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--threads <number>', 'threads of networks and matrices (default: as many as cores)')
    .option('--device <name>', 'cpu; the methods of this version run on nothing else', 'cpu')
    .option('--overwrite', 'replace existing outputs');
  for (const { method, word, definition } of targetOptionList()) {
    const { placeholder, summary, defaultWord } = definition;
    const option = new Option(`--${word} ${placeholder}`, summary).helpGroup(`Options of ${method}:`);
    command.addOption(defaultWord === undefined ? option : option.default(defaultWord));
  }
  return withCommonOptions(command).action(async (path: string, options: TargetArguments) => {
    const { targetFile } = await import('../jobs/target-file.node.js');
    const { useLapack } = await import('../linalg/index.node.js');
    const { seed, threads } = runSettings(options);
    await useLapack({ threads });
    const given = options as unknown as Record<string, string | undefined>;
    const progress = new Progress('ranking', options.quiet);
    const result = await targetFile({
      ...options,
      path,
      seed,
      threads,
      subsamples: roundsOf(options.subsamples),
      words: Object.fromEntries(
        targetOptionList()
          .filter(({ name }) => command.getOptionValueSource(name) === 'cli')
          .map(({ name, word }) => [word, given[name]]),
      ),
      signal: interruptSignal(),
      onUnderstood: (...sentences) => remark(options, ...sentences),
      onProgress: progress.update,
    });
    progress.end();
    if (options.json) printJson(result);
    else remark(options, ...result.sentences);
  });
}

/** One round has no deviation. */
function roundsOf(text: string): number {
  const rounds = wholeNumber('--subsamples', text, 0);
  if (rounds === 1) throw new OptionError('--subsamples', text, '0, or a whole number of at least 2');
  return rounds;
}

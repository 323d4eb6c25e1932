/** `mechanist design FILE --out OUT.csv --budget N`: which missing experiments to run next. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import {
  methodWords,
  type ScreenArguments,
  wholeNumber,
  withMethodOptions,
  withScreenOptions,
} from './arguments.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';
import { packageVersion } from './version.js';

interface DesignArguments extends CommonOptions, ScreenArguments {
  readonly out: string;
  readonly budget: string;
  readonly strategy: string;
  readonly candidates?: string;
  readonly targets?: string;
  readonly replay?: string;
  readonly replayStart: string;
  readonly replayTest: string;
  readonly replaySeeds: string;
  readonly replayStep: string;
  readonly seed: string;
  readonly overwrite?: boolean;
}

export function designVerb(): Command {
  const command = new Command('design')
    .description('choose the missing experiments that would lower the expected error of the others most')
    .argument('<file>', 'screen: any readable format')
    .requiredOption('--out <csv>', 'table of the columns rank, context, action, gain')
    .requiredOption('--budget <n>', 'how many experiments')
    .option('--strategy <name>', 'expected-error, most-uncertain or random', 'expected-error')
    .option('--candidates <csv>', 'choose only among these missing pairs: columns context, action')
    .option('--targets <csv>', 'count only the errors of these missing pairs: columns context, action')
    .option('--replay <folder>', 'also hide most of this screen and compare the strategies on it')
    .option('--replay-start <share>', 'of the treated pairs that are visible at first', '0.2')
    .option(
      '--replay-test <share>',
      'of the treated pairs that no strategy can choose, scored alone; or 0',
      '0.25',
    )
    .option('--replay-seeds <n>', 'how many replays', '5')
    .option('--replay-step <n>', 'experiments from one time of learning to the next', '10')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--overwrite', 'replace existing outputs');
  const group = 'matrix-normal';
  return withCommonOptions(withMethodOptions(withScreenOptions(command), group)).action(
    async (path: string, options: DesignArguments) => {
      const { designFile } = await import('../jobs/design-file.node.js');
      const progress = new Progress('replaying', options.quiet);
      const result = await designFile({
        ...options,
        path,
        budget: wholeNumber('--budget', options.budget, 1),
        replayStart: share('--replay-start', options.replayStart),
        replayTest: share('--replay-test', options.replayTest),
        replaySeeds: wholeNumber('--replay-seeds', options.replaySeeds, 1),
        replayStep: wholeNumber('--replay-step', options.replayStep, 1),
        seed: wholeNumber('--seed', options.seed, 0),
        words: methodWords({ ...options }),
        version: packageVersion(),
        signal: interruptSignal(),
        onUnderstood: (...sentences) => remark(options, ...sentences),
        onReplay: progress.update,
      });
      progress.end();
      if (options.json) printJson(result);
      else remark(options, ...result.sentences);
    },
  );
}

function share(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new OptionError(option, text, 'a share from 0 to below 1');
}

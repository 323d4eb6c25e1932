/** `mechanist evaluate FILE --out DIR`: how far each method is to be trusted on this screen. */
import { Command } from 'commander';
import {
  methodWords,
  type RunArguments,
  runSettings,
  type ScreenArguments,
  wholeNumber,
  withMethodOptions,
  withRunOptions,
  withScreenOptions,
} from './arguments.js';
import { summaryTable } from './summary-table.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  print,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';
import { packageVersion } from './version.js';

interface EvaluateOptions extends CommonOptions, ScreenArguments, RunArguments {
  readonly out: string;
  readonly methods?: string;
  readonly folds?: string;
  readonly pairs?: string;
  readonly split?: string;
  readonly nFolds: string;
  readonly savePredictions?: boolean;
  readonly replicates?: string;
  readonly donorGrid?: boolean;
  readonly regime?: string;
  readonly regimeK?: string;
  readonly png?: boolean;
}

export function evaluateVerb(): Command {
  const command = new Command('evaluate')
    .description('leave-one-out of every measured pair: scores, medians, figures and a report')
    .argument('<file>', 'screen: any readable format')
    .requiredOption('--out <folder>', 'folder of the results')
    .option('--methods <names>', 'comma-separated; default all. A method may carry options: si-a+donors=all')
    .option('--folds <csv>', 'hold whole folds out together: columns context, action, fold')
    .option('--pairs <csv>', 'hold out only these pairs: columns context, action')
    .option('--split <by>', 'hold folds of pairs, contexts or actions out together: pair, context, action')
    .option('--n-folds <k>', 'how many folds --split makes', '5')
    .option('--save-predictions', 'write predictions.h5ad')
    .option('--replicates <how>', 'average, or single: one replicate a pair (Appendix G)', 'average')
    .option('--regime <names>', 'also hold out all but k of each action or context: pair, action, context')
    .option('--regime-k <list>', 'how many pairs stay, with --regime; default 0,1,2,4,8')
    .option('--donor-grid', 'error against donors × training contexts (Fig. 5c)')
    .option('--png', 'figures also as PNG');
  return withMethodOptions(withCommonOptions(withRunOptions(withScreenOptions(command)))).action(
    async (file: string, options: EvaluateOptions) => {
      const { evaluateFile } = await import('../jobs/evaluate-file.node.js');
      const progress = new Progress('evaluating', options.quiet);
      const result = await evaluateFile({
        ...options,
        ...runSettings(options),
        path: file,
        words: methodWords({ ...options }),
        foldCount: wholeNumber('--n-folds', options.nFolds, 2),
        version: packageVersion(),
        command: `mechanist ${process.argv.slice(2).join(' ')}`,
        signal: interruptSignal(),
        onUnderstood: (...sentences) => remark(options, ...sentences),
        onProgress: progress.update,
      });
      progress.end();
      if (options.json) printJson(result);
      else if (!options.quiet) {
        print(summaryTable(result.summary));
        remark(options, `report: ${result.files.find((path) => path.endsWith('report.html'))}`);
      }
    },
  );
}

/** `mechanist impute FILE --out OUT`: every missing (context, action), or those of a list. */
import { Command } from 'commander';
import {
  methodWords,
  type RunArguments,
  runSettings,
  type ScreenArguments,
  withMethodOptions,
  withRunOptions,
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

interface ImputeOptions extends CommonOptions, ScreenArguments, RunArguments {
  readonly out: string;
  readonly method: string;
  readonly pairs?: string;
  readonly explain?: boolean;
  readonly dtype: string;
}

export function imputeVerb(): Command {
  const command = new Command('impute')
    .description('predict every (context, action) that was not measured')
    .argument('<file>', 'screen: any readable format')
    .requiredOption('--out <file>', 'h5ad, parquet, csv, tsv or gctx, by extension')
    .option('--method <name>', 'imputer; may carry options: si-a+donors=all', 'auto')
    .option('--pairs <csv>', 'only these pairs: columns context, action')
    .option('--explain', 'write donors, weights and tests to OUT.explain.jsonl')
    .option('--dtype <type>', 'float64 or float32 of the output', 'float64');
  return withMethodOptions(withCommonOptions(withRunOptions(withScreenOptions(command)))).action(
    async (file: string, options: ImputeOptions) => {
      const { imputeFile } = await import('../jobs/impute-file.node.js');
      const progress = new Progress('imputing', options.quiet);
      const writing = new Progress('writing', options.quiet);
      const result = await imputeFile({
        ...options,
        ...runSettings(options),
        path: file,
        words: methodWords({ ...options }),
        version: packageVersion(),
        signal: interruptSignal(),
        onUnderstood: (...sentences) => remark(options, ...sentences),
        onProgress: progress.update,
        onWriting: writing.update,
      });
      progress.end();
      writing.end();
      if (options.json) printJson(result);
      else remark(options, ...result.sentences);
    },
  );
}

/** `mechanist reproduce si --out DIR`: a paper's headline table beside ours. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import {
  type RunArguments,
  runSettings,
  type ScreenArguments,
  withRunOptions,
  withScreenOptions,
} from './arguments.js';
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

interface ReproduceOptions extends CommonOptions, RunArguments, ScreenArguments {
  readonly out: string;
  readonly input?: string;
  readonly quick?: boolean;
}

export function reproduceVerb(): Command {
  const command = new Command('reproduce')
    .description("the headline table of a paper beside ours: 'si' is Squires et al. 2022")
    .argument('<paper>', 'si')
    .requiredOption('--out <folder>', 'folder of the tables and report.md')
    .option('--input <file>', "the authors' screen (cmap_24cells_20compounds.tsv); default: the demo screen")
    .option('--quick', 'leave out the experiments over donors and single replicates');
  return withCommonOptions(withRunOptions(withScreenOptions(command))).action(
    async (paper: string, options: ReproduceOptions) => {
      if (paper !== 'si') throw new OptionError('reproduce', paper, ['si']);
      const { reproduceSi } = await import('../jobs/reproduce-si.node.js');
      const progress = new Progress('reproducing', options.quiet);
      const result = await reproduceSi({
        ...options,
        ...runSettings(options),
        version: packageVersion(),
        signal: interruptSignal(),
        onUnderstood: (...sentences) => remark(options, ...sentences),
        onProgress: progress.update,
      });
      progress.end();
      if (options.json) printJson(result);
      else if (!options.quiet) print(result.markdown);
    },
  );
}

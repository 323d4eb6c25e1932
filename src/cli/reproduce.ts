/** `mechanist reproduce si|ntk --out DIR`: a paper's headline table beside ours. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { ReproduceNtkRequest } from '../jobs/reproduce-ntk.node.js';
import type { ReproduceRequest } from '../jobs/reproduce-si.node.js';
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
  readonly screen?: string;
  readonly folds?: string;
  readonly quick?: boolean;
}

export function reproduceVerb(): Command {
  const command = new Command('reproduce')
    .description(
      "the headline table of a paper beside ours: 'si' is Squires et al. 2022, 'ntk' Radhakrishnan et al. 2022",
    )
    .argument('<paper>', 'si or ntk')
    .requiredOption('--out <folder>', 'folder of the tables and report.md')
    .option(
      '--input <path>',
      "si: the authors' screen (cmap_24cells_20compounds.tsv), ntk: a folder of pictures; default: simulated",
    )
    .option('--screen <file>', 'ntk: a screen, such as that of si; default: simulated')
    .option(
      '--folds <csv>',
      'ntk: folds of the screen: columns context, action, fold; default: ten, by the seed',
    )
    .option(
      '--quick',
      'si: no experiments over donors and single replicates; ntk: fewer methods, small pictures',
    );
  return withCommonOptions(withRunOptions(withScreenOptions(command))).action(
    async (paper: string, options: ReproduceOptions) => {
      if (paper !== 'si' && paper !== 'ntk') throw new OptionError('reproduce', paper, ['si', 'ntk']);
      const progress = new Progress('reproducing', options.quiet);
      const request = {
        ...options,
        ...runSettings(options),
        version: packageVersion(),
        signal: interruptSignal(),
        onUnderstood: (...sentences: readonly string[]) => remark(options, ...sentences),
        onProgress: progress.update,
      };
      const result = await (paper === 'si' ? si(request) : ntk(request));
      progress.end();
      if (options.json) printJson(result);
      else if (!options.quiet) print(result.markdown);
    },
  );
}

async function si(request: ReproduceRequest) {
  const { reproduceSi } = await import('../jobs/reproduce-si.node.js');
  return reproduceSi(request);
}

async function ntk(request: ReproduceNtkRequest) {
  const { reproduceNtk } = await import('../jobs/reproduce-ntk.node.js');
  const { useLapack } = await import('../linalg/index.node.js');
  await useLapack({ threads: request.threads });
  return reproduceNtk(request);
}

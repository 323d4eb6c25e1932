/** `mechanist reproduce si|ntk --out DIR`: a paper's headline table beside ours. */
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
    .description(
      "the headline table of a paper beside ours: 'si' is Squires et al. 2022, 'ntk' Radhakrishnan et al. 2022",
    )
    .argument('<paper>', 'si or ntk')
    .requiredOption('--out <folder>', 'folder of the tables and report.md')
    .option(
      '--input <path>',
      "si: the authors' screen (cmap_24cells_20compounds.tsv), ntk: a folder of pictures; default: simulated",
    )
    .option('--quick', 'si: no experiments over donors and single replicates; ntk: small pictures');
  return withCommonOptions(withRunOptions(withScreenOptions(command))).action(
    async (paper: string, options: ReproduceOptions) => {
      if (paper !== 'si' && paper !== 'ntk') throw new OptionError('reproduce', paper, ['si', 'ntk']);
      const progress = new Progress('reproducing', options.quiet);
      const common = { ...runSettings(options), signal: interruptSignal(), onProgress: progress.update };
      const result = await (paper === 'si' ? si(options, common) : ntk(options, common));
      progress.end();
      if (options.json) printJson(result);
      else if (!options.quiet) print(result.markdown);
    },
  );
}

interface Common extends ReturnType<typeof runSettings> {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

async function si(options: ReproduceOptions, common: Common) {
  const { reproduceSi } = await import('../jobs/reproduce-si.node.js');
  return reproduceSi({
    ...options,
    ...common,
    version: packageVersion(),
    onUnderstood: (...sentences) => remark(options, ...sentences),
  });
}

async function ntk({ out, input, quick, overwrite }: ReproduceOptions, common: Common) {
  const { reproduceNtk } = await import('../jobs/reproduce-ntk.node.js');
  const { useLapack } = await import('../linalg/index.node.js');
  await useLapack({ threads: common.threads });
  return reproduceNtk({ out, input, quick, overwrite, ...common });
}

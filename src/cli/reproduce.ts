/** `mechanist reproduce si|ntk|svae|environments|cdn --out DIR`: a paper's headline tables beside ours. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { ReproduceCdnRequest } from '../jobs/reproduce-cdn.node.js';
import type { ReproduceEnvironmentsRequest } from '../jobs/reproduce-environments.node.js';
import type { ReproduceNtkRequest } from '../jobs/reproduce-ntk.node.js';
import type { ReproduceRequest } from '../jobs/reproduce-si.node.js';
import type { ReproduceSvaeRequest } from '../jobs/reproduce-svae.node.js';
import {
  type RunArguments,
  runSettings,
  type ScreenArguments,
  wholeNumber,
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
  readonly tables?: string;
  readonly models?: string;
  readonly methods?: string;
  readonly seeds?: string;
  readonly epochs?: string;
  readonly particles?: string;
  readonly select?: string;
  readonly data?: string;
  readonly quick?: boolean;
}

/** Options that not every paper has. `cells` is a number of svae, and a table of a screen. */
const OPTIONS_OF: Readonly<Record<string, readonly (keyof ReproduceOptions)[]>> = {
  si: ['input'],
  ntk: ['input', 'screen', 'folds'],
  svae: ['tables', 'models', 'seeds', 'epochs', 'particles', 'select'],
  environments: ['seeds', 'data'],
  cdn: ['seeds', 'data', 'methods'],
};
const PAPERS = Object.keys(OPTIONS_OF);

export function reproduceVerb(): Command {
  const command = new Command('reproduce')
    .description(
      "the headline tables of a paper beside ours: 'si' is Squires et al. 2022, 'ntk' Radhakrishnan et al. 2022, 'svae' Lopez et al. 2023, 'environments' Bertin 2020",
    )
    .argument('<paper>', 'si, ntk, svae, environments or cdn')
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
      'si: no experiments over donors and single replicates; ntk: fewer methods, small pictures; svae: Table 1, one seed, fewer cells and epochs; environments: fewer models, profiles and epochs; cdn: 10 genes, one data set of each kind, no variants',
    )
    .optionsGroup('Of svae (--seeds also of environments and cdn):')
    .option('--tables <list>', 'comma-separated: 1,4,5,6,7,8,10,figure-4 (default: all)')
    .option('--models <list>', 'comma-separated: vae,beta-vae,ivae,svae,svae+,svae-bayes (default: all)')
    .option(
      '--seeds <number>',
      'runs of every entry (default: 5, quick 1; of environments: 3); of cdn: data sets of every kind',
    )
    .option('--epochs <number>', "of the paper's models (default: 500 of svae and svae+, 300 of others)")
    .option('--particles <number>', 'samples of a held-out cell (default: 1000, quick 100)')
    .option('--select <how>', "settings: fixed, or udr: from the paper's grid, by how alike runs come out")
    .optionsGroup('Of environments and cdn:')
    .option(
      '--data <folder>',
      'L1000 files and SMILES, or screens of known targets, see the documentation; default: simulated only',
    )
    .option('--methods <list>', "cdn: comma-separated methods, and 'variants' of the network (default: all)");
  withCommonOptions(withRunOptions(withScreenOptions(command)));
  const cells = command.options.find(({ long }) => long === '--cells')!;
  cells.description = `svae: cells of each perturbation (default: 500, quick 250); si, ntk: ${cells.description}`;
  return command.action(async (paper: string, options: ReproduceOptions) => {
    if (!PAPERS.includes(paper)) throw new OptionError('reproduce', paper, PAPERS);
    refuseOptionsOfOthers(paper, options);
    const progress = new Progress('reproducing', options.quiet);
    const request = {
      ...options,
      ...runSettings(options),
      version: packageVersion(),
      signal: interruptSignal(),
      onUnderstood: (...sentences: readonly string[]) => remark(options, ...sentences),
      onProgress: progress.update,
    };
    const result = await (paper === 'si'
      ? si(request)
      : paper === 'ntk'
        ? ntk(request)
        : paper === 'svae'
          ? svae({ ...request, ...svaeOptions(options) })
          : paper === 'environments'
            ? environments({ ...request, seeds: seedsOf(options) })
            : cdn({
                ...request,
                seeds: seedsOf(options),
                methods: wordsOf(options.methods),
                cells: undefined,
              }));
    progress.end();
    if (options.json) printJson(result);
    else if (!options.quiet) print(result.markdown);
  });
}

function refuseOptionsOfOthers(paper: string, options: ReproduceOptions): void {
  for (const name of Object.values(OPTIONS_OF).flat()) {
    if (options[name] === undefined || OPTIONS_OF[paper].includes(name)) continue;
    throw new OptionError(`--${name}`, options[name], `an option of reproduce ${paper}`);
  }
}

function svaeOptions({ tables, models, seeds, cells, epochs, particles, select }: ReproduceOptions) {
  const count = (option: string, word: string | undefined) =>
    word === undefined ? undefined : wholeNumber(option, word, 1);
  return {
    tables: wordsOf(tables),
    models: wordsOf(models),
    seeds: seedsOf({ seeds }),
    cells: count('--cells', cells),
    epochs: count('--epochs', epochs),
    particles: count('--particles', particles),
    select: select as ReproduceSvaeRequest['select'],
  };
}

const wordsOf = (list: string | undefined) => list?.split(',').map((word) => word.trim());

const seedsOf = ({ seeds }: Pick<ReproduceOptions, 'seeds'>) =>
  seeds === undefined ? undefined : wholeNumber('--seeds', seeds, 1);

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

async function svae(request: ReproduceSvaeRequest) {
  const { reproduceSvae } = await import('../jobs/reproduce-svae.node.js');
  return reproduceSvae(request);
}

async function environments(request: ReproduceEnvironmentsRequest) {
  const { reproduceEnvironments } = await import('../jobs/reproduce-environments.node.js');
  return reproduceEnvironments(request);
}

async function cdn(request: ReproduceCdnRequest) {
  const { reproduceCdn } = await import('../jobs/reproduce-cdn.node.js');
  return reproduceCdn(request);
}

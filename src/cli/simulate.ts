/** `mechanist simulate screen|images --out OUT`: data with known truth, in files that the other verbs read. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import { wholeNumber } from './arguments.js';
import { type CommonOptions, leaveOnInterrupt, printJson, remark, withCommonOptions } from './terminal.js';

interface SimulateOptions extends CommonOptions {
  readonly out: string;
  readonly contexts: string;
  readonly actions: string;
  readonly genes: string;
  readonly availability: string;
  readonly coverage?: string;
  readonly replicates: string;
  readonly noise?: string;
  readonly rank?: string;
  readonly scale: string;
  readonly control: string;
  readonly controlBatchShift?: string;
  readonly count?: string;
  readonly size?: string;
  readonly maskKind?: string;
  readonly missing?: string;
  readonly seed: string;
  readonly overwrite?: boolean;
}

export function simulateVerb(): Command {
  const command = new Command('simulate')
    .description('data with known truth: a screen (truth in uns), or images and masks for inpaint')
    .argument('<what>', 'screen or images')
    .requiredOption(
      '--out <file>',
      'screen: h5ad keeps the truth; csv, tsv, gctx, parquet the profiles alone; images: a folder',
    )
    .option('--contexts <n>', 'cell lines', '24')
    .option('--actions <n>', 'actions, the control included', '21')
    .option('--genes <n>', 'genes', '978')
    .option('--availability <how>', 'nested (as in CMAP), random or full', 'nested')
    .option('--coverage <share>', 'share of pairs measured, with --availability random')
    .option('--replicates <low-high>', 'replicates a pair', '1-5')
    .option('--noise <sd>', 'standard deviation of the noise of one replicate')
    .option('--rank <r>', 'rank of the factor model')
    .option('--scale <scale>', 'linear (L1000 level 2) or log2', 'linear')
    .option('--control <name>', "name of the control, or 'none'", 'DMSO')
    .option('--control-batch-shift <sd>', 'controls come from other batches, shifted so far')
    .option('--count <n>', 'images: how many (default 6)')
    .option('--size <n>', 'images: rows and columns (default 128)')
    .option('--mask-kind <kind>', 'images: scattered or hole (default scattered)')
    .option('--missing <share>', 'images: share of the pixels hidden (default 0.5, of a hole 0.1)')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--overwrite', 'replace an existing output');
  return withCommonOptions(command).action(async (what: string, options: SimulateOptions) => {
    leaveOnInterrupt();
    if (what === 'images') await writeImages(options);
    else if (what === 'screen') await writeScreen(options);
    else throw new OptionError('simulate', what, ['screen', 'images']);
  });
}

async function writeScreen(options: SimulateOptions): Promise<void> {
  const { simulateScreen } = await import('../simulate/index.js');
  const { writeData } = await import('../formats/index.node.js');
  const data = simulateScreen({
    contexts: wholeNumber('--contexts', options.contexts, 1),
    actions: wholeNumber('--actions', options.actions, 1),
    genes: wholeNumber('--genes', options.genes, 1),
    availability: oneOf('--availability', options.availability, ['nested', 'random', 'full'] as const),
    coverage: optionalNumber('--coverage', options.coverage),
    replicates: range('--replicates', options.replicates),
    noise: optionalNumber('--noise', options.noise),
    rank: optionalNumber('--rank', options.rank),
    scale: oneOf('--scale', options.scale, ['linear', 'log2'] as const),
    control: options.control === 'none' ? null : options.control,
    controlBatchShift: optionalNumber('--control-batch-shift', options.controlBatchShift),
    seed: wholeNumber('--seed', options.seed, 0),
  });
  const lost = await writeData(options.out, data, { overwrite: options.overwrite });
  if (options.json) printJson({ out: options.out, nObs: data.nObs, nVars: data.nVars, lost });
  else remark(options, ...lost, `${options.out}: ${data.nObs} profiles × ${data.nVars} genes`);
}

async function writeImages(options: SimulateOptions): Promise<void> {
  const { IMAGE_MASKS, simulateImages } = await import('../simulate/index.js');
  const { writeImagesTo } = await import('../jobs/simulated-images.node.js');
  const { count, size, maskKind } = options;
  const images = simulateImages({
    count: count === undefined ? undefined : wholeNumber('--count', count, 1),
    size: size === undefined ? undefined : wholeNumber('--size', size, 2),
    mask: maskKind === undefined ? undefined : oneOf('--mask-kind', maskKind, IMAGE_MASKS),
    missing: optionalNumber('--missing', options.missing),
    seed: wholeNumber('--seed', options.seed, 0),
  });
  const files = await writeImagesTo(options.out, images, options.overwrite);
  if (options.json) printJson({ out: options.out, files });
  else remark(options, `${options.out}: ${images.length} pictures, each with its mask (white is known)`);
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  if (!allowed.includes(text as T)) throw new OptionError(option, text, allowed);
  return text as T;
}

function optionalNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new OptionError(option, text, 'a number');
  return value;
}

function range(option: string, text: string): readonly [number, number] {
  const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (low === undefined) throw new OptionError(option, text, 'a number or a range such as 1-5');
  return [Number(low), Number(high ?? low)];
}

/** `mechanist represent FILE --out DIR`: latents of single cells, and which perturbation shifts which of them. */
import { Command } from 'commander';
import { wholeNumber } from './arguments.js';
import { settingsGiven, withSettings } from './represent-options.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';
import { packageVersion } from './version.js';

interface RepresentOptions extends CommonOptions {
  readonly out: string;
  readonly model: string;
  readonly compare?: string;
  readonly perturbation?: string;
  readonly control?: string;
  readonly layer?: string;
  readonly preprocess?: string;
  readonly cells?: string;
  readonly genes?: string;
  readonly combinations?: string;
  readonly separator?: string;
  readonly counterfactual?: string;
  readonly heldOut?: string;
  readonly heldOutFile?: string;
  readonly particles: string;
  readonly repeats?: string;
  readonly checkpointEvery?: string;
  readonly exportOnnx?: true | string;
  readonly geneSets?: string;
  readonly topGenes: string;
  readonly report: boolean;
  readonly seed: string;
  readonly threads?: string;
  readonly device: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
}

export function representVerb(): Command {
  const command = new Command('represent')
    .description('latents of single cells, and which perturbation shifts which latent')
    .argument('<file>', 'cells: any readable format, counts unless --likelihood gaussian')
    .requiredOption('--out <folder>', 'folder of the trained model, latents.h5ad and graph.csv')
    .option('--model <name>', 'vae, beta-vae, ivae, svae, svae+ or svae-bayes', 'svae-bayes')
    .option('--compare <models>', 'comma-separated: train these as well, for comparison.csv')
    .option('--export-onnx [cells]', 'write encoder.onnx and decoder.onnx, for so many cells at a time (1)')
    .option('--counterfactual <names>', "predict untreated cells under these perturbations, or 'all'")
    .optionsGroup('How the cells are read:')
    .option('--perturbation <column>', 'obs column of the perturbation, or two joined: drug+dose; guessed')
    .option('--control <value>', "the perturbation that means untreated, or 'none'; guessed by value")
    .option('--layer <name>', 'use this layer in the place of X')
    .option('--preprocess <steps>', 'comma-separated steps, see mechanist info --help')
    .option('--combinations <how>', "'A+B' as two perturbations whose shifts add (additive), or one (own)")
    .option('--separator <text>', 'between the parts of a combination (default +)')
    .option('--cells <table>', 'for a loose Matrix Market file: table with one row a cell')
    .option('--genes <table>', 'for a loose Matrix Market file: table with one row a gene')
    .optionsGroup('Perturbations that are not trained on:')
    .option('--held-out <names>', 'comma-separated; their shifts are found afterwards, and scored')
    .option('--held-out-file <table>', 'the same as a table with the column perturbation')
    .option('--particles <n>', 'samples a cell of the bound on held-out cells', '1000')
    .optionsGroup('What the latents mean:')
    .option('--gene-sets <file>', 'GMT file: which sets the genes of each latent are rich in')
    .option('--top-genes <n>', 'genes of each latent in genes.csv, and in the lists tested', '50')
    .option('--no-report', 'tables only, no report.html and figures');
  withSettings(command)
    .optionsGroup('Running:')
    .option(
      '--repeats <n>',
      'trainings of svae-bayes whose probabilities of edges are averaged (default 3 with fewer than 5 perturbations a latent, else 1)',
    )
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--threads <number>', 'of the runtime (default: as many as cores, 1 for small networks)')
    .option('--device <name>', 'cpu, or where this machine has them webgpu, cuda', 'cpu')
    .option(
      '--checkpoint-every <epochs>',
      'epochs from one checkpoint to the next (default: those of ten seconds)',
    )
    .option('--overwrite', 'replace what is in the folder')
    .option('--resume', 'go on with the same command where it was interrupted');
  return withCommonOptions(command).action(async (path: string, options: RepresentOptions) => {
    const settings = settingsGiven({ ...options });
    const request = {
      ...options,
      path,
      settings,
      particles: wholeNumber('--particles', options.particles, 1),
      repeats: options.repeats === undefined ? undefined : wholeNumber('--repeats', options.repeats, 1),
      checkpointEvery:
        options.checkpointEvery === undefined
          ? undefined
          : wholeNumber('--checkpoint-every', options.checkpointEvery, 1),
      exportOnnx: cellsAtATime(options.exportOnnx),
      topGenes: wholeNumber('--top-genes', options.topGenes, 1),
      seed: wholeNumber('--seed', options.seed, 0),
      threads: options.threads === undefined ? undefined : wholeNumber('--threads', options.threads, 1),
    };
    const { representFile } = await import('../jobs/represent-file.node.js');
    const lines = new ProgressLines(options.quiet);
    const result = await representFile({
      ...request,
      version: packageVersion(),
      signal: interruptSignal(),
      onUnderstood: (...sentences) => remark(options, ...sentences),
      onProgress: lines.update,
    }).finally(lines.end);
    if (options.json) printJson(result);
    else remark(options, ...result.sentences);
  });
}

const cellsAtATime = (given?: true | string) =>
  given === undefined || given === true ? given && 1 : wholeNumber('--export-onnx', given, 1);

/** One line of progress for each piece of work, one after the other. */
class ProgressLines {
  #what = '';
  #line: Progress | undefined;

  constructor(private readonly quiet = false) {}

  update = (what: string, done: number, total: number): void => {
    if (what !== this.#what) {
      this.end();
      this.#line = new Progress(what, this.quiet);
      this.#what = what;
    }
    this.#line?.update(done, total);
  };

  end = (): void => this.#line?.end();
}

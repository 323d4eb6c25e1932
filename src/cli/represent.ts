/** `mechanist represent FILE --out DIR`: latents of cells or profiles, and what shifts which of them. */
import { Command, type Option } from 'commander';
import { OptionError } from '../errors.js';
import { type CellOptions, representCells, withCellOptions } from './represent-cells.js';
import {
  type EnvironmentOptions,
  representEnvironments,
  withEnvironmentOptions,
} from './represent-environments.js';
import { FAMILIES, type Family, familyOf } from './represent-models.js';
import { withTraining } from './represent-options.js';
import { type SharedOptions, sharedRequest } from './represent-shared.js';
import { ProgressLines, printJson, remark, withCommonOptions } from './terminal.js';

type RepresentOptions = SharedOptions & CellOptions & EnvironmentOptions;

const BY_FAMILY = { cells: representCells, environments: representEnvironments } as const;

export function representVerb(): Command {
  const command = new Command('represent')
    .description('latents of cells or profiles, and which perturbation or environment shifts which latent')
    .argument(
      '<file>',
      'any readable format; counts of cells unless --likelihood gaussian, profiles for environments',
    )
    .requiredOption('--out <folder>', 'folder of the trained model, latents.h5ad and tables')
    .option(
      '--model <name>',
      `of cells: ${FAMILIES.cells.join(', ')}; of environments: ${FAMILIES.environments.join(', ')}`,
      'svae-bayes',
    )
    .option('--compare <models>', 'comma-separated: train these as well, for comparison.csv')
    .option('--export-onnx [rows]', 'write encoder.onnx and decoder.onnx, for so many rows at a time (1)')
    .optionsGroup('How the file is read:')
    .option(
      '--control <value>',
      "the perturbation or action that means untreated, or 'none'; guessed by value",
    )
    .option('--layer <name>', 'use this layer in the place of X')
    .option('--preprocess <steps>', 'comma-separated steps, see mechanist info --help')
    .option('--cells <table>', 'for a loose Matrix Market file: table with one row a cell')
    .option('--genes <table>', 'for a loose Matrix Market file: table with one row a gene')
    .optionsGroup('What is not trained on:')
    .option(
      '--held-out <names>',
      "comma-separated perturbations; or environments: actions, pairs 'action|context'",
    )
    .option(
      '--held-out-file <table>',
      'the same as a table: perturbation; or action and, for pairs, context',
    );
  withTraining(command)
    .optionsGroup('Running:')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--threads <number>', 'of the runtime (default: as many as cores, 1 for small networks)')
    .option('--device <name>', 'cpu, or where this machine has them webgpu, cuda', 'cpu')
    .option(
      '--checkpoint-every <epochs>',
      'epochs from one checkpoint to the next (default: those of ten seconds)',
    )
    .option('--overwrite', 'replace what is in the folder')
    .option('--resume', 'go on with the same command where it was interrupted');
  const own: Record<Family, readonly Option[]> = {
    cells: addedBy(command, withCellOptions),
    environments: addedBy(command, withEnvironmentOptions),
  };
  return withCommonOptions(command).action(async (path: string, options: RepresentOptions) => {
    const family = familyOf(options.model);
    refuseOptionsOf(family === 'cells' ? 'environments' : 'cells', own, command, options.model);
    const lines = new ProgressLines(options.quiet);
    const shared = sharedRequest(path, options, lines);
    const result = await BY_FAMILY[family](shared, options).finally(lines.end);
    if (options.json) printJson(result);
    else remark(options, ...result.sentences);
  });
}

/** The options that `add` declares. */
function addedBy(command: Command, add: (command: Command) => Command): readonly Option[] {
  const before = command.options.length;
  return add(command).options.slice(before);
}

/** Throws OptionError on an option that was given and belongs to models of the other kind, naming them. */
function refuseOptionsOf(
  family: Family,
  own: Record<Family, readonly Option[]>,
  command: Command,
  model: string,
): void {
  for (const option of own[family]) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const advice = `it belongs to ${FAMILIES[family].join(', ')}`;
    throw new OptionError(option.long ?? name, command.getOptionValue(name), `an option of ${model}`, advice);
  }
}

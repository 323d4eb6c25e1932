/**
 * The settings of the models of mechanisms as options of `mechanist represent`: names as in the library, and how words
 * become values. Where none is given, the model's own default holds. The type asks for every setting that there is.
 */
import type { Command } from 'commander';
import { choiceOption, numberOption, type OptionDefinition, wordOf } from '../impute/option.js';
import type { MechanismSettings } from '../represent/mechanism/settings.js';

/** What models of cells and of environments have in common. */
export type TrainingName =
  | 'latent'
  | 'epochs'
  | 'batchSize'
  | 'learningRate'
  | 'schedule'
  | 'dropout'
  | 'beta'
  | 'klWarmUp'
  | 'patience'
  | 'weightDecay';
type OptionsOf<K extends keyof MechanismSettings> = {
  readonly [N in K]-?: OptionDefinition<MechanismSettings[N]>;
};

const count = (summary: string, least = 1) =>
  numberOption({ default: Number.NaN, summary, whole: true, least });
const real = (summary: string, least = 0, most?: number) =>
  numberOption({ default: Number.NaN, placeholder: '<x>', summary, least, most });

export const TRAINING: OptionsOf<TrainingName> = {
  latent: count('latents (default 15, environments 20; at most one a gene)'),
  epochs: count(
    'times that all rows are seen (environments 100; default 300, svae-bayes 60 or as many as make 8500 steps)',
  ),
  batchSize: count('rows of a step (environments 64; default 128, svae-bayes 256)', 2),
  learningRate: real('of Adam (default 0.001, svae-bayes 0.0025)'),
  schedule: choiceOption(['constant', 'cosine'], {
    default: 'constant',
    summary: 'of the learning rate (svae-bayes cosine)',
  }),
  dropout: real(
    'of the encoder; environments: of all but adversaries, 0 (default 0.1, svae-bayes 0)',
    0,
    0.99,
  ),
  beta: real('weight of the divergence (default 1, beta-vae 10)'),
  klWarmUp: count(
    'epochs until the divergence counts in full (environments 10; default 50, svae-bayes 20)',
    0,
  ),
  patience: numberOption<number | null>({
    default: null,
    summary:
      'epochs without a better validation before training ends (environments 20; default 45, svae-bayes none)',
    whole: true,
    least: 1,
    words: { none: null },
  }),
  weightDecay: real('of Adam (environments 0; default 1e-6, svae-bayes 0)'),
};

const OF_CELLS: OptionsOf<Exclude<keyof MechanismSettings, TrainingName>> = {
  hidden: count('units of a hidden layer (default 128, svae-bayes 256)'),
  layers: count('hidden layers of encoder and of decoder (default 2)'),
  likelihood: choiceOption(['negative-binomial', 'poisson', 'gaussian'], {
    default: 'negative-binomial',
    placeholder: '<model>',
    summary: 'negative-binomial (default), poisson, or gaussian for values that are no counts',
  }),
  covariance: choiceOption(['diagonal', 'full'], {
    default: 'diagonal',
    summary: 'of the latents of a cell (svae-bayes full)',
  }),
  sparsity: numberOption<number | null>({
    default: null,
    placeholder: '<x>',
    summary: 'price of edges: λ of svae (80) or svae+ (auto: as many as perturbations)',
    least: 0,
    words: { auto: null },
  }),
  edgePrior: choiceOption(['published', 'bound'], {
    default: 'published',
    summary: "of svae+: the authors' program (default) or the paper's whole bound",
  }),
  pseudoCells: real('with --edge-prior bound: cells that the data count for (default 200)', 1e-9),
  validation: real('share of the cells that validate (default 0.1)', 0, 0.9),
  adamEpsilon: real('of Adam (default 0.01, svae-bayes 1e-8)'),
  maskRate: real('times the learning rate, for edges of svae and svae+ (default 1)'),
  shiftRate: real('times the learning rate, for shifts (default 1, svae-bayes 30)'),
};

type Options = Readonly<Record<string, OptionDefinition<unknown>>>;

/** One option for each, by its name in kebab case. */
export function declare(command: Command, options: Options): Command {
  for (const [name, { placeholder, summary }] of Object.entries(options)) {
    command.option(`--${wordOf(name)} ${placeholder}`, summary);
  }
  return command;
}

/** The values of those that were given. Throws OptionError. */
export function valuesGiven(options: Options, given: Readonly<Record<string, unknown>>): object {
  const values = Object.entries(options).flatMap(([name, definition]) => {
    const text = given[name];
    return typeof text === 'string' ? [[name, definition.parse(`--${wordOf(name)}`, text)]] : [];
  });
  return Object.fromEntries(values);
}

export const withTraining = (command: Command): Command =>
  declare(command.optionsGroup('The model and its training:'), TRAINING);

export const withCellSettings = (command: Command): Command =>
  declare(command.optionsGroup('Models of cells:'), OF_CELLS);

/** The settings that were given. Throws OptionError. */
export const settingsGiven = (given: Readonly<Record<string, unknown>>): Partial<MechanismSettings> =>
  valuesGiven({ ...TRAINING, ...OF_CELLS }, given);

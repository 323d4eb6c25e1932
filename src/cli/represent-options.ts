/**
 * The settings of the models of mechanisms as options of `mechanist represent`: names as in the library, and how words
 * become values. Where none is given, the model's own default holds. The type asks for every setting that there is.
 */
import type { Command } from 'commander';
import { choiceOption, numberOption, type OptionDefinition, wordOf } from '../impute/option.js';
import type { MechanismSettings } from '../represent/mechanism/settings.js';

type Settings = { readonly [K in keyof MechanismSettings]-?: OptionDefinition<MechanismSettings[K]> };

const count = (summary: string, least = 1) =>
  numberOption({ default: Number.NaN, summary, whole: true, least });
const real = (summary: string, least = 0, most?: number) =>
  numberOption({ default: Number.NaN, placeholder: '<x>', summary, least, most });

const SETTINGS: Settings = {
  latent: count('latents (default 15, at most one a gene)'),
  epochs: count('times that all cells are seen (default 300, svae-bayes 60 or as many as make 8500 steps)'),
  batchSize: count('cells of a step (default 128, svae-bayes 256)', 2),
  learningRate: real('of Adam (default 0.001, svae-bayes 0.0025)'),
  schedule: choiceOption(['constant', 'cosine'], {
    default: 'constant',
    summary: 'of the learning rate (svae-bayes cosine)',
  }),
  hidden: count('units of a hidden layer (default 128, svae-bayes 256)'),
  layers: count('hidden layers of encoder and of decoder (default 2)'),
  dropout: real('of the encoder (default 0.1, svae-bayes 0)', 0, 0.99),
  likelihood: choiceOption(['negative-binomial', 'poisson', 'gaussian'], {
    default: 'negative-binomial',
    placeholder: '<model>',
    summary: 'negative-binomial (default), poisson, or gaussian for values that are no counts',
  }),
  covariance: choiceOption(['diagonal', 'full'], {
    default: 'diagonal',
    summary: 'of the latents of a cell (svae-bayes full)',
  }),
  beta: real('weight of the divergence (default 1, beta-vae 10)'),
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
  klWarmUp: count('epochs until the divergence counts in full (default 50, svae-bayes 20)', 0),
  patience: numberOption<number | null>({
    default: null,
    summary: 'epochs without a better validation before training ends (default 45, svae-bayes none)',
    whole: true,
    least: 1,
    words: { none: null },
  }),
  validation: real('share of the cells that validate (default 0.1)', 0, 0.9),
  weightDecay: real('of Adam (default 1e-6, svae-bayes 0)'),
  adamEpsilon: real('of Adam (default 0.01, svae-bayes 1e-8)'),
  maskRate: real('times the learning rate, for edges of svae and svae+ (default 1)'),
  shiftRate: real('times the learning rate, for shifts (default 1, svae-bayes 30)'),
};

const entries = Object.entries(SETTINGS) as [keyof MechanismSettings, OptionDefinition<unknown>][];

export function withSettings(command: Command): Command {
  command.optionsGroup('The model and its training:');
  for (const [name, { placeholder, summary }] of entries) {
    command.option(`--${wordOf(name)} ${placeholder}`, summary);
  }
  return command;
}

/** The settings that were given. Throws OptionError. */
export function settingsGiven(given: Readonly<Record<string, unknown>>): Partial<MechanismSettings> {
  const values = entries.flatMap(([name, definition]) => {
    const text = given[name];
    return typeof text === 'string' ? [[name, definition.parse(`--${wordOf(name)}`, text)]] : [];
  });
  return Object.fromEntries(values);
}

/**
 * The settings of the models of environments as options of `mechanist represent`, beside those that models of cells have
 * too. The type asks for every setting that there is.
 */
import type { Command } from 'commander';
import { OptionError } from '../errors.js';
import {
  choiceOption,
  numberOption,
  type OptionDefinition,
  switchOption,
  wordOption,
} from '../impute/option.js';
import type { EnvironmentSettings } from '../represent/environment/settings.js';
import { declare, TRAINING, type TrainingName, valuesGiven } from './represent-options.js';

type Own = Exclude<keyof EnvironmentSettings, TrainingName>;
type OwnOptions = { readonly [K in Own]-?: OptionDefinition<EnvironmentSettings[K]> };

/** '500,300', or 'none' for a linear map. */
const widths = (summary: string): OptionDefinition<readonly number[]> =>
  wordOption<readonly number[]>({
    default: [],
    placeholder: '<n,n>',
    summary,
    parse(name, word) {
      if (word === 'none') return [];
      const numbers = word.split(',').map(Number);
      if (word.trim() !== '' && numbers.every((n) => Number.isSafeInteger(n) && n >= 1)) return numbers;
      throw new OptionError(name, word, "widths of layers such as 500 or 500,300, or 'none'");
    },
  });

const real = (summary: string, least = 0, most?: number) =>
  numberOption({ default: Number.NaN, placeholder: '<x>', summary, least, most });
const onOff = (summary: string) => switchOption({ default: true, summary });

const OWN: OwnOptions = {
  encoderWidths: widths("units of the encoder's hidden layers (default 500), or none"),
  decoderWidths: widths("units of the decoder's hidden layers (default 500), or none"),
  environmentWidths: widths('units of the network from descriptors to shifts (default 100), or none'),
  adversaryWidths: widths('units of an adversary (default 100), or none'),
  scaling: onOff('see every gene as its distance from its mean, all in one unit (default on)'),
  noise: choiceOption(['learned', 'unit'], {
    default: 'learned',
    summary: 'variance of a gene around its reconstruction: learned (default) or 1',
  }),
  reduction: choiceOption(['mean', 'sum'], {
    default: 'mean',
    summary: 'loss of a batch: mean (default) or sum over its profiles',
  }),
  logVarianceLimit: numberOption<number | null>({
    default: null,
    placeholder: '<x>',
    summary: 'most of |log variance| of latents (default 10), or none',
    least: 0.1,
    most: 80,
    words: { none: null },
  }),
  temperature: real('of the softmax that makes shifts sparse, at first (default 1)', 1e-6, 1e6),
  temperatureDecay: numberOption<number | null>({
    default: null,
    placeholder: '<x>',
    summary: 'times the temperature, at every step (default auto: at its least after 70 % of them)',
    least: 1e-6,
    most: 1,
    words: { auto: null },
  }),
  leastTemperature: real('where the temperature stays, unless it begins lower (default 0.1)'),
  shiftScale: onOff('does an environment change the spread of latents as well (default off)'),
  invariance: real('weight of invariant risk minimisation on the decoder (default 0)', 0, 1e9),
  adversary: real('weight of an adversary (default 1)', 0, 1e9),
  adversaryRate: real('times the learning rate, for an adversary (default 1)', 0, 1e9),
  filmPer: choiceOption(['layer', 'feature'], {
    default: 'layer',
    summary: 'of env-film: a scale and shift a layer (default) or a feature',
  }),
  depth: numberOption<number | null>({
    default: null,
    summary: 'of env-scm: longest path between latents (default auto: latents less one, at most 16)',
    whole: true,
    least: 0,
    words: { auto: null },
  }),
  patienceCounts: choiceOption(['anew', 'whole'], {
    default: 'anew',
    summary: 'epochs of --patience: anew from every better one (default), or over the whole training',
  }),
  edgePrice: real('of env-scm: nats a profile, for an edge between latents (default 0.1)', 0, 1e9),
};

export const withEnvironmentSettings = (command: Command): Command =>
  declare(command.optionsGroup('Models of environments:'), OWN);

/** The settings that were given. Throws OptionError. */
export const environmentSettingsGiven = (
  given: Readonly<Record<string, unknown>>,
): Partial<EnvironmentSettings> => valuesGiven({ ...TRAINING, ...OWN }, given);

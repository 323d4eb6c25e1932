/**
 * What a model of environments is made of and how it is trained. `config.json` holds it whole, so that a saved model is
 * built again from it alone. `PUBLISHED` is what the authors' program does (Bertin 2020); where `ENVIRONMENT_SETTINGS`
 * differ, docs/methods/environments.md has the reason.
 */
import { OptionError } from '../../errors.js';

export interface EnvironmentSettings {
  readonly latent: number;
  /** Hidden layers of the encoder; none is a linear one. */
  readonly encoderWidths: readonly number[];
  readonly decoderWidths: readonly number[];
  /** Hidden layers of the network from descriptors to shifts, and of attention. */
  readonly environmentWidths: readonly number[];
  /** Of an adversary. */
  readonly adversaryWidths: readonly number[];
  /** Hidden layers of encoder, decoder and environment network lose so many units at random. */
  readonly dropout: number;
  /** See every gene as its distance from its mean, all in one unit? */
  readonly scaling: boolean;
  /** Variance of a gene around its reconstruction: 1, or learned, one a gene. */
  readonly noise: 'unit' | 'learned';
  /** Weight of the divergence. */
  readonly beta: number;
  /** Epochs over which the divergence gets its weight. */
  readonly klWarmUp: number;
  /** Is the loss of a batch the mean over its profiles, or their sum, as in the authors' program? */
  readonly reduction: 'mean' | 'sum';
  /** |log variance| of the latents at most; `null`: any. */
  readonly logVarianceLimit: number | null;
  /** T of the softmax that makes shifts sparse, at the first step. */
  readonly temperature: number;
  /** Times T, at every step; `null`: so that T is at its least after 70 % of all steps. */
  readonly temperatureDecay: number | null;
  /** Where T stays, unless it begins lower. */
  readonly leastTemperature: number;
  /** Does an environment change the spread of latents as well as their means? */
  readonly shiftScale: boolean;
  /** Weight of the penalty on decoders that environments would scale differently (Arjovsky et al. 2019). */
  readonly invariance: number;
  /** Weight of an adversary. */
  readonly adversary: number;
  /** Times the learning rate, for the adversary. */
  readonly adversaryRate: number;
  /** FiLM: a scale and shift a layer, as in the authors' program, or one a unit. */
  readonly filmPer: 'layer' | 'feature';
  /** Of env-scm: how long paths between latents can be; `null`: as long as there are latents, up to 16. */
  readonly depth: number | null;
  /** Of env-scm: price of an edge between latents, in nats a profile. */
  readonly edgePrice: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: 'constant' | 'cosine';
  readonly weightDecay: number;
  /** Epochs without a better validation before training ends; `null`: all epochs, and the last is kept. */
  readonly patience: number | null;
  /** Are these epochs counted over the whole training, or anew from every better one? */
  readonly patienceCounts: 'anew' | 'whole';
}

export const ENVIRONMENT_SETTINGS: EnvironmentSettings = {
  latent: 20,
  encoderWidths: [500],
  decoderWidths: [500],
  environmentWidths: [100],
  adversaryWidths: [100],
  dropout: 0,
  scaling: true,
  noise: 'learned',
  beta: 1,
  klWarmUp: 10,
  reduction: 'mean',
  logVarianceLimit: 10,
  temperature: 1,
  temperatureDecay: null,
  leastTemperature: 0.1,
  shiftScale: false,
  invariance: 0,
  adversary: 1,
  adversaryRate: 1,
  filmPer: 'layer',
  depth: null,
  edgePrice: 0.1,
  epochs: 100,
  batchSize: 64,
  learningRate: 1e-3,
  schedule: 'constant',
  weightDecay: 0,
  patience: 20,
  patienceCounts: 'anew',
};

/** Of the authors' program, configurations of July 2020. */
export const PUBLISHED: Partial<EnvironmentSettings> = {
  latent: 200,
  environmentWidths: [500],
  scaling: false,
  noise: 'unit',
  klWarmUp: 0,
  reduction: 'sum',
  logVarianceLimit: null,
  temperatureDecay: 0.9999,
  leastTemperature: 0,
  shiftScale: false,
  batchSize: 32,
  learningRate: 1e-4,
  epochs: 200,
  patience: 5,
  patienceCounts: 'whole',
};

/** Throws OptionError on numbers out of range. */
export function checkEnvironmentSettings(settings: EnvironmentSettings): void {
  const whole = (name: keyof EnvironmentSettings, value: unknown, least: number) => {
    if (!(Number.isSafeInteger(value) && (value as number) >= least))
      throw new OptionError(name, value, `a whole number ≥ ${least}`);
  };
  const between = (name: keyof EnvironmentSettings, least: number, most: number) => {
    const value = settings[name] as number;
    if (!(value >= least && value <= most))
      throw new OptionError(name, value, `a number from ${least} to ${most}`);
  };
  const word = (name: keyof EnvironmentSettings, words: readonly string[]) => {
    if (!words.includes(settings[name] as string)) throw new OptionError(name, settings[name], words);
  };
  for (const name of ['latent', 'batchSize'] as const) whole(name, settings[name], 1);
  for (const name of ['epochs', 'klWarmUp'] as const) whole(name, settings[name], 0);
  if (settings.patience !== null) whole('patience', settings.patience, 1);
  if (settings.depth !== null) whole('depth', settings.depth, 0);
  for (const name of ['encoderWidths', 'decoderWidths', 'environmentWidths', 'adversaryWidths'] as const)
    for (const width of settings[name]) whole(name, width, 1);
  for (const name of ['beta', 'invariance', 'adversary', 'adversaryRate', 'edgePrice'] as const)
    between(name, 0, 1e9);
  between('dropout', 0, 0.99);
  between('temperature', 1e-6, 1e6);
  between('leastTemperature', 0, 1e6);
  if (settings.temperatureDecay !== null) between('temperatureDecay', 1e-6, 1);
  else if (settings.leastTemperature === 0)
    throw new OptionError('leastTemperature', 0, 'a number above 0, where no --temperature-decay is given');
  between('learningRate', 0, 1e3);
  between('weightDecay', 0, 1e3);
  if (settings.logVarianceLimit !== null) between('logVarianceLimit', 0.1, 80);
  word('noise', ['unit', 'learned']);
  word('reduction', ['mean', 'sum']);
  word('filmPer', ['layer', 'feature']);
  word('schedule', ['constant', 'cosine']);
  word('patienceCounts', ['anew', 'whole']);
}

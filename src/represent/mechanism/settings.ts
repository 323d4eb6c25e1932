/**
 * What a model of mechanisms is made of and how it is trained. `config.json` holds it whole, so that a saved model is
 * built again from it alone.
 */
import { OptionError } from '../../errors.js';

export type Likelihood = 'negative-binomial' | 'poisson' | 'gaussian';
/** Of svae+: π fixed to the mean of q, as the authors' program; or the paper's bound with its pseudo sample size. */
export type EdgePrior = 'published' | 'bound';
export type Covariance = 'diagonal' | 'full';

export interface MechanismSettings {
  /** Latents. Default 15. */
  readonly latent: number;
  /** Units of a hidden layer of encoder and decoder. */
  readonly hidden: number;
  /** Hidden layers of each. Default 2. */
  readonly layers: number;
  /** Of the encoder, a probability. */
  readonly dropout: number;
  /** Of the observations. Default 'negative-binomial'. */
  readonly likelihood: Likelihood;
  /** Of q(z | x). */
  readonly covariance: Covariance;
  /** Weight of the divergence of the latents. Default 1, of beta-vae 10. */
  readonly beta: number;
  /**
   * λ: of svae the weight of the mean edge probability, of svae+ the second parameter of Beta(1, λ), where `null` is
   * the number of perturbations.
   */
  readonly sparsity: number | null;
  readonly edgePrior: EdgePrior;
  /** With `edgePrior: 'bound'`: cells that the data counts for, N_pseudo of Appendix B. Default 200. */
  readonly pseudoCells: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: 'constant' | 'cosine';
  /** Times the learning rate, for logits of masks. */
  readonly maskRate: number;
  /** Times the learning rate, for shifts. */
  readonly shiftRate: number;
  /** Added by Adam to the root of the second moment. */
  readonly adamEpsilon: number;
  readonly weightDecay: number;
  /** Epochs over which the divergence gets its full weight. */
  readonly klWarmUp: number;
  /** Share of the cells that validate. Default 0.1. */
  readonly validation: number;
  /** Epochs without a better validation loss before training ends; `null`: all epochs, and the last is kept. */
  readonly patience: number | null;
}

/** Of the paper and the authors' program. */
export const PAPER_SETTINGS: MechanismSettings = {
  latent: 15,
  hidden: 128,
  layers: 2,
  dropout: 0.1,
  likelihood: 'negative-binomial',
  covariance: 'diagonal',
  beta: 1,
  sparsity: null,
  edgePrior: 'published',
  pseudoCells: 200,
  epochs: 300,
  batchSize: 128,
  learningRate: 1e-3,
  schedule: 'constant',
  maskRate: 1,
  shiftRate: 1,
  adamEpsilon: 0.01,
  weightDecay: 1e-6,
  klWarmUp: 50,
  validation: 0.1,
  patience: 45,
};

/** Throws OptionError on numbers out of range. */
export function checkSettings(settings: MechanismSettings): void {
  const whole = (name: keyof MechanismSettings, least: number) => {
    const value = settings[name] as number;
    if (!(Number.isSafeInteger(value) && value >= least)) {
      throw new OptionError(name, value, `a whole number ≥ ${least}`);
    }
  };
  const between = (name: keyof MechanismSettings, least: number, most: number) => {
    const value = settings[name] as number;
    if (!(value >= least && value <= most))
      throw new OptionError(name, value, `a number from ${least} to ${most}`);
  };
  const word = (name: keyof MechanismSettings, words: readonly string[]) => {
    if (!words.includes(settings[name] as string)) throw new OptionError(name, settings[name], words);
  };
  whole('latent', 1);
  whole('hidden', 1);
  whole('layers', 1);
  whole('epochs', 0);
  whole('batchSize', 2);
  whole('klWarmUp', 0);
  between('dropout', 0, 0.99);
  between('beta', 0, 1e6);
  if (settings.sparsity !== null) between('sparsity', 0, 1e9);
  between('pseudoCells', 1e-9, 1e12);
  between('learningRate', 0, 1e3);
  between('maskRate', 0, 1e6);
  between('shiftRate', 0, 1e6);
  between('adamEpsilon', 0, 1e3);
  between('weightDecay', 0, 1e3);
  between('validation', 0, 0.9);
  if (settings.patience !== null) whole('patience', 1);
  word('likelihood', ['negative-binomial', 'poisson', 'gaussian']);
  word('covariance', ['diagonal', 'full']);
  word('edgePrior', ['published', 'bound']);
  word('schedule', ['constant', 'cosine']);
}

/** A trained differential network, as its folder has it: `config.json` and weights, checked. */
import { type Config, type Runtime, storeOf, type Weights } from '../../compute/index.js';
import { FormatError } from '../../errors.js';
import { AS_IT_IS, type Calibration } from './calibration.js';
import { FCI_FEATURES } from './fci-features.js';
import { NODE_FEATURES } from './node-features.js';
import { PAIR_FEATURES } from './pair-features.js';
import { CdnPredictor } from './predictor.js';
import { type CdnSettings, checkSettings, usesFci } from './settings.js';

export const CDN_MODEL = 'cdn';

/** Names of all that there is for a network to choose from, in order: weights of other features are of no use. */
export const cdnFeatures = (settings: Pick<CdnSettings, 'marginals'>): readonly string[] => [
  ...NODE_FEATURES.map(({ name }) => `gene ${name}`),
  ...[...PAIR_FEATURES, ...(usesFci(settings) ? FCI_FEATURES : [])].map(({ name }) => `pair ${name}`),
];

export interface CdnModel {
  readonly settings: CdnSettings;
  readonly calibration: Calibration;
}

/** Throws FormatError where the config is of something else, OptionError where a setting is out of range. */
export function cdnModel({ model, settings, features }: Config): CdnModel {
  if (model !== CDN_MODEL) throw new FormatError('config.json', `is of '${model}', not of '${CDN_MODEL}'`);
  const { variant, statistics, pairing, width, blocks, heads } = settings as unknown as CdnSettings;
  const marginals = marginalsOf(settings.marginals);
  const network = { variant, statistics, pairing, marginals, width, blocks, heads };
  checkSettings(network);
  if (features.join() !== cdnFeatures(network).join()) {
    const advice = 'train anew with mechanist train-target';
    throw new FormatError('config.json', `its network was trained on other features; ${advice}`);
  }
  return { settings: network, calibration: calibrationOf(settings.learned) };
}

/** Of earlier trainings: whether there are any. */
function marginalsOf(marginals: unknown): CdnSettings['marginals'] {
  if (typeof marginals === 'boolean') return marginals ? 'invariance' : 'off';
  return marginals as CdnSettings['marginals'];
}

function calibrationOf(learned: unknown): Calibration {
  const { slope, intercept } = (learned ?? AS_IT_IS) as Calibration;
  if (Number.isFinite(slope) && Number.isFinite(intercept)) return { slope, intercept };
  throw new FormatError('config.json', 'the calibration is not two numbers', { where: 'settings.learned' });
}

/** Dispose of it when done. */
export const predictorOf = (runtime: Runtime, { settings }: CdnModel, weights: Weights): CdnPredictor =>
  new CdnPredictor(storeOf(runtime, weights), settings);

/** The models of mechanisms by name: one line each. */
import { OptionError } from '../../errors.js';
import type { MechanismModel } from './model.js';
import { ivae } from './models/ivae.js';
import { svae } from './models/svae.js';
import { svaeBayes } from './models/svae-bayes.js';
import { svaePlus } from './models/svae-plus.js';
import { betaVae, vae } from './models/without-shifts.js';
import { checkSettings, type MechanismSettings, PAPER_SETTINGS } from './settings.js';

export const mechanismModels: readonly MechanismModel[] = [vae, betaVae, ivae, svae, svaePlus, svaeBayes];

/** Throws OptionError on a name that no model has. */
export function mechanismModel(name: string): MechanismModel {
  const model = mechanismModels.find((one) => one.name === name);
  if (model) return model;
  throw new OptionError(
    'model',
    name,
    mechanismModels.map((one) => one.name),
  );
}

/** Epochs of a model that counts in steps, at least and at most. */
const EPOCHS = [30, 400] as const;

/**
 * All settings of a model: what is given, the model's own, the paper's. Where a model wants so many steps, epochs follow
 * from the number of cells; where epochs are given, the warm-up is the same part of them as by default. Throws OptionError.
 */
export function mechanismSettings(
  name: string,
  nCells: number,
  given: Partial<MechanismSettings> = {},
): MechanismSettings {
  const model = mechanismModel(name);
  const own = { ...PAPER_SETTINGS, ...model.defaults };
  const { batchSize, validation } = { ...own, ...given };
  const perEpoch = Math.max(1, Math.ceil((nCells * (1 - validation)) / batchSize));
  const wanted = model.steps && Math.min(EPOCHS[1], Math.max(EPOCHS[0], Math.ceil(model.steps / perEpoch)));
  const epochs = given.epochs ?? wanted ?? own.epochs;
  const share = wanted ? epochs / own.epochs : Math.min(1, epochs / own.epochs);
  const settings = { ...own, epochs, klWarmUp: Math.round(own.klWarmUp * share), ...given };
  checkSettings(settings);
  return settings;
}

/** The models of mechanisms by name: one line each. */
import { OptionError } from '../../errors.js';
import type { MechanismModel } from './model.js';
import { ivae } from './models/ivae.js';
import { svae } from './models/svae.js';
import { svaeBayes } from './models/svae-bayes.js';
import { svaePlus } from './models/svae-plus.js';
import { betaVae, vae } from './models/without-shifts.js';

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

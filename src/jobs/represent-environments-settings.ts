/** Which models of environments are trained, and with what: names and settings of a request, checked before anything is read. */
import { OptionError } from '../errors.js';
import { wordOf } from '../impute/option.js';
import {
  checkEnvironmentSettings,
  type EnvironmentSettings,
  environmentModel,
  environmentSettings,
  PUBLISHED,
} from '../represent/index.js';
import { checkUsed, modelNames } from './represent-settings.js';

export interface EnvironmentModelsRequest {
  readonly model: string;
  /** Names of further models, comma-separated: trained the same way and set beside it. */
  readonly compare?: string;
  /** What differs from the defaults of the models. */
  readonly settings: Partial<EnvironmentSettings>;
  /** Defaults of the authors' program (`published`) in the place of ours. */
  readonly defaults?: 'ours' | 'published';
}

const SHIFTING = ['env-vae', 'env-film', 'env-translation', 'env-scm'];
const PRIORS = ['env-vae', 'env-film', 'env-scm'];
const GAUSSIAN = ['vae', 'cvae', ...SHIFTING];
const ADVERSARIAL = ['ap-ae', 'adversarial-ae'];

/** Settings that only some models have. */
const USED_BY: Partial<Record<keyof EnvironmentSettings, readonly string[]>> = {
  environmentWidths: [...SHIFTING, 'ap-ae'],
  adversaryWidths: ADVERSARIAL,
  adversary: ADVERSARIAL,
  adversaryRate: ADVERSARIAL,
  beta: GAUSSIAN,
  klWarmUp: GAUSSIAN,
  logVarianceLimit: GAUSSIAN,
  temperature: SHIFTING,
  temperatureDecay: SHIFTING,
  leastTemperature: SHIFTING,
  shiftScale: PRIORS,
  filmPer: ['env-film'],
  depth: ['env-scm'],
  edgePrice: ['env-scm'],
};

/** The models, the first of which is the one asked for, with their settings. Throws OptionError. */
export function environmentModelsOf(request: EnvironmentModelsRequest): Map<string, EnvironmentSettings> {
  const { settings: given, defaults = 'ours' } = request;
  const names = modelNames(request, environmentModel);
  checkUsed(given, names, USED_BY);
  const known = defaults === 'published' ? PUBLISHED : {};
  const models = new Map(names.map((name) => [name, environmentSettings(name, { ...known, ...given })]));
  for (const settings of models.values()) checkInWords(settings);
  return models;
}

/** Options are named as they are typed. */
function checkInWords(settings: EnvironmentSettings): void {
  try {
    checkEnvironmentSettings(settings);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new OptionError(`--${wordOf(error.option)}`, error.value, error.allowed);
  }
}

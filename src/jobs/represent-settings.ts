/** Which models are trained, and with what: names and settings of a request, checked before anything is read. */
import { OptionError } from '../errors.js';
import { wordOf } from '../impute/option.js';
import { type MechanismSettings, mechanismModel, mechanismSettings } from '../represent/index.js';

export interface ModelsRequest {
  readonly model: string;
  /** Names of further models, comma-separated: trained the same way and set beside it. */
  readonly compare?: string;
  /** What differs from the defaults of the models. */
  readonly settings: Partial<MechanismSettings>;
}

/** Settings that only some models have. */
const USED_BY: Partial<Record<keyof MechanismSettings, readonly string[]>> = {
  sparsity: ['svae', 'svae+'],
  edgePrior: ['svae+'],
  pseudoCells: ['svae+'],
  maskRate: ['svae', 'svae+'],
  shiftRate: ['ivae', 'svae', 'svae+', 'svae-bayes'],
};

/** Cells of a usual screen, to check settings by before anything is read. */
const USUAL_CELLS = 36_000;

/** The models, the first of which is the one asked for, with their settings for so many cells. Throws OptionError. */
export function modelsOf(request: ModelsRequest, nCells = USUAL_CELLS): Map<string, MechanismSettings> {
  const { model, compare, settings } = request;
  const others = compare?.split(',').map((name) => name.trim()) ?? [];
  const names = [checked('--model', model), ...others.map((name) => checked('--compare', name))];
  if (new Set(names).size < names.length) {
    throw new OptionError('--compare', compare, `a list without repeats and without '${model}'`);
  }
  checkUsed(settings, names);
  return new Map(names.map((name) => [name, mechanismSettings(name, nCells, settings)]));
}

function checked(option: string, name: string): string {
  try {
    return mechanismModel(name).name;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new OptionError(option, name, error.allowed);
  }
}

function checkUsed(given: Partial<MechanismSettings>, models: readonly string[]): void {
  for (const [name, users] of Object.entries(USED_BY)) {
    const value = given[name as keyof MechanismSettings];
    if (value === undefined || models.some((model) => users.includes(model))) continue;
    const advice = `it belongs to ${users.join(', ')}`;
    throw new OptionError(`--${wordOf(name)}`, value ?? 'auto', `a setting of ${models.join(', ')}`, advice);
  }
  if (given.pseudoCells !== undefined && given.edgePrior !== 'bound')
    throw new OptionError('--pseudo-cells', given.pseudoCells, 'of use without --edge-prior bound');
}

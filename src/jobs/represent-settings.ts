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
  const { settings } = request;
  const names = modelNames(request, mechanismModel);
  checkUsed(settings, names, USED_BY);
  if (settings.pseudoCells !== undefined && settings.edgePrior !== 'bound')
    throw new OptionError('--pseudo-cells', settings.pseudoCells, 'of use without --edge-prior bound');
  return new Map(names.map((name) => [name, mechanismSettings(name, nCells, settings)]));
}

/** Names of the model asked for and of those beside it, each once, as `find` knows them. Throws OptionError. */
export function modelNames(
  { model, compare }: Pick<ModelsRequest, 'model' | 'compare'>,
  find: (name: string) => { readonly name: string },
): string[] {
  const checked = (option: string, name: string) => {
    try {
      return find(name).name;
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      throw new OptionError(option, name, error.allowed);
    }
  };
  const others = compare?.split(',').map((name) => name.trim()) ?? [];
  const names = [checked('--model', model), ...others.map((name) => checked('--compare', name))];
  if (new Set(names).size < names.length) {
    throw new OptionError('--compare', compare, `a list without repeats and without '${model}'`);
  }
  return names;
}

/** Throws OptionError on a setting that none of the models has; `usedBy` has the models of settings that not all have. */
export function checkUsed<S extends object>(
  given: Partial<S>,
  models: readonly string[],
  usedBy: Partial<Record<keyof S & string, readonly string[]>>,
): void {
  for (const [name, users] of Object.entries<readonly string[] | undefined>(usedBy)) {
    const value = given[name as keyof S];
    if (value === undefined || !users || models.some((model) => users.includes(model))) continue;
    const advice = `it belongs to ${users.join(', ')}`;
    throw new OptionError(`--${wordOf(name)}`, value ?? 'auto', `a setting of ${models.join(', ')}`, advice);
  }
}

/** As many latents as asked for, which has to be at most one a gene; without being asked never more. Throws OptionError. */
export function latentsFor(nGenes: number, latent: number, given: number | undefined): number {
  if (given !== undefined && given > nGenes) {
    throw new OptionError('--latent', given, `a number up to that of the genes, ${nGenes}`);
  }
  return Math.min(latent, nGenes);
}

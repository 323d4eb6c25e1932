/**
 * Options of simulated environments: of the system of latents and genes, and of what is done to it.
 *
 * The defaults are those of the authors' program (a draft, "Towards Learning Cell Causal-Embeddings", section 5.1).
 */
import { OptionError } from '../../errors.js';
import { defined, numberBetween, wholeNumber } from '../settings.js';

export const ENVIRONMENT_GRAPHS = ['multi-growing', 'growing', 'hierarchical', 'empty'] as const;
export const ENVIRONMENT_FUNCTIONS = ['linear', 'noisy-linear', 'relu'] as const;
export const ENVIRONMENT_INTERVENTIONS = ['soft', 'hard'] as const;

/** What stays the same in every environment. */
export interface SystemOptions {
  /** Default 15. */
  readonly latents?: number;
  /** Default 978. */
  readonly genes?: number;
  /** Kind of the graph among latents. Default 'multi-growing'. */
  readonly graph?: (typeof ENVIRONMENT_GRAPHS)[number];
  /** With 'multi-growing' and 'hierarchical': most parents of a latent. Default 3. */
  readonly latentParents?: number;
  /** With 'hierarchical': layers, as equal in size as they can be. Default: `latents`, a chain. */
  readonly layers?: number;
  /** Standard deviation of a latent's noise. Default 1. */
  readonly latentNoise?: number;
  /** The same of latents that have parents; 0 makes them functions of these. Default: `latentNoise`. */
  readonly childNoise?: number;
  /** Probability that a latent is a parent of a gene, which has one at least. Default .2. */
  readonly geneParents?: number;
  /** From latents to a gene. Default 'linear'. */
  readonly functions?: (typeof ENVIRONMENT_FUNCTIONS)[number];
  /** With 'relu': hidden units of each gene's network. Default 3. */
  readonly units?: number;
  /** With 'noisy-linear' (default 1) and 'relu' (default 0): standard deviation of a gene's noise. */
  readonly noise?: number;
  /** A target is moved and keeps its parents ('soft', the default), or is set and loses them ('hard'). */
  readonly intervention?: (typeof ENVIRONMENT_INTERVENTIONS)[number];
  /** Default 0. */
  readonly seed?: number;
}

export interface EnvironmentsOptions extends SystemOptions {
  /** Environments, the control not. Default 100. */
  readonly environments?: number;
  /** Profiles of each environment, the control too. Default 1000. */
  readonly profiles?: number;
  /** Fewest and most latents that an environment targets, uniform between. Default [1, 1]. */
  readonly targets?: readonly [number, number];
  /** Standard deviation of an offset, whose mean is 0. Default 5. */
  readonly offsetScale?: number;
  /** In place of drawn environments `(nEnvironments, nLatents)`; a latent with 0 is no target. */
  readonly offsets?: readonly (readonly number[])[];
  /** Name of the untreated environment, which comes first; `null`: there is none. Default 'control'. */
  readonly control?: string | null;
  /** Share of the environments, the first ones, that are for training; the others are for validation. Default .7. */
  readonly train?: number;
}

const SYSTEM_DEFAULTS = {
  latents: 15,
  genes: 978,
  graph: 'multi-growing' as (typeof ENVIRONMENT_GRAPHS)[number],
  latentParents: 3,
  latentNoise: 1,
  geneParents: 0.2,
  functions: 'linear' as (typeof ENVIRONMENT_FUNCTIONS)[number],
  units: 3,
  intervention: 'soft' as (typeof ENVIRONMENT_INTERVENTIONS)[number],
  seed: 0,
};

/** The command makes fewer profiles than the library's 1000: 40 MB rather than 400. */
export const PROFILES_OF_THE_COMMAND = 100;

const ENVIRONMENT_DEFAULTS = {
  environments: 100,
  profiles: 1000,
  targets: [1, 1] as readonly [number, number],
  offsetScale: 5,
  control: 'control' as string | null,
  train: 0.7,
};

const NOISE = { linear: 0, 'noisy-linear': 1, relu: 0 } as const;

/** Values of one array: 1 GB of float64. */
const MOST_VALUES = 2 ** 27;
/** Beyond this many profiles, names and columns of the annotation do not fit. */
const MOST_PROFILES = 10_000_000;
/** Of offsets and noise; what a graph may make of them is bounded by `checkReach`. */
const LARGEST = 1e6;

export type SystemSettings = Required<SystemOptions>;
export type EnvironmentsSettings = SystemSettings &
  Required<Omit<EnvironmentsOptions, keyof SystemOptions | 'offsets'>> &
  Pick<EnvironmentsOptions, 'offsets'>;

/** The options with their defaults. Throws OptionError for what is out of range or has no effect. */
export function systemSettings(options: SystemOptions): SystemSettings {
  const given = defined(options);
  const chosen = { ...SYSTEM_DEFAULTS, ...given };
  const { latents, graph, functions } = chosen;
  oneOf('graph', graph, ENVIRONMENT_GRAPHS);
  oneOf('functions', functions, ENVIRONMENT_FUNCTIONS);
  oneOf('intervention', chosen.intervention, ENVIRONMENT_INTERVENTIONS);
  wholeNumber('latents', latents, 1, 1000);
  const settings = {
    ...chosen,
    layers: given.layers ?? latents,
    childNoise: given.childNoise ?? chosen.latentNoise,
    noise: given.noise ?? NOISE[functions],
  };
  wholeNumber('genes', settings.genes, 1, 1_000_000);
  wholeNumber('latentParents', settings.latentParents, 1, 1000);
  wholeNumber('layers', settings.layers, 1, latents);
  wholeNumber('units', settings.units, 1, 1000);
  numberBetween('latentNoise', settings.latentNoise, 0, LARGEST);
  numberBetween('childNoise', settings.childNoise, 0, LARGEST);
  numberBetween('geneParents', settings.geneParents, 0, 1);
  numberBetween('noise', settings.noise, 0, LARGEST);
  const weights = latents * (functions === 'relu' ? settings.units : 1);
  const mostGenes = Math.floor(MOST_VALUES / weights);
  if (settings.genes > mostGenes) {
    throw new OptionError('genes', settings.genes, `at most ${mostGenes}, with ${weights} weights each`);
  }
  const refuse = refusal(given);
  refuse('latentParents', graph === 'empty' || graph === 'growing', 'multi-growing and hierarchical graphs');
  refuse('layers', graph !== 'hierarchical', 'hierarchical graphs');
  refuse('childNoise', graph === 'empty', 'graphs that have edges');
  refuse('units', functions !== 'relu', "functions 'relu'");
  refuse('noise', functions === 'linear', "functions 'noisy-linear' and 'relu'");
  return settings;
}

/** The options with their defaults. Throws OptionError for what is out of range or has no effect. */
export function environmentsSettings(options: EnvironmentsOptions): EnvironmentsSettings {
  const given = defined(options);
  const system = systemSettings(options);
  const { offsets } = given;
  const environments = offsets?.length ?? given.environments ?? ENVIRONMENT_DEFAULTS.environments;
  const settings = { ...ENVIRONMENT_DEFAULTS, ...given, ...system, environments };
  const untreated = settings.control === null ? 0 : 1;
  wholeNumber(offsets ? 'offsets (rows)' : 'environments', environments, 1 - untreated, 1_000_000);
  wholeNumber('profiles', settings.profiles, 1);
  // A normal deviate is less than 10, so what is drawn is in the range of what may be given.
  numberBetween('offsetScale', settings.offsetScale, 0, LARGEST / 10);
  numberBetween('train', settings.train, 0, 1);
  const [fewest, most] = settings.targets;
  wholeNumber('targets (fewest)', fewest, 1, system.latents);
  wholeNumber('targets (most)', most, fewest, system.latents);
  offsets?.forEach((row) => checkOffsets(row, system.latents));
  const refuse = refusal(given);
  for (const option of ['environments', 'targets', 'offsetScale'] as const) {
    refuse(option, offsets !== undefined, 'drawn environments, not to offsets');
  }
  const rows = (environments + untreated) * settings.profiles;
  const mostRows = Math.min(
    MOST_PROFILES,
    Math.floor(2 ** 31 / system.genes),
    Math.floor(MOST_VALUES / system.latents),
  );
  if (rows > mostRows) {
    const allowed = `at most ${mostRows}, of ${system.genes} genes and ${system.latents} latents`;
    throw new OptionError('profiles in all', rows, allowed);
  }
  return settings;
}

/** Throws OptionError unless there is a finite number for every latent. */
export function checkOffsets(offsets: ArrayLike<number>, latents: number): void {
  if (offsets.length !== latents) {
    throw new OptionError('offsets', `${offsets.length} numbers`, `${latents} numbers, one a latent`);
  }
  for (let k = 0; k < latents; k++) numberBetween('offsets', offsets[k], -LARGEST, LARGEST);
}

/** Options that another one makes idle are refused, so that nobody believes they were used. */
function refusal(given: EnvironmentsOptions) {
  return (option: keyof EnvironmentsOptions, idle: boolean, usedWith: string): void => {
    if (idle && given[option] !== undefined) {
      throw new OptionError(option, String(given[option]), `used: it belongs to ${usedWith}`);
    }
  };
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new OptionError(option, value, allowed);
}

/**
 * Which runs `reproduce environments` needs for the simulated experiments of the draft (Bertin 2020, section 6), and with
 * which settings. The draft gives networks and offsets; it leaves open how many profiles and epochs there are.
 */
import { environmentModels, environmentSettings } from '../represent/index.js';
import type { LinearRun } from './reproduce-environments-linear.js';
import type { NonlinearRun } from './reproduce-environments-nonlinear.js';

/** All that a result depends on, but for the version of the program. */
export type SimulatedRun = LinearRun | NonlinearRun;

export interface SimulatedPlan {
  readonly seeds: readonly number[];
  readonly linear: readonly LinearRun[];
  /** Five environments train and five validate: Fig. 9. */
  readonly curves: readonly NonlinearRun[];
  /** Many environments. */
  readonly targets: readonly NonlinearRun[];
}

export const LINEAR_MODELS = ['vae', 'cvae', 'env-vae'];

export interface LinearSetting {
  readonly key: string;
  readonly title: string;
  readonly dependent: boolean;
  readonly offsets: LinearRun['offsets'];
  /** Of the draft, by model: figures of losses and of angles. */
  readonly figures: Readonly<Record<string, string>>;
}

const ONE = [[0, 0]] as const;
const TWO = [
  [0, 0],
  [0, 0.5],
] as const;

export const LINEAR_SETTINGS: readonly LinearSetting[] = [
  {
    key: 'independent-1',
    title: 'independent latents, one environment',
    dependent: false,
    offsets: ONE,
    figures: { vae: 'Fig. 5, 6' },
  },
  {
    key: 'independent-2',
    title: 'independent latents, two environments',
    dependent: false,
    offsets: TWO,
    figures: {},
  },
  {
    key: 'dependent-1',
    title: 'dependent latents, one environment',
    dependent: true,
    offsets: ONE,
    figures: { vae: 'Fig. 11, 12' },
  },
  {
    key: 'dependent-2',
    title: 'dependent latents, two environments',
    dependent: true,
    offsets: TWO,
    figures: { vae: 'Fig. 13, 14', 'env-vae': 'Fig. 7', cvae: 'Fig. 8' },
  },
];

export interface SimulatedOptions {
  /** Fewer seeds, profiles and epochs. */
  readonly quick?: boolean;
  /** Runs of every entry: `seed`, `seed + 1` … Default 3, quick 1 of the linear case and 3 of the others. */
  readonly seeds?: number;
  /** Default 0. */
  readonly seed?: number;
}

export function simulatedPlan({ quick = false, seed = 0, seeds = 3 }: SimulatedOptions): SimulatedPlan {
  const all = Array.from({ length: seeds }, (_, i) => seed + i);
  const untuned = Array.from({ length: quick ? seeds : 2 * seeds }, (_, i) => seed + TUNED + i);
  const names = environmentModels.map(({ name }) => name);
  const shown = quick ? ['vae', 'cvae', 'env-vae', 'env-translation'] : names;
  return {
    seeds: all,
    linear: LINEAR_SETTINGS.flatMap((setting) =>
      LINEAR_MODELS.flatMap((model) =>
        (quick ? all.slice(0, 1) : all).map((one) => linearRunOf(setting, model, one, quick)),
      ),
    ),
    curves: shown.flatMap((model) => all.map((one) => curvesRun(model, one, quick))),
    targets: shown.flatMap((model) => untuned.map((one) => targetsRun(model, one, quick))),
  };
}

function linearRunOf(
  { key, dependent, offsets }: LinearSetting,
  model: string,
  seed: number,
  quick: boolean,
): LinearRun {
  return {
    experiment: 'linear',
    model,
    setting: key,
    system: {
      latents: 2,
      genes: 10,
      ...(dependent ? ({ graph: 'growing', childNoise: 0 } as const) : ({ graph: 'empty' } as const)),
      geneParents: 0.5,
      seed,
    },
    offsets,
    profiles: 1000 / offsets.length,
    settings: environmentSettings(model, {
      latent: 2,
      encoderWidths: [5],
      decoderWidths: [],
      environmentWidths: [5],
      epochs: quick ? 100 : 400,
      learningRate: 5e-3,
      schedule: 'cosine',
      patience: null,
    }),
    seed,
  };
}

/** Genes are functions of their latents without noise, so that what is measured is what the model gets wrong. */
const SYSTEM = { latents: 5, graph: 'growing', functions: 'relu', genes: 100 } as const;

/** Settings were chosen on systems of so many seeds, from 0: others are reported. */
export const TUNED = 3;

/** Networks as wide as 100 genes need. */
const NETWORKS = {
  encoderWidths: [64],
  decoderWidths: [64],
  adversaryWidths: [32],
  // a descriptor is the offsets themselves, of which a linear layer makes any shift
  environmentWidths: [],
  // where noise is learned it falls to nothing, and likelihoods too steep to turn latents towards the shifts
  noise: 'unit',
  // low before latents have settled: at a higher one two equal shifts are as cheap as one
  temperatureDecay: 0.998,
  leastTemperature: 0.01,
  learningRate: 0.01,
  schedule: 'cosine',
  klWarmUp: 5,
  patience: null,
} as const;

const curvesRun = (model: string, seed: number, quick: boolean): NonlinearRun => ({
  experiment: 'nonlinear',
  model,
  setting: 'five',
  simulation: {
    ...SYSTEM,
    environments: 10,
    train: 0.5,
    profiles: quick ? 200 : 1000,
    control: null,
    seed,
  },
  settings: environmentSettings(model, { ...NETWORKS, latent: 5, epochs: quick ? 30 : 60 }),
  starts: 1,
  seed,
});

const targetsRun = (model: string, seed: number, quick: boolean): NonlinearRun => ({
  experiment: 'nonlinear',
  model,
  setting: 'thirty',
  simulation: { ...SYSTEM, environments: 40, train: 0.75, profiles: 100, seed },
  settings: environmentSettings(model, { ...NETWORKS, latent: 5, epochs: 60 }),
  starts: quick ? 2 : 3,
  seed,
});

/** About how long a run takes: profiles seen while training. */
export function workOf(run: SimulatedRun): number {
  const { settings } = run;
  if (run.experiment === 'linear') return settings.epochs * run.offsets.length * run.profiles;
  const { environments, train, profiles } = run.simulation;
  return 2 * run.starts * settings.epochs * environments! * train! * profiles!;
}

/**
 * Which runs the L1000 part of `reproduce environments` needs: trainings watched from inside, for the question why losses
 * explode there (section 6.5 of the draft), and methods on unseen compounds and pairs.
 */
import {
  ENVIRONMENT_SETTINGS,
  type EnvironmentSettings,
  environmentSettings,
  PUBLISHED,
} from '../represent/index.js';
import {
  BASELINES,
  FEW_PROFILES,
  IMPUTERS,
  METHODS,
  MODELS,
  PREDICTING,
  settingsOf,
} from './reproduce-environments-l1000-methods.js';
import type { L1000Set } from './reproduce-environments-l1000-sets.node.js';

/** Where a run looks: fold `fold` of `folds` of a set, drawn by `seed`. */
export interface FoldName {
  readonly set: L1000Set['name'];
  readonly by: 'action' | 'pair';
  readonly folds: number;
  readonly fold: number;
  readonly seed: number;
}

/** All that a result depends on, but for the version of the program. */
export interface WatchRun {
  readonly experiment: 'l1000-watch';
  readonly model: string;
  /** Key of the settings. */
  readonly variant: string;
  readonly settings: EnvironmentSettings;
  readonly at: FoldName;
  /** Epochs from one look to the next. */
  readonly every: number;
}

export interface MethodRun {
  readonly experiment: 'l1000-method';
  /** Or baseline, or imputer. */
  readonly model: string;
  /** `null` of what is not trained. */
  readonly settings: EnvironmentSettings | null;
  readonly at: FoldName;
}

export type L1000Run = WatchRun | MethodRun;

export interface L1000Options {
  /** Fewer models, epochs and folds. */
  readonly quick?: boolean;
  /** Runs of every entry, each with folds of its own: `seed`, `seed + 1` … Default 1. */
  readonly seeds?: number;
  /** Default 0. */
  readonly seed?: number;
}

export interface L1000Plan {
  readonly watch: readonly WatchRun[];
  readonly methods: readonly MethodRun[];
}

/**
 * The draft takes 457 steps an epoch and these sets 7 to 10: ten times its rate, and a temperature that falls ten times as
 * fast, so that a step counts for ten of its own.
 */
const FASTER = { learningRate: 1e-3, temperatureDecay: 0.999, patience: null };

/** The authors' settings, ours, and theirs with one thing as ours: title and settings by key. */
export const VARIANTS: Readonly<
  Record<string, readonly [title: string, settings: Partial<EnvironmentSettings>]>
> = {
  published: ['the authors’ program, all epochs', { ...PUBLISHED, patience: null }],
  faster: ['the same, a step counting for ten', { ...PUBLISHED, ...FASTER }],
  scaling: ['… genes centred, in one unit', { ...PUBLISHED, ...FASTER, scaling: true }],
  mean: ['… mean over the batch', { ...PUBLISHED, ...FASTER, reduction: 'mean' }],
  limit: ['… log variances within ± 10', { ...PUBLISHED, ...FASTER, logVarianceLimit: 10 }],
  temperature: ['… temperature stays at 1', { ...PUBLISHED, ...FASTER, temperatureDecay: 1 }],
  noise: ['… noise learned', { ...PUBLISHED, ...FASTER, noise: 'learned' }],
  small: [
    '… 20 latents, 100 units between descriptor and shift',
    { ...PUBLISHED, ...FASTER, latent: 20, environmentWidths: [100] },
  ],
  latents: ['… 20 latents', { ...PUBLISHED, ...FASTER, latent: 20 }],
  environment: [
    '… 100 units between descriptor and shift',
    { ...PUBLISHED, ...FASTER, environmentWidths: [100] },
  ],
  dropout: ['… dropout 0.5', { ...PUBLISHED, ...FASTER, dropout: 0.5 }],
  weights: ['… decay of weights 0.1', { ...PUBLISHED, ...FASTER, weightDecay: 0.1 }],
  decay: ['… dropout 0.5, decay of weights 0.1', { ...PUBLISHED, ...FASTER, dropout: 0.5, weightDecay: 0.1 }],
  ours: ['ours', { ...ENVIRONMENT_SETTINGS, patience: null }],
  'few profiles': ['ours for few profiles', FEW_PROFILES],
};

/** Set, what is unseen, folds: three compounds are three folds. */
const SPLITS = [
  ['plate', 'action', 5],
  ['screen', 'action', 4],
  ['plate', 'pair', 3],
  ['screen', 'pair', 3],
  ['signatures', 'pair', 3],
  ['signatures', 'action', 3],
] as const;
const LOOKS = 20;
const QUICK_MODELS = ['vae', 'cvae', 'env-vae'];

export function l1000Plan({ quick = false, seed = 0, seeds = 1 }: L1000Options): L1000Plan {
  const all = Array.from({ length: seeds }, (_, i) => seed + i);
  const models = quick ? QUICK_MODELS : MODELS;
  const epochs = quick ? 40 : 300;
  // as many of its steps as the draft took
  const epochsOf = (variant: string, set: FoldName['set']) =>
    variant === 'faster' && set === 'signatures' ? 3 * epochs : epochs;
  const looks = (model: string, variant: string, set: FoldName['set'], one: number): WatchRun => ({
    experiment: 'l1000-watch',
    model,
    variant,
    settings: { ...environmentSettings(model, VARIANTS[variant][1]), epochs: epochsOf(variant, set) },
    at: { set, by: set === 'plate' ? 'action' : 'pair', folds: 3, fold: 0, seed: one },
    every: Math.max(1, Math.floor(epochsOf(variant, set) / LOOKS)),
  });
  const watch = [
    ...Object.keys(VARIANTS).map((variant) => looks('env-vae', variant, 'signatures', seed)),
    ...(['faster', 'few profiles'] as const).flatMap((variant) =>
      models.flatMap((model) => all.map((one) => looks(model, variant, 'plate', one))),
    ),
  ];
  const shown = quick ? [...Object.keys(BASELINES), ...IMPUTERS, ...QUICK_MODELS, PREDICTING] : METHODS;
  const methods = SPLITS.flatMap(([set, by, folds]) =>
    shown.flatMap((model) =>
      all.flatMap((one) =>
        Array.from(
          { length: quick ? 2 : folds },
          (_, fold): MethodRun => ({
            experiment: 'l1000-method',
            model,
            settings: settingsOf(model, set),
            at: { set, by, folds, fold, seed: one },
          }),
        ),
      ),
    ),
  );
  return { watch, methods };
}

/** About how long a run takes: steps of training, in units of a small network's. */
export function workOf(run: L1000Run): number {
  const { settings } = run;
  if (!settings) return run.model.startsWith('ridge') ? 300 : 20;
  const { encoderWidths, latent, epochs, batchSize } = settings;
  return ((epochs * 300) / batchSize) * ((encoderWidths[0] ?? latent) / 100);
}

/** Every method of the table on unseen environments, under its name: baselines, imputers of this program, models. */
import type { Runtime } from '../compute/index.js';
import { takeRows } from '../data/index.js';
import type { Random } from '../random/index.js';
import { type EnvironmentSettings, environmentModels, environmentSettings } from '../represent/index.js';
import {
  meanOf,
  meanOfContext,
  meanProfile,
  nearestFingerprint,
} from './reproduce-environments-l1000-baselines.js';
import {
  contextOf,
  type FoldPredictor,
  type L1000Fold,
  unitOf,
} from './reproduce-environments-l1000-folds.js';
import { imputedFold } from './reproduce-environments-l1000-imputers.js';
import { ridge } from './reproduce-environments-l1000-ridge.js';
import { type EnvironmentScore, environmentScore } from './reproduce-environments-l1000-scores.js';
import type { L1000Set } from './reproduce-environments-l1000-sets.node.js';
import { descriptorsOfProfiles, trainEnvironments } from './reproduce-environments-train.js';

export const BASELINES: Readonly<Record<string, FoldPredictor>> = {
  'mean profile': meanProfile,
  'mean of dose or cell line': meanOfContext,
  'nearest fingerprint': nearestFingerprint,
  ridge: ridge({ fingerprint: true }),
  'ridge without fingerprint': ridge({ fingerprint: false }),
};
/** Under the names of `methodSpec`. */
export const IMPUTERS: readonly string[] = ['si-a', 'ntk+prior=fingerprint'];
export const MODELS: readonly string[] = environmentModels.map(({ name }) => name);
/** With so dear a divergence latents say nothing, and the decoder learns what the descriptor says: made to predict. */
export const PREDICTING = 'cvae+beta=100';
export const METHODS: readonly string[] = [...Object.keys(BASELINES), ...IMPUTERS, ...MODELS, PREDICTING];

export const isModel = (method: string): boolean => MODELS.includes(method) || method === PREDICTING;

/**
 * For few profiles and many bits: small networks that forget half of their units at every step, weights that decay, and
 * epochs that are counted beforehand, as no environment is left to stop by. See docs/methods/environments-l1000.md.
 */
export const FEW_PROFILES: Partial<EnvironmentSettings> = {
  latent: 10,
  encoderWidths: [100],
  decoderWidths: [100],
  environmentWidths: [50],
  adversaryWidths: [50],
  dropout: 0.5,
  weightDecay: 0.1,
  epochs: 30,
  patience: null,
};

/** Cell lines are many columns of the descriptor, and take longer. */
const CELL_LINES: Partial<EnvironmentSettings> = { epochs: 60, learningRate: 3e-3, dropout: 0.2 };

/** Settings of a method on a set; `null` where nothing is trained. Throws OptionError. */
export function settingsOf(method: string, set: L1000Set['name']): EnvironmentSettings | null {
  if (!isModel(method)) return null;
  return environmentSettings(modelOf(method), {
    ...FEW_PROFILES,
    ...(set !== 'plate' && CELL_LINES),
    ...(method === PREDICTING && { beta: 100 }),
  });
}

const modelOf = (method: string) => method.split('+')[0];

export interface MethodResult {
  /** Of `fold.environments`. */
  readonly scores: readonly EnvironmentScore[];
  /** Environments that another average answered, the method having nothing to say. */
  readonly fallbacks: number;
}

export async function methodResult(
  runtime: Runtime,
  fold: L1000Fold,
  method: string,
  settings: Partial<EnvironmentSettings>,
  random: Random,
): Promise<MethodResult> {
  const baseline = BASELINES[method];
  if (baseline) return { scores: scoresOf(fold, baseline(fold)), fallbacks: 0 };
  if (isModel(method)) {
    const answer = await modelAnswer(runtime, fold, modelOf(method), settings, random);
    return { scores: scoresOf(fold, answer.predicted, answer.reconstructed), fallbacks: 0 };
  }
  const { profiles, fallbacks } = await imputedFold(fold, method);
  return { scores: scoresOf(fold, profiles), fallbacks: fallbacks.filter((word) => word !== '').length };
}

async function modelAnswer(
  runtime: Runtime,
  fold: L1000Fold,
  model: string,
  settings: Partial<EnvironmentSettings>,
  random: Random,
) {
  const { profiles, environments, validation } = fold;
  const { representation } = await trainEnvironments(runtime, {
    model,
    settings: environmentSettings(model, settings),
    profiles,
    validation: environments,
    random,
  });
  try {
    const { descriptors, columns } = profiles;
    const rowsOf = (values: Float64Array, rows: ArrayLike<number>) =>
      Float64Array.from(
        { length: rows.length * columns.length },
        (_, at) => values[rows[Math.floor(at / columns.length)] * columns.length + (at % columns.length)],
      );
    return {
      predicted: await representation.predict(rowsOf(descriptors, environments)),
      reconstructed: await representation.reconstruct(
        takeRows(profiles.X, validation),
        rowsOf(descriptorsOfProfiles(profiles), validation),
      ),
    };
  } finally {
    await representation.dispose();
  }
}

/** `predicted` (nEnvironments, nGenes) of `fold.environments`, `reconstructed` (nProfiles, nGenes) of `fold.validation`. */
export function scoresOf(
  fold: L1000Fold,
  predicted: ArrayLike<number>,
  reconstructed?: ArrayLike<number>,
): EnvironmentScore[] {
  const { set, profiles, validation } = fold;
  const genes = set.X.nCols;
  const slice = (values: ArrayLike<number>, k: number) =>
    Float64Array.from({ length: genes }, (_, g) => values[k * genes + g]);
  const controls = new Map<string, Float64Array>();
  return fold.environments.map((e, k) => {
    const own = [...validation.keys()].filter((i) => profiles.labels[validation[i]] === e);
    const joined = (values: ArrayLike<number>, rows: readonly number[]) =>
      Float64Array.from(rows.flatMap((row) => [...slice(values, row)]));
    const context = contextOf(fold, e);
    const control = controls.get(context) ?? controlOf(fold, context);
    controls.set(context, control);
    return environmentScore({
      unit: unitOf(fold, validation[own[0]]),
      measured: joined(
        set.X.values,
        own.map((i) => validation[i]),
      ),
      predicted: slice(predicted, k),
      reconstructed: reconstructed && joined(reconstructed, own),
      control,
    });
  });
}

/** Mean of the controls of a context, of the controls of no context where it has none; zeros without controls. */
function controlOf(fold: L1000Fold, context: string): Float64Array {
  const { set, train } = fold;
  const controls = train.filter((row) => set.actions[row] === set.control);
  const own = controls.filter((row) => set.contexts[row] === context);
  return meanOf(fold, own.length > 0 ? own : controls.filter((row) => set.contexts[row] === set.control));
}

/** An evaluation over threads, with parts on disk: scores (and profiles) in the order methods × folds. */
import type { OutcomeTensor } from '../data/index.js';
import type { Fold, ScoreRow } from '../evaluate/index.js';
import type { MethodSpec } from '../impute/index.js';
import type { EvaluationPart, EvaluationSetup } from './evaluation-part.js';
import type { PartStore } from './parts.node.js';
import { type JobOptions, runParts } from './pool.node.js';
import { sharedParts } from './shared-tensor.js';

/** A method's folds are cut into at most this many parts, whatever the number of threads. */
const PARTS_A_METHOD = 16;

export interface EvaluationRequest {
  readonly tensor: OutcomeTensor;
  readonly methods: readonly MethodSpec[];
  readonly folds: readonly Fold[];
  readonly keepProfiles?: boolean;
}

export interface EvaluationResult {
  readonly scores: ScoreRow[];
  /** Pair number of each score. */
  readonly pairs: number[];
  /** One entry a part, rows in the order of the scores. */
  readonly profiles: PredictedRows[];
}

/** Predictions of a part and their intervals, where there are any. */
export type PredictedRows = Required<Pick<EvaluationPart, 'profiles'>> &
  Pick<EvaluationPart, 'lower' | 'upper'>;

export async function runEvaluation(
  request: EvaluationRequest,
  store: PartStore,
  options: JobOptions,
): Promise<EvaluationResult> {
  const size = Math.max(1, Math.ceil(request.folds.length / PARTS_A_METHOD));
  const parts = request.methods.flatMap((method) =>
    Array.from({ length: Math.ceil(request.folds.length / size) }, (_, i) => ({
      method,
      folds: request.folds.slice(i * size, (i + 1) * size),
    })),
  );
  const setup: EvaluationSetup = {
    tensor: options.threads > 1 ? sharedParts(request.tensor) : request.tensor,
    parts,
    keepProfiles: request.keepProfiles ?? false,
  };
  await runParts(new URL('./evaluation-part.js', import.meta.url), setup, parts.length, store, options);
  const result: EvaluationResult = { scores: [], pairs: [], profiles: [] };
  for (let part = 0; part < parts.length; part++) {
    const { scores, pairs, profiles, lower, upper } = await store.read<EvaluationPart>(part);
    result.scores.push(...scores);
    result.pairs.push(...pairs);
    if (profiles) result.profiles.push({ profiles, lower, upper });
  }
  return result;
}

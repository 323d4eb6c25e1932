/** An evaluation over threads, with parts on disk: scores (and profiles) in the order methods × folds. */
import type { OutcomeTensor } from '../data/index.js';
import type { Fold, ScoreRow } from '../evaluate/index.js';
import { imputerNamed, type MethodSpec } from '../impute/index.js';
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
  /** The prediction behind each score, when they were asked for. */
  readonly predictions: PredictedRow[];
}

/** A prediction and its interval `(nGenes)`; NaN where the method gave none for this pair only. */
export interface PredictedRow {
  readonly profile: Float64Array;
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

export async function runEvaluation(
  request: EvaluationRequest,
  store: PartStore,
  options: JobOptions,
): Promise<EvaluationResult> {
  const { tensor, folds } = request;
  const parts = request.methods.flatMap((method) =>
    partsOf(tensor, method, folds).map((at) => ({ method, at })),
  );
  const setup: EvaluationSetup = {
    tensor: options.threads > 1 ? sharedParts(tensor) : tensor,
    parts: parts.map(({ method, at }) => ({ method, folds: at.map((fold) => folds[fold]) })),
    keepProfiles: request.keepProfiles ?? false,
  };
  await runParts(new URL('./evaluation-part.js', import.meta.url), setup, parts.length, store, options);
  const starts: number[] = [];
  let nScores = 0;
  for (const fold of folds) {
    starts.push(nScores);
    nScores += fold.length;
  }
  const result: EvaluationResult = { scores: [], pairs: [], predictions: [] };
  for (const [part, { method, at }] of parts.entries()) {
    const made = await store.read<EvaluationPart>(part);
    const first = request.methods.indexOf(method) * nScores;
    const places = at.flatMap((fold) => folds[fold].map((_, i) => first + starts[fold] + i));
    places.forEach((place, row) => {
      result.scores[place] = made.scores[row];
      result.pairs[place] = made.pairs[row];
      const rowOf = (values?: Float64Array) =>
        values?.subarray(row * tensor.nGenes, (row + 1) * tensor.nGenes);
      const profile = rowOf(made.profiles);
      if (profile)
        result.predictions[place] = { profile, lower: rowOf(made.lower), upper: rowOf(made.upper) };
    });
  }
  return result;
}

/**
 * The folds of each part, by number: those of a group that shares work together, otherwise runs of equal length. The
 * parts depend on the screen and the method only.
 */
function partsOf(tensor: OutcomeTensor, { name, options }: MethodSpec, folds: readonly Fold[]): number[][] {
  const numbers = Array.from(folds.keys());
  const groupOf = imputerNamed(name).groups?.(tensor, options);
  if (groupOf) {
    const byGroup = new Map<number, number[]>();
    for (const fold of numbers) {
      const group = groupOf[folds[fold][0]];
      byGroup.set(group, [...(byGroup.get(group) ?? []), fold]);
    }
    return [...byGroup.values()];
  }
  const size = Math.max(1, Math.ceil(folds.length / PARTS_A_METHOD));
  return Array.from({ length: Math.ceil(folds.length / size) }, (_, i) =>
    numbers.slice(i * size, (i + 1) * size),
  );
}

/** One part of an evaluation: some folds with one method. Runs in a worker or on the main thread. */
import { OutcomeTensor, type OutcomeTensorParts } from '../data/index.js';
import { evaluateFolds, type Fold, type ScoreRow } from '../evaluate/index.js';
import { type Imputer, type ImputerResources, imputerNamed, type MethodSpec } from '../impute/index.js';

export interface EvaluationSetup {
  readonly tensor: OutcomeTensorParts;
  readonly parts: readonly { readonly method: MethodSpec; readonly folds: readonly Fold[] }[];
  readonly keepProfiles: boolean;
}

export interface EvaluationPart {
  readonly scores: readonly ScoreRow[];
  /** Pair number of each score. */
  readonly pairs: readonly number[];
  /** Predicted profiles `(nScores, nGenes)`, where they were asked for. */
  readonly profiles?: Float64Array;
  /** Ends of their intervals, NaN where the method gave none for a pair; absent where it never did. */
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

export function prepare(
  setup: EvaluationSetup,
  resources?: ImputerResources,
): (part: number) => Promise<EvaluationPart> {
  const tensor = new OutcomeTensor(setup.tensor);
  const imputers = new Map<string, Imputer>();
  return async (part) => {
    const { method, folds } = setup.parts[part];
    let imputer = imputers.get(method.label);
    if (!imputer) {
      imputer = imputerNamed(method.name).create(tensor, method.options, resources);
      imputers.set(method.label, imputer);
    }
    const scores: ScoreRow[] = [];
    const pairs: number[] = [];
    const nScores = folds.reduce((sum, fold) => sum + fold.length, 0);
    const rows = () => new Float64Array(nScores * tensor.nGenes);
    const profiles = setup.keepProfiles ? rows() : undefined;
    let lower: Float64Array | undefined;
    let upper: Float64Array | undefined;
    await evaluateFolds(tensor, method.label, imputer, folds, (score, prediction, pair) => {
      const at = scores.length * tensor.nGenes;
      profiles?.set(prediction.profile, at);
      if (profiles && prediction.lower && prediction.upper) {
        lower ??= rows().fill(Number.NaN);
        upper ??= rows().fill(Number.NaN);
        lower.set(prediction.lower, at);
        upper.set(prediction.upper, at);
      }
      scores.push(score);
      pairs.push(pair);
    });
    return { scores, pairs, profiles, lower, upper };
  };
}

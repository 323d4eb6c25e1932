/** One part of an imputation: some pairs with one method. Runs in a worker or on the main thread. */
import { OutcomeTensor, type OutcomeTensorParts } from '../data/index.js';
import {
  type Explanation,
  type Fallback,
  type FittedImputer,
  type ImputerOptions,
  type ImputerResources,
  imputerNamed,
  type PairTarget,
  type Prediction,
  Training,
} from '../impute/index.js';

export interface ImputationSetup {
  readonly tensor: OutcomeTensorParts;
  readonly method: string;
  readonly options: ImputerOptions;
  /**
   * Contexts and actions to predict, by position, −1 for unseen names; part i is `[starts[i], starts[i + 1])`.
   * Pairs that were measured are predicted as if none of them had been.
   */
  readonly contexts: Int32Array;
  readonly actions: Int32Array;
  readonly starts: readonly number[];
  readonly dtype: 'float32' | 'float64';
  readonly explain: boolean;
}

/** Columns of a part, one entry a target. */
export interface ImputationPart {
  readonly profiles: Float32Array | Float64Array;
  readonly lower?: Float32Array | Float64Array;
  readonly upper?: Float32Array | Float64Array;
  readonly donors: Int32Array;
  readonly trainingContexts: Int32Array;
  readonly tau: Float64Array;
  /** 1 yes, 0 no, 2 no test applies. */
  readonly rejected: Uint8Array;
  readonly fallback: readonly Fallback[];
  readonly explanations?: readonly Explanation[];
}

export async function prepare(
  setup: ImputationSetup,
  resources?: ImputerResources,
): Promise<(part: number) => ImputationPart> {
  const tensor = new OutcomeTensor(setup.tensor);
  const measured: number[] = [];
  for (let at = 0; at < setup.contexts.length; at++) {
    const pair = tensor.pair(setup.contexts[at], setup.actions[at]);
    if (pair >= 0) measured.push(pair);
  }
  const imputer = imputerNamed(setup.method).create(tensor, setup.options, resources);
  const fitted = await imputer.fit(new Training(tensor, measured));
  return (part) => {
    const targets: PairTarget[] = [];
    for (let at = setup.starts[part]; at < setup.starts[part + 1]; at++) {
      targets.push({ context: setup.contexts[at], action: setup.actions[at] });
    }
    return predictPart(fitted, targets, tensor.nGenes, setup);
  };
}

function predictPart(
  fitted: FittedImputer,
  targets: readonly PairTarget[],
  nGenes: number,
  { dtype, explain }: ImputationSetup,
): ImputationPart {
  const n = targets.length;
  const rows = () => (dtype === 'float32' ? new Float32Array(n * nGenes) : new Float64Array(n * nGenes));
  const profiles = rows();
  let lower: typeof profiles | undefined;
  let upper: typeof profiles | undefined;
  const donors = new Int32Array(n);
  const trainingContexts = new Int32Array(n);
  const tau = new Float64Array(n);
  const rejected = new Uint8Array(n);
  const fallback: Fallback[] = new Array(n).fill('');
  const explanations: Explanation[] = [];
  const keep = (at: number, prediction: Prediction) => {
    profiles.set(prediction.profile, at * nGenes);
    if (prediction.lower && prediction.upper) {
      lower ??= rows().fill(Number.NaN);
      upper ??= rows().fill(Number.NaN);
      lower.set(prediction.lower, at * nGenes);
      upper.set(prediction.upper, at * nGenes);
    }
    donors[at] = prediction.donors;
    trainingContexts[at] = prediction.trainingContexts;
    tau[at] = prediction.tau;
    rejected[at] = prediction.rejected === null ? 2 : Number(prediction.rejected);
    fallback[at] = prediction.fallback;
    if (explain) explanations[at] = prediction.explain();
  };
  if (fitted.predictMany) fitted.predictMany(targets, keep);
  else targets.forEach(({ context, action }, at) => keep(at, fitted.predict(context, action)));
  return {
    profiles,
    lower,
    upper,
    donors,
    trainingContexts,
    tau,
    rejected,
    fallback,
    explanations: explain ? explanations : undefined,
  };
}

/**
 * Was the choice worth it? A screen is run again with most of its data hidden, and experiments come back in the order
 * of each strategy.
 *
 * Some treated pairs are never available: they are predicted throughout, and the error is theirs alone, the same pairs
 * for every strategy at every point. (The error over what is not yet revealed would also fall by revealing what is hard
 * to predict.) Strategies know which pairs there are to predict, as a user knows which cells of the screen are empty.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import { type ImputerOptions, Training } from '../impute/index.js';
import { MatrixNormal } from '../impute/matrix-normal/index.js';
import type { Random } from '../random/index.js';
import { interquartileRange } from '../stats/index.js';
import { errorWeights } from './error-weights.js';
import { planExperiments, type Strategy } from './plan.js';
import { Uncertainty } from './uncertainty.js';

export interface ReplaySplit {
  /** Pair numbers of the tensor: treated pairs that are visible from the start. */
  readonly start: readonly number[];
  /** Those that can be revealed. */
  readonly candidates: readonly number[];
  /** Those that never are. */
  readonly test: readonly number[];
}

/**
 * A random split of the treated pairs; in `start` every context and every action that has treated pairs has one.
 * @param startShare of the treated pairs, at least
 * @param testShare of the treated pairs, at most half of what is left after the start
 */
export function replaySplit(
  tensor: OutcomeTensor,
  { startShare, testShare }: { readonly startShare: number; readonly testShare: number },
  random: Random,
): ReplaySplit {
  const treated = tensor.treatedPairs();
  const shuffled = random.shuffle([...treated]);
  const start = new Set<number>();
  const [contexts, actions] = [new Set<number>(), new Set<number>()];
  const show = (pair: number) => {
    start.add(pair);
    contexts.add(tensor.pairContext[pair]);
    actions.add(tensor.pairAction[pair]);
  };
  for (const pair of shuffled) {
    if (!contexts.has(tensor.pairContext[pair]) || !actions.has(tensor.pairAction[pair])) show(pair);
  }
  for (const pair of shuffled) if (start.size < startShare * treated.length) show(pair);
  const rest = shuffled.filter((pair) => !start.has(pair));
  const nTest = Math.min(Math.round(testShare * treated.length), Math.floor(rest.length / 2));
  if (rest.length < 1) {
    throw new DataError(
      `nothing to replay: of ${treated.length} treated pairs ${start.size} are shown from the start and ` +
        `${rest.length} are left; start with fewer, or use a screen in which contexts share actions`,
      { treated: treated.length, start: start.size },
    );
  }
  return { start: [...start], candidates: rest.slice(nTest), test: rest.slice(0, nTest) };
}

export interface CurvePoint {
  /** Experiments revealed so far. */
  readonly experiments: number;
  /** Over the pairs that are never available. */
  readonly error: number;
  readonly remaining: number;
}

export interface ReplayOptions {
  /** Experiments from one re-plan to the next. */
  readonly step: number;
  /** Score of a prediction of a pair. */
  readonly errorOf: (predicted: Float64Array, truth: Float64Array) => number;
  readonly onStep?: () => void | Promise<void>;
}

/** The error after every `step` experiments of a strategy, from none to all candidates. */
export async function replayStrategy(
  tensor: OutcomeTensor,
  { candidates, test }: ReplaySplit,
  strategy: Strategy,
  imputerOptions: ImputerOptions,
  random: Random,
  { step, errorOf, onStep }: ReplayOptions,
): Promise<CurvePoint[]> {
  const hidden = new Set([...candidates, ...test]);
  const curve: CurvePoint[] = [];
  for (;;) {
    await onStep?.();
    const imputer = new MatrixNormal(tensor, imputerOptions);
    const training = new Training(tensor, [...hidden]);
    const fitted = imputer.fit(training);
    const predicted = new Map([...hidden].map((pair) => [pair, fitted.predict(tensor.pairContext[pair], tensor.pairAction[pair]).profile]));
    const meanOf = (pairs: readonly number[]) => pairs.reduce((sum, pair) => sum + errorOf(predicted.get(pair)!, tensor.profile(pair)) / pairs.length, 0);
    const experiments = candidates.length + test.length - hidden.size;
    curve.push({ experiments, error: meanOf(test), remaining: meanOf([...hidden]) });
    if (experiments === candidates.length) return curve;
    for (const pair of nextOf(tensor, imputer.learn(training), hidden, test, strategy, random, step, predicted)) hidden.delete(pair);
  }
}

function nextOf(tensor: OutcomeTensor, model: ReturnType<MatrixNormal['learn']>, hidden: ReadonlySet<number>, test: readonly number[], strategy: Strategy, random: Random, step: number, predicted: Map<number, Float64Array>): number[] {
  const pairs = Int32Array.from([...hidden].sort((a, b) => a - b));
  const never = new Set(test);
  const uncertainty = new Uncertainty(model, model.placesOf(pairs), errorWeights(model), Float64Array.from(pairs, (pair) => interquartileRange(predicted.get(pair)!)));
  const candidates = Array.from(pairs.keys()).filter((at) => !never.has(pairs[at]));
  return planExperiments(uncertainty, candidates, step, strategy, random).map(({ pair }) => pairs[pair]);
}

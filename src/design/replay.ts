/**
 * Was the choice worth it? A screen is run again with most of its data hidden, and experiments come back in the order of
 * each strategy; the model is learned again every few of them.
 *
 * The error is that of the predictions for what is still hidden: what a user who stops there has to live with. It falls
 * by what is learned, and because experiments that are hard to predict are run and need no prediction. To see the first
 * alone, some pairs can be kept out of every strategy's reach; then the error is theirs, and theirs is what is planned for.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import { type ImputerOptions, Training } from '../impute/index.js';
import type { Random } from '../random/index.js';
import { assess } from './assess.js';
import { planExperiments, type Strategy } from './plan.js';

/** The error of the last few pairs says nothing: this share of the treated pairs stays hidden to the end. */
const LEFT_HIDDEN = 0.1;

/** Pair numbers of a tensor. */
export interface ReplaySplit {
  /** Treated pairs that are hidden at first and can be revealed. */
  readonly candidates: readonly number[];
  /** Those that never are. */
  readonly test: readonly number[];
}

/**
 * Hides treated pairs at random; every context and every action that has any keeps one.
 * @param startShare share of the treated pairs that stays visible, at least
 * @param testShare share of the treated pairs that is never revealed
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
  for (const pair of shuffled) {
    const [context, action] = [tensor.pairContext[pair], tensor.pairAction[pair]];
    if (contexts.has(context) && actions.has(action)) continue;
    start.add(pair);
    contexts.add(context);
    actions.add(action);
  }
  for (const pair of shuffled) if (start.size < startShare * treated.length) start.add(pair);
  const hidden = shuffled.filter((pair) => !start.has(pair));
  const nTest = Math.round(testShare * treated.length);
  if (nTest + 2 > hidden.length) {
    throw new DataError(
      `nothing to replay: of ${treated.length} treated pairs ${start.size} are visible from the start, and of the ` +
        `other ${hidden.length} ${nTest} are kept for testing; start with fewer, or test on fewer`,
      { treated: treated.length, start: start.size, test: nTest },
    );
  }
  return { candidates: hidden.slice(nTest), test: hidden.slice(0, nTest) };
}

export interface CurvePoint {
  /** Experiments revealed so far. */
  readonly experiments: number;
  /** Mean over the pairs still hidden, or over the test pairs where there are any; NaN where no pair has one. */
  readonly error: number;
}

export interface ReplayOptions {
  /** Experiments from one time of learning to the next. */
  readonly step: number;
  /** Score of a predicted profile; NaN ones are left out. */
  readonly errorOf: (predicted: Float64Array, truth: Float64Array) => number;
  /** Called before every time of learning: the place to show progress, or to throw. */
  readonly onStep?: () => void | Promise<void>;
}

/** The error after every `step` experiments of a strategy. */
export async function replayStrategy(
  tensor: OutcomeTensor,
  split: ReplaySplit,
  strategy: Strategy,
  imputerOptions: ImputerOptions,
  random: Random,
  { step, errorOf, onStep }: ReplayOptions,
): Promise<CurvePoint[]> {
  const { test } = split;
  const never = new Set(test);
  const most = mostExperiments(tensor, split);
  const curve: CurvePoint[] = [];
  let hidden = [...split.candidates, ...test].sort((a, b) => a - b);
  for (;;) {
    await onStep?.();
    const places = {
      context: Int32Array.from(hidden, (pair) => tensor.pairContext[pair]),
      action: Int32Array.from(hidden, (pair) => tensor.pairAction[pair]),
    };
    const errors: number[] = [];
    const uncertainty = assess(new Training(tensor, hidden), places, imputerOptions, (at, predicted) => {
      if (test.length === 0 || never.has(hidden[at])) {
        errors.push(errorOf(predicted, tensor.profile(hidden[at])));
      }
    });
    const experiments = split.candidates.length + test.length - hidden.length;
    curve.push({ experiments, error: meanOf(errors.filter((error) => !Number.isNaN(error))) });
    if (experiments >= most) return curve;
    const all = Array.from(hidden.keys());
    const candidates = all.filter((at) => !never.has(hidden[at]));
    const targets = test.length > 0 ? all.filter((at) => never.has(hidden[at])) : all;
    const budget = Math.min(step, most - experiments);
    const planned = planExperiments(uncertainty, { candidates, targets }, budget, strategy, random);
    const revealed = new Set(planned.map(({ pair }) => hidden[pair]));
    hidden = hidden.filter((pair) => !revealed.has(pair));
  }
}

/** How many experiments a replay reveals. */
export function mostExperiments(tensor: OutcomeTensor, { candidates, test }: ReplaySplit): number {
  const left = Math.max(1, Math.ceil(LEFT_HIDDEN * tensor.treatedPairs().length) - test.length);
  return Math.max(test.length > 0 ? candidates.length : candidates.length - left, 1);
}

/** NaN of none. */
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

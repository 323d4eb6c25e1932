/**
 * Optimisers as graph: given parameters and their gradients, they register the next value of every parameter and of
 * their own state in the scope, so that one run of the graph is the whole step. What all of them share is here:
 * parameter groups, clipping, the schedule and the number of the step. A rule is what one of them does with one
 * parameter; scalars that rules build alike become one node when the graph is written.
 */
import { OptionError } from '../../errors.js';
import { gradients as gradientsOf } from '../grad/index.js';
import { add, graphError, mul, named, type Tensor } from '../graph/index.js';
import type { Scope } from '../nn/index.js';
import { clipByNorm, clipByValue, globalNorm } from './clip.js';
import { constantSchedule, type Schedule } from './schedules.js';
import { apart, joined, sideBySide } from './side-by-side.js';

export interface ParameterGroup {
  /** Does `parameter` (its full name and shape) belong here? The first group that says yes counts. */
  readonly match: (parameter: { readonly name: string; readonly shape: readonly number[] }) => boolean;
  /** Times the learning rate. Default 1. */
  readonly learningRateFactor?: number;
  /** In the place of the optimiser's. */
  readonly weightDecay?: number;
  /** Not trained. Default false. */
  readonly frozen?: boolean;
}

export interface OptimiserOptions {
  readonly learningRate?: number;
  /** Multiplies the learning rate. Default: constant. */
  readonly schedule?: Schedule;
  /** Default 0, of AdamW 0.01. */
  readonly weightDecay?: number;
  readonly groups?: readonly ParameterGroup[];
  /** Largest length of all gradients together. Default: any. */
  readonly clipNorm?: number;
  /** Largest absolute value of a gradient's element; done before `clipNorm`. Default: any. */
  readonly clipValue?: number;
}

/** What a step tells of itself. */
export interface Step {
  /** Learning rate of this step, without the groups' factors `()`. */
  readonly learningRate: Tensor;
  /** Length of all gradients together, after `clipValue` and before `clipNorm` `()`. Costs nothing where unused. */
  readonly gradientNorm: Tensor;
}

export interface Optimiser {
  /** Is this parameter in no frozen group? */
  trains(parameter: Tensor): boolean;
  /** Registers the step in `scope`; frozen parameters are passed over. Throws GraphError where lists do not match. */
  step(scope: Scope, parameters: readonly Tensor[], gradients: readonly Tensor[]): Step;
}

/** A parameter, or several side by side, in one step. */
export interface Turn {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** Learning rate `()`. */
  readonly rate: Tensor;
  readonly weightDecay: number;
  /** Number of this step, from 1 `()`. */
  readonly count: Tensor;
  /** State in the parameter's shape, at first zeros. */
  state(name: string): Tensor;
  /** The state's next value; returns it. */
  keep(state: Tensor, next: Tensor): Tensor;
}

/** The parameter's next value, of which each element depends on that element alone. */
export type Rule = (turn: Turn) => Tensor;

/** Example: layer norms and biases without weight decay. */
export const noDecayOnVectors: ParameterGroup = { match: ({ shape }) => shape.length <= 1, weightDecay: 0 };

/** An optimiser of one rule. Throws OptionError on numbers out of range. */
export function optimiser(
  options: OptimiserOptions & { readonly learningRate: number },
  rule: Rule,
): Optimiser {
  const { learningRate, schedule = constantSchedule, weightDecay = 0, groups = [] } = options;
  const { clipNorm, clipValue } = options;
  atLeastZero('learningRate', learningRate);
  atLeastZero('weightDecay', weightDecay);
  above0('clipNorm', clipNorm);
  above0('clipValue', clipValue);
  for (const group of groups) {
    atLeastZero('learningRateFactor', group.learningRateFactor ?? 1);
    atLeastZero('weightDecay', group.weightDecay ?? 0);
  }
  const noGroup: Partial<ParameterGroup> = {};
  const groupOf = (parameter: Tensor): Partial<ParameterGroup> =>
    groups.find((group) => group.match(parameter)) ?? noGroup;
  const trains = (parameter: Tensor) => !groupOf(parameter).frozen;

  function step(scope: Scope, parameters: readonly Tensor[], gradients: readonly Tensor[]): Step {
    if (parameters.length !== gradients.length) {
      const found = `${parameters.length} parameters and ${gradients.length} gradients`;
      throw graphError('optimiser', found);
    }
    const trained = parameters.flatMap((parameter, i) => (trains(parameter) ? [i] : []));
    if (trained.length === 0) throw graphError('optimiser', 'there is no parameter to train');
    const own = scope.at('optimiser');
    // a float, as schedules compute with it; float32 counts to 2²⁴ steps and stays there
    const done = own.state('step', [], () => undefined);
    const count = add(done, 1);
    scope.update(done, count);
    const rate = mul(schedule(done), learningRate);

    let slopes: readonly Tensor[] = trained.map((i) => gradients[i]);
    if (clipValue !== undefined) slopes = clipByValue(slopes, clipValue);
    const gradientNorm = globalNorm(slopes);
    if (clipNorm !== undefined) slopes = clipByNorm(slopes, clipNorm).gradients;

    const members = trained.map((i, position) => {
      const parameter = parameters[i];
      return { parameter, gradient: slopes[position], group: groupOf(parameter) };
    });
    for (const list of sideBySide(members)) {
      const { group } = list[0];
      const owners = list.map(({ parameter }) => parameter);
      const states = new Map<Tensor, readonly Tensor[]>();
      const update = (parts: readonly Tensor[], next: Tensor) => {
        apart(next, parts).forEach((piece, k) => {
          scope.update(parts[k], piece);
        });
      };
      const next = rule({
        parameter: joined(owners),
        gradient: joined(list.map(({ gradient }) => gradient)),
        rate: mul(rate, group.learningRateFactor ?? 1),
        weightDecay: group.weightDecay ?? weightDecay,
        count,
        state(name) {
          const parts = owners.map((owner) => own.at(owner.name).state(name, owner.shape, () => undefined));
          const state = joined(parts);
          states.set(state, parts);
          return state;
        },
        keep(state, value) {
          update(states.get(state)!, value);
          return value;
        },
      });
      update(owners, next);
    }
    return { learningRate: rate, gradientNorm };
  }

  return { trains, step: (...parts) => named('optimiser', () => step(...parts)) };
}

/** Registers in `scope` the step that lowers `loss` `()` by the scope's parameters. Throws GraphError. */
export function minimise(loss: Tensor, scope: Scope, by: Optimiser): Step {
  const parameters = scope.parameters.filter(by.trains);
  return by.step(scope, parameters, gradientsOf(loss, parameters));
}

/** Coupled weight decay: the gradient of ½ λ ‖parameter‖² added to the gradient. */
export const decayed = ({ parameter, gradient, weightDecay }: Turn): Tensor =>
  weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));

/** Throws OptionError outside [0, 1). */
export function below1(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new OptionError(name, value, 'a number from 0 to below 1');
}

/** Throws OptionError unless finite and ≥ 0. */
export function atLeastZero(name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) throw new OptionError(name, value, 'a number ≥ 0');
}

function above0(name: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0)) throw new OptionError(name, value, 'a number above 0');
}

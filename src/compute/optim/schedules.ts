/**
 * Schedules: what the learning rate is multiplied by, as graph of the number of steps done so far (a scalar, 0 at
 * the first step). One step of a schedule is one step of the optimiser; where PyTorch's schedulers are stepped by
 * epochs, multiply by the steps of an epoch.
 */
import { OptionError } from '../../errors.js';
import {
  add,
  cos,
  div,
  exp,
  floor,
  less,
  maximum,
  minimum,
  mul,
  ones,
  square,
  sub,
  type Tensor,
  where,
} from '../graph/index.js';

/** `step` is a float scalar `()`; the result is the factor `()` in the same type. */
export type Schedule = (step: Tensor) => Tensor;

/** The learning rate as it is. */
export const constantSchedule: Schedule = (step) => ones([], step.dtype);

/** `factor` to the power of ⌊step / every⌋ (PyTorch's StepLR). Throws OptionError. */
export function stepSchedule(every: number, factor = 0.1): Schedule {
  checkSteps('every', every);
  checkFactor('factor', factor);
  return (step) => exp(mul(floor(div(step, every)), Math.log(factor)));
}

/** `factor` to the power of the step (ExponentialLR). Throws OptionError. */
export function exponentialSchedule(factor: number): Schedule {
  checkFactor('factor', factor);
  return (step) => exp(mul(step, Math.log(factor)));
}

/** From 1 down to `end` along half a cosine over `steps`, then `end` (CosineAnnealingLR up to T_max). Throws OptionError. */
export function cosineSchedule(steps: number, end = 0): Schedule {
  checkSteps('steps', steps);
  if (!(end >= 0 && end <= 1)) throw new OptionError('end', end, 'a number from 0 to 1');
  // (1 + cos 2a) / 2 = cos² a, which keeps its digits near the end
  return (step) => add(mul(square(cos(mul(minimum(step, steps), Math.PI / (2 * steps)))), 1 - end), end);
}

/** A straight line from `start` to `end` over `steps`, then `end` (LinearLR). Throws OptionError. */
export function linearSchedule(steps: number, start = 1 / 3, end = 1): Schedule {
  checkSteps('steps', steps);
  for (const [name, value] of Object.entries({ start, end })) {
    if (!(value >= 0 && value < Infinity)) throw new OptionError(name, value, 'a number ≥ 0');
  }
  return (step) => add(mul(minimum(step, steps), (end - start) / steps), start);
}

/**
 * A straight line from `start` to 1 over `steps`, then `after` from its beginning (LinearLR, then another, in
 * SequentialLR). Default `start`: 1 / (steps + 1), so that the first step is not lost. Throws OptionError.
 */
export function warmUp(steps: number, after: Schedule = constantSchedule, start = 1 / (steps + 1)): Schedule {
  const rise = linearSchedule(steps, start);
  return (step) => where(less(step, steps), rise(step), after(maximum(sub(step, steps), 0)));
}

/** Linear warm-up over the first `warm` of `total` steps, a cosine down to `end` over the others. Throws OptionError. */
export function warmUpCosine(warm: number, total: number, end = 0): Schedule {
  checkSteps('warm', warm);
  if (!(Number.isInteger(total) && total > warm)) {
    throw new OptionError('total', total, `a whole number above the ${warm} steps of the warm-up`);
  }
  return warmUp(warm, cosineSchedule(total - warm, end));
}

function checkSteps(name: string, steps: number): void {
  if (!(Number.isSafeInteger(steps) && steps >= 1)) throw new OptionError(name, steps, 'a whole number ≥ 1');
}

function checkFactor(name: string, factor: number): void {
  if (!(factor > 0 && factor <= 1)) throw new OptionError(name, factor, 'a number above 0, up to 1');
}

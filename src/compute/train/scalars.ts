/**
 * Scheduled scalars: numbers that change while training goes on, as the weight of a KL term. They are computed here
 * and handed to the graph as inputs.
 */
import { OptionError } from '../../errors.js';

/** When: the epoch (from 0), the step over all epochs (from 0), and the steps of an epoch. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
}

export type ScheduledScalar = number | ((at: Moment) => number);

/** From `start` to `end` in equal parts over `epochs`, then `end` (scvi-tools' KL warm-up). Throws OptionError. */
export const rampOverEpochs = (epochs: number, start = 0, end = 1): ScheduledScalar =>
  ramp('epochs', epochs, start, end, ({ epoch }) => epoch);

/** From `start` to `end` in equal parts over `steps`, then `end`. Throws OptionError. */
export const rampOverSteps = (steps: number, start = 0, end = 1): ScheduledScalar =>
  ramp('steps', steps, start, end, ({ step }) => step);

function ramp(name: string, length: number, start: number, end: number, at: (moment: Moment) => number) {
  if (!(Number.isInteger(length) && length >= 1)) throw new OptionError(name, length, 'a whole number ≥ 1');
  return (moment: Moment) => start + (end - start) * Math.min(1, at(moment) / length);
}

/** The scalar's value now. Throws OptionError where it is not finite. */
export function scalarAt(name: string, scheduled: ScheduledScalar, moment: Moment): number {
  const value = typeof scheduled === 'number' ? scheduled : scheduled(moment);
  if (!Number.isFinite(value)) throw new OptionError(`scalar '${name}'`, value, 'a finite number');
  return value;
}

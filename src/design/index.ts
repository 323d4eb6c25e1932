/** Which experiments to run next, and whether the choice was worth it. */
export { assess } from './assess.js';
export {
  type PlannedExperiment,
  type PlanScope,
  planExperiments,
  type Strategy,
  strategies,
} from './plan.js';
export {
  type CurvePoint,
  mostExperiments,
  type ReplayOptions,
  type ReplaySplit,
  replaySplit,
  replayStrategy,
} from './replay.js';
export { experimentsFor, meanCurve, type ReplayRow, type Saving, savings } from './replay-summary.js';
export { Uncertainty } from './uncertainty.js';

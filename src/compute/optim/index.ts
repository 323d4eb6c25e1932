/** Optimisers and learning-rate schedules as graph. */
export { type AdamOptions, adam, adamW } from './adam.js';
export { type Clipped, clipByNorm, clipByValue, globalNorm } from './clip.js';
export {
  minimise,
  noDecayOnVectors,
  type Optimiser,
  type OptimiserOptions,
  type ParameterGroup,
  type Step,
} from './optimiser.js';
export { type RmspropOptions, rmsprop } from './rmsprop.js';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  type Schedule,
  stepSchedule,
  warmUp,
  warmUpCosine,
} from './schedules.js';
export { type SgdOptions, sgd } from './sgd.js';

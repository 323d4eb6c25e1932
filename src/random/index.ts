/** Reproducible randomness: counter-based streams with names. */
export type { Bits } from './bits.js';
export { poissonLogProbability } from './counts.js';
export { Random, type RandomState } from './random.js';

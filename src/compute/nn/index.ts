/** Layers: functions that build graph in a scope. */
export {
  drawNoise,
  type Initialiser,
  type Noise,
  type NoiseInput,
  type Owned,
  Scope,
  type ScopeOptions,
} from './scope.js';

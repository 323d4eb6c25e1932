/** Layers: functions that build graph in a scope, and their first values. */
export { type AttentionOptions, multiHeadAttention } from './attention.js';
export {
  type AxialAttentionOptions,
  type AxialLayerOptions,
  type AxialQuirks,
  axialAttention,
  axialLayer,
} from './axial.js';
export { type ConvolutionOptions, convolution } from './convolution.js';
export { dropout } from './dropout.js';
export { type EmbeddingOptions, embedding } from './embedding.js';
export { type FilmOptions, film } from './film.js';
export * as initial from './initialisers.js';
export { type LinearOptions, linear } from './linear.js';
export { type MlpOptions, mlp } from './mlp.js';
export { type BatchNormOptions, batchNorm, type LayerNormOptions, layerNorm } from './normalise.js';
export {
  drawNoise,
  type Initialiser,
  type Noise,
  type NoiseInput,
  type Owned,
  Scope,
  type ScopeOptions,
} from './scope.js';

/** Latent spaces that profiles are mapped into and back from. */
export { type AutoencoderOptions, autoencoderSpace } from './autoencoder.js';
export { type DenseLayer, denseLayer, forward, type LayerOptions } from './dense-layers.js';
export * from './environment/index.js';
export { type LatentSpace, pcaSpace } from './latent-space.js';
export * from './mechanism/index.js';
export { restored, type Scaling, type ScalingKind, scaled, scalingOf } from './scaling.js';
export { type VaeOptions, vaeSpace } from './vae.js';

/** The convolutional neural tangent kernel between the pixels of a picture. */
export { cntk } from './cntk.js';
export { type Dual, leakyDual } from './dual-activation.js';
export {
  FEATURES,
  type FeatureChannels,
  type FeatureName,
  type Features,
  featureProducts,
} from './features.js';
export {
  DEFAULT_SLOPE,
  downsamplingsOf,
  hourglass,
  type Layer,
  type Network,
  UPSAMPLINGS,
  type Upsampling,
} from './network.js';
export { expandKernel, kernelBetween, type PixelKernel } from './pixel-kernel.js';

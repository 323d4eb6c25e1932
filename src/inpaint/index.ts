/** Filling in the missing pixels of a picture. */
export { type BiharmonicOptions, inpaintBiharmonic } from './biharmonic.js';
export * from './cntk/index.js';
export { type DeepImagePriorOptions, inpaintWithDeepImagePrior } from './deep-image-prior.js';
export { centreCrop, resize, resizeKnown } from './geometry.js';
export { type CntkOptions, type Inpainted, inpaintWithCntk } from './inpaint-cntk.js';
export {
  type Regression,
  type RegressionOptions,
  regress,
  SOLVERS,
  type Solver,
} from './kernel-regression.js';
export { type Known, knownFromPicture, type Parted, partPixels, randomlyKnown } from './known.js';
export { psnr } from './psnr.js';

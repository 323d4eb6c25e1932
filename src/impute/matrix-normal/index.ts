/** The Gaussian model of a screen. */
export { LearnedModel } from './learned-model.js';
export { matrixNormal } from './matrix-normal.js';
export { Posterior } from './posterior.js';

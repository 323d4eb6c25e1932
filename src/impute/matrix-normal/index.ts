/** The Gaussian model of a screen. */
export { covarianceBetween, type Places } from './covariance.js';
export { LearnedModel } from './learned-model.js';
export { MatrixNormal, matrixNormal } from './matrix-normal.js';
export { Posterior } from './posterior.js';

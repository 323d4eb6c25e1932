/** Methods that a network must beat. */
export * from './de.js';
export * from './differential-expression.js';
export * from './gene-columns.js';
export { linear } from './linear.js';
export { mlp } from './mlp.js';
export { residualVariance } from './residual-variance.js';

/** Differentiable causal discovery from interventional data (DCDI), with unknown targets. */

export { type DcdiOptions, dcdiOptions } from './dcdi-options.js';
export { dcdiFlow, dcdiGaussian } from './method.js';

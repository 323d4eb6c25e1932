/** Differentiable causal discovery from interventional data (DCDI), with unknown targets. */
export { dcdiFlow, dcdiGaussian } from './dcdi.js';
export { type DcdiOptions, dcdiOptions } from './dcdi-options.js';

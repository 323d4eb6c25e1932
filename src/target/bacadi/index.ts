/** Bayesian causal discovery with unknown interventions (BaCaDI). */

export { type BacadiOptions, bacadiOptions } from './bacadi-options.js';
export { bacadiEmpirical, bacadiMixture } from './method.js';

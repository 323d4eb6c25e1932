/** Bayesian causal discovery with unknown interventions (BaCaDI). */
export { bacadiEmpirical, bacadiMixture } from './bacadi.js';
export { type BacadiOptions, bacadiOptions } from './bacadi-options.js';

/** What the networks are shown of a set of cells: statistics of all genes, and graphs of a few at a time. */
export { type MarginalEstimates, type MarginalOptions, marginalEstimates } from './marginal-estimates.js';
export { type StandardGenes, standardGenes } from './standard-genes.js';
export { type GlobalStatistics, globalStatistics, inverseCovariance } from './statistics.js';

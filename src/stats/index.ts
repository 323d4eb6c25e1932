/** Descriptive statistics, principal components, neighbours, maps, kernel regression. */

export { type Assignment, assignment } from './assignment.js';
export { cosine, pearson, spearman } from './correlation.js';
export { type EigenProOptions, eigenPro, type KernelProblem } from './eigenpro.js';
export { mean, variance } from './moments.js';
export { type Neighbours, nearestNeighbours } from './neighbours.js';
export { normalCdf, normalQuantile } from './normal.js';
export { interquartileRange, median, quantile, ranks } from './order.js';
export { type Pca, pca } from './pca.js';
export {
  gavishDonohoThreshold,
  marchenkoPasturMedian,
  rankAtEnergy,
  spectrum,
  type ThresholdOptions,
  universalThreshold,
} from './spectrum.js';
export { type UmapOptions, umap } from './umap.js';

/** Descriptive statistics, principal components, neighbours, maps, kernel regression. */

export { type Assignment, assignment } from './assignment.js';
export { cosine, pearson, spearman } from './correlation.js';
export { type EigenProOptions, eigenPro, type KernelProblem } from './eigenpro.js';
export { type EnergyDistanceOptions, energyDistance } from './energy-distance.js';
export { fTails, type Tails } from './f-distribution.js';
export { benjaminiHochberg } from './false-discovery.js';
export { type FisherZ, fisherZ } from './fisher-z.js';
export { type OverRepresentation, overRepresentation, type TailProbability } from './hypergeometric.js';
export { type KMeans, type KMeansOptions, kMeans } from './k-means.js';
export { type Mmd, type MmdOptions, mmd } from './mmd.js';
export { mean, variance } from './moments.js';
export { type Neighbours, nearestNeighbours } from './neighbours.js';
export { normalCdf, normalQuantile } from './normal.js';
export { interquartileRange, median, quantile, ranks } from './order.js';
export { type Pca, pca } from './pca.js';
export { type RankSum, type RankSumOptions, rankSum, type ValueRuns, valueRuns } from './rank-sum.js';
export {
  gavishDonohoThreshold,
  marchenkoPasturMedian,
  rankAtEnergy,
  spectrum,
  type ThresholdOptions,
  universalThreshold,
} from './spectrum.js';
export type { PairEstimator } from './two-samples.js';
export { type UmapOptions, umap } from './umap.js';

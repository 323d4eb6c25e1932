/** Preprocessing of matrices and screens; each step is a function of its own, none is silent. */
export { type Averaged, averageReplicates, meanRows } from './average.js';
export {
  completeLines,
  log1p,
  log2p1,
  minMaxProfiles,
  valueToMissing,
} from './elementwise.js';
export { mergeDuplicateGenes, uniqueGenes, uniqueNames } from './gene-names.js';
export { highlyVariableSeurat, type SeuratGenes, type SeuratOptions } from './highly-variable-seurat.js';
export {
  highlyVariableSeuratV3,
  type SeuratV3Genes,
  type SeuratV3Options,
} from './highly-variable-seurat-v3.js';
export { fitLoess, type LoessOptions, loess } from './loess.js';
export { preprocess, preprocessingSteps } from './pipeline.js';
export { normaliseTotal, type TotalCountOptions } from './total-counts.js';
export { type ZScoreOptions, zScore } from './z-score.js';

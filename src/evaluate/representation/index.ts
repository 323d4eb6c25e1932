/** How well latents, and the graph of what moves them, were recovered. */

export type { CorrelationKind } from './columns.js';
export {
  alignEdges,
  type EdgeCalibration,
  edgeCalibration,
  type ReliabilityBin,
} from './edge-calibration.js';
export {
  type MixingAngles,
  mixingAngles,
  mixingDistances,
  type ShiftedLatents,
  type ShiftedLatentsOptions,
  shiftedLatentAccuracy,
  shiftedLatents,
  unrecoveredMixing,
} from './environments.js';
export {
  type GraphRecovery,
  type GraphRecoveryOptions,
  graphRecovery,
  topTargets,
} from './graph-recovery.js';
export {
  averageScores,
  type LabelMean,
  type ScoreAverageOptions,
  type ScoreAverages,
} from './label-averages.js';
export { type LinearR2, linearR2 } from './linear-r2.js';
export {
  type CorrelationOptions,
  type LatentMatching,
  latentCorrelations,
  type MatchingRule,
  type MeanCorrelation,
  matchLatents,
  meanCorrelationCoefficient,
} from './matching.js';
export {
  type BenchmarkCells,
  type BenchmarkOptions,
  type BenchmarkRun,
  type BenchmarkScores,
  benchmarkCells,
  mechanismBenchmark,
} from './protocol.js';
export { meanKlOfLatents, type Udr, type UdrOptions, type UdrRun, udr } from './udr.js';

/** How well latents, and the graph of what moves them, were recovered. */

export type { CorrelationKind } from './columns.js';
export {
  type GraphRecovery,
  type GraphRecoveryOptions,
  graphRecovery,
  topTargets,
} from './graph-recovery.js';
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

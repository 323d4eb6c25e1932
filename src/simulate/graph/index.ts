/** Cells of a causal graph under interventions: what finds targets, learns from it and is tested on it. */
export { GRAPH_KINDS } from './dag.js';
export { GRAPH_CONTROL, simulateGraph } from './file.js';
export type { GraphRegime } from './interventions.js';
export { GRAPH_MECHANISMS, type GraphMechanism } from './mechanisms.js';
export {
  GRAPH_COUNTS,
  GRAPH_INTERVENTIONS,
  GRAPH_ROOTS,
  GRAPH_STANDARDISE,
  type GraphOptions,
  type GraphSettings,
  INTERVENTION_KINDS,
  type InterventionKind,
} from './options.js';
export { GraphRegimes, type RegimeGroup, type SimulatedRegimes, simulateRegimes } from './regimes.js';
export { type GraphTruth, graphTruth, hasGraphTruth } from './truth.js';
export { varsortability } from './varsortability.js';

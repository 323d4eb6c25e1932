/** The page and figures of a representation. */
export { buildRepresentationReport } from './build-representation-report.js';
export type {
  ComparedModel,
  ExplainedLatent,
  PerturbationRow,
  RepresentationReportInput,
  RowKind,
  TopGene,
} from './input.js';

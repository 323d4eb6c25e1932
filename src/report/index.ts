/** Figures and the HTML report. Files are written by `write-report.node.ts`, PNG made by `png.node.ts`. */
export { buildReport } from './build-report.js';
export { buildDesignReport, type DesignReportInput, savingSentence } from './design-report.js';
export type { Report, ReportInput } from './input.js';
export type { DonorGridRow } from './plots/donor-grid.js';
export * from './representation/index.js';

/** Reports on disk, and figures as PNG. */
export { svgToPng } from './png.node.js';
export { checkReport, removeReport, type WriteReportOptions, writeReport } from './write-report.node.js';

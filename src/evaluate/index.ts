/** How far to trust an imputer: metrics, held-out pairs, scores and their medians. */

export { type CoverageRow, coverageByDonors } from './coverage.js';
export * from './donor-grid.js';
export * from './evaluate.js';
export * from './folds.js';
export * from './metrics.js';
export * from './over-representation.js';
export * from './regimes.js';
export * from './representation/index.js';
export * from './scores.js';
export * from './summary.js';
export * from './targets/index.js';

/** The screen in memory: matrices, annotation tables, roles, the outcome tensor, preprocessing, splits. */
export * from './combinations.js';
export * from './descriptors/index.js';
export type { Finding, Severity } from './finding.js';
export * from './fingerprint/index.js';
export { inspectData } from './inspect.js';
export { dataScale, type Scale } from './inspect-values.js';
export * from './matrix.js';
export { mergeTables } from './merge-tables.js';
export * from './outcome-tensor.js';
export * from './perturbation-data.js';
export * from './preprocess/index.js';
export * from './roles.js';
export * from './splits.js';
export * from './table.js';

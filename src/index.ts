/**
 * Everything of mechanist that a browser may load, room by room; each room is a subpath of its own too.
 * Files and worker threads need Node: `mechanist/formats/node`, `mechanist/report/node`, `mechanist/jobs`.
 */
export * from './data/index.js';
export * from './errors.js';
export * from './evaluate/index.js';
export * from './formats/index.js';
export * from './impute/index.js';
export * as linalg from './linalg/index.js';
export * from './random/index.js';
export * from './report/index.js';
export * from './simulate/index.js';
export * as stats from './stats/index.js';

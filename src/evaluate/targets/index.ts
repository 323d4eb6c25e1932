/** How well targets are found. */
export * from './ranking.js';
export * from './regimes-by-node.js';
export * from './screens.js';
export * from './splits.js';

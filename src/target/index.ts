/** Targets: which genes a perturbation hit. */

export * from './fci/index.js';
export * from './features/index.js';
export * from './method.js';
export * from './options.js';
export * from './registry.js';
export * from './screen.js';
export * from './simple/index.js';

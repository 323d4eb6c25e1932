/** Targets: which genes a perturbation hit. */
export * from './method.js';
export * from './options.js';
export * from './registry.js';
export * from './screen.js';
export * from './simple/index.js';

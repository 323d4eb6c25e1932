/** Targets: which genes a perturbation hit. */
export * from './method.js';
export * from './registry.js';
export * from './screen.js';

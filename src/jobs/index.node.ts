/** Whole jobs over files and worker threads: what the verbs of the command line do, for programs. */
export * from './describe.node.js';
export * from './design-file.node.js';
export * from './evaluate-file.node.js';
export * from './impute-file.node.js';
export * from './inpaint-file.node.js';
export * from './load-screen.node.js';
export * from './represent-environments.node.js';
export { type LoadedEnvironments, loadEnvironments } from './represent-environments-model.node.js';
export * from './represent-file.node.js';
export { loadMechanism } from './represent-model.node.js';
export * from './reproduce-cdn.node.js';
export * from './reproduce-environments.node.js';
export * from './reproduce-ntk.node.js';
export * from './reproduce-si.node.js';
export * from './reproduce-svae.node.js';
export * from './simulated-images.node.js';
export * from './target-file.node.js';

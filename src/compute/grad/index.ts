/** Derivatives of graphs, as graphs. */
export { gradients, reachable } from './gradients.js';

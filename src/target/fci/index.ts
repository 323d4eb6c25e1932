/** Graphs of a few variables from their correlations: fast causal inference, and what it finds as marks or tokens. */
export { Fci } from './fci.js';
export { Ges, type GesOptions } from './ges.js';
export { MARK, markMatrix, TOKEN, TOKENS, tokensOf, writeTokens } from './graph.js';
export type { Marks } from './orientation.js';
export { Pattern } from './pattern.js';
export { Pc } from './pc.js';
export type { TestOptions } from './skeleton.js';

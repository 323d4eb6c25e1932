/** Gene sets. Reading files: `gmt.node.ts`. */
export { type GeneSet, type GeneSets, parseGmt } from './gmt.js';

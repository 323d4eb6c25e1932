/** GCT: bytes to data and data to lines; files are in `gct.node.ts`. */
export { type GctOptions, GctReader } from './reader.js';
export { gctLines } from './writer.js';

/** AnnData files: what an open one offers; opening, reading and writing are in `h5ad.node.ts`. */
export type { H5adFile, H5adRows } from './handle.js';
export type { H5adWriteOptions } from './write.js';

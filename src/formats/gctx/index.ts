/** GCTX in an open HDF5 file; opening one is in `gctx.node.ts`. */
export { readGctx } from './read.js';
export { GctxSink, writeGctx } from './write.js';

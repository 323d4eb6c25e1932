/** HDF5: types, recognising a file; opening one is in `hdf5.node.ts`. */
export * from './hdf5.js';
export type { AttributeValue, Hdf5Dataset, Hdf5Group, Hdf5Reader } from './reader.js';
export type { Hdf5Rows, RowsOptions } from './rows.js';
export type { Hdf5Writable, Hdf5Writer, WriteOptions } from './writer.js';

/** Fingerprints of molecules. */
export * from './columns.js';
export * from './morgan.js';

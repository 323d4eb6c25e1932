/** Fingerprints of molecules. */
export * from './columns.js';
export * from './morgan.js';
export * from './unreadable.js';

/** 10x and Matrix Market: bytes to matrices; files are in the `.node.ts` beside. */
export { EntryCollector } from './entries.js';
export { type EntryReceiver, type MatrixMarketHeader, MatrixMarketParser } from './matrix-market.js';
export { barcodeTable, featureTable } from './names.js';
export { type Annotations, decideOrientation, type Orientation } from './orientation.js';
export { readTenxH5 } from './tenx-h5.js';

/** Parquet: the checked footer, layout and decoding of columns; files are in the `.node.ts` beside. */
export { type Chunk, checkFooter, type Footer, type RowGroup } from './footer.js';
export { findParquetLayout, type ParquetLayout } from './layout.js';
export { type DecodedColumn, decodeChunk, loadCodec } from './pages.js';

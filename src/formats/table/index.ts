/** csv and tsv: bytes to data and rows to text; files are in `table.node.ts`. */
export { typedColumn } from './columns.js';
export { DELIMITERS, type Dialect, findDialect } from './dialect.js';
export { formatNumber, numberFromText, parseNumber } from './numbers.js';
export { type TableOptions, TableReader } from './reader.js';
export { TableWriter } from './writer.js';

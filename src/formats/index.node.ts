/** Files in and out: any readable format by content, any writable one by extension. */
export * from './files.node.js';
export { readGmt } from './gmt/gmt.node.js';
export * from './image/image.node.js';
export * from './registry.node.js';
export { readTable } from './table/table.node.js';

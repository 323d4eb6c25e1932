/** What a format is, and pictures from bytes. Reading and writing files: `mechanist/formats/node`. */
export * from './format.js';
export * from './gmt/index.js';
export * from './image/index.js';

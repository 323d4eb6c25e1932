/** What a format is. Reading and writing files: `mechanist/formats/node`. */
export * from './format.js';

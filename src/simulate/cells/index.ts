/** Single cells under sparse mechanism shifts. */
export { CELL_CONTROL, simulateCells } from './cells.js';
export { CELL_COUNTS, CELL_DEFINITIONS, CELL_SOFTMAX, type CellsOptions } from './options.js';

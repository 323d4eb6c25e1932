/** What the worker and the one that watches it share: places in an array of 32-bit integers. */

/** The file that is being read, how many were begun, the most memory in buffers after one. */
export const [NUMBER, BEGUN, ARRAY_MEGABYTES, COUNTS] = [0, 1, 2, 3];

/** What can come of a file, counted from `COUNTS` on. All but a crash are well. */
export const KINDS = [
  'read',
  'FormatError',
  'FileError',
  'ShapeError',
  'DataError',
  'ColumnError',
  'RoleError',
  'OptionError',
  'NumericalError',
  'InterruptedError',
  'crash',
];

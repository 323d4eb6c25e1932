/** How the columns of a fingerprint are named in a table of features. */

const PREFIX = 'morgan:';

export const fingerprintColumn = (bit: number): string => `${PREFIX}${bit}`;
export const isFingerprintColumn = (column: string): boolean => column.startsWith(PREFIX);

/** The check of what the searches of this folder are given. */
import { DataError } from '../../errors.js';

/** Throws DataError unless all (nVariables, nVariables) correlations are finite. */
export function checkCorrelation(correlation: ArrayLike<number>, nVariables: number): void {
  let sum = 0;
  for (let at = 0; at < nVariables * nVariables; at++) sum += correlation[at];
  if (!Number.isFinite(sum)) {
    throw new DataError(
      `a correlation of ${nVariables} variables is missing or not finite; constant variables have 0`,
    );
  }
}

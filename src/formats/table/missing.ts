/** The spellings of a missing value, in the bytes of a file. */
import { isMissingText, LONGEST_MISSING_TEXT } from '../../data/missing-text.js';

export { isMissingText };

/** Do the bytes `[start … end)` spell "missing"? */
export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start) return true;
  if (end - start > LONGEST_MISSING_TEXT) return false;
  return isMissingText(String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]));
}

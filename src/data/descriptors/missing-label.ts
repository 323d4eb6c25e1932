/** What annotations of screens write for "unknown": as any table, and −666 and `na` as LINCS. */
import { isMissingText } from '../missing-text.js';

export function isMissingLabel(text: string): boolean {
  return isMissingText(text) || /^\s*(-666(\.0*)?|na)\s*$/i.test(text);
}

/** Text out of bytes, quickly for ASCII, and never failing: bytes that are not UTF-8 become U+FFFD. */
import type { Session } from './session.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const SHORT = 64;

/** The text in `[start, end)`, up to the first NUL, without the spaces at the end where they are padding. */
export function decodeText(bytes: Uint8Array, start: number, end: number, spacePadded: boolean): string {
  let stop = start;
  let ascii = true;
  while (stop < end && bytes[stop] !== 0) {
    if (bytes[stop]! > 127) ascii = false;
    stop++;
  }
  if (spacePadded) while (stop > start && bytes[stop - 1] === 32) stop--;
  if (!ascii || stop - start > SHORT) return utf8.decode(bytes.subarray(start, stop));
  let text = '';
  for (let i = start; i < stop; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/**
 * How many bytes of variable-length text a file may still yield. A damaged or hostile file can point a million
 * times at the same string; an honest one holds every string once, so its size is the bound.
 */
export class StringBudget {
  constructor(private left: number) {}
  spend(bytes: number, { session, where }: { session: Session; where: string }): void {
    this.left -= bytes;
    if (this.left < 0) throw session.damaged('holds more text than the file has bytes', where);
  }
}

/** Text out of bytes, quickly for ASCII, and never failing: what is not UTF-8 is read as Latin-1 and counted. */
import { latin1Text, strictUtf8 } from '../encoding.js';
import type { Session } from './session.js';

/**
 * Takes the bytes of many strings and makes the strings at once: one call of the decoder and slices of its
 * result are ten times faster than a call a string. Text that is not ASCII is decoded string by string.
 */
export class TextGatherer {
  private bytes = new Uint8Array(1 << 16);
  private readonly ends: number[] = [];
  /** Strings that were not UTF-8; known after `finish`. */
  nLatin1 = 0;
  private used = 0;
  private ascii = true;

  /** Adds the bytes from `start` up to the first NUL or `end`, without padding. Returns how many they are. */
  add(source: Uint8Array, start: number, end: number, spacePadded: boolean): number {
    const begin = this.used;
    for (let at = start; at < end; at++) {
      const byte = source[at]!;
      if (byte === 0) break;
      if (byte > 127) this.ascii = false;
      if (this.used === this.bytes.length) this.grow();
      this.bytes[this.used++] = byte;
    }
    if (spacePadded) while (this.used > begin && this.bytes[this.used - 1] === 32) this.used--;
    this.ends.push(this.used);
    return this.used - begin;
  }

  /** The strings that were added. */
  finish(): string[] {
    const { ascii, bytes, used } = this;
    const whole = ascii ? strictUtf8.decode(bytes.subarray(0, used)) : '';
    let start = 0;
    return this.ends.map((end) => {
      const text = ascii ? whole.slice(start, end) : this.decode(bytes.subarray(start, end));
      start = end;
      return text;
    });
  }

  private decode(bytes: Uint8Array): string {
    try {
      return strictUtf8.decode(bytes);
    } catch {
      this.nLatin1++;
      return latin1Text(bytes);
    }
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.bytes.length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
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

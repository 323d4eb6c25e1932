/**
 * Records of delimited text (RFC 4180) found in bytes: where each field begins and ends, nothing copied.
 *
 * Lines end in LF, CRLF or CR; a field that begins with a double quote runs to the closing one, delimiters,
 * line ends and doubled quotes included. Works on bytes because every delimiter is ASCII, which UTF-8 keeps
 * apart from all other characters.
 */
import { FormatError } from '../../errors.js';

/** How a field stands in the file: bare, in quotes, in quotes with doubled quotes inside. */
export const BARE = 0;
export const QUOTED = 1;
export const ESCAPED = 2;

const [LF, CR, QUOTE] = [10, 13, 34];

/** The longest record that is held; longer means a quote that was never closed, or no text at all. */
export const MAX_RECORD_BYTES = 64 * 2 ** 20;

export class RecordScanner {
  /** Field k of the last record is `bytes[starts[k] … ends[k])`, without its quotes. */
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  /** BARE, QUOTED or ESCAPED. */
  quoting = new Uint8Array(1024);
  /** Number of fields of the last record. */
  count = 0;
  /** Where the record after the last one begins. */
  next = 0;
  /** Line, from 1, on which the last record began. */
  line = 0;
  /** Line on which the next record begins. */
  nextLine = 1;
  /** 1 for the bytes that end a bare field. */
  private readonly stops = new Uint8Array(256);

  /** `delimiter` is a byte; without `quotes` the double quote is a character like any other (GCT). */
  constructor(
    private readonly delimiter: number,
    private readonly quotes = true,
    private readonly format = 'table',
    private readonly path?: string,
  ) {
    for (const byte of [delimiter, LF, CR]) this.stops[byte] = 1;
  }

  /** Is the last record an empty line? */
  get blank(): boolean {
    return this.count === 1 && this.starts[0] === this.ends[0] && this.quoting[0] === BARE;
  }

  /**
   * Finds the record that begins at `from`. False when the bytes end before it does and are not the `last`
   * ones: scan again from the same place with more bytes. Throws FormatError on quotes out of place.
   */
  scan(bytes: Uint8Array, from: number, last: boolean): boolean {
    const { delimiter, stops } = this;
    const end = bytes.length;
    let lines = 1;
    let p = from;
    let count = 0;
    for (;;) {
      if (count === this.starts.length) this.grow();
      if (this.quotes && p < end && bytes[p] === QUOTE) {
        const opened = p++;
        let kind = QUOTED;
        for (; ; p++) {
          if (p >= end) {
            if (last) this.fail(lines, opened, from, bytes, 'a quote is opened and never closed');
            return this.cut(end - from);
          }
          if (bytes[p] === LF || (bytes[p] === CR && bytes[p + 1] !== LF)) lines++;
          if (bytes[p] !== QUOTE) continue;
          if (p + 1 >= end && !last) return this.cut(end - from);
          if (bytes[p + 1] !== QUOTE) break;
          kind = ESCAPED;
          p++;
        }
        this.starts[count] = opened + 1;
        this.ends[count] = p++;
        this.quoting[count++] = kind;
        if (p < end && bytes[p] !== delimiter && bytes[p] !== LF && bytes[p] !== CR) {
          this.fail(lines, p, from, bytes, 'text after a closing quote');
        }
      } else {
        this.starts[count] = p;
        while (p < end && stops[bytes[p]!] === 0) p++;
        this.ends[count] = p;
        this.quoting[count++] = BARE;
      }
      if (p >= end) {
        if (!last) return this.cut(end - from);
        break;
      }
      const byte = bytes[p++]!;
      if (byte === delimiter) continue;
      if (byte === CR) {
        if (p >= end && !last) return this.cut(end - from);
        if (bytes[p] === LF) p++;
      }
      break;
    }
    this.cut(p - from);
    this.count = count;
    this.next = p;
    this.line = this.nextLine;
    this.nextLine += lines;
    return true;
  }

  /** Go on as if the next record began on `line`. */
  reset(line: number): void {
    this.nextLine = line;
  }

  /** A record goes on after `length` bytes: false, if that is not too long. */
  private cut(length: number): false {
    if (length > MAX_RECORD_BYTES) {
      throw new FormatError(
        this.format,
        `a line of more than ${MAX_RECORD_BYTES / 2 ** 20} MiB: a quote that is never closed, or not a text table`,
        { path: this.path, where: `line ${this.nextLine}` },
      );
    }
    return false;
  }

  private fail(lines: number, at: number, from: number, bytes: Uint8Array, what: string): never {
    // the line of the fault, not of the record: quoted fields may span lines
    let line = this.nextLine;
    for (let p = from; p < at; p++) {
      if (bytes[p] === LF || (bytes[p] === CR && bytes[p + 1] !== LF)) line++;
    }
    const reach = lines > 2 ? ` (it would run over ${lines} lines)` : '';
    throw new FormatError(this.format, `${what}${reach}; write a quote inside quotes twice`, {
      path: this.path,
      where: `line ${line}`,
    });
  }

  private grow(): void {
    this.starts = copyTo(new Int32Array(2 * this.starts.length), this.starts);
    this.ends = copyTo(new Int32Array(2 * this.ends.length), this.ends);
    this.quoting = copyTo(new Uint8Array(2 * this.quoting.length), this.quoting);
  }
}

function copyTo<T extends Int32Array | Uint8Array>(larger: T, from: T): T {
  larger.set(from);
  return larger;
}

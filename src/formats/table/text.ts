/**
 * Fields as strings: UTF-8 checked, doubled quotes undone, NUL refused.
 *
 * Most fields are short and ASCII, and many repeat the one above; both are cheaper than a decoder call.
 */
import { FormatError } from '../../errors.js';
import { latin1Text, strictUtf8 } from '../encoding.js';
import { asciiText } from './numbers.js';
import { ESCAPED, type RecordScanner } from './records.js';

const SHORT = 256;

/** What to do with bytes that are not UTF-8: refuse them, or read them as Latin-1 and count them. */
export type Encoding = 'utf-8' | 'utf-8-or-latin-1';

export class FieldReader {
  /** Fields that were not UTF-8 and were read as Latin-1. */
  nLatin1 = 0;

  constructor(
    private readonly scanner: RecordScanner,
    private readonly format: string,
    private readonly path: string | undefined,
    private readonly encoding: Encoding = 'utf-8',
  ) {}

  /** Field `k` of the scanner's last record. `offset`: where `bytes` begins in the file, for messages. */
  text(bytes: Uint8Array, k: number, offset: number): string {
    const start = this.scanner.starts[k]!;
    const end = this.scanner.ends[k]!;
    let ascii = end - start <= SHORT;
    for (let p = start; p < end; p++) {
      if (bytes[p] === 0) this.fail('a NUL byte: this is not a text file', offset + p);
      if (bytes[p]! > 127) ascii = false;
    }
    const text = ascii ? asciiText(bytes, start, end) : this.decode(bytes, start, end, offset);
    return this.scanner.quoting[k] === ESCAPED ? text.replaceAll('""', '"') : text;
  }

  private decode(bytes: Uint8Array, start: number, end: number, offset: number): string {
    try {
      return strictUtf8.decode(bytes.subarray(start, end));
    } catch {
      const at = start + firstInvalid(bytes.subarray(start, end));
      if (this.encoding === 'utf-8-or-latin-1') {
        this.nLatin1++;
        return latin1Text(bytes.subarray(start, end));
      }
      const byte = `0x${bytes[at]!.toString(16).padStart(2, '0')}`;
      this.fail(`not UTF-8: the byte ${byte}; save the file as UTF-8 (it may be Latin-1)`, offset + at);
    }
  }

  private fail(message: string, byte: number): never {
    const where = `line ${this.scanner.line}, byte ${byte}`;
    throw new FormatError(this.format, message, { path: this.path, where });
  }
}

/** Position of the first byte that no valid UTF-8 text has there. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  // the longest prefix that decodes (`stream` forgives a character cut at its end)
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  return invalid - 1;
}

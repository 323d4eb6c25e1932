/**
 * How a table is written: byte order mark, delimiter, decimal sign. Found from the bytes, never from the
 * name of the file: a `.csv` with tabs or semicolons is common.
 */
import { FormatError } from '../../errors.js';
import { RecordScanner } from './records.js';

export interface Dialect {
  /** Where the header begins (after a byte order mark). */
  readonly start: number;
  /** The delimiter's byte. */
  readonly delimiter: number;
  /** The decimal sign's byte: point, or comma where the delimiter leaves it free. */
  readonly decimal: number;
}

export const DELIMITERS: ReadonlyMap<number, string> = new Map([
  [44, 'comma'],
  [9, 'tab'],
  [59, 'semicolon'],
  [124, 'vertical bar'],
]);
const [COMMA, POINT] = [44, 46];
const SAMPLE_RECORDS = 20;
const SAMPLE_BYTES = 65536;

/** Throws FormatError when the bytes are UTF-16, or not text at all. `last`: there are no more bytes. */
export function findDialect(head: Uint8Array, last: boolean, path?: string): Dialect {
  const start = skipByteOrderMark(head, path);
  const nul = head.subarray(0, SAMPLE_BYTES).indexOf(0);
  if (nul >= 0) {
    throw new FormatError('table', 'a NUL byte: this is not a text table', { path, where: `byte ${nul}` });
  }
  const delimiter = findDelimiter(head, start, last);
  return { start, delimiter, decimal: usesDecimalComma(head, start, delimiter) ? COMMA : POINT };
}

/** Length of the UTF-8 mark, if any. */
function skipByteOrderMark(head: Uint8Array, path?: string): number {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 3;
  const littleEndian = a === 0xff && b === 0xfe;
  if (!littleEndian && !(a === 0xfe && b === 0xff)) return 0;
  throw new FormatError('table', 'UTF-16 text; save the file as UTF-8 (in Excel: "CSV UTF-8")', {
    path,
    where: 'byte 0',
    expected: 'UTF-8',
    found: littleEndian ? 'UTF-16 little-endian byte order mark' : 'UTF-16 big-endian byte order mark',
  });
}

/**
 * The delimiter under which at least half of the first records are as wide as the header, and of those the one
 * that makes the table widest. When none does, the one that splits the header most; for one column, the comma.
 */
function findDelimiter(head: Uint8Array, start: number, last: boolean): number {
  let best = { delimiter: COMMA, width: 1, agrees: false };
  for (const delimiter of DELIMITERS.keys()) {
    const [header = 1, ...rows] = fieldCounts(head, start, last, delimiter);
    // R's `write.table` leaves the row names without a header
    const width = rows.length > 0 && rows.every((count) => count === header + 1) ? header + 1 : header;
    const agrees = width > 1 && 2 * rows.filter((count) => count === width).length >= rows.length;
    if (agrees === best.agrees ? width > best.width : agrees) best = { delimiter, width, agrees };
  }
  return best.delimiter;
}

/** Fields of the first records, empty lines left out. */
function fieldCounts(head: Uint8Array, start: number, last: boolean, delimiter: number): number[] {
  const scanner = new RecordScanner(delimiter);
  const counts: number[] = [];
  let at = start;
  try {
    while (counts.length < SAMPLE_RECORDS && at < head.length && scanner.scan(head, at, last)) {
      at = scanner.next;
      if (!scanner.blank) counts.push(scanner.count);
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    // quotes that make no sense under this delimiter: a record of a width no header has
    counts.push(0);
  }
  return counts;
}

/** Numbers like `1,5` and none like `1.5` after the header, where commas do not delimit. */
function usesDecimalComma(head: Uint8Array, start: number, delimiter: number): boolean {
  if (delimiter === COMMA) return false;
  const headerEnd = head.indexOf(10, start) + 1;
  const sample = new TextDecoder().decode(head.subarray(headerEnd, headerEnd + SAMPLE_BYTES));
  return /[\r\n\t;|"]-?\d+,\d+[\r\n\t;|"]/.test(sample) && !/\d\.\d/.test(sample);
}

/**
 * Do these first bytes look like a table? Text without control characters that some delimiter splits; a file
 * `named` as a table may have a single column, or a byte order mark that `findDialect` has more to say about.
 */
export function looksLikeTable(head: Uint8Array, named: boolean): boolean {
  if (head.length === 0) return false;
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (utf16) return named;
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return false;
  return named || (fieldCounts(head, 0, false, findDelimiter(head, 0, false))[0] ?? 0) > 1;
}

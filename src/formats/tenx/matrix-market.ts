/**
 * Matrix Market, read as a stream of bytes.
 *
 * A banner (`%%MatrixMarket matrix coordinate integer general`), comments, a size line, then one entry a
 * line: `coordinate` gives row, column (from 1) and value (none for `pattern`), `array` gives every value,
 * column by column. `symmetric` and `skew-symmetric` files give the lower triangle. Chunks may be cut
 * anywhere, so a file of any size passes through in little memory; what is kept is up to the receiver.
 *
 * Source: R. F. Boisvert, R. Pozo, K. A. Remington, "The Matrix Market Exchange Formats", NISTIR 5935 (1996).
 */
import { FormatError, listNames } from '../../errors.js';
import { asciiText, parseNumber } from '../table/numbers.js';

export type Symmetry = 'general' | 'symmetric' | 'skew-symmetric';

/** What banner and size line say. */
export interface MatrixMarketHeader {
  readonly layout: 'coordinate' | 'array';
  readonly field: 'real' | 'integer' | 'pattern';
  readonly symmetry: Symmetry;
  readonly nRows: number;
  readonly nCols: number;
  /** Entries in the file: for `array` every element (or those of the lower triangle). */
  readonly nEntries: number;
}

/** Takes what the file gives, as it comes; mirroring symmetric matrices is the receiver's work. */
export interface EntryReceiver {
  /** An entry of a `coordinate` file, indices from 0 and within the declared shape. */
  add(row: number, col: number, value: number): void;
  /** The next element of an `array` file, column by column. */
  append(value: number): void;
}

/** Longest line that is read: a file without line ends is not Matrix Market. */
const MAX_LINE_BYTES = 1 << 20;
const MAX_SIZE = 2 ** 31 - 1;
/** Characters of a bad word that a message shows. */
const MAX_SHOWN = 60;
/** Field names of other writers for the same thing. */
const SPELLINGS = new Map([
  ['double', 'real'],
  ['unsigned-integer', 'integer'],
]);
const LINE_FEED = 10;
const COMMENT = 37;

export class MatrixMarketParser {
  #header: MatrixMarketHeader | undefined;
  #banner: Omit<MatrixMarketHeader, 'nRows' | 'nCols' | 'nEntries'> | undefined;
  #receiver: EntryReceiver | undefined;
  /** Bytes of a line whose end has not come yet. */
  #rest = new Uint8Array();
  #line = 0;
  #nRead = 0;

  /**
   * @param onHeader called once, before any entry; returns who takes them. May throw to refuse the shape.
   * @param path for messages
   */
  constructor(
    readonly onHeader: (header: MatrixMarketHeader) => EntryReceiver,
    readonly path?: string,
  ) {}

  /** The next bytes of the file. Throws FormatError naming the line. */
  push(chunk: Uint8Array): void {
    const first = chunk.indexOf(LINE_FEED);
    if (first < 0 || this.#rest.length > 0) {
      this.#rest = concatenate(this.#rest, first < 0 ? chunk : chunk.subarray(0, first + 1));
      if (this.#rest.length > MAX_LINE_BYTES) {
        this.#line++;
        throw this.#error(`a line of more than ${MAX_LINE_BYTES} bytes; is this a text file?`);
      }
      if (first < 0) return;
      this.#lines(this.#rest, this.#rest.length);
      this.#rest = new Uint8Array();
      chunk = chunk.subarray(first + 1);
    }
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    this.#lines(chunk, end);
    this.#rest = chunk.slice(end);
  }

  /** The file is over. Throws FormatError when entries are missing. Returns the header. */
  finish(): MatrixMarketHeader {
    if (this.#rest.length > 0) this.push(Uint8Array.of(LINE_FEED));
    if (!this.#header) {
      this.#line++;
      throw this.#error(
        this.#banner ? 'the file ends before the size line' : 'the file ends before the banner',
      );
    }
    if (this.#nRead < this.#header.nEntries) {
      throw this.#error(
        `the size line declares ${this.#header.nEntries} entries but the file ends after ${this.#nRead}; ` +
          'it is cut short, get it again',
      );
    }
    return this.#header;
  }

  /** Whole lines: `bytes[0 … end)` ends with a line feed. */
  #lines(bytes: Uint8Array, end: number): void {
    let at = 0;
    while (at < end && !this.#header) {
      const lineEnd = bytes.indexOf(LINE_FEED, at);
      this.#line++;
      this.#headLine(new TextDecoder('latin1').decode(bytes.subarray(at, lineEnd)).trim());
      at = lineEnd + 1;
    }
    if (at < end) this.#entries(bytes, at, end);
  }

  #headLine(line: string): void {
    if (!this.#banner) {
      this.#banner = this.#parseBanner(line);
      return;
    }
    if (line === '' || line.startsWith('%')) return;
    const nSizes = this.#banner.layout === 'coordinate' ? 3 : 2;
    const sizes = line.split(/\s+/).map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
    if (sizes.length !== nSizes || sizes.some(Number.isNaN)) {
      const wanted = nSizes === 3 ? 'rows, columns and entries' : 'rows and columns';
      throw this.#error(
        `the size line should give ${wanted} as ${nSizes} whole numbers, found '${short(line)}'`,
      );
    }
    const [nRows, nCols] = sizes as [number, number];
    if (Math.max(nRows, nCols) > MAX_SIZE) {
      throw this.#error(`a matrix of ${nRows} × ${nCols} is more than can be indexed (${MAX_SIZE})`);
    }
    if (this.#banner.symmetry !== 'general' && nRows !== nCols) {
      throw this.#error(`a ${this.#banner.symmetry} matrix must be square, this one is ${nRows} × ${nCols}`);
    }
    const nEntries = nSizes === 3 ? sizes[2]! : arrayEntries(this.#banner.symmetry, nRows, nCols);
    this.#header = { ...this.#banner, nRows, nCols, nEntries };
    this.#receiver = this.onHeader(this.#header);
  }

  #parseBanner(line: string): Omit<MatrixMarketHeader, 'nRows' | 'nCols' | 'nEntries'> {
    const [start, object, layout, field, symmetry, ...more] = line.toLowerCase().split(/\s+/);
    // some writers (R scripts, mostly) put one '%' only
    if (!/^%{1,2}matrixmarket$/.test(start!) || object !== 'matrix' || more.length > 0) {
      throw this.#error(`the first line should be '%%MatrixMarket matrix …', found '${short(line)}'`);
    }
    const pick = <T extends string>(what: string, word: string | undefined, allowed: readonly T[]): T => {
      const found = allowed.find((one) => one === word);
      if (found === undefined) {
        throw this.#error(`${what} '${word ?? ''}' is not one that is read: ${listNames(allowed)}`);
      }
      return found;
    };
    const banner = {
      layout: pick('layout', layout, ['coordinate', 'array']),
      field: pick('field', SPELLINGS.get(field ?? '') ?? field, ['real', 'integer', 'pattern']),
      symmetry: pick('symmetry', symmetry, ['general', 'symmetric', 'skew-symmetric']),
    };
    if (banner.field === 'pattern' && (banner.layout === 'array' || banner.symmetry === 'skew-symmetric')) {
      throw this.#error(`'${banner.layout} pattern ${banner.symmetry}' is not a Matrix Market combination`);
    }
    return banner;
  }

  /** The inner loop: everything in it is numbers and bytes. */
  #entries(bytes: Uint8Array, start: number, end: number): void {
    const { layout, field, symmetry, nRows, nCols, nEntries } = this.#header!;
    const receiver = this.#receiver!;
    const coordinate = layout === 'coordinate';
    const pattern = field === 'pattern';
    const integer = field === 'integer';
    /** Smallest row − column that an entry may have. */
    const triangle = symmetry === 'general' ? Number.NEGATIVE_INFINITY : symmetry === 'symmetric' ? 0 : 1;
    let at = start;
    while (at < end) {
      this.#line++;
      at = skipBlanks(bytes, at);
      if (bytes[at] === LINE_FEED) {
        at++;
        continue;
      }
      if (bytes[at] === COMMENT) {
        at = bytes.indexOf(LINE_FEED, at) + 1;
        continue;
      }
      if (this.#nRead === nEntries) throw this.#error(`more entries than the ${nEntries} declared`);
      let row = 0;
      let col = 0;
      if (coordinate) {
        const rowEnd = tokenEnd(bytes, at);
        row = wholeNumber(bytes, at, rowEnd) - 1;
        if (!(row >= 0 && row < nRows)) throw this.#badIndex('row', nRows, bytes, at);
        at = skipBlanks(bytes, rowEnd);
        const colEnd = tokenEnd(bytes, at);
        col = wholeNumber(bytes, at, colEnd) - 1;
        if (!(col >= 0 && col < nCols)) throw this.#badIndex('column', nCols, bytes, at);
        at = skipBlanks(bytes, colEnd);
        if (row - col < triangle) throw this.#aboveDiagonal(row, col);
      }
      let value = 1;
      if (!pattern) {
        const valueEnd = tokenEnd(bytes, at);
        // counts are most of what there is, and cheapest
        value = valueEnd - at < 16 ? wholeNumber(bytes, at, valueEnd) : Number.NaN;
        if (Number.isNaN(value)) value = parseNumber(bytes, at, valueEnd);
        if (Number.isNaN(value) && !isNaNWord(bytes, at, valueEnd)) throw this.#badWord('a value', bytes, at);
        if (integer && !Number.isSafeInteger(value)) throw this.#badWord('a whole number', bytes, at);
        at = skipBlanks(bytes, valueEnd);
      }
      if (bytes[at] !== LINE_FEED) throw this.#badWord('the end of the line', bytes, at);
      at++;
      this.#nRead++;
      if (coordinate) receiver.add(row, col, value);
      else receiver.append(value);
    }
  }

  #aboveDiagonal(row: number, col: number): FormatError {
    const { symmetry } = this.#header!;
    return this.#error(`entry (${row + 1}, ${col + 1}) is not in the lower triangle of a ${symmetry} matrix`);
  }

  #badIndex(what: string, size: number, bytes: Uint8Array, at: number): FormatError {
    const word = asciiText(bytes, at, tokenEnd(bytes, at));
    if (!/^\d+$/.test(word)) return this.#badWord(`a ${what} number`, bytes, at);
    return this.#error(`${what} ${short(word)} is outside 1 … ${size}`);
  }

  #badWord(expected: string, bytes: Uint8Array, at: number): FormatError {
    const token = asciiText(bytes, at, Math.min(tokenEnd(bytes, at), at + MAX_SHOWN + 1));
    return this.#error(
      `expected ${expected}, found ${token === '' ? 'the end of the line' : `'${short(token)}'`}`,
    );
  }

  #error(message: string): FormatError {
    return new FormatError('mtx', message, { path: this.path, where: `line ${this.#line}` });
  }
}

function arrayEntries(symmetry: Symmetry, nRows: number, nCols: number): number {
  if (symmetry === 'general') return nRows * nCols;
  return symmetry === 'symmetric' ? (nRows * (nRows + 1)) / 2 : (nRows * (nRows - 1)) / 2;
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at++;
  return at;
}

/** Where the word that begins at `at` ends: every line ends with a line feed. */
function tokenEnd(bytes: Uint8Array, at: number): number {
  while (bytes[at]! > 32) at++;
  return at;
}

/** NaN when the word is not made of digits alone. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  let value = start === end ? Number.NaN : 0;
  for (let k = start; k < end; k++) {
    const digit = bytes[k]! - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function isNaNWord(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 4 && /^[+-]?nan$/i.test(asciiText(bytes, start, end));
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function short(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

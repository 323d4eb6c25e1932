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
import { isSpace, NumberReader, tokenAt } from './number-bytes.js';

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
  #numbers = new NumberReader();
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
    const numbers = this.#numbers;
    const coordinate = layout === 'coordinate';
    const pattern = field === 'pattern';
    const integer = field === 'integer';
    const triangle = symmetry === 'general' ? -1 : symmetry === 'symmetric' ? 0 : 1;
    let at = start;
    while (at < end) {
      this.#line++;
      while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at++;
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
      numbers.at = at;
      if (coordinate) {
        if (!numbers.index(bytes)) throw this.#badWord('a row number', bytes, at);
        row = numbers.value - 1;
        numbers.at = skipBlanks(bytes, numbers.at);
        if (!numbers.index(bytes)) throw this.#badWord('a column number', bytes, numbers.at);
        col = numbers.value - 1;
        if (row < 0 || row >= nRows) throw this.#outside('row', row + 1, nRows);
        if (col < 0 || col >= nCols) throw this.#outside('column', col + 1, nCols);
        if (triangle >= 0 && row - col < triangle) throw this.#aboveDiagonal(row, col);
        numbers.at = skipBlanks(bytes, numbers.at);
      }
      let value = 1;
      if (!pattern) {
        if (!numbers.real(bytes)) throw this.#badWord('a value', bytes, numbers.at);
        value = numbers.value;
        if (integer && !Number.isSafeInteger(value))
          throw this.#badWord('a whole number', bytes, numbers.start);
        numbers.at = skipBlanks(bytes, numbers.at);
      }
      if (bytes[numbers.at] !== LINE_FEED) throw this.#badWord('the end of the line', bytes, numbers.at);
      at = numbers.at + 1;
      this.#nRead++;
      if (coordinate) receiver.add(row, col, value);
      else receiver.append(value);
    }
  }

  #aboveDiagonal(row: number, col: number): FormatError {
    const { symmetry } = this.#header!;
    return this.#error(`entry (${row + 1}, ${col + 1}) is not in the lower triangle of a ${symmetry} matrix`);
  }

  #outside(what: string, index: number, size: number): FormatError {
    return this.#error(`${what} ${index} is outside 1 … ${size}`);
  }

  #badWord(expected: string, bytes: Uint8Array, at: number): FormatError {
    const token = tokenAt(bytes, at);
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
  while (bytes[at] !== LINE_FEED && isSpace(bytes[at]!)) at++;
  return at;
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

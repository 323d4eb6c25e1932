/**
 * A look at the first megabytes of a table: which columns hold numbers, which text, which nothing yet.
 * What a column is has to be known before the first row is kept, or every gene would have to be kept as text.
 */
import { isMissing, isMissingText } from './missing.js';
import { parseNumber } from './numbers.js';
import { BARE, type RecordScanner } from './records.js';

const lenient = new TextDecoder();

/** What was seen of each column; the index of every array is the column's. */
export class Survey {
  nRows = 0;
  readonly numbers: Uint32Array;
  readonly texts: Uint32Array;
  /** Quoted cells that would be numbers without their quotes. */
  readonly quotedNumbers: Uint32Array;
  private meaning: boolean | undefined;
  private values = new Float64Array(2 ** 10);
  private readonly firstValues = new Set<string>();
  private firstRepeats = false;

  constructor(
    readonly nColumns: number,
    private readonly decimal: number,
  ) {
    this.numbers = new Uint32Array(nColumns);
    this.texts = new Uint32Array(nColumns);
    this.quotedNumbers = new Uint32Array(nColumns);
  }

  /** Counts the scanner's last record. */
  add(bytes: Uint8Array, { starts, ends, quoting, count }: RecordScanner): void {
    const first = lenient.decode(bytes.subarray(starts[0], ends[0]));
    this.firstRepeats ||= this.firstValues.has(first) || (isMissingText(first) && quoting[0] === BARE);
    this.firstValues.add(first);
    const from = this.nRows * this.nColumns;
    if (from + this.nColumns > this.values.length) {
      const larger = new Float64Array(2 * (from + this.nColumns));
      larger.set(this.values);
      this.values = larger;
    }
    const { values, numbers, quotedNumbers, texts, decimal } = this;
    const end = Math.min(count, this.nColumns);
    for (let k = 0; k < end; k++) {
      const value = parseNumber(bytes, starts[k]!, ends[k]!, decimal);
      values[from + k] = value;
      if (!Number.isNaN(value)) {
        if (quoting[k] === BARE) numbers[k]!++;
        else quotedNumbers[k]!++;
      } else if (!isMissing(bytes, starts[k]!, ends[k]!)) {
        texts[k]!++;
      }
    }
    this.nRows++;
  }

  /** The numbers of row `row`, one a column, NaN where there is none: so that they need not be read again. */
  row(row: number): Float64Array {
    return this.values.subarray(row * this.nColumns, (row + 1) * this.nColumns);
  }

  /** Are the values of the first column all there and all different? */
  get firstIsDistinct(): boolean {
    return !this.firstRepeats;
  }

  /** Do quotes say "text"? Not where every number is quoted too (Python's `QUOTE_ALL`). */
  get quotesMeanText(): boolean {
    this.meaning ??= this.numbers.some((count) => count > 0);
    return this.meaning;
  }

  /** What column `k` holds: mostly text, mostly numbers, or nothing. */
  kind(k: number, quotesMeanText = this.quotesMeanText): 'text' | 'numbers' | 'nothing' {
    const texts = this.texts[k]! + (quotesMeanText ? this.quotedNumbers[k]! : 0);
    const numbers = this.numbers[k]! + (quotesMeanText ? 0 : this.quotedNumbers[k]!);
    return texts + numbers === 0 ? 'nothing' : texts >= numbers ? 'text' : 'numbers';
  }
}

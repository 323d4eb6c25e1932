/**
 * Columns of a table of side information as numbers: numeric columns as they are, columns of text as indicators.
 *
 * A missing number becomes the column's mean beside an indicator that says so; a missing text sets no indicator.
 */
import { fingerprintColumn } from '../data/fingerprint/index.js';
import { isMissingText } from '../formats/table/missing.js';

export interface FeatureColumns {
  readonly columns: readonly string[];
  /** `(nRows, nColumns)`. */
  readonly values: Float64Array;
  readonly sentences: readonly string[];
}

interface OneColumn {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Written by `mechanist fingerprint`: numbers of bits between spaces. */
const ON_BITS = 'on_bits';
/** A text of more values is a name or a remark: an indicator for each would be as many features. */
const MOST_CATEGORIES = 200;

/** `rows` are records of the table, `skip` is the column of the names. Column by column, in the order of the file. */
export function featureColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  skip: number,
): FeatureColumns {
  const sentences: string[] = [];
  const made = header.flatMap((name, k): OneColumn[] => {
    if (k === skip) return [];
    const texts = rows.map((row) => row[k].trim());
    const known = texts.filter((text) => !isMissingText(text));
    if (known.length === 0) {
      sentences.push(`'${name}' has no value and is left out`);
      return [];
    }
    if (name === ON_BITS && known.every((text) => /^\d{1,7}( \d{1,7})*$/.test(text)))
      return bitColumns(texts);
    const numbers = texts.map((text) => (isMissingText(text) ? Number.NaN : Number(text)));
    const isNumeric = texts.every((text, i) => isMissingText(text) || Number.isFinite(numbers[i]));
    if (isNumeric) {
      const missing = texts.length - known.length;
      if (missing > 0) sentences.push(`'${name}': ${missing} missing values became the mean, and are marked`);
      return numericColumns(name, numbers);
    }
    const categories = [...new Set(known)].sort();
    const isName = categories.length === rows.length && rows.length > 2;
    if (isName || categories.length > MOST_CATEGORIES) {
      const why = isName ? 'is another text for every name' : `is text of ${categories.length} values`;
      sentences.push(`'${name}' ${why} and is left out`);
      return [];
    }
    sentences.push(`'${name}' is text: one indicator for each of its ${categories.length} values`);
    return categories.map((category) => ({
      name: `${name}=${category}`,
      values: texts.map((text) => Number(text === category)),
    }));
  });
  const values = new Float64Array(rows.length * made.length);
  made.forEach((column, k) => {
    for (let i = 0; i < rows.length; i++) values[i * made.length + k] = column.values[i];
  });
  return { columns: made.map(({ name }) => name), values, sentences };
}

function numericColumns(name: string, numbers: readonly number[]): OneColumn[] {
  const missing = numbers.map((value) => Number(Number.isNaN(value)));
  const nMissing = missing.reduce((sum, flag) => sum + flag, 0);
  if (nMissing === 0) return [{ name, values: numbers }];
  const nKnown = numbers.length - nMissing;
  const mean = numbers.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value / nKnown), 0);
  const filled = numbers.map((value) => (Number.isNaN(value) ? mean : value));
  return [
    { name, values: filled },
    { name: `${name} missing`, values: missing },
  ];
}

/** Only bits that some molecule has get a column. */
function bitColumns(texts: readonly string[]): OneColumn[] {
  const bits = texts.map((text) => new Set(isMissingText(text) ? [] : text.split(' ').map(Number)));
  const set = [...new Set(bits.flatMap((some) => [...some]))].sort((a, b) => a - b);
  return set.map((bit) => ({
    name: fingerprintColumn(bit),
    values: bits.map((some) => Number(some.has(bit))),
  }));
}

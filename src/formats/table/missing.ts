/** The spellings of a missing value: pandas' own list (`pandas._libs.parsers.STR_NA_VALUES`). */
const MISSING: ReadonlySet<string> = new Set(
  ' #N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null'.split(' '),
);
const LONGEST = Math.max(...[...MISSING].map((token) => token.length));

/** Is this cell a spelling of "missing"? `none` is not: it is a name that controls have. */
export function isMissingText(text: string): boolean {
  return text.length <= LONGEST && MISSING.has(text.trim());
}

/** The same for the bytes `[start … end)`. */
export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start) return true;
  if (end - start > LONGEST) return false;
  return isMissingText(String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]));
}

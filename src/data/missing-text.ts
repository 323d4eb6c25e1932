/** The spellings of a missing value in text: pandas' own list (`pandas._libs.parsers.STR_NA_VALUES`). */
const MISSING: ReadonlySet<string> = new Set(
  ' #N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null'.split(' '),
);
export const LONGEST_MISSING_TEXT = Math.max(...[...MISSING].map((token) => token.length));

/** Is this cell a spelling of "missing"? `none` is not: it is a name that controls have. */
export function isMissingText(text: string): boolean {
  return text.length <= LONGEST_MISSING_TEXT && MISSING.has(text.trim());
}

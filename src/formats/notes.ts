/**
 * What the user should know of a file, in sentences. A reader tells what it left out or had to decide in
 * `uns.reading_notes`; that is about one reading, so writers leave the entry out. A writer returns what its
 * format has no place for.
 */
import type { PerturbationData, UnsDict, UnsValue } from '../data/perturbation-data.js';
import { listNames } from '../errors.js';

export const READING_NOTES = 'reading_notes';

/** A damaged file can give cause for a note at every entry. */
const MOST_NOTES = 100;

/** Told a sentence about everything that is left out. */
export type Note = (sentence: string) => void;

/** Gathers sentences while a file is read, each once. */
export class Notes {
  readonly sentences: string[] = [];
  readonly add: Note = (sentence) => {
    if (this.sentences.length < MOST_NOTES && !this.sentences.includes(sentence)) {
      this.sentences.push(sentence);
    }
  };
}

/** `uns` with the sentences, if there are any, in place of those of an earlier reading. */
export function withNotes(sentences: readonly string[], uns: UnsDict = new Map()): Map<string, UnsValue> {
  const noted = withoutNotes(uns);
  if (sentences.length > 0) {
    noted.set(READING_NOTES, { kind: 'array', shape: [sentences.length], values: [...sentences] });
  }
  return noted;
}

/** What of `uns` belongs into a file. */
export function withoutNotes(uns: UnsDict): Map<string, UnsValue> {
  return new Map([...uns].filter(([key]) => key !== READING_NOTES));
}

const PARTS = ['layers', 'obsm', 'varm', 'obsp', 'varp'] as const;

/**
 * What of `data` a format has no place for beside the matrix and its tables.
 *
 * @param format as it begins a sentence: 'A GCT'
 * @param keeps the parts that it does have
 */
export function lostParts(
  format: string,
  data: PerturbationData,
  keeps: readonly (typeof PARTS)[number][] = [],
): string[] {
  const held = PARTS.filter((part) => !keeps.includes(part)).map((part) => [part, data[part]] as const);
  const lost = [...held, ['uns', withoutNotes(data.uns)] as const]
    .filter(([, entries]) => entries.size > 0)
    .map(([part, entries]) => `${format} has no ${part}: ${listNames([...entries.keys()])} left out.`);
  return data.raw ? [...lost, `${format} has no raw: it was left out.`] : lost;
}

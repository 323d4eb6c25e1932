/** How what a reader had to decide on its own is told: sentences in `uns.reading_notes`. */
import type { UnsValue } from '../../data/perturbation-data.js';

/** Entries for `uns`: none when there is nothing to say. */
export function readingNotes(notes: readonly string[]): [string, UnsValue][] {
  if (notes.length === 0) return [];
  return [['reading_notes', { kind: 'array', shape: [notes.length], values: [...notes] }]];
}

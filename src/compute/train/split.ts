/** Which rows train and which validate. */
import { DataError, OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';

export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/**
 * `validation` is the share of rows drawn at random, or the rows themselves; without it all rows train. Both sides
 * are in ascending order. Throws DataError where there are no rows or none would train, OptionError on a share outside
 * [0, 1), or rows that there are not or that stand twice.
 */
export function splitRows(rows: number, random: Random, validation: number | ArrayLike<number> = 0): Split {
  if (rows === 0) throw new DataError('there are no rows to train on');
  const chosen = typeof validation === 'number' ? drawn(rows, random, validation) : validation;
  const held = new Uint8Array(rows);
  for (let i = 0; i < chosen.length; i++) {
    const row = chosen[i];
    if (!(Number.isInteger(row) && row >= 0 && row < rows)) {
      throw new OptionError('validation', row, `a row from 0 to ${rows - 1}`);
    }
    if (held[row]) throw new OptionError('validation', row, 'a row given once');
    held[row] = 1;
  }
  const all = Int32Array.from(held, (_, row) => row);
  const split = { train: all.filter((row) => !held[row]), validation: all.filter((row) => held[row]) };
  if (split.train.length === 0) throw new DataError(`all ${rows} rows validate; none is left to train on`);
  return split;
}

function drawn(rows: number, random: Random, share: number): Int32Array {
  if (!(share >= 0 && share < 1)) throw new OptionError('validation', share, 'a share from 0 to below 1');
  if (share === 0) return new Int32Array();
  return random.sample(rows, Math.min(rows - 1, Math.max(1, Math.round(rows * share))));
}

/** A number that tells other rows apart (FNV-1a over 32 bits). */
export const fingerprintOf = (rows: Int32Array): number =>
  rows.reduce((hash, row) => Math.imul(hash ^ row, 0x01000193) >>> 0, 0x811c9dc5);

/**
 * Keys of streams: a seed makes the first key, names and numbers make further ones.
 *
 * Each label is absorbed by encrypting it under the key so far; the result is the child's key. Streams are made
 * of counters whose last word is 0 and labels of counters whose last word is not, so a stream's output is never
 * a key.
 */
import { OptionError } from '../errors.js';
import { threefry4x32, type Words4 } from './threefry.js';

/** Last counter word: a number, a string's inner chunk, a string's last chunk (plus its length in bytes). */
const NUMBER = 0x4e000000;
const CHUNK = 0x53000000;
const LAST = 0x54000000;
const CHUNK_BYTES = 12;

/** The key of seed `seed`, a whole number in [0, 2^53). Throws OptionError. */
export function keyOfSeed(seed: number): Words4 {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OptionError('seed', seed, 'a whole number from 0 to 2^53 − 1');
  }
  return absorb([0, 0, 0, 0], seed >>> 0, Math.floor(seed / 2 ** 32), 0, NUMBER);
}

/** The key of the stream `label` under `key`. 1 and '1' are different labels. Throws OptionError. */
export function childKey(key: Words4, label: string | number): Words4 {
  if (typeof label === 'number') {
    if (!Number.isSafeInteger(label)) {
      throw new OptionError('stream label', label, 'a string or a whole number');
    }
    return absorb(key, label >>> 0, Math.floor(label / 2 ** 32) >>> 0, 0, NUMBER);
  }
  const bytes = new TextEncoder().encode(label);
  let child = key;
  for (let start = 0; start === 0 || start < bytes.length; start += CHUNK_BYTES) {
    const chunk = new DataView(new ArrayBuffer(CHUNK_BYTES));
    const end = Math.min(start + CHUNK_BYTES, bytes.length);
    for (let i = start; i < end; i++) chunk.setUint8(i - start, bytes[i]);
    const tag = start + CHUNK_BYTES < bytes.length ? CHUNK : LAST + (end - start);
    child = absorb(child, chunk.getUint32(0), chunk.getUint32(4), chunk.getUint32(8), tag);
  }
  return child;
}

function absorb(key: Words4, c0: number, c1: number, c2: number, c3: number): Words4 {
  const out = new Uint32Array(4);
  threefry4x32(key, c0, c1, c2, c3, out);
  return [out[0], out[1], out[2], out[3]];
}

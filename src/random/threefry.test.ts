import { describe, expect, it } from 'vitest';
import { threefry4x32, type Words4 } from './threefry.js';

/** `tests/kat_vectors` of Random123 1.14: "threefry4x32 20", counter, key, result. */
const KNOWN = [
  '00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 9c6ca96a e17eae66 fc10ecd4 5256a7d8',
  'ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 2a881696 57012287 f6c7446e a16a6732',
  '243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 082efa98 ec4e6c89 59cd1dbb b8879579 86b5d00c ac8b6d84',
];

describe('threefry4x32', () => {
  it.each(KNOWN)('gives the known answer of %s', (line) => {
    const words = line.split(' ').map((word) => Number.parseInt(word, 16));
    const out = new Uint32Array(4);
    const key = words.slice(4, 8) as unknown as Words4;
    threefry4x32(key, words[0], words[1], words[2], words[3], out);
    expect([...out]).toEqual(words.slice(8));
  });
});

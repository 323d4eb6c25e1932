/** Ways to break a file: bits flipped, ends cut, pieces moved, numbers put where none were. All by a seed. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Random } from '../../dist/random/index.js';

/** Numbers that sizes and offsets go wrong with. */
const WORDS = [
  0n,
  1n,
  -1n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n - 1n,
  255n,
  65535n,
];
const TEXTS = [
  '-1',
  '0',
  '1e999',
  'NaN',
  '99999999999999999999',
  '4294967296',
  '2147483648',
  '\n',
  '\t',
  ',',
  '"',
  '\0',
  '{',
  ']',
  '%',
  '\ufeff',
  '-666',
];
const LONGEST_PIECE = 64;

/** Which of `files` broken file `number` changes, and to what. */
export function brokenFile({ format, files, seed }, number) {
  const random = Random.fromSeed(seed).split('fuzz', format, number);
  const place = random.integer(files.length);
  return { place, bytes: mutate(files[place][1], random) };
}

/** `bytes` broken in one, two or four ways. A gzip file is broken inside or outside. */
function mutate(bytes, random) {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (gzipped && random.integer(3) > 0) return gzipSync(mutate(gunzipSync(bytes), random));
  let broken = Buffer.from(bytes);
  for (let n = [1, 1, 1, 2, 4][random.integer(5)]; n > 0; n--)
    broken = WAYS[random.integer(WAYS.length)](broken, random);
  return broken;
}

const place = (bytes, random) => random.integer(bytes.length + 1);

const WAYS = [
  function flipBits(bytes, random) {
    for (let n = 1 + random.integer(8); n > 0 && bytes.length > 0; n--) {
      bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
    }
    return bytes;
  },
  function setByte(bytes, random) {
    if (bytes.length > 0)
      bytes[random.integer(bytes.length)] = [0, 0xff, 0x7f, 0x80, 0x20][random.integer(5)];
    return bytes;
  },
  function setWord(bytes, random) {
    const size = [1, 2, 4, 8][random.integer(4)];
    if (bytes.length < size) return bytes;
    let word = BigInt.asUintN(64, WORDS[random.integer(WORDS.length)]);
    // aligned places hold the sizes and offsets of binary formats
    const at = Math.floor(random.integer(bytes.length - size + 1) / size) * size;
    for (let i = 0; i < size; i++, word >>= 8n) bytes[at + i] = Number(word & 0xffn);
    return bytes;
  },
  function nudgeNumber(bytes, random) {
    if (bytes.length > 0) bytes[random.integer(bytes.length)] += random.integer(2) ? 1 : -1;
    return bytes;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, place(bytes, random));
  },
  function removePiece(bytes, random) {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.integer(LONGEST_PIECE))]);
  },
  function repeatPiece(bytes, random) {
    const from = place(bytes, random);
    const piece = bytes.subarray(from, from + 1 + random.integer(LONGEST_PIECE));
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  function copyPiece(bytes, random) {
    const from = place(bytes, random);
    bytes.copyWithin(place(bytes, random), from, from + 1 + random.integer(LONGEST_PIECE));
    return bytes;
  },
  function insertText(bytes, random) {
    const at = place(bytes, random);
    const text = Buffer.from(TEXTS[random.integer(TEXTS.length)]);
    return Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at)]);
  },
  function changeDigits(bytes, random) {
    const start = place(bytes, random);
    for (let at = start; at < Math.min(bytes.length, start + 200); at++) {
      if (bytes[at] < 0x30 || bytes[at] > 0x39) continue;
      const text = Buffer.from(TEXTS[random.integer(7)]);
      return Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at + 1)]);
    }
    return bytes;
  },
];

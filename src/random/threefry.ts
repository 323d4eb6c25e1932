/**
 * Threefry-4x32 with 20 rounds: a keyed, counter-based bit mixer.
 *
 * A counter-based generator has no hidden state: block number k of a stream is a pure function of (key, k), so
 * any thread can make any part of any stream and results never depend on how the work was shared out.
 * Threefry because it needs only 32-bit additions, rotations and xor, which JavaScript has; its 128-bit key
 * leaves room for deriving streams by name.
 *
 * J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11, doi:10.1145/2063384.2063405.
 */

/** Skein's key-schedule parity constant. */
const PARITY = 0x1bd11bda;

/** 128 bits: four unsigned 32-bit words. */
export type Words4 = readonly [number, number, number, number];

/** The five words that are added to the blocks in turn. */
export function keySchedule([k0, k1, k2, k3]: Words4): number[] {
  return [k0 | 0, k1 | 0, k2 | 0, k3 | 0, PARITY ^ k0 ^ k1 ^ k2 ^ k3];
}

/** The block `(4,)` of unsigned words that `key` makes of the counter (c0, c1, c2, c3), written into `out`. */
export function threefry4x32(
  key: Words4,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  out: Uint32Array,
): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = key[2] | 0;
  const k3 = key[3] | 0;
  const k4 = PARITY ^ k0 ^ k1 ^ k2 ^ k3;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  let c = (c2 + k2) | 0;
  let d = (c3 + k3) | 0;
  // Eight rotation pairs; the key is injected after every four rounds. Unrolled over the five injections,
  // because the words must stay in registers for this to be fast.
  for (let half = 0; half < 3; half++) {
    a = (a + b) | 0;
    b = ((b << 10) | (b >>> 22)) ^ a;
    c = (c + d) | 0;
    d = ((d << 26) | (d >>> 6)) ^ c;
    a = (a + d) | 0;
    d = ((d << 11) | (d >>> 21)) ^ a;
    c = (c + b) | 0;
    b = ((b << 21) | (b >>> 11)) ^ c;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    c = (c + d) | 0;
    d = ((d << 27) | (d >>> 5)) ^ c;
    a = (a + d) | 0;
    d = ((d << 23) | (d >>> 9)) ^ a;
    c = (c + b) | 0;
    b = ((b << 5) | (b >>> 27)) ^ c;
    if (half === 0) {
      a = (a + k1) | 0;
      b = (b + k2) | 0;
      c = (c + k3) | 0;
      d = (d + k4 + 1) | 0;
    } else if (half === 1) {
      a = (a + k3) | 0;
      b = (b + k4) | 0;
      c = (c + k0) | 0;
      d = (d + k1 + 3) | 0;
    } else {
      a = (a + k0) | 0;
      b = (b + k1) | 0;
      c = (c + k2) | 0;
      d = (d + k3 + 5) | 0;
      break;
    }
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    c = (c + d) | 0;
    d = ((d << 20) | (d >>> 12)) ^ c;
    a = (a + d) | 0;
    d = ((d << 17) | (d >>> 15)) ^ a;
    c = (c + b) | 0;
    b = ((b << 11) | (b >>> 21)) ^ c;
    a = (a + b) | 0;
    b = ((b << 25) | (b >>> 7)) ^ a;
    c = (c + d) | 0;
    d = ((d << 10) | (d >>> 22)) ^ c;
    a = (a + d) | 0;
    d = ((d << 18) | (d >>> 14)) ^ a;
    c = (c + b) | 0;
    b = ((b << 20) | (b >>> 12)) ^ c;
    if (half === 0) {
      a = (a + k2) | 0;
      b = (b + k3) | 0;
      c = (c + k4) | 0;
      d = (d + k0 + 2) | 0;
    } else {
      a = (a + k4) | 0;
      b = (b + k0) | 0;
      c = (c + k1) | 0;
      d = (d + k2 + 4) | 0;
    }
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

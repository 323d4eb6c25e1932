import { describe, expect, it } from 'vitest';
import { fillBlocks, MOST_BLOCKS } from './blocks.js';
import { blockKernel } from './blocks-wasm.js';
import { keySchedule, threefry4x32, type Words4 } from './threefry.js';

const KEY: Words4 = [0xdeadbeef, 0x80000001, 7, 0xffffffff];

/** One block at a time, by the scalar generator, whose bits are those of the published one (threefry.test.ts). */
function scalar(first: number, nBlocks: number): Uint32Array {
  const out = new Uint32Array(4 * nBlocks);
  for (let i = 0; i < nBlocks; i++) {
    const number = first + i;
    threefry4x32(KEY, number >>> 0, Math.floor(number / 2 ** 32), 0, 0, out.subarray(4 * i));
  }
  return out;
}

describe('runs of blocks', () => {
  it('have a SIMD kernel in Node', () => {
    const kernel = blockKernel();
    kernel?.run(0, 0, keySchedule(KEY), 2);
    expect(kernel?.words.slice(0, 32)).toEqual(scalar(0, 8));
  });

  it.each([1, 3, 4, 16, MOST_BLOCKS])('of %i blocks are those of the scalar generator', (nBlocks) => {
    for (const first of [0, 5, 2 ** 31 - 2, 2 ** 32 - 4, 2 ** 32 - 3, 2 ** 32, 2 ** 45 + 9]) {
      const out = new Uint32Array(4 * nBlocks);
      fillBlocks(KEY, first, out);
      expect(out).toEqual(scalar(first, nBlocks));
    }
  });
});

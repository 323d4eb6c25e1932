/** Runs of consecutive blocks of a stream, by SIMD where there is any; the bits are the same. */
import { type BlockKernel, blockKernel } from './blocks-wasm.js';
import { keySchedule, threefry4x32, type Words4 } from './threefry.js';

/** Most blocks made at a time. */
export const MOST_BLOCKS = 256;

let kernel: BlockKernel | undefined | null = null;

/** Writes the blocks of `key` from number `first` on into `out` `(4 · nBlocks,)`, which takes at most MOST_BLOCKS. */
export function fillBlocks(key: Words4, first: number, out: Uint32Array): void {
  const nBlocks = out.length / 4;
  const low = first >>> 0;
  const high = Math.floor(first / 2 ** 32);
  if (nBlocks % 4 === 0 && low + nBlocks <= 2 ** 32) {
    if (kernel === null) kernel = blockKernel();
    if (kernel !== undefined) {
      kernel.run(low | 0, high | 0, keySchedule(key), nBlocks / 4);
      out.set(kernel.words.subarray(0, out.length));
      return;
    }
  }
  for (let i = 0; i < nBlocks; i++) {
    const number = first + i;
    threefry4x32(key, number >>> 0, Math.floor(number / 2 ** 32), 0, 0, out.subarray(4 * i, 4 * i + 4));
  }
}

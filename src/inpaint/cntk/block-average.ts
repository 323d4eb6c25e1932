/** A kernel that repeats with every block of pixels, from one that does not. */

import type { PixelKernel } from './pixel-kernel.js';

/**
 * The mean of K over all shifts by whole blocks of `block` pixels: it repeats with the blocks and stays positive
 * semidefinite. A kernel whose period divides `block` is given back as it is.
 */
export function averagedOverBlocks(kernel: PixelKernel, block: number): PixelKernel {
  const { height, width, values } = kernel;
  const [ph, pw] = kernel.period;
  if (block % ph === 0 && block % pw === 0) return kernel;
  const size = height * width;
  const averaged = new Float64Array(block * block * size);
  const share = (block * block) / size;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = ((row % ph) * pw + (column % pw)) * size;
      const to = ((row % block) * block + (column % block)) * size;
      for (let i = 0; i < size; i++) averaged[to + i] += share * values[from + i];
    }
  }
  return { height, width, period: [block, block], values: averaged };
}

/** Against a convolution written out and against SciPy; what is refused. */
import { describe, expect, it } from 'vitest';
import { evaluate, fixed } from '../check.fixture.node.js';
import * as g from './index.js';

const picture = (shape: number[]) => {
  const size = g.sizeOf(shape);
  return fixed(
    Array.from({ length: size }, (_, i) => Math.sin(1 + 3.7 * i)),
    shape,
  );
};

describe('windows', () => {
  it('times weights are a circular convolution', async () => {
    const [height, width, channels, out] = [3, 4, 2, 3];
    const x = picture([height, width, channels]);
    const weight = picture([out, 9 * channels]);
    const [found] = await evaluate(g.affine(g.windows(x), weight));
    const expected: number[] = [];
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        for (let o = 0; o < out; o++) {
          let total = 0;
          for (let m = 0; m < 3; m++)
            for (let n = 0; n < 3; n++)
              for (let c = 0; c < channels; c++) {
                const [r, k] = [(row + m - 1 + height) % height, (column + n - 1 + width) % width];
                const value = Number(x.values![(r * width + k) * channels + c]);
                total += value * Number(weight.values![o * 9 * channels + (3 * m + n) * channels + c]);
              }
          expected.push(total);
        }
    expect(found).toEqual(expected.map((value) => expect.closeTo(value, 12)));
  });

  it('are refused where there is no picture, and for even sizes', () => {
    expect(() => g.windows(picture([3, 4]))).toThrow(/height, width, channels/);
    expect(() => g.windows(g.zeros([0, 4, 1]))).toThrow(/height, width, channels/);
    expect(() => g.windows(picture([3, 4, 1]), 2)).toThrow(/odd/);
  });
});

describe('halved and doubled', () => {
  it('undo each other with copies', async () => {
    const x = picture([2, 3, 2]);
    const [there, back] = await evaluate(x, g.halved(g.doubled(x, 'nearest')));
    expect(back).toEqual(there);
  });

  it('interpolate as scipy.ndimage.zoom(x, 2, order=1), whose corners are aligned', async () => {
    // zoom([[0., 1.], [2., 5.]], 2, order=1)
    const third = 1 / 3;
    const [found] = await evaluate(g.doubled(fixed([0, 1, 2, 5], [2, 2, 1]), 'bilinear'));
    const expected = [
      0,
      third,
      2 * third,
      1,
      2 * third,
      11 / 9,
      16 / 9,
      7 * third,
      4 * third,
      19 / 9,
      26 / 9,
      11 * third,
      2,
      3,
      4,
      5,
    ];
    expect(found).toEqual(expected.map((value) => expect.closeTo(value, 12)));
  });

  it('refuse odd sides', () => {
    expect(() => g.halved(picture([3, 4, 1]))).toThrow(/even/);
  });
});

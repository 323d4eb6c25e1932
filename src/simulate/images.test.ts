/** What the pictures and masks are: seeded, within bounds, hidden as asked for. */
import { describe, expect, it } from 'vitest';
import { maskPicture, simulateImages } from './images.js';

const meanOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('simulateImages', () => {
  const images = simulateImages({ size: 32 });

  it('draws one of each kind, by default six', () => {
    expect(images.map(({ name }) => name)).toEqual([
      '1-waves',
      '2-shapes',
      '3-gradient',
      '4-windows',
      '5-stripes',
      '6-clouds',
    ]);
    expect(simulateImages({ size: 8, count: 10 })[9].name).toBe('10-windows');
  });

  it('gives values on 0 … 1 that vary within each picture', () => {
    for (const { picture, known } of images) {
      expect(picture.values.length).toBe(32 * 32 * 3);
      expect(known.length).toBe(32 * 32);
      const [least, most] = [Math.min(...picture.values), Math.max(...picture.values)];
      expect(least).toBeGreaterThanOrEqual(0);
      expect(most).toBeLessThanOrEqual(1);
      expect(most - least).toBeGreaterThan(0.2);
    }
  });

  it('depends on the seed and on nothing else, and a picture not on how many there are', () => {
    expect(simulateImages({ size: 32 })).toEqual(images);
    expect(simulateImages({ size: 32, count: 2 })).toEqual(images.slice(0, 2));
    expect(simulateImages({ size: 32, seed: 1 })[0].picture).not.toEqual(images[0].picture);
  });

  it('draws the same scene at every size', () => {
    // the mean of 2 × 2 pixels of the larger picture is nearly the pixel of the smaller
    const [small] = simulateImages({ size: 32, count: 1 });
    const [large] = simulateImages({ size: 64, count: 1 });
    for (const [row, column] of [
      [0, 0],
      [7, 20],
      [31, 31],
    ]) {
      const at = (r: number, c: number) => large.picture.values[(r * 64 + c) * 3];
      const mean =
        (at(2 * row, 2 * column) +
          at(2 * row, 2 * column + 1) +
          at(2 * row + 1, 2 * column) +
          at(2 * row + 1, 2 * column + 1)) /
        4;
      expect(small.picture.values[(row * 32 + column) * 3]).toBeCloseTo(mean, 2);
    }
  });

  it('hides the share that was asked for', () => {
    // 1024 draws at 0.3: four standard deviations are 0.057
    const [scattered] = simulateImages({ size: 32, count: 1, missing: 0.3 });
    expect(Math.abs(1 - meanOf(scattered.known) - 0.3)).toBeLessThan(0.057);
    const [hole] = simulateImages({ size: 32, count: 1, mask: 'hole', missing: 0.25 });
    expect(1 - meanOf(hole.known)).toBe(0.25);
    const rows = Array.from({ length: 32 }, (_, row) => meanOf(hole.known.subarray(row * 32, row * 32 + 32)));
    expect(new Set(rows)).toEqual(new Set([1, 0.5]));
    expect(meanOf(simulateImages({ size: 4, count: 1, mask: 'hole', missing: 1 })[0].known)).toBe(0);
    expect(meanOf(simulateImages({ size: 4, count: 1, missing: 0 })[0].known)).toBe(1);
  });

  it('shows masks white where known', () => {
    expect(maskPicture(Uint8Array.of(1, 0), 1, 2)).toMatchObject({
      height: 1,
      width: 2,
      channels: 1,
      values: Float64Array.of(1, 0),
    });
  });

  it.each([{ size: 1 }, { size: 2.5 }, { count: 0 }, { missing: 1.5 }, { missing: Number.NaN }])(
    'refuses %o',
    (options) => {
      expect(() => simulateImages(options)).toThrow(/is not/);
    },
  );
});

/** Against the equations solved by SciPy, and surfaces that are their own answer. */
import { describe, expect, it } from 'vitest';
import type { Picture } from '../formats/index.js';
import { inpaintBiharmonic } from './biharmonic.js';

function pictureOf(height: number, width: number, value: (row: number, column: number) => number): Picture {
  const values = Float64Array.from({ length: height * width }, (_, i) =>
    value(Math.floor(i / width), i % width),
  );
  return { height, width, channels: 1, values, depth: 8 };
}

const knownWhere = (height: number, width: number, known: (row: number, column: number) => boolean) =>
  Uint8Array.from({ length: height * width }, (_, i) => (known(Math.floor(i / width), i % width) ? 1 : 0));

describe('inpaintBiharmonic', () => {
  it('solves the equations of scikit-image', () => {
    const picture = pictureOf(9, 11, (r, c) => 0.5 + 0.3 * Math.sin(r / 3) * Math.cos(c / 4) + 0.01 * c);
    const missing = (r: number, c: number) =>
      (r * 7 + c * 5) % 3 === 0 || (r >= 3 && r < 7 && c >= 6) || (r === 0 && c === 0);
    const { values } = inpaintBiharmonic(
      picture,
      knownWhere(9, 11, (r, c) => !missing(r, c)),
    );
    // rows of scipy.ndimage.laplace(laplace(delta)) on the part of the 5 × 5 window inside the picture (as
    // skimage.restoration.inpaint_biharmonic makes them), scipy.sparse.linalg.spsolve, np.clip to the known values
    const expected: [number, number, number][] = [
      [0, 0, 0.5234969223358222],
      [3, 6, 0.5790105809262232],
      [5, 9, 0.45137909406709964],
      [6, 10, 0.45137909406709964],
      [4, 8, 0.47312664565769164],
    ];
    for (const [r, c, value] of expected) expect(values[r * 11 + c]).toBeCloseTo(value, 9);
    let sum = 0;
    for (let i = 0; i < 99; i++) if (missing(Math.floor(i / 11), i % 11)) sum += values[i];
    expect(sum).toBeCloseTo(26.218365291577516, 8);
  });

  it('finds a plane again, hole and scattered pixels alike, and leaves what is known', () => {
    const picture = pictureOf(20, 24, (r, c) => 0.1 + 0.02 * r + 0.015 * c);
    const inside = (r: number, c: number) => r > 1 && r < 18 && c > 1 && c < 22;
    const hidden = (r: number, c: number) =>
      (r > 6 && r < 13 && c > 8 && c < 17) || (r * 5 + c * 3) % 7 === 0;
    const known = knownWhere(20, 24, (r, c) => !(inside(r, c) && hidden(r, c)));
    const { values } = inpaintBiharmonic(
      { ...picture, values: picture.values.map((v, i) => (known[i] ? v : Number.NaN)) },
      known,
    );
    values.forEach((value, i) => {
      if (known[i]) expect(value).toBe(picture.values[i]);
      else expect(value).toBeCloseTo(picture.values[i], 8);
    });
  });

  it('solves each channel of itself', () => {
    const grey = pictureOf(8, 8, (r, c) => ((r * 3 + c) % 5) / 5);
    const colours: Picture = {
      ...grey,
      channels: 3,
      values: Float64Array.from(
        { length: 192 },
        (_, i) => grey.values[Math.floor(i / 3)] * [1, 0.5, 0][i % 3],
      ),
    };
    const known = knownWhere(8, 8, (r, c) => (r + c) % 3 !== 0);
    const one = inpaintBiharmonic(grey, known).values;
    inpaintBiharmonic(colours, known).values.forEach((value, i) => {
      expect(value).toBeCloseTo(one[Math.floor(i / 3)] * [1, 0.5, 0][i % 3], 8);
    });
  });

  it('fills all from a single pixel', () => {
    const picture = pictureOf(5, 4, () => 0.25);
    const { values } = inpaintBiharmonic(
      picture,
      knownWhere(5, 4, (r, c) => r === 2 && c === 1),
    );
    expect([...values]).toEqual(Array(20).fill(0.25));
  });

  it('refuses masks that leave nothing to do', () => {
    const picture = pictureOf(3, 3, () => 1);
    expect(() => inpaintBiharmonic(picture, new Uint8Array(9))).toThrow(/nothing to go by/);
    expect(() => inpaintBiharmonic(picture, new Uint8Array(9).fill(1))).toThrow(/nothing to do/);
    expect(() => inpaintBiharmonic(picture, new Uint8Array(8))).toThrow(/3 × 3 pixels/);
    const broken = { ...picture, values: picture.values.map(() => Number.NaN) };
    expect(() => inpaintBiharmonic(broken, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0))).toThrow(/finite/);
  });
});

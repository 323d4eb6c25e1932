/** Regression with the kernel against its definition, the solvers against each other, sizes, masks, the network. */
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../compute/index.node.js';
import type { Picture } from '../formats/index.js';
import { leastSquares } from '../linalg/index.js';
import { Random } from '../random/index.js';
import { simulateImages } from '../simulate/index.js';
import {
  centreCrop,
  cntk,
  hourglass,
  inpaintWithCntk,
  inpaintWithDeepImagePrior,
  kernelBetween,
  knownFromPicture,
  partPixels,
  psnr,
  randomlyKnown,
  regress,
  resize,
  resizeKnown,
} from './index.js';

const [, { picture: shapes, known }] = simulateImages({ count: 2, size: 16 });
const random = Random.fromSeed(0);
const grey = (height: number, width: number, values: ArrayLike<number>): Picture => ({
  height,
  width,
  channels: 1,
  values: Float64Array.from(values),
  depth: 8,
});

describe('inpaintWithCntk', () => {
  it('is kernel regression, channel by channel, cut to 0 … 1', () => {
    const { known: given, missing } = partPixels(shapes, known);
    const found = inpaintWithCntk(shapes, known, { random, network: hourglass(1) }).picture;
    const kernel = cntk(hourglass(1), 'none', 16, 16);
    const n = given.length;
    const targets = Float64Array.from(
      { length: 3 * n },
      (_, i) => shapes.values[given[Math.floor(i / 3)] * 3 + (i % 3)],
    );
    const { x } = leastSquares(kernelBetween(kernel, given, given), n, n, targets, 3);
    const across = kernelBetween(kernel, missing, given);
    missing.forEach((pixel, i) => {
      for (let c = 0; c < 3; c++) {
        let value = 0;
        for (let j = 0; j < n; j++) value += across[i * n + j] * x[3 * j + c];
        expect(found.values[3 * pixel + c]).toBeCloseTo(Math.max(0, Math.min(1, value)), 6);
      }
    });
    for (const pixel of given) expect(found.values[3 * pixel]).toBe(shapes.values[3 * pixel]);
  });

  it('gives the same exactly and with EigenPro, with a ridge that makes both well conditioned', () => {
    const run = (solver: 'exact' | 'eigenpro') =>
      inpaintWithCntk(shapes, known, { random, solver, ridge: 0.01, epochs: 300 });
    const [exact, iterated] = [run('exact'), run('eigenpro')];
    exact.picture.values.forEach((value, i) => expect(iterated.picture.values[i]).toBeCloseTo(value, 5));
    expect(exact.notes.join()).toContain('exactly');
    expect(iterated.notes.join()).toContain('EigenPro');
  });

  it('beats the mean of the known pixels by far', () => {
    const [{ picture }] = simulateImages({ count: 1, size: 32 });
    const mask = randomlyKnown(32, 32, 0.5, Random.fromSeed(4));
    const { known: given, missing } = partPixels(picture, mask);
    const mean = given.reduce((sum, pixel) => sum + picture.values[3 * pixel], 0) / given.length;
    const flat = { ...picture, values: picture.values.map(() => mean) };
    const found = inpaintWithCntk(picture, mask, { random }).picture;
    expect(psnr(found, picture, missing)).toBeGreaterThan(psnr(flat, picture, missing) + 8);
  });

  it('takes sides that cannot be halved, expanded kernels, bilinear ones and features', () => {
    const odd = resize(shapes, 13, 18);
    const mask = randomlyKnown(13, 18, 0.4, Random.fromSeed(2));
    const { missing } = partPixels(odd, mask);
    for (const more of [
      {},
      { kernelSize: 8, network: hourglass(2) },
      { kernelSize: 16, network: hourglass(2, { upsampling: 'bilinear' as const }) },
      { features: 'meshgrid' as const, ridge: 1e-3 },
      { features: 'identity' as const },
    ]) {
      const { picture, notes } = inpaintWithCntk(odd, mask, { random, ...more });
      expect([picture.height, picture.width]).toEqual([13, 18]);
      expect(psnr(picture, odd, missing)).toBeGreaterThan(10);
      expect(notes.join()).toMatch(/multiples of 8|expanded to 16 × 20/);
    }
  });

  it('refuses what does not go together', () => {
    const tall = { random, network: hourglass(2) };
    expect(() => inpaintWithCntk(shapes, known, { ...tall, kernelSize: 6 })).toThrow(/multiple of 4/);
    expect(() => inpaintWithCntk(shapes, known, { ...tall, kernelSize: 8, features: 'meshgrid' })).toThrow(
      /full/,
    );
    expect(() => inpaintWithCntk(shapes, known, { ...tall, ridge: -1 })).toThrow(/ridge/);
    expect(() => inpaintWithCntk(shapes, known, { ...tall, solver: 'cg' as 'exact' })).toThrow(/solver/);
    expect(() => inpaintWithCntk(shapes, known.subarray(1), tall)).toThrow(/16 × 16/);
    const many = Int32Array.from({ length: 20_001 }, () => 0);
    const kernel = cntk(hourglass(0), 'none', 1, 1);
    expect(() =>
      regress(kernel, many, many, new Float64Array(20_001), 1, { random, solver: 'exact' }),
    ).toThrow(/eigenpro/);
  });

  it('says so where rounding would decide, and adds the least that helps', () => {
    // all but one of 256 pixels known: the kernel of six halvings is singular to working precision
    const mask = new Uint8Array(256).fill(1);
    mask[100] = 0;
    const { notes, picture } = inpaintWithCntk(shapes, mask, { random, network: hourglass(4) });
    expect(notes.join()).toMatch(/1e-\d+ of the mean diagonal added/);
    expect(picture.values.every(Number.isFinite)).toBe(true);
  });
});

describe('inpaintWithDeepImagePrior', () => {
  it('is seeded and gets nearer to a smooth picture', async () => {
    const [{ picture, known: mask }] = simulateImages({ count: 1, size: 16 });
    const runtime = await nodeRuntime({ threads: 1 });
    const { missing } = partPixels(picture, mask);
    const run = (iterations: number, seed = 0) =>
      inpaintWithDeepImagePrior(runtime, picture, mask, {
        iterations,
        channels: 8,
        network: hourglass(1),
        random: Random.fromSeed(seed),
      });
    const [few, many, again, other] = [await run(5), await run(150), await run(5), await run(5, 1)];
    expect(again.values).toEqual(few.values);
    expect(other.values).not.toEqual(few.values);
    expect(psnr(many, picture, missing)).toBeGreaterThan(psnr(few, picture, missing) + 1.5);
    const large = { ...picture, height: 1024, width: 1024, values: new Float64Array(3 * 2 ** 20) };
    await expect(
      inpaintWithDeepImagePrior(runtime, large, new Uint8Array(2 ** 20).fill(1, 1), { random }),
    ).rejects.toThrow(/smaller/);
    const stopped = AbortSignal.abort();
    await expect(
      inpaintWithDeepImagePrior(runtime, picture, mask, { random, signal: stopped }),
    ).rejects.toThrow(/interrupted/);
    await expect(
      inpaintWithDeepImagePrior(runtime, picture, mask, { random, iterations: 0 }),
    ).rejects.toThrow(/iterations/);
  });
});

describe('psnr', () => {
  it('is 10 log10(1 / mean squared error)', () => {
    const truth = grey(1, 4, [0, 0.5, 1, 0.25]);
    const found = grey(1, 4, [0.1, 0.5, 1, 0.05]);
    expect(psnr(found, truth)).toBeCloseTo(10 * Math.log10(4 / 0.05), 12);
    expect(psnr(found, truth, Int32Array.of(0))).toBeCloseTo(20, 12);
    expect(psnr(truth, truth)).toBe(Number.POSITIVE_INFINITY);
    expect(() => psnr(grey(2, 2, [0, 0, 0, 0]), truth)).toThrow(/1 × 4 × 1/);
  });
});

describe('masks', () => {
  it('are white where known, or where missing', () => {
    const shown = grey(1, 4, [0, 1, 0.9, 0.1]);
    expect([...knownFromPicture(shown)]).toEqual([0, 1, 1, 0]);
    expect([...knownFromPicture(shown, 'white')]).toEqual([1, 0, 0, 1]);
    expect(() => knownFromPicture(grey(1, 3, [0.5, 0, 1]))).toThrow(/neither black nor white/);
  });

  it('hide the share asked for', () => {
    // 10,000 draws at 0.3: four standard deviations are 0.018
    const share =
      1 - randomlyKnown(100, 100, 0.3, Random.fromSeed(1)).reduce((sum, one) => sum + one, 0) / 1e4;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.018);
  });
});

describe('sizes', () => {
  it('are cut from the middle', () => {
    const cut = centreCrop(
      grey(
        3,
        5,
        Array.from({ length: 15 }, (_, i) => i),
      ),
      2,
    );
    expect([cut.height, cut.width, ...cut.values]).toEqual([2, 4, 0, 1, 2, 3, 5, 6, 7, 8]);
    expect(centreCrop(cut, 64)).toEqual(cut);
  });

  it('are changed as Pillow does', () => {
    // numpy.asarray(Image.fromarray(numpy.float32([[0, 1, 2, 3, 4, 9]])).resize((3, 1), Image.BILINEAR)), and (9, 1)
    const row = grey(1, 6, [0, 1, 2, 3, 4, 9]);
    const smaller = [0.7142857313156128, 2.5, 6.0];
    const larger = [
      0.0, 0.5, 1.1666666269302368, 1.8333333730697632, 2.5, 3.1666667461395264, 3.8333332538604736, 6.5, 9.0,
    ];
    [...resize(row, 1, 3).values].forEach((value, i) => expect(value).toBeCloseTo(smaller[i], 5));
    [...resize(row, 1, 9).values].forEach((value, i) => expect(value).toBeCloseTo(larger[i], 5));
    expect(() => resize(row, 0, 3)).toThrow(/size/);
  });

  it('of a mask follow those of its picture', () => {
    expect([...resizeKnown(Uint8Array.of(1, 1, 0, 0), 1, 4, [1, 2])]).toEqual([1, 0]);
  });
});

/** Against the authors' arrays, a program that follows the definition pixel by pixel, and what must hold of any kernel. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../../errors.js';
import { symmetricEigen } from '../../linalg/index.js';
import {
  cntk,
  expandKernel,
  type Features,
  hourglass,
  kernelBetween,
  type Layer,
  leakyDual,
  type PixelKernel,
} from './index.js';

const golden = join(process.env.MECHANIST_SHARED ?? '../shared', 'reference', 'cntk_expected.json');
const there = existsSync(golden);
const expected = there ? JSON.parse(readFileSync(golden, 'utf8')) : {};

const all = (kernel: PixelKernel) => Int32Array.from({ length: kernel.height * kernel.width }, (_, i) => i);
const dense = (kernel: PixelKernel) => kernelBetween(kernel, all(kernel), all(kernel));
/** K[row, column] as a picture. */
const around = (kernel: PixelKernel, row: number, column: number) =>
  kernelBetween(kernel, Int32Array.of(row * kernel.width + column), all(kernel));
const trace = (kernel: PixelKernel) =>
  dense(kernel).reduce((sum, value, i) => sum + (i % (all(kernel).length + 1) === 0 ? value : 0), 0);

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  let largest = 0;
  for (let i = 0; i < found.length; i++) largest = Math.max(largest, Math.abs(found[i] - wanted[i]));
  expect(largest).toBeLessThan(tolerance);
}

describe.skipIf(!there)("the authors' values", () => {
  const layers = (...list: Layer[]) => ({ layers: list, upsampling: 'nearest', slope: 0.01 }) as const;

  it('of two convolutions', () => {
    const kernel = cntk(layers('convolution', 'convolution'), 'none', 4, 4);
    expectClose(around(kernel, 0, 0), expected.conv2.K00.flat(), 1e-10);
    expectClose(around(kernel, 1, 1), expected.conv2.K11.flat(), 1e-10);
    expect(trace(kernel)).toBeCloseTo(expected.conv2.trace, 12);
    expect(dense(kernel).reduce((a, b) => a + b)).toBeCloseTo(expected.conv2.sum, 10);
  });

  it('of one down- and one upsampling', () => {
    const kernel = cntk(hourglass(1), 'none', 8, 8);
    expectClose(around(kernel, 0, 0), expected.d1u1.K00.flat(), 1e-10);
    expectClose(around(kernel, 1, 1), expected.d1u1.K11.flat(), 1e-10);
    expect(trace(kernel)).toBeCloseTo(expected.d1u1.trace, 12);
    expect(dense(kernel).reduce((a, b) => a + b)).toBeCloseTo(expected.d1u1.sum, 9);
  });

  it('of coordinates as features', () => {
    const { prior, K00, K12 } = expected.prior_meshgrid_4_CC;
    for (const features of [
      'meshgrid',
      { nChannels: prior.length, values: Float64Array.from(prior.flat(2)) },
    ]) {
      const kernel = cntk(layers('convolution', 'convolution', 'convolution'), features as Features, 4, 4);
      expectClose(around(kernel, 0, 0), K00.flat(), 1e-12);
      expectClose(around(kernel, 1, 2), K12.flat(), 1e-12);
    }
  });

  it('of the network of their example', () => {
    const { K00, K33, trace: sum, min, max } = expected.notebook_net_16;
    const kernel = cntk(hourglass(3), 'none', 16, 16);
    expectClose(around(kernel, 0, 0), K00.flat(), 1e-13);
    expectClose(around(kernel, 3, 3), K33.flat(), 1e-13);
    expect(trace(kernel)).toBeCloseTo(sum, 10);
    expect(Math.min(...kernel.values)).toBeCloseTo(min, 13);
    expect(Math.max(...kernel.values)).toBeCloseTo(max, 13);
  });

  it('of the dual activations', () => {
    for (const [t, values] of Object.entries<Record<string, number>>(expected.kappa_values)) {
      const [relu, leaky] = [leakyDual(Number(t), 0), leakyDual(Number(t), 0.01)];
      expectClose(
        [relu.kappa0, relu.kappa1, leaky.kappa0, leaky.kappa1],
        [values.relu_k0, values.relu_k1, values.leaky_k0, values.leaky_k1],
        1e-14,
      );
    }
  });
});

/** The definition on all (height · width)² pairs, with nothing made use of. */
function byDefinition(
  network: ReturnType<typeof hourglass>,
  start: Float64Array,
  height: number,
  width: number,
): Float64Array {
  type Full = { h: number; w: number; at: (r1: number, c1: number, r2: number, c2: number) => number };
  const full = (h: number, w: number, value: Full['at']): Full => {
    const values = new Float64Array((h * w) ** 2);
    const index = (r1: number, c1: number, r2: number, c2: number) => ((r1 * w + c1) * h + r2) * w + c2;
    for (let p = 0; p < h * w; p++) {
      for (let q = 0; q < h * w; q++) {
        const [r1, c1, r2, c2] = [Math.floor(p / w), p % w, Math.floor(q / w), q % w];
        values[index(r1, c1, r2, c2)] = value(r1, c1, r2, c2);
      }
    }
    const ring = (i: number, n: number) => ((i % n) + n) % n;
    return {
      h,
      w,
      at: (r1, c1, r2, c2) => values[index(ring(r1, h), ring(c1, w), ring(r2, h), ring(c2, w))],
    };
  };
  const window = (a: Full) =>
    full(a.h, a.w, (r1, c1, r2, c2) => {
      let sum = 0;
      for (const m of [-1, 0, 1]) for (const n of [-1, 0, 1]) sum += a.at(r1 + m, c1 + n, r2 + m, c2 + n);
      return sum;
    });
  const taps = (i: number, n: number): [number, number][] => {
    if (network.upsampling === 'nearest') return [[i >> 1, 1]];
    const place = (i * (n - 1)) / (2 * n - 1);
    return [
      [Math.floor(place), 1 - (place % 1)],
      [Math.min(n - 1, Math.floor(place) + 1), place % 1],
    ];
  };
  const up = (a: Full) =>
    full(2 * a.h, 2 * a.w, (r1, c1, r2, c2) => {
      let sum = 0;
      for (const [i, wi] of taps(r1, a.h))
        for (const [j, wj] of taps(c1, a.w))
          for (const [k, wk] of taps(r2, a.h))
            for (const [l, wl] of taps(c2, a.w)) sum += wi * wj * wk * wl * a.at(i, j, k, l);
      return sum;
    });
  const down = (a: Full) => full(a.h / 2, a.w / 2, (r1, c1, r2, c2) => a.at(2 * r1, 2 * c1, 2 * r2, 2 * c2));

  let sigma = full(
    height,
    width,
    (r1, c1, r2, c2) => start[(r1 * width + c1) * height * width + r2 * width + c2],
  );
  let dot: Full | undefined;
  let k: Full | undefined;
  for (const layer of network.layers) {
    if (layer !== 'convolution') {
      const resize = layer === 'down' ? down : up;
      [sigma, dot, k] = [resize(sigma), dot && resize(dot), k && resize(k)];
      continue;
    }
    const a = window(sigma);
    const [s, d, before] = [sigma, dot, k];
    k = d && before ? window(full(a.h, a.w, (...p) => s.at(...p) + d.at(...p) * before.at(...p))) : a;
    const t = (r1: number, c1: number, r2: number, c2: number) =>
      a.at(r1, c1, r2, c2) / Math.sqrt(a.at(r1, c1, r1, c1) * a.at(r2, c2, r2, c2));
    sigma = full(
      a.h,
      a.w,
      (r1, c1, r2, c2) =>
        (leakyDual(t(r1, c1, r2, c2), network.slope).kappa1 *
          Math.sqrt(a.at(r1, c1, r1, c1) * a.at(r2, c2, r2, c2))) /
        9,
    );
    dot = full(a.h, a.w, (...p) => leakyDual(t(...p), network.slope).kappa0 / 9);
  }
  const result = new Float64Array((height * width) ** 2);
  for (let i = 0; i < result.length; i++) {
    const [p, q] = [Math.floor(i / (height * width)), i % (height * width)];
    result[i] = (k as Full).at(Math.floor(p / width), p % width, Math.floor(q / width), q % width);
  }
  return result;
}

describe('the definition, pair by pair, gives the same', () => {
  const cases = (['nearest', 'bilinear'] as const).flatMap((upsampling) =>
    (['none', 'identity', 'meshgrid'] as const).map((features) => [features, upsampling] as const),
  );
  it.each(cases)('features %s, upsampling %s, on a picture that is no square', (features, upsampling) => {
    const [height, width] = [4, 8];
    const network = hourglass(2, { upsampling, slope: 0.1 });
    const start = dense(cntk({ ...network, layers: ['convolution'] }, features, height, width));
    // W(Σ0) is the kernel of one convolution; Σ0 itself is made here
    const sigma0 = start.map((_, i) => {
      const [p, q] = [Math.floor(i / 32), i % 32];
      if (features === 'none') return p === q ? 1 / 300 : 1 / 400;
      if (features === 'identity') return p === q ? 1 : 0;
      return (Math.floor(p / 8) / 3) * (Math.floor(q / 8) / 3) + ((p % 8) / 7) * ((q % 8) / 7);
    });
    const wanted = byDefinition(network, sigma0, height, width);
    expectClose(dense(cntk(network, features, height, width)), wanted, 1e-12 * Math.max(...wanted));
  });
});

describe('the kernel', () => {
  it.each(['none', 'identity', 'meshgrid'] as const)(
    'is symmetric and positive semidefinite with features %s',
    (features) => {
      for (const upsampling of ['nearest', 'bilinear'] as const) {
        const kernel = dense(cntk(hourglass(2, { upsampling }), features, 8, 8));
        for (let i = 0; i < 64; i++)
          for (let j = 0; j < i; j++) expect(kernel[i * 64 + j]).toBeCloseTo(kernel[j * 64 + i], 13);
        const { values } = symmetricEigen(kernel, 64, { vectors: false });
        expect(values[0]).toBeGreaterThan(-1e-12 * values[63]);
      }
    },
  );

  it('of a network of one layer is the window of the features', () => {
    const kernel = cntk(hourglass(0), 'identity', 5, 5);
    // two pixels share as many channels as ... none but their own offset: nine when they are the same
    expect(around(kernel, 2, 2)).toEqual(Float64Array.from({ length: 25 }, (_, i) => (i === 12 ? 9 : 0)));
  });

  it('on one pixel is a number', () => {
    expect(cntk(hourglass(0), 'none', 1, 1).values).toEqual(Float64Array.of(9 / 300));
  });

  it('refuses what it cannot be computed for', () => {
    const tagOf = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return isMechanistError(error) ? error.tag : error;
      }
      return undefined;
    };
    expect(tagOf(() => cntk(hourglass(3), 'none', 12, 16))).toBe('ShapeError');
    expect(tagOf(() => cntk(hourglass(3), 'none', 0, 16))).toBe('ShapeError');
    expect(tagOf(() => cntk(hourglass(3), 'meshgrid', 128, 128))).toBe('OptionError');
    expect(tagOf(() => cntk(hourglass(3, { upsampling: 'bilinear' }), 'none', 128, 128))).toBe('OptionError');
    expect(tagOf(() => cntk({ ...hourglass(0), layers: ['up', 'convolution'] }, 'none', 8, 8))).toBe(
      'OptionError',
    );
    expect(tagOf(() => cntk({ ...hourglass(0), layers: [] }, 'none', 8, 8))).toBe('OptionError');
    expect(tagOf(() => hourglass(1.5))).toBe('OptionError');
    expect(tagOf(() => hourglass(1, { slope: Number.NaN }))).toBe('OptionError');
    const huge = { nChannels: 1, values: new Float64Array(64).fill(1e200) };
    expect(tagOf(() => cntk(hourglass(1), huge, 8, 8))).toBe('NumericalError');
    expect(tagOf(() => cntk(hourglass(1), huge, 8, 16))).toBe('ShapeError');
  });
});

describe('the expanded kernel', () => {
  const small = cntk(hourglass(2), 'none', 8, 8);

  it('holds the small one around each pixel and its smallest value beyond', () => {
    const large = expandKernel(small, 16, 32);
    for (const [row, column] of [
      [0, 0],
      [3, 2],
      [9, 30],
    ]) {
      const wide = around(large, row, column);
      const own = around(small, row % 4, column % 4);
      const least = Math.min(...own);
      for (let dr = -8; dr < 8; dr++) {
        for (let dc = -16; dc < 16; dc++) {
          const value = wide[((row + dr + 16) % 16) * 32 + ((column + dc + 32) % 32)];
          const near = Math.abs(dr) <= 4 && Math.abs(dc) <= 4;
          const there = own[(((row % 4) + dr + 16) % 8) * 8 + (((column % 4) + dc + 32) % 8)];
          expect(value).toBe(near ? there : least);
        }
      }
    }
    const matrix = dense(large);
    const n = 16 * 32;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++)
        if (Math.abs(matrix[i * n + j] - matrix[j * n + i]) > 1e-15) throw new Error(`${i}, ${j}`);
  });

  it('of the same size is the same', () => {
    expect(expandKernel(small, 8, 8).values).toEqual(small.values);
  });

  it('is refused where it could not be kept', () => {
    expect(() => expandKernel(small, 4096, 4096)).toThrow(/at most 4194304 pixels/);
  });

  it('is refused for sizes that the period does not fit', () => {
    for (const [height, width] of [
      [4, 8],
      [8, 10],
      [Number.NaN, 8],
    ]) {
      expect(() => expandKernel(small, height, width)).toThrow(/multiples of 4 and 4/);
    }
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { maxDifference, product, testMatrix } from '../matrices.fixture.js';
import { transpose } from '../vectors.js';
import { plainRowKernels, type RowKernels } from './row-kernels.js';
import { assembleRowKernels, wasmRowKernels } from './row-kernels-wasm.js';
import { Workspace } from './rows.js';
import { roomForStrips, Strips, type Sweep } from './strips.js';

const ROOM = 20_000;
const makers: [string, (length: number) => RowKernels | undefined][] = [
  ['plain', plainRowKernels],
  ['WebAssembly', wasmRowKernels],
];
const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 11, 29].flatMap((m) => [0, 1, 3, 4, 6, 9, 31].map((n) => [m, n]));

describe.each(makers)('%s row kernels', (_, make) => {
  const fresh = (): Workspace => new Workspace(make(ROOM)!);

  it.each(sizes)(
    'multiply a %i × %i matrix with vectors from both sides, and add an outer product',
    (m, n) => {
      const work = fresh();
      const lead = n + 2;
      const stored = testMatrix(m, lead, 1);
      const a = Float64Array.from({ length: m * n }, (_, at) => stored[Math.floor(at / n) * lead + (at % n)]);
      const matrix = work.put(stored);
      const [x, y] = [testMatrix(1, n, 2), testMatrix(1, m, 3)];
      const [xAt, yAt] = [work.put(x), work.put(y)];
      const out = work.zeros(m + 1);
      work.times(matrix, lead, m, n, xAt, out);
      expect(maxDifference(work.at(out, m), product(a, x, m, n, 1))).toBeLessThan(1e-14);
      expect(work.at(out + m, 1)[0]).toBe(0);

      const sum = work.put(Float64Array.from([...x, 7]));
      work.addTransposedTimes(matrix, lead, m, n, yAt, 1, -1, sum);
      const expected = product(transpose(a, m, n), y, n, m, 1).map((value, i) => x[i] - value);
      expect(maxDifference(work.at(sum, n), expected)).toBeLessThan(1e-14);
      expect(work.at(sum + n, 1)[0]).toBe(7);

      work.subtractOuter(matrix, lead, m, n, yAt, xAt);
      const changed = stored.map((value, at) => {
        const [i, j] = [Math.floor(at / lead), at % lead];
        return j < n ? value - y[i] * x[j] : value;
      });
      expect(maxDifference(work.at(matrix, m * lead), changed)).toBeLessThan(1e-15);
    },
  );

  it.each([0, 1, 2, 3, 4, 5, 6, 8, 9, 15, 32])(
    'multiply a symmetric matrix of %i rows, reading half',
    (n) => {
      const work = fresh();
      const noise = testMatrix(n, n, 4);
      const full = noise.map((_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return noise[Math.min(i, j) * n + Math.max(i, j)];
      });
      const half = full.map((value, at) => (at % n < Math.floor(at / n) ? Number.NaN : value));
      const [matrix, x, y] = [work.put(half), work.put(testMatrix(1, n, 5)), work.reserve(n)];
      work.symmetricTimes(matrix, n, n, x, y);
      expect(maxDifference(work.at(y, n), product(full, testMatrix(1, n, 5), n, n, 1))).toBeLessThan(1e-14);
    },
  );

  it.each([
    [1, 2],
    [5, 9],
    [8, 3],
    [17, 30],
  ])('rotate the columns of a %i × %i matrix, and back', (nRows, nCols) => {
    const a = testMatrix(nRows, nCols, 6);
    const sweeps = Array.from({ length: 40 }, (_, k): Sweep => {
      const first = k % (nCols - 1);
      const angles = testMatrix(1, 1 + ((k * 7) % (nCols - 1 - first || 1)), k + 1);
      return { first, rotations: Float64Array.from([...angles].flatMap((t) => [Math.cos(t), Math.sin(t)])) };
    });
    const expected = a.slice();
    for (const { first, rotations } of sweeps) {
      for (let k = 0; 2 * k < rotations.length; k++) {
        const [c, s] = [rotations[2 * k], rotations[2 * k + 1]];
        for (let row = 0; row < nRows; row++) {
          const p = row * nCols + first + k;
          [expected[p], expected[p + 1]] = [
            c * expected[p] + s * expected[p + 1],
            c * expected[p + 1] - s * expected[p],
          ];
        }
      }
    }
    const all = Array.from({ length: nCols }, (_, j) => j);
    const strips = new Strips(fresh(), a, nRows, nCols);
    for (const sweep of sweeps) strips.rotate(sweep);
    expect(maxDifference(strips.columns(all), expected)).toBeLessThan(1e-13);
    expect(strips.columnsAsRows(all)).toEqual(transpose(expected, nRows, nCols));
    const back = new Strips(fresh(), expected, nRows, nCols, true);
    for (const sweep of sweeps.toReversed()) back.rotate(sweep);
    expect(maxDifference(back.columns(all), a)).toBeLessThan(1e-13);
    expect(roomForStrips(nRows, nCols)).toBeLessThan(ROOM);
  });
});

describe('WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('takes a valid module, and small', () => {
    const bytes = assembleRowKernels();
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(4096);
  });

  it('is done without where it is forbidden: every decomposition gives the same bits', async () => {
    const everything = async () => {
      vi.resetModules();
      const { portable } = await import('./index.js');
      const a = testMatrix(75, 70, 8);
      const square = testMatrix(70, 70, 9);
      return [
        portable.svd(a.slice(), 75, 70),
        portable.svd(a.slice(), 70, 75),
        portable.leastSquares(a.slice(), 75, 70, testMatrix(75, 3), 3, 1e-10),
        portable.symmetricEigen(square.slice(), 70, true),
        portable.qr(a.slice(), 75, 70, true),
        portable.qr(a.slice(), 75, 70, false),
      ];
    };
    const fast = await everything();
    vi.stubGlobal('WebAssembly', undefined);
    expect(await everything()).toEqual(fast);
  });
});

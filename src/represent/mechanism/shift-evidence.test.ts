import { beforeAll, describe, expect, it } from 'vitest';
import { gemm, identity, qr } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import type { PerturbedCells } from './cells.js';
import { expectClose, fitted, knownCells, someCells } from './mechanism.fixture.node.js';
import { shiftVariance } from './shift-evidence.js';
import type { MechanismRepresentation } from './trained.js';

const all = knownCells({ perturbations: 6, cellsPerPerturbation: 40, genes: 12, controlCells: 10 });
let model: MechanismRepresentation;

beforeAll(async () => {
  ({ model } = await fitted('vae', { cells: all, changed: { klWarmUp: 0 } }));
});

/** Every cell gets these perturbations, by its number. */
const relabelled = (of: (cell: number) => readonly number[]): PerturbedCells => ({
  X: all.X,
  labels: Int32Array.from(Array.from({ length: all.X.nRows }, (_, cell) => of(cell)).flat()),
  perturbations: all.perturbations,
});

/** Of the latents: mean over the cells that `is` chooses. */
const meanOver = (values: Float32Array, is: (cell: number) => boolean) => {
  const rows = [...Array(all.X.nRows).keys()].filter(is);
  return Array.from(
    { length: 5 },
    (_, j) => rows.reduce((sum, row) => sum + values[row * 5 + j], 0) / rows.length,
  );
};

describe('what cells say of shifts', () => {
  it('is the mean of their latents, where each has one perturbation; controls do not count', async () => {
    const { mean } = await model.encode(all.X);
    const found = await model.transfer(all);
    expect(found.seen).toEqual([0, 1, 2, 3, 4, 5]);
    for (const k of found.seen) {
      const is = (cell: number) => all.labels[cell] === k;
      expectClose(found.shift.slice(k * 5, k * 5 + 5), meanOver(mean, is), 1e-5);
    }
  });

  it('is the least squares of their latents, where they have several', async () => {
    const cells = relabelled(
      (cell) =>
        [
          [0, -1],
          [1, 0],
          [1, 2],
          [-1, -1],
          [4, 2],
          [4, 1],
        ][cell < 240 ? cell % 6 : 3],
    );
    const found = await model.transfer(cells);
    expect(found.seen).toEqual([0, 1, 2, 4]);
    const n = cells.X.nRows;
    const design = new Float64Array(n * 4);
    cells.labels.forEach((label, k) => {
      if (label >= 0) design[Math.floor(k / 2) * 4 + found.seen.indexOf(label)] += 1;
    });
    const { mean } = await model.encode(cells.X);
    const fit = gemm({ m: n, n: 5, k: 4, a: design, b: found.shift });
    const residual = fit.map((value, at) => mean[at] - value);
    // what is left is orthogonal to who has what
    const product = gemm({ m: 4, n: 5, k: n, a: design, transposeA: true, b: residual });
    expectClose(product, new Float64Array(20), 1e-4);
    // np.diag(np.linalg.inv(D.T @ D)) * 40 D 40 each of (1000), (1100), (0110), (0011), (0101)
    const inverse = [7 / 11, 6 / 11, 8 / 11, 8 / 11];
    expectClose(
      found.share,
      inverse.map((value) => value / 40),
      1e-6,
    );
    // of an offset of all treated cells: np.linalg.lstsq(D, ones) of the design above
    const ones = new Float64Array(n)
      .fill(1)
      .map((one, cell) => (design.subarray(4 * cell, 4 * cell + 4).some(Boolean) ? one : 0));
    const left = gemm({ m: n, n: 1, k: 4, a: design, b: found.common }).map((x, cell) => ones[cell] - x);
    expectClose(gemm({ m: 4, n: 1, k: n, a: design, transposeA: true, b: left }), new Float64Array(4), 1e-4);
  });

  it('a perturbation without cells is not seen; one cell is enough', async () => {
    const rows = [...all.labels.keys()].filter((cell) => all.labels[cell] !== 2);
    const one = rows.filter((cell) => all.labels[cell] !== 4 || cell === all.labels.indexOf(4));
    const cells = someCells(all, one);
    const found = await model.transfer(cells);
    expect(found.seen).toEqual([0, 1, 3, 4, 5]);
    const { mean } = await model.encode(someCells(all, [all.labels.indexOf(4)]).X);
    expectClose(found.shift.slice(15, 20), mean, 1e-5);
    expect(found.share[3]).toBe(1);
  });

  it('no cell with a perturbation: nothing', async () => {
    const found = await model.transfer(relabelled(() => [-1]));
    expect([found.seen.length, found.shift.length, found.share.length]).toEqual([0, 0, 0]);
    expectClose(found.spread, identity(5), 1e-12);
  });

  it('perturbations that always come together share their shift, and nothing is sure', async () => {
    const found = await model.transfer(relabelled((cell) => (cell % 2 ? [0, 1] : [2, -1])));
    const { mean } = await model.encode(all.X);
    const together = meanOver(mean, (cell) => cell % 2 === 1);
    expectClose(
      found.shift.slice(0, 5),
      together.map((x) => x / 2),
      1e-4,
    );
    expectClose(
      found.shift.slice(5, 10),
      together.map((x) => x / 2),
      1e-4,
    );
    expect(Math.min(...found.share.slice(0, 2))).toBeGreaterThan(1e4);
  });

  it('the order of cells does not matter, nor does the split into batches', async () => {
    const rows = [...all.labels.keys()];
    const turned = await model.transfer(someCells(all, [...rows].reverse()));
    const many = await model.transfer(someCells(all, Array.from({ length: 6 }, () => rows).flat()));
    const found = await model.transfer(all);
    expectClose(turned.shift, found.shift, 1e-6);
    expectClose(many.shift, found.shift, 1e-5);
    expectClose(
      many.share,
      found.share.map((v) => v / 6),
      1e-5,
    );
  });
});

describe('the sampling variance of a shift', () => {
  it('is that of the latents around the mean of their perturbation, along any axes, over its cells', async () => {
    const { mean } = await model.encode(all.X);
    const found = await model.transfer(all);
    const { q: rotation } = qr(Random.fromSeed(2).fillNormal(new Float64Array(25)), 5, 5);
    for (const axes of [undefined, rotation]) {
      const z = axes ? gemm({ m: all.X.nRows, n: 5, k: 5, a: Float64Array.from(mean), b: axes }) : mean;
      const around = (j: number) => {
        let squares = 0;
        for (const k of found.seen) {
          const own = [...all.labels.keys()]
            .filter((cell) => all.labels[cell] === k)
            .map((cell) => z[cell * 5 + j]);
          const centre = own.reduce((sum, x) => sum + x, 0) / own.length;
          squares += own.reduce((sum, x) => sum + (x - centre) ** 2, 0);
        }
        // the prior's variance counts for five cells
        return (squares + 5) / (6 * 39 + 5) / 40;
      };
      const expected = Array.from({ length: 30 }, (_, at) => around(at % 5));
      expectClose(shiftVariance(found, axes), expected, 1e-6);
    }
  });
  it('is the same wherever the origin is', async () => {
    const cells = relabelled(
      (cell) =>
        [
          [0, -1],
          [1, 0],
          [1, 2],
          [-1, -1],
          [4, 2],
          [4, 1],
        ][cell % 6],
    );
    const found = await model.transfer(cells);
    const { mean } = await model.encode(cells.X);
    const design = (cell: number) =>
      found.seen.map((k) => Number(cells.labels.subarray(2 * cell, 2 * cell + 2).includes(k)));
    const treated = [...Array(all.X.nRows).keys()].filter((cell) => cell % 6 !== 3);
    const { untreated, common, shift } = found;
    const product = treated.reduce((sum, cell) => {
      const row = design(cell);
      const rest = (j: number) =>
        row.reduce(
          (left, one, i) => left - one * (shift[i * 5 + j] - common[i] * untreated.mean[j]),
          mean[cell * 5 + j] - untreated.mean[j],
        );
      return sum + rest(1) * rest(3);
    }, 0);
    expect(found.spread[8]).toBeCloseTo(product / (treated.length - 4 + 5), 5);
  });
});

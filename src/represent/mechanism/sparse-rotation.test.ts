import { describe, expect, it } from 'vitest';
import { gemm, identity, qr } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { assignment } from '../../stats/index.js';
import { sparseRotation } from './sparse-rotation.js';

interface Planted {
  readonly rows: number;
  readonly latent: number;
  /** Entries of a row that are not 0, at most. */
  readonly most?: number;
  readonly noise?: number;
  readonly effect?: number;
  readonly seed?: number;
  /** Added to every row of the sparse table. */
  readonly origin?: boolean;
}

/** A sparse table (rows, latent), and the same under noise and a random rotation. */
function planted({ rows, latent, most = 2, noise = 0, effect = 4, seed = 0, origin = false }: Planted) {
  const random = Random.fromSeed(seed).split('planted', rows, latent);
  const sparse = new Float64Array(rows * latent);
  for (let row = 0; row < rows; row++) {
    for (const at of random.sample(latent, 1 + random.integer(most))) {
      sparse[row * latent + at] = (random.bernoulli(0.5) ? 1 : -1) * (effect + 0.5 * random.normal());
    }
  }
  const { q } = qr(random.fillNormal(new Float64Array(latent * latent)), latent, latent);
  const at = origin
    ? random.fillNormal(new Float64Array(latent)).map((x) => 3 * x)
    : new Float64Array(latent);
  const noisy = sparse.map((value, i) => value + at[i % latent] + noise * random.normal());
  return {
    sparse,
    rotation: q,
    table: gemm({ m: rows, n: latent, k: latent, a: noisy, b: q, transposeB: true }),
  };
}

/** The table's columns in the order and with the signs that fit `truth` best. */
function aligned(found: Float64Array, truth: Float64Array, latent: number): Float64Array {
  const rows = truth.length / latent;
  const products = gemm({ m: latent, n: latent, k: rows, a: truth, transposeA: true, b: found });
  const { columns } = assignment(
    products.map((x) => -Math.abs(x)),
    latent,
    latent,
  );
  return truth.map((_, at) => {
    const [row, i] = [Math.floor(at / latent), at % latent];
    return found[row * latent + columns[i]] * Math.sign(products[i * latent + columns[i]] || 1);
  });
}

const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const random = Random.fromSeed(9);

/** Largest entry of RᵀR − I. */
function fromOrthogonal(rotation: Float64Array, latent: number): number {
  const product = gemm({ m: latent, n: latent, k: latent, a: rotation, transposeA: true, b: rotation });
  return largest(product.map((x, at) => x - identity(latent)[at]));
}
const cost = (table: Float64Array, unit = 1) =>
  table.reduce((sum, x) => sum + Math.log1p((x / unit) ** 2), 0);

describe('a planted sparse table is found again, up to order and signs', () => {
  it.each<[Planted, number]>([
    [{ rows: 20, latent: 3, most: 1 }, 0.06],
    [{ rows: 30, latent: 5 }, 0.06],
    [{ rows: 80, latent: 15, most: 3 }, 0.06],
    [{ rows: 80, latent: 15, most: 3, noise: 0.1 }, 0.6],
    [{ rows: 60, latent: 8, noise: 0.5 }, 2.5],
    [{ rows: 200, latent: 25, most: 3, noise: 0.1 }, 0.6],
  ])('%j', (of, tolerance) => {
    const { sparse, table } = planted(of);
    const { latent } = of;
    const { rotation, rotated } = sparseRotation(table, latent, { restarts: 5, random });
    const off = aligned(rotated, sparse, latent).map((x, at) => x - sparse[at]);
    expect(largest(off)).toBeLessThan(tolerance);
    expect(fromOrthogonal(rotation, latent)).toBeLessThan(1e-12);
    const product = gemm({ m: of.rows, n: latent, k: latent, a: table, b: rotation });
    expect(largest(product.map((x, at) => x - rotated[at]))).toBeLessThan(1e-12);
  });

  it('small effects too, where the unit is theirs', () => {
    const { sparse, table } = planted({ rows: 60, latent: 6 });
    const small = table.map((x) => x / 40);
    const { rotated } = sparseRotation(small, 6, { unit: 1 / 40, restarts: 5, random });
    const off = aligned(rotated, sparse, 6).map((x, at) => x - sparse[at] / 40);
    expect(largest(off)).toBeLessThan(0.06 / 40);
  });

  it('with an origin that nobody knows', () => {
    const { sparse, table } = planted({ rows: 80, latent: 6, most: 2, noise: 0.05, origin: true });
    const { rotated, rotation, origin } = sparseRotation(table, 6, {
      origin: { variance: Infinity },
      restarts: 10,
      random,
    });
    const off = aligned(rotated, sparse, 6).map((x, at) => x - sparse[at]);
    expect(largest(off)).toBeLessThan(0.5);
    const product = gemm({ m: 80, n: 6, k: 6, a: table, b: rotation });
    expect(largest(product.map((x, at) => x - origin[at % 6] - rotated[at]))).toBeLessThan(1e-12);
    expect(fromOrthogonal(rotation, 6)).toBeLessThan(1e-12);
  });
});

describe('the search', () => {
  const { table } = planted({ rows: 40, latent: 6, noise: 1, most: 6 });

  it('is never worse than where it began, and tells the cost of what it gives', () => {
    for (const unit of [0.1, 1, 10]) {
      for (const origin of [undefined, { variance: Infinity }, { variance: 0.01 }]) {
        for (const start of [undefined, planted({ rows: 1, latent: 6, seed: 3 }).rotation]) {
          const found = sparseRotation(table, 6, { unit, start, origin });
          const from = start ? gemm({ m: 40, n: 6, k: 6, a: table, b: start }) : table;
          expect(found.cost).toBeLessThanOrEqual(cost(from, unit) * (1 + 1e-12));
          const far = found.origin.reduce((sum, x) => sum + x * x, 0);
          const price = origin ? far / 2 / origin.variance : 0;
          expect(found.cost).toBeCloseTo(cost(found.rotated, unit) + price, 8);
          expect(fromOrthogonal(found.rotation, 6)).toBeLessThan(1e-12);
        }
      }
    }
  });

  it('with restarts is never worse than without, and stays where nothing is gained', () => {
    const once = sparseRotation(table, 6);
    const more = sparseRotation(table, 6, { restarts: 3, random });
    expect(more.cost).toBeLessThanOrEqual(once.cost);
    const again = sparseRotation(table, 6, { start: once.rotation });
    expect(once.cost - again.cost).toBeLessThan(1e-3 * once.cost);
  });

  it('no plane can be turned to a lower cost by any angle', () => {
    const { rotated } = sparseRotation(table, 6);
    const total = cost(rotated);
    for (let i = 0; i < 6; i++) {
      for (let j = i + 1; j < 6; j++) {
        for (let k = 1; k < 180; k++) {
          const [c, s] = [Math.cos((k * Math.PI) / 180), Math.sin((k * Math.PI) / 180)];
          const turned = rotated.map((x, at) => {
            const row = at - (at % 6);
            if (at % 6 === i) return c * x - s * rotated[row + j];
            if (at % 6 === j) return s * rotated[row + i] + c * x;
            return x;
          });
          expect(cost(turned)).toBeGreaterThan(total * (1 - 1e-4));
        }
      }
    }
  });

  it('gives the same bits for the same seed and leaves the table alone', () => {
    const before = table.slice();
    const run = (seed: number) => sparseRotation(table, 6, { restarts: 2, random: Random.fromSeed(seed) });
    expect(run(1)).toEqual(run(1));
    expect(table).toEqual(before);
  });
});

describe('sizes and values at the edge', () => {
  it.each([
    ['no rows', 0, 3],
    ['one row', 1, 4],
    ['one latent', 7, 1],
    ['fewer rows than latents', 2, 6],
  ])('%s', (_, rows, latent) => {
    const values = Random.fromSeed(2)
      .fillNormal(new Float64Array(rows * latent))
      .map((x) => 5 * x);
    for (const origin of [undefined, { variance: Infinity }, { variance: 0.01 }]) {
      const found = sparseRotation(values, latent, { restarts: 1, random, origin });
      expect(found.rotated).toHaveLength(rows * latent);
      expect([...found.rotated, ...found.rotation, ...found.origin, found.cost].every(Number.isFinite)).toBe(
        true,
      );
      expect(fromOrthogonal(found.rotation, latent)).toBeLessThan(1e-12);
      expect(found.cost).toBeLessThanOrEqual(cost(values) + 1e-12);
    }
  });

  it('one row becomes one entry', () => {
    const { rotated } = sparseRotation(Float64Array.of(3, 4, 12, 0), 4);
    expect([...rotated].map(Math.abs).sort((a, b) => b - a)[0]).toBeCloseTo(13, 3);
  });

  it('zeros stay as they are', () => {
    const found = sparseRotation(new Float64Array(12), 3);
    expect(found.rotated).toEqual(new Float64Array(12));
    expect(found.rotation).toEqual(identity(3));
    expect(found.cost).toBe(0);
  });

  it('large and tiny numbers stay finite', () => {
    for (const scale of [1e-12, 1e12]) {
      const { rotated, rotation } = sparseRotation(
        planted({ rows: 20, latent: 4 }).table.map((x) => x * scale),
        4,
      );
      expect([...rotated, ...rotation].every(Number.isFinite)).toBe(true);
      expect(fromOrthogonal(rotation, 4)).toBeLessThan(1e-12);
    }
  });
});

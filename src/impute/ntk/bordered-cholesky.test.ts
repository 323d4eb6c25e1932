import { describe, expect, it } from 'vitest';
import { gemm, gram } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { BorderedCholesky, factorOf } from './bordered-cholesky.js';

describe.each([
  [0, 4],
  [4, 0],
  [1, 1],
  [6, 3],
  [20, 7],
])('%s rows and a border of %s', (n, m) => {
  const size = n + m;
  const draws = Random.fromSeed(3)
    .split('bordered')
    .fillNormal(new Float64Array(size * (size + 2)));
  const K = gram(draws, size, size + 2);
  const block = (r0: number, r1: number, c0: number, c1: number) =>
    Float64Array.from({ length: (r1 - r0) * (c1 - c0) }, (_, at) => {
      const [i, j] = [Math.floor(at / (c1 - c0)), at % (c1 - c0)];
      return K[(r0 + i) * size + c0 + j];
    });

  it('solves as the whole does', () => {
    const base = factorOf(block(0, n, 0, n), n)!;
    const whole = BorderedCholesky.of(base, block(0, n, n, size), block(n, size, n, size), m)!;
    const b = Random.fromSeed(4).fillNormal(new Float64Array(size * 2));
    const x = whole.solve(b.slice(), 2);
    const back = gemm({ m: size, n: 2, k: size, a: K, b: x });
    for (let i = 0; i < b.length; i++) expect(back[i]).toBeCloseTo(b[i], 8);
  });
});

it('refuses what is singular, in the base and through the border', () => {
  expect(factorOf(Float64Array.of(1, 1, 1, 1), 2)).toBeNull();
  const base = factorOf(Float64Array.of(1), 1)!;
  expect(BorderedCholesky.of(base, Float64Array.of(1), Float64Array.of(1), 1)).toBeNull();
  expect(BorderedCholesky.of(base, Float64Array.of(1), Float64Array.of(1 + 1e-15), 1)).toBeNull();
  expect(BorderedCholesky.of(base, Float64Array.of(0.5), Float64Array.of(1), 1)).not.toBeNull();
});

import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { evidenceOf, setEvidence } from './evidence.js';
import { momentsOf, scalesOf } from './moments.js';
import { NODE_FEATURES } from './node-features.js';
import { residualKurtosis } from './residuals.js';

/** Gene 0 is normal, gene 1 a parabola of it with noise, gene 2 Laplace-distributed. */
function cellsOf(seed: number, count: number) {
  const random = Random.fromSeed(seed);
  const values = new Float64Array(3 * count);
  for (let c = 0; c < count; c++) {
    const x = random.normal();
    const sign = random.bernoulli(0.5) ? 1 : -1;
    values.set([x, 3 * x * x + x + 0.1 * random.normal(), sign * -Math.log(random.uniformOpen())], 3 * c);
  }
  return dense(count, 3, values);
}

describe('residualKurtosis', () => {
  const cells = cellsOf(1, 20_000);
  const moments = momentsOf(cells, scalesOf(cells));

  it("is the gene's own without others, and the noise's with its cause", () => {
    expect(residualKurtosis(moments, 1, [])).toBeGreaterThan(8);
    expect(residualKurtosis(moments, 1, [0])).toBeGreaterThan(2.8);
    expect(residualKurtosis(moments, 1, [0])).toBeLessThan(3.2);
    // Laplace: 6
    expect(residualKurtosis(moments, 2, [0, 1])).toBeGreaterThan(5);
    expect(residualKurtosis(moments, 2, [0, 1])).toBeLessThan(7);
  });

  it('is 3 where nothing is left, and does with the same gene twice', () => {
    const twice = dense(
      50,
      2,
      Float64Array.from({ length: 100 }, (_, at) => Math.floor(at / 2) % 7),
    );
    const same = momentsOf(twice, scalesOf(twice));
    expect(residualKurtosis(same, 0, [1])).toBe(3);
    expect(residualKurtosis(same, 0, [1, 1])).toBe(3);
  });
});

it('changes of variance are in standard errors where tails are heavy', () => {
  const at = NODE_FEATURES.findIndex(({ name }) => name === 'variance-0');
  const deviates = Array.from({ length: 60 }, (_, k) => {
    const [a, b] = [cellsOf(100 + k, 400), cellsOf(1000 + k, 200)];
    const scales = scalesOf(a);
    const { nodes } = evidenceOf(setEvidence(momentsOf(a, scales)), setEvidence(momentsOf(b, scales)));
    const shown = nodes[2 * NODE_FEATURES.length + at];
    return Math.sign(shown) * Math.expm1(2 * Math.abs(shown));
  });
  const meanSquare = deviates.reduce((sum, z) => sum + z * z, 0) / deviates.length;
  // by normal theory 2.5; twice the standard error of 60 squares is 0.37
  expect(meanSquare).toBeGreaterThan(0.5);
  expect(meanSquare).toBeLessThan(1.6);
});

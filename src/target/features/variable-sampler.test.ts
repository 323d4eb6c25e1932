import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { VariableSampler } from './variable-sampler.js';

/** How often each pair was drawn together: (n, n). */
function pairs(sampler: VariableSampler, batches: number, size = 5): Float64Array {
  const n = sampler.nGenes;
  const found = new Float64Array(n * n);
  const chosen = new Int32Array(size);
  for (let t = 0; t < batches; t++) {
    sampler.draw(chosen);
    expect(new Set(chosen).size).toBe(size);
    for (const i of chosen) for (const j of chosen) if (i !== j) found[i * n + j]++;
  }
  return found;
}

describe('the sampler of genes', () => {
  it('shows all pairs about as often, more evenly than chance', () => {
    const [n, seeds] = [12, 20];
    let variance = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const beside = pairs(new VariableSampler(n, Random.fromSeed(seed)), 660).filter(
        (_, at) => at % (n + 1) !== 0,
      );
      variance += beside.reduce((sum, count) => sum + (count - 100) ** 2, 0) / beside.length / seeds;
    }
    // 660 batches of 20 ordered pairs over 132: 100 each; by chance alone a variance of 100 · (1 − 20 / 132) = 85 ± 3
    expect(variance).toBeLessThan(70);
  });

  it('takes the first pairs by their correlation', () => {
    const n = 4;
    const correlation = Float64Array.of(1, -0.8, 0.1, 0, -0.8, 1, 0.1, 0, 0.1, 0.1, 1, 0, 0, 0, 0, 1);
    const counts = new Float64Array(n * n);
    for (let seed = 0; seed < 3000; seed++) {
      const sampler = new VariableSampler(n, Random.fromSeed(seed));
      sampler.weighBy(correlation);
      const chosen = new Int32Array(2);
      sampler.draw(chosen);
      counts[Math.min(...chosen) * n + Math.max(...chosen)]++;
    }
    // the first gene by the sums of its weights, .9, .9 and .2, the second by its weights with the first
    const total = 0.9 + 0.9 + 0.2;
    expect(counts[1] / 3000).toBeCloseTo((2 * (0.9 / total) * 0.8) / 0.9, 1);
    expect(counts[2] / 3000).toBeCloseTo((0.9 / total) * (0.1 / 0.9) + 0.2 / total / 2, 1);
    expect(counts[3] + counts[7] + counts[11]).toBe(0);
  });

  it('draws any genes where none correlates, and all where there are no more', () => {
    const sampler = new VariableSampler(6, Random.fromSeed(1));
    sampler.weighBy(new Float64Array(36));
    const found = pairs(sampler, 300);
    expect(found.filter((count) => count === 0)).toHaveLength(6);
    expect(
      pairs(new VariableSampler(5, Random.fromSeed(1)), 10).filter((count) => count === 10),
    ).toHaveLength(20);
    expect(pairs(new VariableSampler(1, Random.fromSeed(1)), 3, 1)).toEqual(Float64Array.of(0));
  });
});

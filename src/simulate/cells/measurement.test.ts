/** From latents to counts: the decoder, and counts around the rates that the truth gives. */
import { describe, expect, it } from 'vitest';
import { columnNumbers, type NdArray, type UnsDict } from '../../data/index.js';
import { type CellsOptions, simulateCells } from './index.js';
import { logNormalisers } from './measurement.js';
import { logitsOf, numbersOf, ratesOf, type Simulated, small, truthOf, X } from './truth.fixture.js';

describe('the decoder', () => {
  it.each<[CellsOptions, number[]]>([
    [{}, [6, 12, 12, 12, 20]],
    [{ depth: 0 }, [6, 20]],
    [{ depth: 1, width: 3 }, [6, 3, 20]],
    [{ genes: 4, depth: 2 }, [6, 12, 12, 4]],
  ])('%j has weights of orthonormal rows (columns where it narrows) times the gain', (options, widths) => {
    const decoder = truthOf(simulateCells({ ...small, ...options })).get('decoder') as UnsDict;
    expect(decoder.size).toBe(widths.length);
    for (let layer = 0; layer + 1 < widths.length; layer++) {
      const { shape, values } = decoder.get(`weights-${layer}`) as NdArray & { values: Float64Array };
      const [nIn, nOut] = [widths[layer], widths[layer + 1]];
      expect([...shape]).toEqual([nIn, nOut]);
      const at = (i: number, j: number) => (nIn <= nOut ? values[i * nOut + j] : values[j * nOut + i]);
      const gain = (2 / (1 + 0.04)) * (2 / (nIn + nOut));
      for (let i = 0; i < Math.min(nIn, nOut); i++) {
        for (let k = 0; k < Math.min(nIn, nOut); k++) {
          let sum = 0;
          for (let j = 0; j < Math.max(nIn, nOut); j++) sum += at(i, j) * at(k, j);
          expect(sum / gain).toBeCloseTo(i === k ? 1 : 0, 12);
        }
      }
    }
  });

  it('gives logits of standard deviation 1, by the formula', () => {
    const logits = logitsOf(simulateCells({ ...small, counts: 'gaussian' }));
    const mean = logits.reduce((a, b) => a + b) / logits.length;
    expect(Math.sqrt(logits.reduce((a, b) => a + (b - mean) ** 2, 0) / logits.length)).toBeCloseTo(1, 6);
  });
});

describe('softmax', () => {
  it('takes logarithms of sums, over cells or genes, whatever the size of the logits', () => {
    const logits = Float32Array.of(1000, -1, 1000, 2); // two cells of two genes
    const overCells = [1000 + Math.LN2, Math.log(Math.exp(-1) + Math.exp(2))];
    expect(logNormalisers(logits, 2, 'cells')).satisfy((found: Float64Array) =>
      overCells.every((x, i) => Math.abs(found[i] - x) < 1e-12),
    );
    expect(logNormalisers(logits, 2, 'genes')).toEqual(Float64Array.of(1000, 1000));
  });
});

describe('counts', () => {
  const many: CellsOptions = { ...small, cellsPerPerturbation: 400, heldOut: 0 };

  /** Standardised by the variance that the model gives, squares too: 5 standard errors of both. */
  function expectMoments(data: Simulated, variance: (mean: number) => number, fourth: number): void {
    const rates = ratesOf(data);
    const counts = X(data);
    let [sum, squares] = [0, 0];
    rates.forEach((mean, at) => {
      const z = (counts[at] - mean) / Math.sqrt(variance(mean));
      sum += z;
      squares += z * z;
    });
    const n = rates.length;
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(5 * Math.sqrt((fourth - 1) / n));
  }

  it.each<[CellsOptions]>([
    [{}],
    [{ library: 40_000 }],
    [{ definition: 'paper', library: 500 }],
    [{ definition: 'paper', library: 2000, librarySpread: 0.4 }],
  ])('%j are Poisson around the rates of the truth', (options) => {
    expectMoments(simulateCells({ ...many, ...options }), (mean) => mean, 3.5);
  });

  it('are negative binomial around them', () => {
    for (const inverseDispersion of [0.5, 3]) {
      const options: CellsOptions = { counts: 'negative-binomial', definition: 'paper', library: 1000 };
      const data = simulateCells({ ...many, ...options, inverseDispersion });
      expect(numbersOf(data, 'inverse-dispersions')).toEqual(Array(20).fill(inverseDispersion));
      // A gamma of shape θ has fourth standardised moment 3 + 6/θ; the count's is near it.
      expectMoments(data, (mean) => mean + mean ** 2 / inverseDispersion, 4 + 6 / inverseDispersion);
    }
  });

  it('gaussian: the logits and noise of the size asked for', () => {
    const data = simulateCells({ ...many, counts: 'gaussian', noise: 0.3 });
    const logits = logitsOf(data);
    let squares = 0;
    X(data).forEach((value, at) => {
      squares += (value - logits[at]) ** 2;
    });
    const n = logits.length;
    expect(Math.abs(squares / n / 0.09 - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(data.X.kind).toBe('dense');
    const clean = simulateCells({ ...small, counts: 'gaussian', noise: 0 });
    logitsOf(clean).forEach((logit, at) => {
      expect(X(clean)[at]).toBeCloseTo(logit, 5);
    });
  });

  it('have libraries of the mean and spread asked for', () => {
    const data = simulateCells({ ...many, definition: 'paper', library: 5000, librarySpread: 0.5 });
    const logs = columnNumbers(data.obs.column('library')).map(Math.log);
    const mean = logs.reduce((a, b) => a + b) / logs.length;
    const variance = logs.reduce((a, b) => a + (b - mean) ** 2, 0) / logs.length;
    expect(Math.abs(mean - (Math.log(5000) - 0.125))).toBeLessThan((5 * 0.5) / Math.sqrt(4000));
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
  });

  it('are CSR where they are sparse, dense where not', () => {
    const sparse = simulateCells({ ...small, definition: 'paper', library: 5 });
    const full = simulateCells({ ...small, definition: 'paper' });
    expect([sparse.X.kind, full.X.kind]).toEqual(['csr', 'dense']);
    expect(sparse.X.values.every((value) => value > 0)).toBe(true);
    expectMoments(simulateCells({ ...many, definition: 'paper', library: 5 }), (mean) => mean, 12);
  });
});

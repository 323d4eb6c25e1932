import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { alignEdges, edgeCalibration } from './index.js';

// p = np.array([.1,.4,.35,.8,.8,.2,.95,.5,.05,.65]); t = np.array([0,0,1,1,0,0,1,1,0,1])
const p = [0.1, 0.4, 0.35, 0.8, 0.8, 0.2, 0.95, 0.5, 0.05, 0.65];
const t = [0, 0, 1, 1, 0, 0, 1, 1, 0, 1];

describe('edgeCalibration', () => {
  it('agrees with sklearn', () => {
    const result = edgeCalibration(p, t);
    // sklearn.metrics: roc_auc_score(t, p), average_precision_score(t, p), brier_score_loss(t, p), log_loss(t, p)
    expect(result.areaUnderRoc).toBeCloseTo(0.82, 14);
    expect(result.averagePrecision).toBeCloseTo(0.7861904761904761, 14);
    expect(result.brierScore).toBeCloseTo(0.169, 14);
    expect(result.logLoss).toBeCloseTo(0.4948249964412515, 14);
  });
  it('bins by probability, 1 in the last one', () => {
    const { bins, expectedCalibrationError } = edgeCalibration([0, 0.2, 0.5, 1, 1], [0, 1, 0, 1, 1], 2);
    expect(bins.length).toBe(2);
    expect(bins[0]).toMatchObject({ from: 0, to: 0.5, count: 2, meanProbability: 0.1, observed: 0.5 });
    expect(bins[1]).toMatchObject({ from: 0.5, to: 1, count: 3 });
    // 2/5 * |.1 - .5| + 3/5 * |2.5/3 - 2/3|
    expect(expectedCalibrationError).toBeCloseTo(0.26, 14);
    // By its defining equation: the bounds are the shares from which what was observed is 1.96 standard errors away.
    const { lower, upper, observed, count } = bins[1];
    for (const share of [lower, upper]) {
      expect(Math.abs(observed - share) / Math.sqrt((share * (1 - share)) / count)).toBeCloseTo(
        1.959963984540054,
        10,
      );
    }
    expect(edgeCalibration([0.1, 0.2], [0, 0], 1).bins[0].lower).toBe(0);
    expect(edgeCalibration([0.1, 0.2], [1, 1], 1).bins[0].upper).toBe(1);
  });
  it('finds nothing wrong with probabilities that are right', () => {
    const random = Random.fromSeed(1).split('calibration');
    const probabilities = Float64Array.from({ length: 20_000 }, () => random.uniform());
    const truth = probabilities.map((probability) => Number(random.bernoulli(probability)));
    expect(edgeCalibration(probabilities, truth).expectedCalibrationError).toBeLessThan(0.02);
    const overconfident = probabilities.map((probability) => Math.round(probability));
    // All are sure, and wrong with probability 1/4 on average.
    expect(edgeCalibration(overconfident, truth).expectedCalibrationError).toBeCloseTo(0.25, 1);
    expect(Number.isFinite(edgeCalibration(overconfident, truth).logLoss)).toBe(true);
  });
  it('has no areas where all are true or none', () => {
    expect(edgeCalibration([0.2, 0.3], [0, 0])).toMatchObject({ areaUnderRoc: NaN, averagePrecision: NaN });
    expect(edgeCalibration([0.2, 0.3], [1, 1])).toMatchObject({ areaUnderRoc: NaN, averagePrecision: 1 });
    expect(edgeCalibration([0.3, 0.3, 0.3], [0, 1, 0]).areaUnderRoc).toBe(0.5);
  });
  it('refuses what is no probability or no truth', () => {
    expect(() => edgeCalibration([], [])).toThrow('no edges');
    expect(() => edgeCalibration([0.5], [0, 1])).toThrow('2, one an entry');
    expect(() => edgeCalibration([0.5, Number.NaN], [0, 1])).toThrow('number 1');
    expect(() => edgeCalibration([0.5, 1.1], [0, 1])).toThrow('number 1');
    expect(() => edgeCalibration([0.5, 0.1], [0, 0.5])).toThrow('truth number 1');
    expect(() => edgeCalibration([0.5], [0], 0)).toThrow('nBins');
  });
});

describe('alignEdges', () => {
  it('puts columns in the order of the true latents', () => {
    const edges = dense(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
    const aligned = alignEdges(edges, { estimateOf: Int32Array.of(2, -1, 0) });
    expect(aligned).toMatchObject({ nRows: 2, nCols: 3 });
    expect([...aligned.values]).toEqual([3, 0, 1, 6, 0, 4]);
    expect(() => alignEdges(edges, { estimateOf: Int32Array.of(3) })).toThrow('below 3');
  });
});

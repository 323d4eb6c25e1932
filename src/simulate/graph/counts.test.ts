import { describe, expect, it } from 'vitest';
import { column, covarianceOf, meanOf } from './graph.fixture.js';
import { type GraphOptions, GraphRegimes } from './index.js';

const options: GraphOptions = { nodes: 12, edges: 18, counts: 'poisson', cells: 20_000, regimes: 0, seed: 3 };
const zeros = ({ control }: GraphRegimes) => control.values.filter((value) => value === 0).length;

describe('counts', () => {
  const system = new GraphRegimes(options);

  it('are whole numbers, with the library asked for in the mean', () => {
    expect(system.control.values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    const totals = Array.from({ length: 12 }, (_, node) => meanOf(column(system.control, node)));
    // Levels come from 1024 other cells: the mean of exp(.7 z) over them is known to some 3 %.
    expect(Math.abs(totals.reduce((a, b) => a + b) / 120 - 1)).toBeLessThan(0.1);
  });

  it('are Poisson around one level where nothing varies', () => {
    const still = { expressionSpread: 0, librarySpread: 0, cells: 20_000 };
    const { control } = new GraphRegimes({ ...options, ...still });
    const theta = 2;
    const overdispersed = new GraphRegimes({
      ...{ ...options, ...still, counts: 'negative-binomial', inverseDispersion: theta },
    });
    for (let node = 0; node < 12; node++) {
      const values = column(control, node);
      expect(covarianceOf(values, values) / meanOf(values)).toBeCloseTo(1, 1);
      const wide = column(overdispersed.control, node);
      const expected = meanOf(wide) + meanOf(wide) ** 2 / theta;
      expect(Math.abs(covarianceOf(wide, wide) / expected - 1)).toBeLessThan(0.15);
    }
  });

  it('have a library that all genes share', () => {
    const { control } = new GraphRegimes({ ...options, edges: 0, expressionSpread: 0, librarySpread: 1 });
    const means = Array.from({ length: 12 }, (_, node) => meanOf(column(control, node)));
    const [first, second] = means.map((mean, node) => [mean, node]).sort((a, b) => b[0] - a[0]);
    const covariance = covarianceOf(column(control, first[1]), column(control, second[1]));
    // cov(μ₁ f, μ₂ f) = μ₁ μ₂ (e − 1) with log f of standard deviation 1
    expect(Math.abs(covariance / (first[0] * second[0] * (Math.E - 1)) - 1)).toBeLessThan(0.3);
  });

  it('are lost as the logistic curve says', () => {
    const still = { ...options, edges: 0, expressionSpread: 0, librarySpread: 0 };
    const whole = new GraphRegimes(still);
    const dropped = new GraphRegimes({ ...still, dropout: 4 });
    for (let node = 0; node < 12; node++) {
      const mean = meanOf(column(whole.control, node));
      const kept = meanOf(column(dropped.control, node)) / mean;
      expect(Math.abs(kept - mean / (4 + mean))).toBeLessThan(0.05);
    }
    expect(zeros(dropped)).toBeGreaterThan(zeros(whole));
  });

  it('of a knocked-down gene are fewer by the fold change that its shift is', () => {
    const knocked = new GraphRegimes({
      ...{ ...options, intervention: 'knock-down', targets: [1, 1], regimes: 12, cellsPerRegime: 20_000 },
      ...{ shiftRange: [1, 2] },
    });
    for (const k of [0, 5, 11]) {
      const { cells, targets, amounts } = knocked.group(k);
      const ratio = meanOf(column(cells, targets[0])) / meanOf(column(knocked.control, targets[0]));
      expect(Math.abs(Math.log(ratio) - 0.7 * amounts[0])).toBeLessThan(0.1);
    }
  });

  it('come with the sortability of the counts and of what is behind them', () => {
    expect(system.rawVarsortability).toBe(new GraphRegimes({ ...options, counts: 'none' }).varsortability);
    expect(system.varsortability).not.toBe(system.rawVarsortability);
  });
});

import { describe, expect, it } from 'vitest';
import { GraphError, OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import * as initial from './initialisers.js';
import type { Initialiser } from './scope.js';

const SHAPE = [300, 200];

function draw(initialiser: Initialiser, shape: readonly number[] = SHAPE): Float64Array {
  const values = new Float64Array(shape.reduce((size, n) => size * n, 1)).fill(Number.NaN);
  initialiser(values, shape, Random.fromSeed(3));
  return values;
}

/** Kolmogorov–Smirnov distance · √n; above scipy.stats.kstwobign.ppf(.999) = 1.95 once in a thousand. */
function distance(values: Float64Array, cdf: (x: number) => number): number {
  const n = values.length;
  const gaps = values
    .sort()
    .map((x, i) => Math.max(Math.abs(cdf(x) - i / n), Math.abs(cdf(x) - (i + 1) / n)));
  return Math.sqrt(n) * gaps.reduce((most, gap) => Math.max(most, gap), 0);
}

const uniformCdf = (low: number, high: number) => (x: number) =>
  Math.min(1, Math.max(0, (x - low) / (high - low)));

/** Abramowitz and Stegun 7.1.26, error below 1.5e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * poly * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}

describe('initialisers have the distributions of torch.nn.init', () => {
  // bounds by the documentation of torch.nn.init, fan_in 200, fan_out 300
  it.each([
    ['uniform', initial.uniform(-2, 5), -2, 5],
    ['kaimingUniform', initial.kaimingUniform(), -Math.sqrt(6 / 200), Math.sqrt(6 / 200)],
    [
      'kaimingUniform, a=√5',
      initial.kaimingUniform({ a: Math.sqrt(5) }),
      -1 / Math.sqrt(200),
      1 / Math.sqrt(200),
    ],
    [
      'kaimingUniform, fanOut',
      initial.kaimingUniform({ mode: 'fanOut' }),
      -Math.sqrt(6 / 300),
      Math.sqrt(6 / 300),
    ],
    ['xavierUniform', initial.xavierUniform(), -Math.sqrt(6 / 500), Math.sqrt(6 / 500)],
    ['xavierUniform, gain', initial.xavierUniform(2), -2 * Math.sqrt(6 / 500), 2 * Math.sqrt(6 / 500)],
  ])('%s', (_name, initialiser, low, high) => {
    const values = draw(initialiser);
    expect(values.every((x) => x >= low && x <= high)).toBe(true);
    expect(distance(values, uniformCdf(low, high))).toBeLessThan(1.95);
  });

  it.each([
    ['normal', initial.normal(1, 3), 1, 3],
    ['kaimingNormal', initial.kaimingNormal(), 0, Math.sqrt(2 / 200)],
    ['kaimingNormal, tanh', initial.kaimingNormal({ nonlinearity: 'tanh' }), 0, 5 / 3 / Math.sqrt(200)],
    ['xavierNormal', initial.xavierNormal(0.5), 0, 0.5 * Math.sqrt(2 / 500)],
  ])('%s', (_name, initialiser, mean, deviation) => {
    expect(distance(draw(initialiser), (x) => normalCdf((x - mean) / deviation))).toBeLessThan(1.95);
  });

  it('gains', () => {
    // torch.nn.init.calculate_gain(name), ('leaky_relu', 0.2)
    expect(initial.gainOf('linear')).toBe(1);
    expect(initial.gainOf('sigmoid')).toBe(1);
    expect(initial.gainOf('tanh')).toBeCloseTo(1.6666666666666667, 15);
    expect(initial.gainOf('relu')).toBeCloseTo(Math.SQRT2, 15);
    expect(initial.gainOf('selu')).toBe(0.75);
    expect(initial.gainOf('leakyRelu', 0.2)).toBeCloseTo(1.3867504905630728, 15);
  });

  it('counts the field of a convolution in both fans', () => {
    expect(initial.fansOf([8, 3, 5, 5])).toEqual({ fanIn: 75, fanOut: 200 });
  });
});

describe('orthogonal', () => {
  it.each([[[20, 50]], [[50, 20]], [[7, 7]], [[6, 2, 3, 1]]])('%s', (shape) => {
    const values = draw(initial.orthogonal(1.5), shape);
    const rows = shape[0];
    const columns = values.length / rows;
    const wide = rows <= columns;
    const at = (i: number, j: number) => (wide ? values[i * columns + j] : values[j * columns + i]);
    for (let a = 0; a < Math.min(rows, columns); a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let j = 0; j < Math.max(rows, columns); j++) product += at(a, j) * at(b, j);
        expect(Math.abs(product - (a === b ? 2.25 : 0))).toBeLessThan(1e-13);
      }
    }
  });

  it('is evenly distributed: the first element of a (2, 2) rotation or reflection is a cosine', () => {
    const random = Random.fromSeed(0);
    const firsts = Float64Array.from({ length: 5000 }, (_, i) => {
      const values = new Float64Array(4);
      initial.orthogonal()(values, [2, 2], random.split(i));
      return values[0];
    });
    expect(distance(firsts, (x) => 1 - Math.acos(Math.max(-1, Math.min(1, x))) / Math.PI)).toBeLessThan(1.95);
  });
});

describe('bad requests', () => {
  it('weights without two axes have no fans', () => {
    expect(() => draw(initial.kaimingUniform(), [3])).toThrow(GraphError);
    expect(() => draw(initial.xavierNormal(), [3])).toThrow(/\(3\).*two axes/);
    expect(() => draw(initial.orthogonal(), [3])).toThrow(/two axes/);
  });
  it('bounds, deviations and names', () => {
    expect(() => initial.uniform(1, 0)).toThrow(OptionError);
    expect(() => initial.normal(0, -1)).toThrow(OptionError);
    expect(() => initial.normal(Number.NaN)).toThrow(OptionError);
    expect(() => initial.gainOf('relo' as 'relu')).toThrow(/did you mean 'relu'/);
  });
  it('empty weights are left empty', () => {
    for (const shape of [
      [0, 3],
      [3, 0],
      [0, 0],
    ]) {
      for (const make of [initial.kaimingNormal(), initial.xavierUniform(), initial.orthogonal()]) {
        expect(draw(make, shape)).toHaveLength(0);
      }
    }
  });
});

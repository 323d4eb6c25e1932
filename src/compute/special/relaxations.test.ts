import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { evaluate, expectGradient, fixed, point } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { mean, mul, sum } from '../graph/index.js';
import { gumbelSigmoid, gumbelSoftmax } from './index.js';

function noise(kind: 'logistic' | 'gumbel', shape: number[]) {
  const random = Random.fromSeed(11);
  const logistic = () => {
    const u = random.uniformOpen();
    return Math.log(u / (1 - u));
  };
  const draw = kind === 'gumbel' ? () => random.gumbel() : logistic;
  return fixed(Array.from({ length: shape.reduce((size, n) => size * n, 1) }, draw), shape);
}

describe('Gumbel-sigmoid', () => {
  it('draws 1 as often as the logits say', async () => {
    const draws = 40_000;
    const probabilities = [0.02, 0.4, 0.9];
    const logits = fixed(probabilities.map((p) => Math.log(p / (1 - p))));
    const hard = gumbelSigmoid(logits, noise('logistic', [draws, 3]), { temperature: 0.3, hard: true });
    const [frequency, kinds] = await evaluate(mean(hard, 0), sum(mul(hard, hard)), sum(hard));
    probabilities.forEach((p, i) => {
      // five standard errors
      expect(Math.abs(frequency[i] - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    });
    expect(kinds[0]).toBeCloseTo(frequency.reduce((a, b) => a + b) * draws, 6);
  });

  it('is the sigmoid of the noisy logits over the temperature, which may be a tensor', async () => {
    const [logits, drawn] = [fixed([0.5, -2]), fixed([0.25, 1])];
    const [number, tensor] = await evaluate(
      gumbelSigmoid(logits, drawn, { temperature: 0.5 }),
      gumbelSigmoid(logits, drawn, { temperature: fixed([0.5]) }),
    );
    const expected = [1.5, -2].map((x) => 1 / (1 + Math.exp(-x)));
    expected.forEach((y, i) => expect(number[i]).toBeCloseTo(y, 14));
    expect(tensor).toEqual(number);
  });

  it('has the derivative of the soft draw when hard', async () => {
    const [logits, drawn] = [fixed([0.5, -2, 0.1]), fixed([0.25, 1, -4])];
    const slopes = [true, false].map((hard) => {
      const value = gumbelSigmoid(logits, drawn, { temperature: 0.7, hard });
      return gradients(sum(value), [logits])[0];
    });
    const [hard, soft] = await evaluate(...slopes);
    expect(hard).toEqual(soft);
    expect(Math.min(...soft)).toBeGreaterThan(0);
  });
});

describe('Gumbel-softmax', () => {
  it('draws classes as often as the logits say, one of each row', async () => {
    const draws = 40_000;
    const probabilities = [0.05, 0.25, 0.7];
    const logits = fixed(probabilities.map((p) => Math.log(p) + 3));
    const hard = gumbelSoftmax(logits, noise('gumbel', [draws, 3]), { hard: true });
    const [frequency, rows] = await evaluate(mean(hard, 0), sum(hard, 1));
    probabilities.forEach((p, i) => {
      expect(Math.abs(frequency[i] - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    });
    expect(rows.every((total) => total === 1)).toBe(true);
  });

  it('approaches the hard draw as the temperature falls', async () => {
    const [logits, drawn] = [fixed([0.2, -1, 0.4]), fixed([0.3, 2, -0.5])];
    const [cold, hard] = await evaluate(
      gumbelSoftmax(logits, drawn, { temperature: 0.01 }),
      gumbelSoftmax(logits, drawn, { temperature: 0.01, hard: true }),
    );
    expect(hard).toEqual([0, 1, 0]);
    cold.forEach((y, i) => expect(y).toBeCloseTo(hard[i], 10));
  });
});

it('derivatives agree with central differences', async () => {
  const drawn = fixed([0.3, -1, 2, 0.1, 0.9, -0.4], [2, 3]);
  await expectGradient((x) => gumbelSigmoid(x, drawn, { temperature: 0.6 }), [point([2, 3], -2, 2)]);
  await expectGradient((x) => gumbelSoftmax(x, drawn, { temperature: 0.6 }), [point([2, 3], -2, 2)]);
});

it.each([0, -1, Number.NaN, Infinity])('temperature %s is refused', (temperature) => {
  const x = fixed([0]);
  expect(() => gumbelSigmoid(x, x, { temperature })).toThrow(/temperature/);
  expect(() => gumbelSoftmax(x, x, { temperature })).toThrow(/a number > 0/);
});

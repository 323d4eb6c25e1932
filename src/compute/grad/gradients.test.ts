import { describe, expect, it } from 'vitest';
import { evaluate, fixed } from '../check.fixture.node.js';
import * as g from '../graph/index.js';
import { gradients } from './index.js';

const x = fixed([1, 2, 3]);
const by = (result: g.Tensor, ...sources: g.Tensor[]) => evaluate(...gradients(result, sources));

describe('gradients', () => {
  it('adds the ways from a result to a source', async () => {
    // d/dx (x² + 3x) = 2x + 3
    expect(await by(g.sum(g.add(g.square(x), g.mul(x, 3))), x)).toEqual([[5, 7, 9]]);
  });

  it('is zero for what has no part in the result', async () => {
    const other = fixed([4, 5], [2, 1]);
    expect(await by(g.sum(x), other, x)).toEqual([
      [0, 0],
      [1, 1, 1],
    ]);
    const index = g.constant([1], [1], 'int64');
    expect(await by(g.sum(g.gather(x, index)), index)).toEqual([[0]]);
  });

  it('is the seed for the result itself, and starts from it', async () => {
    const seed = fixed([1, -1, 2]);
    const y = g.square(x);
    expect(await evaluate(...gradients(y, [y, x], seed))).toEqual([
      [1, -1, 2],
      [2, -4, 12],
    ]);
  });

  it('goes to intermediates, and on to what they are made of', async () => {
    const y = g.exp(x);
    expect(await by(g.sum(g.square(y)), y)).toEqual([
      [1, 2, 3].map((v) => expect.closeTo(2 * Math.exp(v), 10)),
    ]);
  });

  it('stops at stopGradient', async () => {
    expect(await by(g.sum(g.mul(g.stopGradient(x), x)), x)).toEqual([[1, 2, 3]]);
  });

  it('takes the derivative that is given', async () => {
    const y = g.customGradient(g.square(x), [x], (d) => [g.mul(d, 100)]);
    expect(await evaluate(y, ...gradients(g.sum(y), [x]))).toEqual([
      [1, 4, 9],
      [100, 100, 100],
    ]);
  });

  it('passes straight through a step', async () => {
    const hard = g.cast(g.greater(x, 1.5), 'float64');
    const y = g.straightThrough(hard, g.mul(x, 7));
    expect(await evaluate(y, ...gradients(g.sum(y), [x]))).toEqual([
      [0, 1, 1],
      [7, 7, 7],
    ]);
    expect(() => g.straightThrough(hard, g.sum(x))).toThrow(/hard is float64 \(3\), soft is float64 \(\)/);
  });

  it('differentiates derivatives', async () => {
    const cube = g.sum(g.mul(g.square(x), x));
    const [first] = gradients(cube, [x]);
    const [second] = gradients(g.sum(first), [x]);
    const [third] = gradients(g.sum(second), [x]);
    expect(await evaluate(first, second, third)).toEqual([
      [3, 12, 27],
      [6, 12, 18],
      [6, 6, 6],
    ]);
  });

  it('walks a deep graph', async () => {
    let y: g.Tensor = x;
    for (let i = 0; i < 3000; i++) y = g.add(g.sin(y), 0.5);
    expect(gradients(g.sum(y), [x])[0].shape).toEqual([3]);
  });

  it('refuses what it cannot do', () => {
    const whole = g.constant([1], [], 'int32');
    expect(() => gradients(whole, [x])).toThrow(/not a float/);
    expect(() => gradients(x, [x])).toThrow(/one element is needed, or a seed/);
    expect(() => gradients(x, [x], fixed([1]))).toThrow(/seed float64 \(1\) for a result float64 \(3\)/);
    expect(() => gradients(x, [x], g.ones([3]))).toThrow(/types differ/);
    const turned = g.reshape(x, [3, 1]);
    expect(() => gradients(g.sum(turned), [turned])).toThrow(/the result of Reshape/);
  });
});

import { describe, it } from 'vitest';
import { expectGradient, point } from '../check.fixture.node.js';
import * as g from './index.js';

describe('derivatives of operations agree with central differences in float64', () => {
  const cases: [string, (...x: g.Tensor[]) => g.Tensor, ReturnType<typeof point>[]][] = [
    ['add, broadcast', g.add, [point([2, 3]), point([3])]],
    ['sub, broadcast', g.sub, [point([2, 1]), point([2, 3])]],
    ['mul, broadcast', g.mul, [point([2, 3]), point([1, 3], 1, 2)]],
    ['div, broadcast', g.div, [point([2, 3]), point([3], 1, 2)]],
    ['neg', g.neg, [point([3])]],
    ['square', g.square, [point([3])]],
    ['exp', g.exp, [point([3])]],
    ['log', g.log, [point([3], 0.5, 3)]],
    ['sqrt', g.sqrt, [point([3], 0.5, 3)]],
    ['reciprocal', g.reciprocal, [point([3], 0.5, 3)]],
    ['abs', g.abs, [point([4])]],
    ['sin', g.sin, [point([3])]],
    ['cos', g.cos, [point([3])]],
    ['pow, fixed', (x) => g.pow(x, 3.5), [point([3], 0.5, 2)]],
    ['pow', g.pow, [point([3], 0.5, 2), point([3])]],
    ['maximum', g.maximum, [point([5]), point([5], -1, 1, 2)]],
    ['minimum', g.minimum, [point([5]), point([5], -1, 1, 2)]],
    ['where', (x, y) => g.where(g.greater(x, 0), x, g.square(y)), [point([2, 3]), point([3])]],
    ['clip', (x) => g.clip(x, -0.5, 0.4), [point([8])]],
    ['sigmoid', g.sigmoid, [point([5], -4, 4)]],
    ['tanh', g.tanh, [point([5], -3, 3)]],
    ['relu', g.relu, [point([5])]],
    ['leakyRelu', (x) => g.leakyRelu(x, 0.2), [point([5])]],
    ['softplus', g.softplus, [point([5], -4, 4)]],
    ['log1p', g.log1p, [point([5], -0.9, 4)]],
    ['logSigmoid', g.logSigmoid, [point([5], -4, 4)]],
    ['silu', g.silu, [point([5], -4, 4)]],
    ['erf', g.erf, [point([7], -3, 3)]],
    ['gelu', g.gelu, [point([7], -3, 3)]],
    ['reshape', (x) => g.reshape(x, [3, -1]), [point([2, 3])]],
    ['expand', (x) => g.expand(x, [4, 2, 3]), [point([2, 1])]],
    ['sum', (x) => g.sum(x, [0, 2]), [point([2, 3, 2])]],
    ['mean', (x) => g.mean(x, -1), [point([2, 3])]],
    ['variance', (x) => g.variance(x, 0), [point([4, 3])]],
    ['max', (x) => g.max(x, 1), [point([2, 3])]],
    ['min', (x) => g.min(x), [point([2, 3])]],
    ['cumulativeSum', (x) => g.cumulativeSum(x, 1), [point([2, 3])]],
    ['cumulativeSum, reverse', (x) => g.cumulativeSum(x, 0, { reverse: true }), [point([2, 3])]],
    ['transpose', (x) => g.transpose(x, [2, 0, 1]), [point([2, 3, 2])]],
    ['transpose of sizes of 1', (x) => g.transpose(x, [1, 2, 0]), [point([2, 1, 3])]],
    ['transpose in place', (x) => g.transpose(x, [1, 0, 2]), [point([2, 1, 3])]],
    ['slice', (x) => g.slice(x, 1, 1, -1), [point([2, 4])]],
    ['pad', (x) => g.padAxis(x, 0, 1, 2, 5), [point([2, 2])]],
    ['concatenate', (x, y) => g.concatenate([x, y, x], 1), [point([2, 2]), point([2, 1])]],
    ['stack', (x, y) => g.stack([x, y], 1), [point([2, 2]), point([2, 2])]],
    ['triangle', (x) => g.triangle(x), [point([3, 3])]],
    ['gather', (x) => g.gather(x, g.constant([2, 0, 2, 1], [2, 2], 'int64')), [point([3, 2])]],
    ['gather, inner axis', (x) => g.gather(x, g.constant([1, 1], [2], 'int64'), 1), [point([2, 3, 2])]],
    [
      'gatherElements',
      (x) => g.gatherElements(x, g.constant([0, 2, 2, 1], [2, 2], 'int64'), 1),
      [point([2, 3])],
    ],
    ['scatterAdd', (x) => g.scatterAdd([4, 2], x, g.constant([1, 3, 1], [3], 'int64')), [point([3, 2])]],
    ['matmul', g.matmul, [point([2, 3]), point([3, 4])]],
    [
      'matmul of transposes',
      (x, y) => g.matmul(g.transpose(x), g.transpose(y)),
      [point([3, 2]), point([4, 3])],
    ],
    ['matmul, batched and broadcast', g.matmul, [point([2, 1, 2, 3]), point([2, 3, 2])]],
    ['matmul, batch × matrix', g.matmul, [point([2, 2, 3]), point([3, 2])]],
    [
      'matmul, batched, of transposes',
      (x, y) => g.matmul(g.transpose(x), g.transpose(y)),
      [point([2, 2, 1, 3]), point([1, 2, 2, 1])],
    ],
    ['affine of a transpose', (x, w) => g.affine(g.transpose(x), w), [point([3, 2]), point([2, 3])]],
    ['affineTransposed', g.affineTransposed, [point([2, 3]), point([4, 3]), point([4])]],
    ['affine', g.affine, [point([2, 2, 3]), point([4, 3]), point([4])]],
    ['softmax', (x) => g.softmax(x, 1), [point([2, 3, 2])]],
    ['logSoftmax', (x) => g.logSoftmax(x), [point([2, 3])]],
    ['logSumExp', (x) => g.logSumExp(x, 0), [point([3, 2])]],
    ['layerNorm', (x, s, b) => g.layerNorm(x, s, b), [point([2, 3, 4]), point([4], 0.5, 2), point([4])]],
    ['batchNorm', (x, s, b) => g.batchNorm(x, s, b).y, [point([5, 3]), point([3], 0.5, 2), point([3])]],
  ];
  it.each(cases)('%s', (_name, build, points) => expectGradient(build, points, 1e-7));

  it.each(cases)('second derivative of %s', async (_name, build, points) => {
    const { gradients } = await import('../grad/index.js');
    const build2 = (...inputs: g.Tensor[]) => {
      const y = build(...inputs);
      return g.concatenate(
        gradients(g.sum(g.mul(g.square(y), y)), inputs).map((d) => g.reshape(d, [d.size])),
      );
    };
    await expectGradient(build2, points, 2e-6);
  });
});

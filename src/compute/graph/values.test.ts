/** Values against NumPy and SciPy, the edges of the domain, types, and sizes 0 and 1. */
import { describe, expect, it } from 'vitest';
import { evaluate, fixed } from '../check.fixture.node.js';
import * as g from './index.js';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const x = fixed([-3, -1.5, -0.25, 0.125, 0.5, 2, 5.5]);
const a = fixed([0, 1, 2, 3, 4, 5], [2, 3]);
const whole = (values: number[], shape = [values.length], dtype: g.DType = 'int64') =>
  g.constant(values, shape, dtype);

describe('values', () => {
  it.each<[string, g.Tensor, number[]]>([
    // scipy.special.erf(x)
    [
      'erf',
      g.erf(x),
      [
        -0.9999779095030014, -0.9661051464753108, -0.2763263901682369, 0.14031620480133383,
        0.5204998778130465, 0.9953222650189527, 0.9999999999999927,
      ],
    ],
    // x * scipy.special.ndtr(x)
    [
      'gelu',
      g.gelu(x),
      [
        -0.00404969409489028, -0.1002108019032871, -0.10032341857926907, 0.06871727810376412,
        0.34573123063700656, 1.9544997361036416, 5.499999895557407,
      ],
    ],
    // scipy.special.logsumexp([1, 2, 3.5]), softmax([1, 2, 3.5])
    ['logSumExp', g.logSumExp(fixed([1, 2, 3.5])), [3.7663678998071335]],
    ['softmax', g.softmax(fixed([1, 2, 3.5])), [0.0628900132458675, 0.17095278019779026, 0.7661572065563422]],
    // np.log1p([1e-20, 1e-9, -0.5])
    ['log1p', g.log1p(fixed([1e-20, 1e-9, -0.5])), [1e-20, 9.999999995e-10, -Math.LN2]],
  ])('%s is exact to 1e-15', async (_name, tensor, expected) => {
    const [found] = await evaluate(tensor);
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-15 * Math.max(1, Math.abs(expected[i])));
    });
  });

  it.each<[string, g.Tensor, number[], number[]]>([
    ['np.add(a, [10, 20, 30])', g.add(a, fixed([10, 20, 30])), [2, 3], [10, 21, 32, 13, 24, 35]],
    ['np.subtract([[1], [2]], a)', g.sub(fixed([1, 2], [2, 1]), a), [2, 3], [1, 0, -1, -1, -2, -3]],
    ['np.round', g.round(fixed([0.5, 1.5, -2.5])), [3], [0, 2, -2]],
    ['np.power(a, 0)', g.pow(a, 0), [2, 3], [1, 1, 1, 1, 1, 1]],
    ['a ** [[[2.]]]', g.pow(a, fixed([2], [1, 1, 1])), [1, 2, 3], [0, 1, 4, 9, 16, 25]],
    ['a.sum(-1)', g.sum(a, -1), [2], [3, 12]],
    ['a.mean(0, keepdims=True)', g.mean(a, 0, { keepDims: true }), [1, 3], [1.5, 2.5, 3.5]],
    ['a.var()', g.variance(a), [], [35 / 12]],
    ['a.max(-2)', g.max(a, -2), [3], [3, 4, 5]],
    ['a.argmax(-1)', g.argMax(a), [2], [2, 2]],
    ['np.cumsum(a, 1)', g.cumulativeSum(a, -1), [2, 3], [0, 1, 3, 3, 7, 12]],
    ['a.T', g.transpose(a), [3, 2], [0, 3, 1, 4, 2, 5]],
    ['a[:, -2:]', g.slice(a, -1, -2), [2, 2], [1, 2, 4, 5]],
    [
      'np.pad(a, ((0, 0), (1, 0)), constant_values=9)',
      g.padAxis(a, 1, 1, 0, 9),
      [2, 4],
      [9, 0, 1, 2, 9, 3, 4, 5],
    ],
    [
      'np.stack([a[0], a[1]], -1)',
      g.stack(
        g.split(a, [1, 1]).map((r) => g.reshape(r, [3])),
        -1,
      ),
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
    ['np.tril(a)', g.triangle(a), [2, 3], [0, 0, 0, 3, 4, 0]],
    ['np.take(a, [2, -1, 0], 1)', g.gather(a, whole([2, -1, 0]), 1), [2, 3], [2, 2, 0, 5, 5, 3]],
    ['np.take_along_axis(a, [[1], [2]], 1)', g.gatherElements(a, whole([1, 2], [2, 1]), 1), [2, 1], [1, 5]],
    [
      'np.add.at(zeros(4), [0, 2, 2], a[1])',
      g.scatterAdd([4], fixed([3, 4, 5]), whole([0, 2, 2])),
      [4],
      [3, 0, 9, 0],
    ],
    ['np.eye(3)[[2, 0]]; 3 is outside', g.oneHot(whole([2, 0, 3]), 3), [3, 3], [0, 0, 1, 1, 0, 0, 0, 0, 0]],
    ['a @ a.T', g.matmul(a, g.transpose(a)), [2, 2], [5, 14, 14, 50]],
    ['np.where(a > 2, a, -1)', g.where(g.greater(a, 2), a, -1), [2, 3], [-1, -1, -1, 3, 4, 5]],
    ['np.clip(a, 1, 4)', g.clip(a, 1, 4), [2, 3], [1, 1, 2, 3, 4, 4]],
    ['int64 products', g.matmul(whole([1, 2], [1, 2]), whole([3, 4], [2, 1])), [1, 1], [11]],
    ['int32 division', g.div(whole([7, -7], [2], 'int32'), 2), [2], [3, -3]],
    [
      'where of bools',
      g.where(
        g.constant([1, 0], [2], 'bool'),
        g.constant([0, 0], [2], 'bool'),
        g.constant([1, 1], [2], 'bool'),
      ),
      [2],
      [0, 1],
    ],
  ])('%s', async (_call, tensor, shape, expected) => {
    expect(tensor.shape).toEqual(shape);
    const [found] = await evaluate(tensor);
    expect(found.map((value) => value + 0)).toEqual(expected.map((value) => expect.closeTo(value, 12)));
  });

  it.each(['float32', 'float64'] as const)('NaN and infinity pass through %s', async (dtype) => {
    const edge = g.constant([nan, inf, -inf], [3], dtype);
    const results = await evaluate(
      g.relu(edge),
      g.tanh(edge),
      g.erf(edge),
      g.softplus(edge),
      g.maximum(edge, 1),
      g.max(edge),
      g.exp(edge),
    );
    expect(results).toEqual([
      [nan, inf, 0],
      [nan, 1, -1],
      [nan, 1, -1],
      [nan, inf, 0],
      [nan, inf, 1],
      [nan],
      [nan, inf, 0],
    ]);
    const lse = (values: number[]) => g.logSumExp(g.constant(values, [2], dtype));
    expect(await evaluate(lse([-inf, -inf]), lse([1, inf]), lse([-inf, 3]))).toEqual([[-inf], [inf], [3]]);
  });

  it('takes tensors without elements', async () => {
    const none = g.zeros([0, 3]);
    const nothing = g.constant([], [0], 'int64');
    const results = await evaluate(
      g.exp(none),
      g.sum(none, 0),
      g.sum(none),
      g.softmax(none),
      g.matmul(g.zeros([2, 0]), none),
      g.affine(g.zeros([2, 0]), g.zeros([1, 0]), g.ones([1])),
      g.gather(none, nothing),
      g.scatterAdd([2], g.zeros([0]), nothing),
      g.concatenate([none, g.ones([1, 3])]),
      g.max(none, 1),
      g.oneHot(nothing, 3),
      g.cumulativeSum(none, 0),
      g.layerNorm(none, g.ones([3]), g.ones([3])),
      g.identityMatrix(0),
      g.padAxis(g.zeros([0]), 0, 1, 0, 7),
    );
    expect(results).toEqual([
      [],
      [0, 0, 0],
      [0],
      [],
      [0, 0, 0, 0, 0, 0],
      [1, 1],
      [],
      [0, 0],
      [1, 1, 1],
      [],
      [],
      [],
      [],
      [],
      [7],
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { GraphError } from '../../errors.js';
import * as g from './index.js';

const [a, b] = [g.ones([2, 3]), g.ones([4, 5])];
const flags = g.constant([1, 0], [2], 'bool');
const index = g.constant([0, 1], [2], 'int64');

describe('errors at build time', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['add', () => g.add(a, b), /add: shapes \(2, 3\) and \(4, 5\) do not broadcast/],
    ['where', () => g.where(flags, a, 1), /\(2\) and \(2, 3\)/],
    ['matmul', () => g.matmul(a, b), /\(2, 3\) × \(4, 5\)/],
    ['affine', () => g.affine(a, b), /\(2, 3\) with weight \(4, 5\)/],
    ['reshape', () => g.reshape(a, [4, 2]), /\(2, 3\) does not fit \(4, 2\)/],
    ['expand', () => g.expand(a, [2, 4]), /\(2, 3\) and \(2, 4\)/],
    ['concatenate', () => g.concatenate([a, b], 0), /\(2, 3\) and \(4, 5\) on axis 0/],
    ['split', () => g.split(a, [1, 1], 1), /\[1,1\].*\(2, 3\)/],
    ['slice', () => g.slice(a, 1, 2, 1), /2 to 1 of axis 1 of float32 \(2, 3\)/],
    ['transpose', () => g.transpose(a, [0, 0]), /does not order/],
    ['an axis', () => g.sum(a, 2), /axis 2 of a tensor with 2 axes/],
    ['types', () => g.add(a, g.ones([3], 'float64')), /float32 \(2, 3\) and float64 \(3\); use cast/],
    ['bool sums', () => g.sum(flags), /reduceSum: of bool \(2\)/],
    ['logic of numbers', () => g.and(a, a), /and: of float32/],
    ['exp of int64', () => g.exp(index), /exp: of int64/],
    ['mean of int64', () => g.mean(index), /floats are needed/],
    ['half an integer', () => g.mul(index, 0.5), /0\.5 is no int64/],
    ['an int32 too large', () => g.constant([2 ** 31], [1], 'int32'), /2147483648 is no int32/],
    ['mean of nothing', () => g.mean(g.zeros([0])), /empty axis/],
    ['argMax of nothing', () => g.argMax(g.zeros([0])), /empty axis/],
    ['layerNorm of empty rows', () => g.layerNorm(g.zeros([2, 0]), g.zeros([0]), g.zeros([0])), /empty row/],
    ['clip', () => g.clip(a, 2, 1), /\[2, 1\]/],
    ['indices', () => g.gather(a, a), /indices of float32/],
    [
      'scatterElements',
      () => g.scatterElements([2], a, index, 0),
      /updates float32 \(2, 3\) at indices int64 \(2\)/,
    ],
    ['a size', () => g.ones([2.5]), /2\.5 is no int64/],
    ['another', () => g.scatterAdd([-1], a, index), /scatterAdd: updates are/],
    ['an input of no size', () => g.input('x', [Number.NaN]), /whole numbers ≥ 0/],
    ['an input without a name', () => g.input('', [1]), /without a name/],
    ['values', () => g.constant([1, 2], [3]), /2 values do not fill \(3\)/],
  ])('%s', (_what, build, message) => {
    expect(build).toThrow(
      expect.objectContaining({ tag: 'GraphError', message: expect.stringMatching(message) }),
    );
  });

  it('point at the line that asked, also from deep inside a composite', () => {
    const lineOf = (build: () => unknown) => {
      try {
        build();
      } catch (error) {
        return (error as GraphError).at;
      }
      return '';
    };
    const file = fileURLToPath(import.meta.url);
    const lines = readFileSync(file, 'utf8').split('\n');
    const [near, deep] = [
      lineOf(() => g.add(a, b)), // near
      lineOf(() => g.batchNorm(g.ones([2, 3], 'float64'), g.ones([3]), g.ones([3]))), // deep
    ];
    const numberOf = (mark: string) => lines.findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
    expect(near).toBe(`${file}:${numberOf('near')}`);
    expect(deep).toBe(`${file}:${numberOf('deep')}`);
  });
});

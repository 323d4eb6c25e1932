import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, fixed, point } from '../check.fixture.node.js';
import * as g from './index.js';

const drawn = (shape: readonly number[], salt: number) =>
  fixed([...Array.from(point(shape, -1, 1, salt).values)], shape);
const inner = (x: g.Tensor, y: g.Tensor) => g.sum(g.mul(x, y));
const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });

/** ⟨left⟩ = ⟨right⟩, for a pair of adjoint maps. */
async function expectEqual(left: g.Tensor, right: g.Tensor): Promise<void> {
  const [[one], [other]] = await evaluate(left, right);
  expect(one).toBeCloseTo(other, 12);
}

describe('adjoints', () => {
  it('sumTo of expand', () =>
    fc.assert(
      fc.asyncProperty(sizes, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), async (shape, ones) => {
        const small = shape.map((n, i) => (ones[i] ? 1 : n)).slice(ones[2] ? 1 : 0);
        const [x, y] = [drawn(small, 1), drawn(shape, 2)];
        await expectEqual(inner(g.expand(x, shape), y), inner(x, g.sumTo(y, small)));
      }),
      { numRuns: 25 },
    ));

  it('scatterAdd of gather, along every axis', () =>
    fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.array(fc.nat(), { maxLength: 5 }), async (shape, which, picks) => {
        const axis = which % shape.length;
        const indices = g.constant(
          picks.map((n) => n % shape[axis]),
          [picks.length],
          'int64',
        );
        const x = drawn(shape, 1);
        const there = g.gather(x, indices, axis);
        const y = drawn(there.shape, 2);
        await expectEqual(inner(there, y), inner(x, g.scatterAdd(shape, y, indices, axis)));
      }),
      { numRuns: 25 },
    ));

  it('slice of pad, transpose back of transpose', () =>
    fc.assert(
      fc.asyncProperty(sizes, fc.nat(3), fc.nat(3), async (shape, before, after) => {
        const x = drawn(shape, 1);
        const padded = g.padAxis(x, 0, before, after);
        const y = drawn(padded.shape, 2);
        await expectEqual(inner(padded, y), inner(x, g.slice(y, 0, before, before + shape[0])));
        const order = shape.map((_, i) => (i + 1) % shape.length);
        const back = order.map((_, i) => order.indexOf(i));
        const [there] = await evaluate(g.transpose(g.mul(g.transpose(x, order), 1), back));
        expect(there).toEqual((await evaluate(x))[0]);
      }),
      { numRuns: 15 },
    ));
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphError, OptionError } from '../../errors.js';
import { fixed } from '../check.fixture.node.js';
import { constant, gather, ones, type Tensor, transpose, zeros } from '../graph/index.js';
import { type AxialAttentionOptions, axialAttention, axialLayer } from './axial.js';
import { expectClose, expectLayerGradient, flat, runLayer, wave } from './layer.fixture.node.js';
import { Scope } from './scope.js';

const GOLDEN = `${process.env.MECHANIST_SHARED ?? '../shared'}/reference/axial_layer_golden.json`;

describe.skipIf(!existsSync(GOLDEN))('axial layer of the differential network (reference)', () => {
  it.each([
    ['out_unscaled_nomask', 'none', false],
    ['out_scalerows_nomask', 'rows-only', false],
    ['out_unscaled_mask', 'none', true],
    ['out_scalerows_mask', 'rows-only', true],
  ] as const)('%s', async (name, scaling, masked) => {
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8'));
    // ours is (batch, rows, columns, width), theirs (rows, columns, batch, width)
    const x = transpose(fixed(flat(golden.x), [3, 4, 1, 4]), [2, 0, 1, 3]);
    const padding = masked ? constant(flat(golden.padding_mask), [1, 3, 4], 'bool') : undefined;
    const quirks = { scaling, paddingMask: 'first-row' } as const;
    const { y } = await runLayer(
      (scope) => axialLayer(scope, x, { heads: 2, feedForward: 6, padding, quirks }),
      {
        weights: golden.weights,
      },
    );
    expectClose(y, flat(golden[name]), 1e-10);
  });
});

describe('derivatives of the axial layer', () => {
  const layer = { heads: 2, feedForward: 3 };
  const padding = constant([0, 0, 1, 0, 0, 1, 0, 1, 1], [3, 3], 'bool');
  it.each([
    ['tied', { ...layer }],
    ['untied', { ...layer, tied: false }],
    ['tied, padded', { ...layer, padding }],
    ['untied, padded', { ...layer, padding, tied: false }],
    ['tied, quirks', { ...layer, padding, quirks: { scaling: 'none', paddingMask: 'first-row' } }],
  ] as const)('%s', async (_name, options) => {
    await expectLayerGradient((scope, [x]) => axialLayer(scope, x, options), [[3, 3, 4]]);
  });
});

/** Masked tied attention by its definition, one number at a time; row r, position i, width 1 a head. */
function byDefinition(
  x: number[][],
  padded: boolean[][],
  weights: Record<'q' | 'k' | 'v', [number, number]>,
) {
  const rows = x.length;
  const positions = x[0].length;
  const project = (name: 'q' | 'k' | 'v', r: number, i: number) =>
    weights[name][0] * x[r][i] + weights[name][1];
  const rowsInUse = padded.filter((row) => row.some((p) => !p)).length;
  return x.map((row, r) =>
    row.map((_, i) => {
      let total = 0;
      let share = 0;
      for (let j = 0; j < positions; j++) {
        if (padded[r][j]) continue;
        let logit = 0;
        for (let s = 0; s < rows; s++) {
          if (!padded[s][i] && !padded[s][j]) logit += project('q', s, i) * project('k', s, j);
        }
        const weight = Math.exp(logit / Math.sqrt(rowsInUse));
        total += weight * project('v', r, j);
        share += weight;
      }
      return share === 0 ? 0 : total / share;
    }),
  );
}

describe('tied attention', () => {
  const parameters = { q: [1.2, 0.3], k: [-0.7, 0.4], v: [0.9, -0.2] } as Record<
    'q' | 'k' | 'v',
    [number, number]
  >;
  const weights = Object.fromEntries([
    ...Object.entries(parameters).flatMap(([name, [weight, bias]]) => [
      [`${name}_proj.weight`, [weight]],
      [`${name}_proj.bias`, [bias]],
    ]),
    ['out_proj.weight', [1]],
    ['out_proj.bias', [0]],
  ]);
  const numbers = wave(12);
  const grid = [numbers.slice(0, 4), numbers.slice(4, 8), numbers.slice(8, 12)];
  const x = fixed(numbers, [3, 4, 1]);
  const masks: [string, number[]][] = [
    ['no padding', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['ragged rows', [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1]],
    ['a row and a column of padding', [0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1]],
    ['padding only', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ];

  it.each(masks)('within rows is what its definition says: %s', async (_name, mask) => {
    const padding = constant(mask, [3, 4], 'bool');
    const { y } = await runLayer((s) => axialAttention(s, x, { heads: 1, within: 'row', padding }), {
      weights,
    });
    const padded = [0, 4, 8].map((start) => mask.slice(start, start + 4).map(Boolean));
    expectClose(y, byDefinition(grid, padded, parameters).flat());
  });

  it.each(masks)('within columns is that of the transposed grid: %s', async (_name, mask) => {
    const turned = (y: Tensor) => transpose(y, [1, 0, 2].slice(0, y.rank));
    const padding = constant(mask, [3, 4], 'bool');
    const columns = await runLayer((s) => axialAttention(s, x, { heads: 1, within: 'column', padding }), {
      weights,
    });
    const rows = await runLayer(
      (s) => turned(axialAttention(s, turned(x), { heads: 1, within: 'row', padding: turned(padding) })),
      { weights },
    );
    expectClose(columns.y, rows.y);
  });
});

it('columns of padding weigh nothing, however far below zero the logits are', async () => {
  const weights: Record<string, number[]> = {};
  for (const [name, weight] of Object.entries({ q: 1e4, k: -1, v: 1, out: 1 })) {
    weights[`${name}_proj.weight`] = [weight];
    weights[`${name}_proj.bias`] = [0];
  }
  // −10⁴ between the two tokens that are there; 0 to the one that is not
  const x = fixed([1, 1, 7], [1, 3, 1]);
  const padding = constant([0, 0, 1], [1, 3], 'bool');
  const { y } = await runLayer((s) => axialAttention(s, x, { heads: 1, within: 'row', padding }), {
    weights,
  });
  expectClose(y.slice(0, 2), [1, 1]);
});

it('dropout is of both weights of attention, of the hidden units and of what each step adds', async () => {
  const scope = new Scope({ training: true });
  axialLayer(scope, ones([2, 3, 4]), { heads: 1, feedForward: 5, dropout: 0.1 });
  expect(scope.noises.map(({ tensor }) => tensor.shape)).toEqual([
    [1, 1, 3, 3],
    [2, 3, 4],
    [1, 1, 2, 2],
    [2, 3, 4],
    [2, 3, 5],
    [2, 3, 4],
  ]);
});

describe.each([
  ['tied', true],
  ['untied', false],
])('axial layer, %s', (_name, tied) => {
  const options = { heads: 2, feedForward: 5, tied };
  const values = wave(48);
  const run = (x: Tensor, more: Partial<Parameters<typeof axialLayer>[2]> = {}) =>
    runLayer((s) => axialLayer(s, x, { ...options, ...more }));

  it('a batch is its members, with and without padding', async () => {
    const padding = constant([0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1], [2, 2, 3], 'bool');
    const both = await run(fixed(values, [2, 2, 3, 4]));
    const masked = await run(fixed(values, [2, 2, 3, 4]), { padding });
    for (const i of [0, 1]) {
      const x = fixed(values.slice(24 * i, 24 * (i + 1)), [2, 3, 4]);
      const own = constant(
        Array.from(padding.values as Uint8Array).slice(6 * i, 6 * (i + 1)),
        [2, 3],
        'bool',
      );
      expectClose((await run(x)).y, both.y.slice(24 * i, 24 * (i + 1)));
      expectClose((await run(x, { padding: own })).y, masked.y.slice(24 * i, 24 * (i + 1)));
    }
  });

  it('padding rows and columns around a grid changes nothing in it', async () => {
    const small = await run(fixed(values.slice(0, 16), [2, 2, 4]));
    const cells = Array.from({ length: 9 }, (_, i) => ({ row: Math.floor(i / 3), column: i % 3 }));
    const inside = cells.map(({ row, column }) => row < 2 && column < 2);
    const large = cells.flatMap(({ row, column }, i) =>
      inside[i] ? values.slice(8 * row + 4 * column, 8 * row + 4 * column + 4) : [9, -5, 100, 3],
    );
    const padding = constant(
      inside.map((is) => (is ? 0 : 1)),
      [3, 3],
      'bool',
    );
    const { y } = await run(fixed(large, [3, 3, 4]), { padding });
    expectClose(
      cells.flatMap((_, i) => (inside[i] ? y.slice(4 * i, 4 * i + 4) : [])),
      small.y,
    );
  });

  it('follows permutations of rows and of columns', async () => {
    const order = constant([2, 0, 1], [3], 'int64');
    const x = fixed(values.slice(0, 36), [3, 3, 4]);
    const permuted = (y: Tensor) => gather(gather(y, order, 0), order, 1);
    const before = await run(permuted(x));
    const after = await runLayer((s) => permuted(axialLayer(s, x, options)));
    expectClose(before.y, after.y);
  });

  it('one token, and none', async () => {
    expect((await run(fixed([1, 2, 3, 4], [1, 1, 4]))).y.every(Number.isFinite)).toBe(true);
    expect((await run(zeros([0, 3, 4], 'float64'))).y).toEqual([]);
    expect((await run(zeros([2, 0, 4], 'float64'))).y).toEqual([]);
    const padding = constant([], [0, 3], 'bool');
    expect((await run(zeros([0, 3, 4], 'float64'), { padding })).y).toEqual([]);
  });

  it('dropout keeps the layer random in training only', async () => {
    const x = fixed(values.slice(0, 16), [2, 2, 4]);
    const train = (seed: number) =>
      runLayer((s) => axialLayer(s, x, { ...options, dropout: 0.5 }), { training: true, seed });
    expect((await train(1)).y).not.toEqual((await train(2)).y);
    expect((await run(x, { dropout: 0.5 })).y).toEqual((await run(x)).y);
  });
});

describe('errors of axial attention', () => {
  const ask = (x: Tensor, options: Partial<AxialAttentionOptions>) => () =>
    axialAttention(new Scope(), x, { heads: 2, within: 'row', ...options });
  it('name the shapes and the line that asked', () => {
    expect(ask(ones([3, 4]), {})).toThrow(/\(3, 4\).*rows, columns, width.*axial\.test\.ts:\d+/);
    expect(ask(ones([2, 3, 4]), { padding: constant([0, 0], [2, 1], 'bool') })).toThrow(
      /\(2, 1\).*\(2, 3, 4\)/,
    );
    expect(ask(ones([2, 3, 4]), { padding: ones([2, 3]) })).toThrow(GraphError);
    expect(ask(ones([2, 3, 4]), { heads: 3 })).toThrow(/3 heads do not divide a width of 4/);
  });
  it('options', () => {
    expect(ask(ones([2, 3, 4]), { within: 'rows' as 'row' })).toThrow(/did you mean 'row'/);
    expect(ask(ones([2, 3, 4]), { quirks: { scaling: 'non' as 'none' } })).toThrow(/did you mean 'none'/);
    expect(ask(ones([2, 3, 4]), { quirks: { paddingMask: 'first' as 'first-row' } })).toThrow(OptionError);
    expect(ask(ones([2, 3, 4]), { tied: false, quirks: {} })).toThrow(/tied attention only/);
  });
});

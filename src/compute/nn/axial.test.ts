import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixed } from '../check.fixture.node.js';
import { constant, transpose } from '../graph/index.js';
import { axialLayer } from './axial.js';
import { expectLayerGradient, flat, runLayer } from './layer.fixture.node.js';

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
    const expected = flat(golden[name]);
    const error = Math.max(...y.map((value, i) => Math.abs(value - expected[i])));
    expect(error).toBeLessThan(1e-10);
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

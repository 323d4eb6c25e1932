import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { fixed } from '../check.fixture.node.js';
import { constant, type Tensor } from '../graph/index.js';
import { type CdnInput, cdnEncoder, cdnLogits } from './cdn.fixture.js';
import { expectClose, flat, type Nested, runLayer } from './layer.fixture.node.js';
import type { Scope } from './scope.js';

const GOLDEN = `${process.env.MECHANIST_SHARED ?? '../shared'}/reference/cdn_forward_golden.json`;

interface Golden {
  readonly batch: Record<string, Nested>;
  readonly weights: Record<string, Nested>;
  readonly encoder_obs: Nested;
  readonly target_logits: Nested;
}

describe.skipIf(!existsSync(GOLDEN))('forward pass of the differential network (reference)', () => {
  const sizes = { edgeTypes: 8, maxVariables: 10, width: 8, layers: 2, heads: 2, feedForward: 8 };

  async function compare(
    build: (scope: Scope, golden: Golden) => Tensor,
    result: 'encoder_obs' | 'target_logits',
  ) {
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Golden;
    const { y } = await runLayer((scope) => build(scope, golden), { weights: golden.weights });
    expectClose(y, flat(golden[result]), 1e-10);
  }

  it('encoder', () =>
    compare(
      (scope, { batch }) => cdnEncoder(scope.at('encoder'), inputOf(batch, 'obs'), sizes),
      'encoder_obs',
    ));

  it('logits of targets', () =>
    compare(
      (scope, { batch }) => cdnLogits(scope, inputOf(batch, 'obs'), inputOf(batch, 'int'), sizes),
      'target_logits',
    ));
});

/** Three batches, twelve edges, four variables. */
function inputOf(batch: Golden['batch'], data: 'obs' | 'int'): CdnInput {
  const tokens = new Float64Array(3 * 12);
  const types = flat(batch[`input_${data}`]);
  flat(batch[`index_${data}`]).forEach((edge, i) => {
    tokens[Math.floor(i / 6) * 12 + edge] = types[i];
  });
  return {
    tokens: constant(tokens, [3, 12], 'int64'),
    edges: constant(flat(batch[`unique_${data}`]), [12, 2], 'int64'),
    correlations: fixed(flat(batch[`feats_2d_${data}`]), [4, 4]),
    moments: fixed(flat(batch[`feats_1d_${data}`]), [4, 2]),
  };
}

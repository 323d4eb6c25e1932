/** A whole training with two threads, twice: the same bits. Sizes are large enough that the runtime shares the work. */
import { expect, it } from 'vitest';
import { Random } from '../random/index.js';
import { add, gather, mean, neg, relu, sum, type Tensor } from './graph/index.js';
import { batchNorm, dropout, initial, linear, type Scope } from './nn/index.js';
import { adam } from './optim/index.js';
import { nodeRuntime } from './run/node.node.js';
import { negativeBinomialOfLogits } from './special/index.js';
import { Trainer } from './train/index.js';

const [CELLS, GENES, LABELS] = [512, 600, 7];

function network(scope: Scope, { counts, labels }: Record<string, Tensor>) {
  const table = scope.parameter('table', [LABELS, 256], initial.normal());
  const hidden = relu(batchNorm(scope.at('norm'), linear(scope.at('in'), counts, 256)));
  const shifted = dropout(scope.at('drop'), add(hidden, gather(table, labels)), 0.1);
  const logTheta = scope.parameter('log_theta', [GENES], initial.normal());
  const library = sum(counts, 1, { keepDims: true });
  const logits = linear(scope.at('out'), shifted, GENES);
  return { loss: neg(mean(negativeBinomialOfLogits(counts, logits, library, logTheta))) };
}

async function trained(): Promise<unknown[]> {
  const random = Random.fromSeed(2);
  const labels = BigInt64Array.from({ length: CELLS }, () => BigInt(random.integer(LABELS)));
  const counts = random.fill(new Float32Array(CELLS * GENES), () => random.poisson(2));
  const trainer = await Trainer.create(await nodeRuntime({ threads: 2 }), {
    data: {
      counts: { values: counts, shape: [CELLS, GENES] },
      labels: { values: labels, shape: [CELLS], classes: LABELS },
    },
    build: network,
    optimiser: adam(),
    epochs: 4,
    batchSize: 128,
    random: Random.fromSeed(3),
  });
  await trainer.fit();
  const values = await Promise.all([...trainer.store.names].sort().map((name) => trainer.store.get(name)));
  await trainer.dispose();
  return values;
}

it('two threads give the same bits twice', async () => {
  const first = await trained();
  expect(first.length).toBeGreaterThan(20);
  expect(await trained()).toEqual(first);
});

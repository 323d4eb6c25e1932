import { beforeAll, describe, expect, it } from 'vitest';
import { Program, type Runtime, Scope, Store } from '../../compute/index.js';
import { nodeRuntime } from '../../compute/index.node.js';
import type { DenseMatrix } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { neededBy, networkInput, networkValues, shapeOf } from './batch.js';
import { chain, permuted } from './cells.fixture.js';
import { type Evidence, evidenceOf, setEvidence } from './evidence.js';
import { momentsOf, scalesOf } from './moments.js';
import { cdnNetwork } from './network.js';
import { CdnPredictor } from './predictor.js';
import { CDN_DEFAULTS, CDN_VARIANTS, type CdnSettings, checkSettings } from './settings.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

const small: CdnSettings = { ...CDN_DEFAULTS, width: 8, blocks: 2, heads: 2 };

function evidence(control: DenseMatrix, perturbed: DenseMatrix, neighbours?: number): Evidence {
  const scales = scalesOf(control);
  const [before, after] = [control, perturbed].map((cells) =>
    setEvidence(momentsOf(cells, scales), { cells, random: Random.fromSeed(6) }),
  );
  return evidenceOf(before, after, neighbours);
}

/** A network of the first weights that a seed draws. */
function untrained(settings: CdnSettings): CdnPredictor {
  const store = new Store(runtime);
  const scope = new Scope();
  cdnNetwork(
    scope,
    networkInput({ batch: 1, genes: 4, degree: settings.variant === 'axial' ? 4 : 3 }),
    settings,
  );
  scope.initialise(store, Random.fromSeed(0));
  return new CdnPredictor(store, settings);
}

async function logits(settings: CdnSettings, control: DenseMatrix, perturbed: DenseMatrix) {
  const network = untrained(settings);
  const result = await network.logits(evidence(control, perturbed, network.wanted.neighbours));
  await network.dispose();
  return result;
}

describe.each(CDN_VARIANTS)('the network, %s', (variant) => {
  const settings = { ...small, variant };

  it.each([6, 26])('gives %i genes the same logits in any order', async (genes) => {
    const [a, b] = [chain({ genes, seed: 1 }), chain({ genes, seed: 2, hit: 2 })];
    const order = Random.fromSeed(5).permutation(genes);
    const plain = await logits(settings, a, b);
    const turned = await logits(settings, permuted(a, order), permuted(b, order));
    expect(new Set(plain).size).toBe(genes);
    turned.forEach((logit, i) => {
      expect(logit).toBeCloseTo(plain[order[i]], 3);
    });
  });

  it('takes one gene alone', async () => {
    const [only] = await logits(settings, chain({ genes: 1 }), chain({ genes: 1, hit: 0 }));
    expect(Number.isFinite(only)).toBe(true);
  });

  it('does not mix the examples of a batch', async () => {
    const pairs = [2, 3].map((seed) => evidence(chain({ seed: 1 }), chain({ seed, hit: seed }), 5));
    const network = untrained(settings);
    const alone = [await network.logits(pairs[0]), await network.logits(pairs[1])];
    await network.dispose();
    const batched = await logitsOfBatch(settings, pairs);
    batched.forEach((logit, at) => {
      expect(logit).toBeCloseTo(alone[Math.floor(at / 6)][at % 6], 4);
    });
  });
});

async function logitsOfBatch(settings: CdnSettings, pairs: readonly Evidence[]): Promise<Float32Array> {
  const { gridWhereNeeded } = await import('./predictor.js');
  const seen = pairs.map((one) => gridWhereNeeded(one, settings));
  const scope = new Scope();
  const { targets } = cdnNetwork(scope, networkInput(shapeOf(seen)), settings);
  const store = new Store(runtime);
  scope.initialise(store, Random.fromSeed(0));
  const program = await Program.compile(store, { outputs: { targets } });
  const out = await program.run(neededBy(program, networkValues(seen)));
  await program.dispose();
  return out.targets as Float32Array;
}

describe('the network', () => {
  it('reads genes by index where there are many, as it does by products where there are few', async () => {
    const genes = 130;
    const [a, b] = [chain({ genes, cells: 40, seed: 1 }), chain({ genes, cells: 30, seed: 2, hit: 9 })];
    const order = Random.fromSeed(1).permutation(genes);
    const plain = await logits(small, a, b);
    const turned = await logits(small, permuted(a, order), permuted(b, order));
    turned.forEach((logit, i) => {
      expect(logit).toBeCloseTo(plain[order[i]], 2);
    });
  });

  it.each([
    { pairing: 'difference' },
    { statistics: 'inverse' },
    { statistics: 'correlation' },
    { statistics: 'correlation+covariance' },
    { statistics: 'none' },
    { marginals: 'invariance' },
    { marginals: 'fci' },
    { marginals: 'fci', statistics: 'none' },
    { marginals: 'both', pairing: 'difference' },
    { marginals: 'off' },
  ] as Partial<CdnSettings>[])('has parameters for what it is shown: %o', async (part) => {
    const count = (settings: CdnSettings) => {
      const scope = new Scope();
      cdnNetwork(scope, networkInput({ batch: 1, genes: 4, degree: 3 }), settings);
      return scope.parameters.reduce((sum, { size }) => sum + size, 0);
    };
    expect(count({ ...small, ...part })).toBeLessThan(count({ ...small, marginals: 'both' }));
    const found = await logits({ ...small, ...part }, chain(), chain({ hit: 1 }));
    expect(found.every(Number.isFinite)).toBe(true);
  });

  it('refuses settings that make no network', () => {
    const refused = (part: object) => expect(() => checkSettings({ ...small, ...part })).toThrow();
    refused({ variant: 'graf' });
    refused({ statistics: 'none', marginals: 'off' });
    refused({ marginals: 'on' });
    refused({ heads: 3 });
    refused({ width: 0 });
    expect(() => checkSettings({ ...small, variant: 'graf' as 'graph' })).toThrow(
      "one of 'graph', 'axial', 'mlp'",
    );
    checkSettings(small);
  });

  it('has inputs that are named as their values are', () => {
    const { nodes, pairs, fci, neighbours } = networkInput({ batch: 1, genes: 4, degree: 3 });
    const values = networkValues([evidence(chain({ genes: 4 }), chain({ genes: 4 }))]);
    for (const tensor of [nodes, pairs, fci, neighbours])
      expect(values[tensor.name]).toHaveLength(tensor.size);
  });
});

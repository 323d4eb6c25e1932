import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { testRuntime } from '../../compute/check.fixture.node.js';
import {
  add,
  input,
  mean,
  minimise,
  type OnnxModel,
  Program,
  Scope,
  sgd,
  storeOf,
} from '../../compute/index.js';
import { toDense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { expectClose, fitted, matrixOf, someCells, twoLatents } from './mechanism.fixture.node.js';
import { encode } from './objective.js';
import { shiftOf, shiftTable } from './shifts.js';
import type { MechanismRepresentation } from './trained.js';

const { counts: cells, values, changed } = twoLatents;
const models = new Map<string, MechanismRepresentation>();
let plus: MechanismRepresentation;
let bayes: MechanismRepresentation;

beforeAll(async () => {
  for (const name of ['vae', 'ivae', 'svae+', 'svae-bayes']) {
    models.set(name, (await fitted(name, { cells, changed })).model);
  }
  const gaussian = await fitted('svae-bayes', {
    cells: values,
    changed: { ...changed, likelihood: 'gaussian' },
  });
  models.set('gaussian', gaussian.model);
  plus = models.get('svae+')!;
  bayes = models.get('svae-bayes')!;
});

describe('shifts of perturbations that were not trained on', () => {
  it.each(['svae+', 'svae-bayes'])('%s: are where gradient descent on the bound ends', async (name) => {
    const model = name === 'svae+' ? plus : bayes;
    const labels = Int32Array.from(
      { length: cells.X.nRows * 2 },
      (_, k) =>
        [
          [0, -1],
          [1, 2],
          [2, 0],
          [-1, -1],
        ][(k >> 1) % 4][k % 2],
    );
    const found = await model.transfer({ X: cells.X, labels, perturbations: ['a', 'b', 'c'] });
    const descended = await descent(model, labels);
    expectClose(found.shift, descended, 2e-4);
  });

  it('raise the bound above that of any others', async () => {
    const random = Random.fromSeed(1);
    const { shift } = await plus.transfer(cells);
    const bound = async (means: Float64Array) =>
      (await plus.bound(cells, { particles: 1, random, means })).reduce((a, b) => a + b);
    const best = await bound(shift);
    for (const by of [0.6, -0.6]) {
      for (const at of [0, 3, 7, 11])
        expect(await bound(shift.map((x, i) => (i === at ? x + by : x)))).toBeLessThan(best);
    }
  });
});

/** Shifts (3, 2) that lower the divergence of frozen posteriors from N(origin + shift, I), by gradient descent. */
async function descent(model: MechanismRepresentation, labels: Int32Array): Promise<Float64Array> {
  const store = storeOf(await testRuntime(), model.weights);
  const sizes = { perturbations: 3, latent: 2 };
  const n = cells.X.nRows;
  const [x, of] = [input('x', [n, cells.X.nCols]), input('of', [n, 2], 'int64')];
  const network = new Scope();
  const q = encode(network, x, model.config.settings);
  const scope = new Scope();
  const shift = shiftOf(of, shiftTable(scope.at('new'), sizes));
  const origin = model.model.basis?.(network, sizes).origin;
  minimise(mean(q.divergence(origin ? add(shift, origin) : shift)), scope, sgd({ learningRate: 2 }));
  scope.initialise(store, Random.fromSeed(0));
  const program = await Program.compile(store, { outputs: {}, updates: scope.updates });
  const feeds = {
    x: Float32Array.from(toDense(cells.X).values),
    of: BigInt64Array.from(labels, (label) => BigInt(label < 0 ? 3 : label)),
  };
  for (let step = 0; step < 200; step++) await program.run(feeds);
  const found = Float64Array.from((await store.get('new.shift')) as Float32Array);
  await program.dispose();
  store.dispose();
  return found;
}

describe('cells under other perturbations', () => {
  const totals = Float64Array.from({ length: cells.X.nRows }, (_, cell) => {
    const { values: X, nCols } = toDense(cells.X);
    return Float64Array.from(X.subarray(cell * nCols, (cell + 1) * nCols)).reduce((a, b) => a + b);
  });

  it.each(['vae', 'ivae', 'svae+', 'svae-bayes'])(
    '%s: their own gives what the decoder makes of their latents',
    async (name) => {
      const model = models.get(name)!;
      const { mean } = await model.encode(cells.X);
      const again = await model.decode(mean, totals);
      expectClose(await model.counterfactual(cells, cells.labels), again, 1e-3);
      const sums = totals.map((_, cell) => again.slice(cell * 12, cell * 12 + 12).reduce((a, b) => a + b));
      expectClose(sums, totals, 1e-5);
    },
  );

  it('another moves their latents from one shift to the other, none to no shift', async () => {
    const { shift, probability } = bayes.graph()!;
    const other = cells.labels.map((label) => ((label + 2) % 7) - 1);
    const { mean } = await bayes.encode(cells.X);
    const of = (label: number, j: number) =>
      label < 0 ? 0 : shift[label * 2 + j] * probability[label * 2 + j];
    const moved = mean.map((z, at) => {
      const cell = at >> 1;
      return z - of(cells.labels[cell], at & 1) + of(other[cell], at & 1);
    });
    expectClose(await bayes.counterfactual(cells, other), await bayes.decode(moved, totals), 1e-3);
    expect(await bayes.counterfactual(cells, other)).not.toEqual(
      await bayes.counterfactual(cells, cells.labels),
    );
  });

  it('are scaled by the library', async () => {
    const z = Float32Array.of(0.5, -1, 0, 2);
    const once = await plus.decode(z, [1, 1]);
    expectClose(
      await plus.decode(z, [7, 1000]),
      once.map((share, at) => share * (at < 12 ? 7 : 1000)),
      1e-5,
    );
  });
});

describe('as ONNX', () => {
  const run = async ({ bytes }: OnnxModel, feeds: Record<string, [Float32Array, number[]]>) => {
    const session = await ort.InferenceSession.create(bytes);
    const tensors = Object.entries(feeds).map(([name, [data, dims]]) => [
      name,
      new ort.Tensor('float32', data, dims),
    ]);
    return session.run(Object.fromEntries(tensors));
  };

  it.each(['vae', 'svae+', 'svae-bayes', 'gaussian'])('%s: encoder and decoder do the same', async (name) => {
    const model = models.get(name)!;
    const X = name === 'gaussian' ? values.X : cells.X;
    const x = Float32Array.from(toDense(X).values.subarray(0, 36));
    const encoded = await model.encode(
      matrixOf([0, 1, 2].map((row) => [...x.subarray(row * 12, row * 12 + 12)])),
    );
    const found = await run(await model.exportEncoder(3), { x: [x, [3, 12]] });
    expectClose(found.mean.data as Float32Array, encoded.mean, 1e-6);
    expectClose(found.variance.data as Float32Array, encoded.variance, 1e-6);
    const library = Float32Array.of(10, 500, 3);
    const decoded = await model.decode(encoded.mean, library);
    const z: [Float32Array, number[]] = [encoded.mean, [3, 2]];
    const feeds: Record<string, [Float32Array, number[]]> =
      name === 'gaussian' ? { z } : { z, library: [library, [3]] };
    const { expected } = await run(await model.exportDecoder(3), feeds);
    expect(expected.dims).toEqual([3, 12]);
    expectClose(expected.data as Float32Array, decoded, 1e-6);
  });
});

describe('what cannot be', () => {
  it('other genes are refused, no cells are fine', async () => {
    const one = matrixOf([[1, 2, 3]]);
    await expect(plus.encode(one)).rejects.toThrow(/12 genes.*3/);
    await expect(plus.transfer({ ...cells, X: one })).rejects.toThrow(/12 genes.*3/);
    await expect(plus.bound({ ...cells, X: one }, { random: Random.fromSeed(0) })).rejects.toThrow(
      /12 genes/,
    );
    const { mean } = await plus.encode(someCells(cells, []).X);
    expect(mean).toHaveLength(0);
    expect(await plus.decode(mean, [])).toHaveLength(0);
  });
});

import { describe, expect, it } from 'vitest';
import { testResources } from '../../test/support/resources.js';
import { input, leakyRelu, mlp, Program, Scope, Store } from '../compute/index.js';
import { Random } from '../random/index.js';
import {
  type AutoencoderOptions,
  autoencoderSpace,
  denseLayer,
  forward,
  type LatentSpace,
  pcaSpace,
  restored,
  scaled,
  scalingOf,
  vaeSpace,
} from './index.js';

const random = Random.fromSeed(3);
const [N, P] = [24, 15];

/** Rows of rank 2 around 50, a little noise. */
function planted(seed = 0): Float64Array {
  const draw = Random.fromSeed(seed);
  const [scores, loadings] = [N * 2, P * 2].map((n) => draw.fillNormal(new Float64Array(n)));
  return Float64Array.from({ length: N * P }, (_, i) => {
    const [row, gene] = [Math.floor(i / P), i % P];
    const signal = scores[row * 2] * loadings[gene * 2] + scores[row * 2 + 1] * loadings[gene * 2 + 1];
    return 50 + gene + 4 * signal + 0.1 * draw.normal();
  });
}

/** Share of the variance around the means of genes that encoding and decoding loses. */
function lost(space: LatentSpace, rows: Float64Array): number {
  const n = rows.length / P;
  const again = space.decode(space.encode(rows, n), n);
  const { shift } = scalingOf('standard', rows, n, P);
  const squares = (of: (i: number) => number) => rows.reduce((sum, _, i) => sum + of(i) ** 2, 0);
  return squares((i) => again[i] - rows[i]) / squares((i) => rows[i] - shift[i % P]);
}

describe('scaling', () => {
  it('range: 0 to 1; standard: genes of mean 0, all of root mean square 1; both are taken back', () => {
    const rows = planted();
    const range = scaled(rows, scalingOf('range', rows, N, P));
    expect([Math.min(...range), Math.max(...range)]).toEqual([0, 1]);
    const standard = scaled(rows, scalingOf('standard', rows, N, P));
    const means = Array.from({ length: P }, (_, g) => standard.filter((_, i) => i % P === g));
    for (const gene of means) expect(gene.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10);
    expect(standard.reduce((sum, value) => sum + value ** 2, 0) / standard.length).toBeCloseTo(1, 12);
    for (const kind of ['range', 'standard'] as const) {
      const scaling = scalingOf(kind, rows, N, P);
      restored(scaled(rows, scaling), scaling).forEach((value, i) => expect(value).toBeCloseTo(rows[i], 10));
    }
  });

  it.each(['range', 'standard'] as const)('%s leaves what does not vary finite', (kind) => {
    const rows = new Float64Array(6).fill(7);
    expect(Array.from(scaled(rows, scalingOf(kind, rows, 2, 3)))).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('dense layers out of a store', () => {
  it('give what the runtime gives, batch norm and biases folded', async () => {
    const scope = new Scope();
    const x = input('x', [4, 5]);
    const options = { widths: [7, 6], norm: 'batch' as const, normOptions: { epsilon: 0.001 }, finish: true };
    const y = mlp(scope.at('net'), x, { ...options, activation: (z) => leakyRelu(z, 0.01) });
    const store = new Store(await testResources.runtime());
    scope.initialise(store, random);
    for (const name of store.names.filter((of) => of.includes('norm'))) {
      const values = random.split(name).fillUniform(new Float32Array(store.shape(name)[0]));
      store.replace(
        name,
        values.map((value) => value + 0.5),
      );
    }
    const program = await Program.compile(store, { outputs: { y } });
    const rows = random.fillNormal(new Float32Array(20));
    const expected = (await program.run({ x: rows })).y as Float32Array;
    const layers = await Promise.all(
      ['net.0', 'net.1'].map((name) => denseLayer(store, name, { slope: 0.01, normEpsilon: 0.001 })),
    );
    const found = forward(layers, Float64Array.from(rows), 4);
    expect(found.length).toBe(24);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });
});

describe('principal components', () => {
  it('with all of them nothing is lost, with two the noise', () => {
    const rows = planted();
    expect(lost(pcaSpace(rows, N, P, P), rows)).toBeLessThan(1e-20);
    expect(lost(pcaSpace(rows, N, P, 2), rows)).toBeLessThan(0.01);
    expect(lost(pcaSpace(rows, N, P, 1), rows)).toBeGreaterThan(0.05);
  });
});

describe('the over-parameterised autoencoder', () => {
  const trained = async (rows: Float64Array, options: Partial<AutoencoderOptions> = {}) =>
    autoencoderSpace(await testResources.runtime(), rows, rows.length / P, P, {
      width: 64,
      epochs: 400,
      learningRate: 5e-3,
      random: Random.fromSeed(0),
      ...options,
    });

  it.each(['range', 'standard'] as const)('interpolates what it was shown, scaled by %s', async (scaling) => {
    const rows = planted();
    expect(lost(await trained(rows, { scaling }), rows)).toBeLessThan(scaling === 'range' ? 0.02 : 0.002);
  });

  it('has a linear encoder, and without biases a decoder that scales with its latents', async () => {
    const space = await trained(planted(), { epochs: 20 });
    const [a, b, c] = [0, 1, 2].map((row) => planted().subarray(row * P, (row + 1) * P));
    const mixed = space.encode(
      a.map((value, g) => value - b[g] + c[g]),
      1,
    );
    const [za, zb, zc] = [a, b, c].map((row) => space.encode(row, 1));
    mixed.forEach((value, i) => expect(value).toBeCloseTo(za[i] - zb[i] + zc[i], 10));
    const zero = space.decode(new Float64Array(64), 1);
    const [once, twice] = [za, za.map((value) => 2 * value)].map((z) => space.decode(z, 1));
    twice.forEach((value, g) => expect(value - zero[g]).toBeCloseTo(2 * (once[g] - zero[g]), 8));
  });

  it('ends when the share of variance is reached, and says how it ended', async () => {
    const rows = planted();
    const space = await trained(rows, { stop: 0.3, scaling: 'standard' });
    const [, epochs, loss] = /: (\d+) epochs, loss ([\d.]+)/.exec(space.notes[0])!;
    expect(Number(epochs)).toBeLessThan(200);
    expect(Number(loss)).toBeLessThanOrEqual(0.3);
  });

  it('keeps the epoch best on rows held back', async () => {
    const { notes } = await trained(planted(), { validation: 0.25, epochs: 30 });
    expect(notes[0]).toMatch(/on rows held back/);
  });

  it('has the same bits for the same seed, others for another', async () => {
    const rows = planted();
    const latents = async (seed: number) =>
      Array.from((await trained(rows, { epochs: 5, random: Random.fromSeed(seed) })).encode(rows, N));
    expect(await latents(1)).toEqual(await latents(1));
    expect(await latents(1)).not.toEqual(await latents(2));
  });

  it('takes one row, and refuses none', async () => {
    const space = await trained(planted().subarray(0, P), { epochs: 3, validation: 0.5 });
    expect(space.decode(space.encode(planted(), N), N).every(Number.isFinite)).toBe(true);
    await expect(trained(new Float64Array())).rejects.toMatchObject({ tag: 'DataError' });
  });
});

describe("scGen's variational autoencoder", () => {
  const trained = async (rows: Float64Array, epochs: number, more = {}) =>
    vaeSpace(await testResources.runtime(), rows, rows.length / P, P, {
      latent: 5,
      widths: [32, 32],
      dropout: 0,
      batchSize: 8,
      epochs,
      scaling: 'standard',
      random: Random.fromSeed(0),
      ...more,
    });

  it('reproduces profiles of rank 2', async () => {
    const rows = planted();
    expect(lost(await trained(rows, 150), rows)).toBeLessThan(0.15);
  });

  it('with a heavy divergence knows the mean only', async () => {
    const rows = planted();
    const space = await trained(rows, 60, { klWeight: 1e4 });
    expect(lost(space, rows)).toBeGreaterThan(0.8);
  });

  it('has the same bits for the same seed, stops by patience, copes with a last batch of one', async () => {
    const rows = planted().subarray(0, 17 * P);
    const latents = async () => Array.from((await trained(rows, 3)).encode(rows, 17));
    expect(await latents()).toEqual(await latents());
    const { notes } = await trained(rows, 500, { validation: 0.2, patience: 1 });
    expect(Number(/: (\d+) epochs/.exec(notes[0])![1])).toBeLessThan(400);
  });

  it('refuses fewer than two rows', async () => {
    await expect(trained(planted().subarray(0, P), 1)).rejects.toThrow(/at least two profiles; found 1/);
  });
});

/** Attributions against closed forms, finite differences of the encoder, planted genes, and their own sum. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testRuntime } from '../../compute/check.fixture.node.js';
import {
  constant,
  matmul,
  mul,
  type Runtime,
  relu,
  Store,
  square,
  sub,
  type Tensor,
} from '../../compute/index.js';
import { columnStrings, dense, takeRows } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { simulateCells } from '../../simulate/index.js';
import { attributeLatents } from './attribution.js';
import { pathProgram } from './attribution-path.js';
import { BLOCK, blockCells, SHIFTS, trainedOn } from './blocks.fixture.js';
import type { PerturbedCells } from './cells.js';
import type { MechanismRepresentation } from './trained.js';

const random = Random.fromSeed(1);
let runtime: Runtime;
beforeAll(async () => {
  runtime = await testRuntime();
});

describe('a path', () => {
  async function along(network: (rows: Tensor) => Tensor, ends: number[], baseline: number[], steps: number) {
    const sizes = { cells: ends.length / baseline.length, genes: baseline.length, steps };
    const program = await pathProgram(new Store(runtime), network, sizes);
    const feeds = { ends: Float32Array.from(ends), baseline: Float32Array.from(baseline) };
    const out = await program.run({ ...feeds, direction: Float32Array.of(1, 0) });
    await program.dispose();
    return { attribution: Array.from(out.attribution, Number), rise: Array.from(out.rise, Number) };
  }
  const near = (...values: number[]) => values.map((value) => expect.closeTo(value, 5));
  /** Into the first of two outputs, the second being something else. */
  const into = (weights: number[]) =>
    constant(
      weights.flatMap((w) => [w, 7]),
      [weights.length, 2],
    );

  it('of a linear network gives weight × distance, whatever the steps', async () => {
    const network = (x: Tensor) => matmul(x, into([1, -2, 0.5]));
    const { attribution, rise } = await along(network, [3, 1, 0, 0, 0, 8], [1, 1, 2], 1);
    // distances (2, 0, −2) and (−1, −1, 6)
    expect(attribution).toEqual(near(2, 0, -1, -1, 2, 3));
    expect(rise).toEqual(near(1, 4));
  });

  it('of squares gives x² − b²', async () => {
    const { attribution, rise } = await along((x) => matmul(square(x), into([1, 1])), [3, -1], [1, 2], 1);
    expect(attribution).toEqual(near(8, -3));
    expect(rise).toEqual(near(5));
  });

  it('of a product shares it: ∫ over the path of the other gene, times the distance', async () => {
    const product = (x: Tensor) =>
      mul(sub(square(matmul(x, into([1, 1]))), matmul(square(x), into([1, 1]))), 0.5);
    // from (0, 0) to (2, 2): 2 each; from (0, 1) to (2, 3): 2 · 2 and 2 · 1
    expect((await along(product, [2, 2], [0, 0], 1)).attribution).toEqual(near(2, 2));
    expect((await along(product, [2, 3], [0, 1], 1)).attribution).toEqual(near(4, 2));
  });

  it('comes nearer to the sum with more steps, where there are corners', async () => {
    const kinks = constant([1, -1, 0.5, -2, 1.5, 1], [2, 3]);
    const network = (x: Tensor) => matmul(relu(matmul(x, kinks)), into([1, -2, 1]));
    const gap = async (steps: number) => {
      const { attribution, rise } = await along(network, [3, -1], [-2, 1.3], steps);
      return Math.abs(attribution[0] + attribution[1] - rise[0]);
    };
    expect(await gap(4)).toBeGreaterThan(0.05);
    expect(await gap(1024)).toBeLessThan(0.01);
  });
});

describe('latents of planted mechanisms', () => {
  const cells = blockCells();
  let representation: MechanismRepresentation;
  beforeAll(async () => {
    const settings = { latent: 2, likelihood: 'gaussian', epochs: 80, klWarmUp: 10 } as const;
    ({ representation } = await trainedOn(runtime, cells, settings));
  });

  it('are read off their own genes, in the direction of each', async () => {
    const { baseline, latents } = await attributeLatents(runtime, representation, { cells, random });
    expect(baseline).toBe('control');
    const blocks = latents.map(({ attribution, change, gap, rise, perturbations }) => {
      const order = Array.from(attribution.keys()).sort((a, b) => attribution[b] - attribution[a]);
      const block = Math.floor(order[0] / BLOCK);
      expect(order.slice(0, BLOCK).every((g) => Math.floor(g / BLOCK) === block)).toBe(true);
      expect(perturbations.every((p) => p % 2 === block)).toBe(true);
      expect(perturbations).toHaveLength(SHIFTS.length / 2);
      // the last gene of a block goes against the others
      const ways = Array.from(change.subarray(block * BLOCK, (block + 1) * BLOCK), Math.sign);
      expect(ways.slice(0, 3).every((way) => way === ways[0])).toBe(true);
      expect(ways[3]).toBe(-ways[0]);
      expect(gap).toBeLessThan(0.01);
      expect(rise).toBeGreaterThan(1);
      return block;
    });
    expect(blocks.sort()).toEqual([0, 1]);
  });

  it('agree with finite differences of the encoder, integrated by hand', async () => {
    const pair: PerturbedCells = { ...cells, X: takeRows(cells.X, [0, 50]), labels: Int32Array.of(-1, 0) };
    const options = { cells: pair, random, steps: 256 };
    const { latents } = await attributeLatents(runtime, representation, options);
    const genes = 2 * BLOCK;
    const [from, to] = [0, 1].map((row) => Array.from(pair.X.values).slice(row * genes, (row + 1) * genes));
    const [points, h] = [64, 0.01];
    for (const { latent, attribution, rise } of latents) {
      const { mean: ends } = await representation.encode(pair.X);
      const raw = ends[2 + latent] - ends[latent];
      expect(Math.abs(raw)).toBeCloseTo(Math.abs(rise), 4);
      for (const gene of [0, 3, 6]) {
        const moved = new Float32Array(2 * points * genes);
        for (let k = 0; k < 2 * points; k++) {
          const alpha = (Math.floor(k / 2) + 0.5) / points;
          for (let g = 0; g < genes; g++) moved[k * genes + g] = from[g] + alpha * (to[g] - from[g]);
          moved[k * genes + gene] += k % 2 === 0 ? h : -h;
        }
        const { mean } = await representation.encode(dense(2 * points, genes, moved));
        let slope = 0;
        for (let k = 0; k < points; k++) {
          slope += (mean[4 * k + latent] - mean[4 * k + 2 + latent]) / (2 * h * points);
        }
        const byHand = Math.sign(raw) * Math.sign(rise) * slope * (to[gene] - from[gene]);
        expect(Math.abs(attribution[gene] - byHand)).toBeLessThan(0.03 * Math.max(1, Math.abs(rise)));
      }
    }
  });

  it('take all cells where no perturbation has an edge, and the mean of all without a control', async () => {
    const treated = cells.labels.findIndex((label) => label >= 0);
    const rows = Array.from({ length: 60 }, (_, i) => treated + i);
    const few = {
      ...cells,
      X: takeRows(cells.X, rows),
      labels: Int32Array.from(rows, (row) => cells.labels[row]),
    };
    const { baseline, latents } = await attributeLatents(runtime, representation, {
      cells: few,
      random,
      edge: 1,
    });
    expect(baseline).toBe('all');
    for (const { perturbations, cells: taken } of latents) {
      if (perturbations.length === 0) expect(taken).toBe(60);
    }
  });

  it('draw as many cells as may be, the same ones again', async () => {
    const options = () => ({ cells, random: Random.fromSeed(9), mostCells: 7, latents: [1] });
    const [one, two] = [
      await attributeLatents(runtime, representation, options()),
      await attributeLatents(runtime, representation, options()),
    ];
    expect(one.latents).toHaveLength(1);
    expect(one.latents[0].cells).toBe(7);
    expect(one).toEqual(two);
    // nor do they depend on what else is asked
    const all = await attributeLatents(runtime, representation, { ...options(), latents: undefined });
    expect(all.latents[1]).toEqual(one.latents[0]);
  });

  it('refuse what cannot be explained', async () => {
    const ask = (options: object) => attributeLatents(runtime, representation, { cells, random, ...options });
    await expect(ask({ latents: [2] })).rejects.toThrow(/latents: '2'/);
    await expect(ask({ steps: 0 })).rejects.toThrow(/steps/);
    await expect(ask({ tolerance: 0 })).rejects.toThrow(/tolerance/);
    await expect(ask({ mostCells: 0 })).rejects.toThrow(/mostCells/);
    const other = { ...cells, X: dense(1, 3, new Float32Array(3)) };
    await expect(ask({ cells: other })).rejects.toMatchObject({ tag: 'ShapeError' });
    const none = { ...cells, X: dense(0, 2 * BLOCK), labels: new Int32Array() };
    await expect(ask({ cells: none })).rejects.toMatchObject({ tag: 'DataError' });
    const stopped = AbortSignal.abort();
    await expect(ask({ signal: stopped })).rejects.toMatchObject({ tag: 'InterruptedError' });
  });
});

it('is complete for counts, in a rotated basis and without one', async () => {
  const data = simulateCells({
    perturbations: 8,
    cellsPerPerturbation: 30,
    controlCells: 20,
    latents: 3,
    genes: 15,
    width: 10,
    heldOut: 0,
  });
  const names = columnStrings(data.obs.column('perturbation')) as string[];
  const perturbations = [...new Set(names)].filter((name) => name !== 'control').sort();
  const labels = Int32Array.from(names, (name) => perturbations.indexOf(name));
  const cells = { X: data.X, labels, perturbations };
  for (const model of ['svae-bayes', 'vae']) {
    const { representation } = await trainedOn(runtime, cells, { latent: 3, epochs: 6, klWarmUp: 2 }, model);
    const { latents } = await attributeLatents(runtime, representation, { cells, random, mostCells: 64 });
    for (const { attribution, rise, gap } of latents) {
      expect(gap).toBeLessThan(0.01);
      const total = attribution.reduce((sum, value) => sum + value, 0);
      expect(Math.abs(total - rise)).toBeLessThan(0.02 * Math.max(0.1, Math.abs(rise)));
    }
  }
});

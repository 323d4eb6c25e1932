/** The benchmark on small cells: what it takes from the simulator, and scores that must hold whatever the model learns. */
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../compute/index.node.js';
import { columnStrings } from '../../data/index.js';
import { simulateCells } from '../../simulate/index.js';
import { benchmarkCells, mechanismBenchmark } from './index.js';

const options = { perturbations: 10, cellsPerPerturbation: 60, latents: 3, genes: 30, seed: 3 };
const data = simulateCells(options);
const cells = benchmarkCells(data);
const settings = { hidden: 32, batchSize: 64, epochs: 12, klWarmUp: 2, patience: null };
const runtime = nodeRuntime({ threads: 1 });
const benchmark = async (model: string, seed = 0) =>
  mechanismBenchmark(await runtime, cells, { model, settings, seed, particles: 20 });

describe('benchmarkCells', () => {
  it('keeps held-out perturbations apart, and every cell with its own latents', () => {
    expect([cells.train.X.nRows, cells.heldOut.X.nRows]).toEqual([480, 120]);
    expect(cells.trained).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(cells.heldOut.perturbations).toEqual(['perturbation-09', 'perturbation-10']);
    expect(new Set(cells.train.labels)).toEqual(new Set(cells.trained));
    expect(new Set(cells.heldOut.labels)).toEqual(new Set([0, 1]));
    const first = columnStrings(data.obs.column('split')).indexOf('held-out');
    const Z = data.obsm.get('Z') as { values: Float32Array };
    expect(cells.heldOutLatents.values.slice(0, 3)).toEqual(Z.values.slice(3 * first, 3 * first + 3));
    const label = columnStrings(data.obs.column('perturbation'))[first];
    expect(cells.heldOut.perturbations[cells.heldOut.labels[0]]).toBe(label);
  });

  it('refuses cells without truth, and combinations', () => {
    const { uns: _, ...parts } = data;
    expect(() => benchmarkCells({ ...parts, uns: new Map() } as unknown as typeof data)).toThrow(/simulated/);
    expect(() => benchmarkCells(simulateCells({ ...options, combinations: 2 }))).toThrow(/combinations/);
  });
});

describe('mechanismBenchmark', () => {
  it('scores a model with a graph; the same seed the same', async () => {
    const { scores, sample } = await benchmark('svae+');
    const { seconds, ...rest } = scores;
    expect(seconds).toBeGreaterThan(0);
    for (const value of Object.values(rest)) expect(Number.isFinite(value)).toBe(true);
    expect(scores.r2).toBeGreaterThan(0.5); // 30 genes tell 3 latents
    expect(scores.pearson_mcc).toBeGreaterThan(0.3);
    // an edge or not: masks begin open (σ(5)), and so few steps close none
    expect(scores.recall).toBe(1);
    const graph = Array.from(cells.graph.values);
    const count = (edges: readonly number[]) => edges.reduce((sum, edge) => sum + edge, 0);
    const trueEdges = count(graph.slice(0, 24));
    expect(scores.precision).toBeCloseTo(trueEdges / 24, 12);
    expect(scores.signed_precision).toBeCloseTo(count(graph) / 30, 12);
    expect([sample.latents.nRows, sample.latents.nCols, sample.kl?.length]).toEqual([480, 3, 3]);
    const again = await benchmark('svae+');
    expect({ ...again.scores, seconds }).toEqual(scores);
    expect((await benchmark('svae+', 1)).scores.pearson_mcc).not.toBe(scores.pearson_mcc);
  }, 30_000);

  it('gives no edges to a model without a graph, and ranks its bound with the others', async () => {
    const { scores } = await benchmark('vae');
    expect([scores.f1, scores.signed_f1]).toEqual([Number.NaN, Number.NaN]);
    // a Poisson of 1e6 / 600 = 1667 counts a gene: a bound of some nats a gene
    expect(scores.interventional_nll).toBeGreaterThan(100);
    expect(scores.interventional_nll).toBeLessThan(1000);
    expect(scores.validation_elbo).toBeLessThan(0);
  });

  it('has no held-out scores where nothing is held out', async () => {
    const all = benchmarkCells(simulateCells({ ...options, heldOut: 0 }));
    const run = await mechanismBenchmark(await runtime, all, { model: 'svae-bayes', settings });
    expect(run.scores.interventional_nll).toBeNaN();
    expect(run.scores.held_out_pearson_mcc).toBeNaN();
    expect(run.scores.pearson_mcc).toBeGreaterThan(0.3);
  });
});

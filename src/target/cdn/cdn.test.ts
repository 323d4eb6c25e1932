import { beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../compute/index.node.js';
import { type DenseMatrix, dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { simulateRegimes } from '../../simulate/index.js';
import type { TargetScores } from '../method.js';
import { targetOptions } from '../options.js';
import { trainedNetwork } from '../trained.node.js';
import { cdn } from './cdn.js';
import { chain, permuted } from './cells.fixture.js';
import { cdnFeatures, cdnModel } from './model.js';

const runtime = nodeRuntime({ threads: 1 });
const run = { random: Random.fromSeed(0), runtime: () => runtime, trained: trainedNetwork };

async function scores(control: DenseMatrix, ...groups: DenseMatrix[]): Promise<TargetScores[]> {
  const genes = Array.from({ length: control.nCols }, (_, j) => `g${j}`);
  const named = groups.map((cells, k) => ({ name: `p${k}`, cells }));
  return cdn.score({ genes, control, groups: named }, targetOptions(cdn), run);
}

const first = ({ score }: TargetScores) => score.indexOf(Math.max(...score));
const still = (set: DenseMatrix, gene: number, value: number) =>
  dense(
    set.nRows,
    set.nCols,
    Float64Array.from(set.values, (x, at) => (at % set.nCols === gene ? value : x)),
  );

describe('the weights of the package', () => {
  it('fit the features, and are small', async () => {
    const { config, weights } = await trainedNetwork('cdn');
    expect(cdnModel(config).settings.variant).toBe('graph');
    expect(cdnModel(config).settings.marginals).toBe('invariance');
    expect(config.features).toEqual(cdnFeatures({ marginals: 'invariance' }));
    const parameters = [...weights.values()].reduce((sum, { values }) => sum + values.length, 0);
    expect(4 * parameters).toBeLessThan(8e6);
  });

  it('of anything else are refused', async () => {
    const { config } = await trainedNetwork('cdn');
    expect(() => cdnModel({ ...config, model: 'svae' })).toThrow("not of 'cdn'");
    expect(() => cdnModel({ ...config, features: ['gene x'] })).toThrow('other features');
    const off = { ...config, settings: { ...config.settings, marginals: false } };
    expect(cdnModel(off).settings.marginals).toBe('off');
    const both = { ...config, settings: { ...config.settings, marginals: 'both' } };
    expect(() => cdnModel(both)).toThrow('other features');
    const learned = { slope: 'steep', intercept: 0 };
    expect(() => cdnModel({ ...config, settings: { ...config.settings, learned } })).toThrow('calibration');
    await expect(
      cdn.score({ genes: [], control: chain(), groups: [] }, {}, { ...run, trained: undefined }),
    ).rejects.toThrow('weights');
  });
});

describe('cdn', () => {
  let control: DenseMatrix;
  beforeAll(() => {
    control = chain({ cells: 500, genes: 8, seed: 1 });
  });

  it('finds the one gene that was hit, and not those that followed', async () => {
    const hit = [0, 3, 6];
    const found = await scores(
      control,
      ...hit.map((gene) => chain({ cells: 200, genes: 8, seed: 9 + gene, hit: gene })),
    );
    found.forEach((group, k) => {
      expect(first(group)).toBe(hit[k]);
      const probability = group.probability ?? [];
      expect(probability[hit[k]]).toBeGreaterThan(0.8);
      const others = [...probability].filter((_, gene) => gene !== hit[k]);
      expect(Math.max(...others)).toBeLessThan(0.5);
      expect(group.notes).toEqual([]);
    });
  });

  it('is not sure of anything where nothing happened', async () => {
    const found = await scores(
      control,
      control,
      chain({ cells: 500, genes: 8, seed: 2 }),
      chain({ cells: 30, genes: 8, seed: 3 }),
    );
    for (const { probability } of found) expect(Math.max(...(probability ?? [1]))).toBeLessThan(0.3);
  });

  it('puts constant genes last, whatever else is there', async () => {
    const [found] = await scores(
      still(control, 2, 4),
      still(chain({ cells: 200, genes: 8, seed: 5, hit: 5 }), 2, 4),
    );
    expect(first(found)).toBe(5);
    expect(found.score[2]).toBe(Math.min(...found.score));
    expect(found.probability?.[2]).toBe(0);
    expect(found.notes).toEqual(['1 gene has one value in all cells: ranked last']);
    const [changed] = await scores(still(control, 2, 0), still(control, 2, 3));
    expect(first(changed)).toBe(2);
    const [none] = await scores(dense(20, 3), dense(12, 3));
    expect([...(none.probability ?? [])]).toEqual([0, 0, 0]);
  });

  it('takes one gene, more genes than cells, few cells', async () => {
    const [one] = await scores(
      chain({ genes: 1, cells: 50 }),
      chain({ genes: 1, cells: 40, seed: 4, hit: 0, shift: 3 }),
    );
    expect(one.probability?.[0]).toBeGreaterThan(0.3);
    const wide = (seed: number, hit = -1) => chain({ genes: 60, cells: 25, seed, hit, shift: 5 });
    const [found] = await scores(wide(1), wide(2, 30));
    expect(first(found)).toBe(30);
    const tiny = await scores(chain({ cells: 3 }), chain({ cells: 1 }));
    expect(tiny[0].score.every(Number.isFinite)).toBe(true);
  });

  it('gives the same in any order of genes, and each group the same beside any others', async () => {
    const [a, b] = [
      chain({ cells: 60, genes: 8, seed: 6, hit: 1 }),
      chain({ cells: 90, genes: 8, seed: 7, hit: 4 }),
    ];
    const order = Random.fromSeed(3).permutation(8);
    const [alone] = await scores(control, b);
    const [, beside] = await scores(control, a, b);
    const [turned] = await scores(permuted(control, order), permuted(b, order));
    expect(beside).toEqual(alone);
    turned.score.forEach((score, j) => {
      expect(score).toBeCloseTo(alone.score[order[j]], 2);
    });
  });

  it('is calibrated on systems that it never saw', async () => {
    const said: number[] = [];
    const came: number[] = [];
    for (const mechanism of ['linear', 'sigmoid', 'neural'] as const) {
      const options = {
        nodes: 15,
        edges: 25,
        mechanism,
        intervention: 'shift',
        shiftRange: [0.3, 1.5],
      } as const;
      const system = simulateRegimes({ ...options, cells: 300, cellsPerRegime: 80, regimes: 15, seed: 77 });
      const found = await scores(system.control, ...system.groups.map(({ cells }) => cells));
      found.forEach(({ probability }, k) => {
        said.push(...(probability ?? []));
        came.push(
          ...Array.from({ length: 15 }, (_, gene) => (system.groups[k].targets.includes(gene) ? 1 : 0)),
        );
      });
    }
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean(said) - mean(came))).toBeLessThan(0.05);
    const sure = came.filter((_, i) => said[i] > 0.9);
    expect(sure.length).toBeGreaterThan(30);
    expect(mean(sure)).toBeGreaterThan(0.85);
  });
});

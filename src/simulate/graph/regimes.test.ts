import { describe, expect, it } from 'vitest';
import type { DenseMatrix } from '../../data/index.js';
import { NumericalError, OptionError } from '../../errors.js';
import { column, correlationOf, covarianceOf, linearMoments, meanOf } from './graph.fixture.js';
import {
  GRAPH_KINDS,
  GRAPH_MECHANISMS,
  type GraphOptions,
  GraphRegimes,
  INTERVENTION_KINDS,
  simulateRegimes,
} from './index.js';

const variance = (values: ArrayLike<number>) => covarianceOf(values, values);

/** Means within six standard errors, variances and covariances within 5 %: of 20,000 cells, five standard errors. */
function expectMoments(cells: DenseMatrix, expected: ReturnType<typeof linearMoments>): void {
  const columns = Array.from({ length: cells.nCols }, (_, node) => column(cells, node));
  columns.forEach((values, node) => {
    const deviation = Math.sqrt(expected.covariance(node, node));
    expect(Math.abs(meanOf(values) - expected.mean(node))).toBeLessThan(
      (6 * deviation) / Math.sqrt(cells.nRows),
    );
    columns.forEach((others, other) => {
      const scale = deviation * Math.sqrt(expected.covariance(other, other));
      const error = covarianceOf(values, others) - expected.covariance(node, other);
      expect(Math.abs(error)).toBeLessThan(0.05 * scale);
    });
  });
}

describe('simulateRegimes', () => {
  const options: GraphOptions = { nodes: 6, edges: 9, cells: 20_000, cellsPerRegime: 20_000, seed: 4 };

  it('has the moments of its linear system, untouched', () => {
    const system = new GraphRegimes({ ...options, regimes: 0 });
    expectMoments(system.control, linearMoments(system));
    system.weights!.forEach((weights) => {
      for (const weight of weights) {
        expect(Math.abs(weight)).toBeGreaterThanOrEqual(0.25);
        expect(Math.abs(weight)).toBeLessThan(1);
      }
    });
    for (const deviation of system.noise) {
      expect(deviation).toBeGreaterThanOrEqual(0.4);
      expect(deviation).toBeLessThan(0.4 * Math.SQRT2);
    }
  });

  it.each(INTERVENTION_KINDS)('has the moments of its linear system under %s', (intervention) => {
    const system = new GraphRegimes({ ...options, intervention, regimes: 6 });
    for (const k of [0, 3, 5]) expectMoments(system.group(k).cells, linearMoments(system, system.regimes[k]));
  });

  it('cuts a hard target off from its parents, and leaves others to theirs', () => {
    for (const mechanism of GRAPH_MECHANISMS) {
      const system = new GraphRegimes({
        mechanism,
        nodes: 8,
        edges: 14,
        seed: 1,
        targets: [1, 1],
        cells: 3000,
      });
      const child = system.regimes.findIndex(({ targets }) => system.graph[targets[0]].length > 0);
      const target = system.regimes[child].targets[0];
      const { cells } = system.group(child);
      const values = column(cells, target);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
      expect(Math.max(...values)).toBeLessThan(1);
      expect(variance(values)).toBeCloseTo(1 / 3, 1);
      for (const parent of system.graph[target]) {
        expect(Math.abs(correlationOf(values, column(cells, parent)))).toBeLessThan(0.12);
      }
      const strongest = (cells: DenseMatrix) =>
        Math.max(
          ...Array.from(system.graph[target], (p) =>
            Math.abs(correlationOf(column(cells, target), column(cells, p))),
          ),
        );
      expect(strongest(system.control)).toBeGreaterThan(0.2);
    }
  });

  it('moves only targets and what follows from them', () => {
    for (const intervention of INTERVENTION_KINDS) {
      const system = new GraphRegimes({ nodes: 10, edges: 12, seed: 2, intervention, targets: [1, 1] });
      const reached = new Set(system.regimes[0].targets);
      for (let grew = true; grew; ) {
        grew = false;
        system.graph.forEach((parents, node) => {
          if (reached.has(node) || !parents.some((parent) => reached.has(parent))) return;
          reached.add(node);
          grew = true;
        });
      }
      const { cells } = system.group(0);
      system.genes.forEach((_, node) => {
        if (reached.has(node)) return;
        const [before, after] = [column(system.control, node), column(cells, node)];
        expect(Math.abs(meanOf(after) - meanOf(before))).toBeLessThan(0.25 * Math.sqrt(variance(before)));
        expect(Math.abs(Math.log(variance(after) / variance(before)))).toBeLessThan(0.3);
      });
    }
  });

  it('draws sets that differ, so many of each number, and amounts away from no effect', () => {
    const { regimes } = new GraphRegimes({ nodes: 12, cells: 1, intervention: 'scale' });
    expect(regimes).toHaveLength(36);
    expect(new Set(regimes.map(({ targets }) => targets.join())).size).toBe(36);
    expect(regimes.map(({ targets }) => targets.length)).toEqual([1, 2, 3].flatMap((n) => Array(12).fill(n)));
    const factors = regimes.flatMap(({ amounts }) => [...amounts]);
    for (const factor of factors) {
      expect(factor > 1 ? factor : 1 / factor).toBeGreaterThanOrEqual(2 - 1e-12);
      expect(factor > 1 ? factor : 1 / factor).toBeLessThanOrEqual(5);
    }
    const up = factors.filter((factor) => factor > 1).length / factors.length;
    expect(Math.abs(up - 0.5)).toBeLessThan(0.25);
    const down = new GraphRegimes({ cells: 1, intervention: 'knock-down' }).regimes;
    for (const { amounts } of down) for (const amount of amounts) expect(amount).toBeLessThanOrEqual(-1);
    const mixed = new GraphRegimes({ cells: 1, nodes: 30, intervention: 'mixed' }).regimes;
    expect(new Set(mixed.map(({ kind }) => kind))).toEqual(new Set(['hard', 'scale', 'shift']));
  });

  it('reaches only a share of the cells where it is not efficient', () => {
    const system = new GraphRegimes({
      ...{ nodes: 5, targets: [1, 1], intervention: 'hard', hardRange: [50, 51] },
      ...{ efficiency: 0.3, cellsPerRegime: 4000, cells: 1 },
    });
    const { cells, targets } = system.group(0);
    const hit = column(cells, targets[0]).filter((value) => value >= 50).length / 4000;
    expect(Math.abs(hit - 0.3)).toBeLessThan(0.04);
  });

  it('is in units of its control where it is standardised, and the same otherwise', () => {
    const small: GraphOptions = { nodes: 6, mechanism: 'sigmoid', seed: 5, intervention: 'shift' };
    const raw = simulateRegimes(small);
    const scaled = simulateRegimes({ ...small, standardise: 'control' });
    expect([scaled.varsortability, scaled.rawVarsortability]).toEqual([0.5, raw.varsortability]);
    expect(scaled.graph).toEqual(raw.graph);
    for (let node = 0; node < 6; node++) {
      const before = column(raw.control, node);
      const [mean, deviation] = [meanOf(before), Math.sqrt(variance(before))];
      const after = column(scaled.control, node);
      expect(meanOf(after)).toBeCloseTo(0, 5);
      expect(variance(after)).toBeCloseTo(1, 4);
      raw.groups.forEach(({ cells }, k) => {
        const [a, b] = [column(cells, node), column(scaled.groups[k].cells, node)];
        for (let i = 0; i < 1000; i += 100) expect(b[i]).toBeCloseTo((a[i] - mean) / deviation, 4);
      });
    }
  });

  it('has no marginal changes where each regime is standardised by itself', () => {
    const { control, groups } = simulateRegimes({ nodes: 6, standardise: 'each', cellsPerRegime: 50 });
    for (const cells of [control, ...groups.map((group) => group.cells)]) {
      for (let node = 0; node < 6; node++) {
        expect(meanOf(column(cells, node))).toBeCloseTo(0, 5);
        expect(variance(column(cells, node))).toBeCloseTo(1, 4);
      }
    }
  });

  it('redraws the noise of every node but roots for each regime', () => {
    const options: GraphOptions = { nodes: 4, edges: 6, targets: [1, 1], cells: 5000, cellsPerRegime: 5000 };
    const system = new GraphRegimes({ ...options, intervention: 'shift', redrawNoise: true });
    const last = system.graph.findIndex(({ length }) => length === 3);
    const residual = (cells: DenseMatrix) => {
      const parents = Array.from(system.graph[last], (parent) => column(cells, parent));
      const values = column(cells, last).map((value, i) =>
        parents.reduce((left, parent, p) => left - system.weights![last][p] * parent[i], value),
      );
      return Math.sqrt(variance(values));
    };
    expect(residual(system.control)).toBeCloseTo(system.noise[last], 1);
    const redrawn = system.regimes.map((_, k) => residual(system.group(k).cells));
    for (const deviation of redrawn) {
      expect(deviation).toBeGreaterThan(0.38);
      expect(deviation).toBeLessThan(0.59);
    }
    expect(Math.max(...redrawn) / Math.min(...redrawn)).toBeGreaterThan(1.05);
    const kept = new GraphRegimes({ ...options, intervention: 'shift' });
    kept.regimes.forEach(
      (_, k) => void expect(residual(kept.group(k).cells) / kept.noise[last]).toBeCloseTo(1, 1),
    );
  });

  it('gives the same bits for the same seed, in any order, and others for another', () => {
    const small: GraphOptions = {
      nodes: 7,
      cells: 20,
      cellsPerRegime: 30,
      intervention: 'mixed',
      efficiency: 0.5,
    };
    const all = simulateRegimes(small);
    expect(simulateRegimes(small)).toEqual(all);
    const lazily = new GraphRegimes(small);
    for (const k of [20, 3, 3, 0]) expect(lazily.group(k)).toEqual(all.groups[k]);
    expect(lazily.control).toEqual(all.control);
    expect(simulateRegimes({ ...small, seed: 1 }).control).not.toEqual(all.control);
    // More cells begin with the fewer, and leave the graph and the interventions alone.
    const more = simulateRegimes({ ...small, cells: 40, cellsPerRegime: 60 });
    expect([more.graph, more.groups.map(({ amounts }) => amounts)]).toEqual([
      all.graph,
      all.groups.map(({ amounts }) => amounts),
    ]);
  });

  it.each(GRAPH_MECHANISMS)('keeps %s finite on large deep graphs', (mechanism) => {
    for (const graph of GRAPH_KINDS) {
      const options = { nodes: 150, edges: 600, mechanism, graph, intervention: 'mixed', seed: 3 } as const;
      const system = new GraphRegimes({ ...options, cells: 400, cellsPerRegime: 100 });
      for (const k of [0, 200, 449]) {
        expect(Array.from(system.group(k).cells.values).every(Number.isFinite)).toBe(true);
      }
      for (const deviation of system.deviations) expect(deviation).toBeGreaterThan(0.05);
    }
  });

  it('is easy to sort by variance where linear', () => {
    const values = Array.from({ length: 10 }, (_, seed) => {
      return new GraphRegimes({ nodes: 20, edges: 60, seed, regimes: 0 }).varsortability;
    });
    expect(meanOf(values)).toBeGreaterThan(0.75);
    expect(new Set(values).size).toBeGreaterThan(8);
  });

  it('does not grow with depth where normalised', () => {
    const largest = (normalise: boolean) =>
      Math.max(...new GraphRegimes({ nodes: 100, edges: 1500, normalise, regimes: 0, cells: 1 }).deviations);
    expect(largest(false)).toBeGreaterThan(100);
    // Of at most 50 parents, with weights below 1 in units of their own spread.
    expect(largest(true)).toBeLessThan(50);
  });

  it('is one node without a regime, or of one cell', () => {
    const one = simulateRegimes({ nodes: 1, regimes: 0, cells: 1 });
    expect([one.genes, one.graph, one.groups]).toEqual([['gene-1'], [new Int32Array(0)], []]);
    expect(one.control.nRows).toBe(1);
    expect(
      simulateRegimes({ nodes: 1, cells: 1, cellsPerRegime: 1, standardise: 'control' }).groups,
    ).toHaveLength(1);
    // Of three nodes there is one set of three.
    expect(simulateRegimes({ nodes: 3, cells: 1, cellsPerRegime: 1 }).groups).toHaveLength(7);
  });

  it.each<[GraphOptions, RegExp]>([
    [{ nodes: 0 }, /nodes: '0'/],
    [{ nodes: 5, edges: 11 }, /edges: '11'.*10/],
    [{ edges: Number.NaN }, /edges/],
    [{ mechanism: 'linaer' as 'linear' }, /did you mean 'linear'/],
    [{ graph: 'scale free' as 'scale-free' }, /did you mean 'scale-free'/],
    [{ intervention: 'soft' as 'scale' }, /'hard', 'scale', 'shift', 'knock-down', 'mixed'/],
    [{ mechanism: 'polynomial', normalise: false }, /normalise.*overflow/],
    [{ scaleRange: [2, 3] }, /scaleRange.*'scale' and 'mixed'/],
    [{ intervention: 'shift', hardRange: [0, 1] }, /hardRange/],
    [{ intervention: 'scale', scaleRange: [0.5, 2] }, /scaleRange \(low\)/],
    [{ hardRange: [1, 0] }, /hardRange \(high\)/],
    [{ targets: [1, 11] }, /targets \(most\): '11'/],
    [{ nodes: 4, regimes: 20 }, /regimes: '20'.*4 of 1 targets/],
    [{ cells: 0 }, /cells: '0'/],
    [{ nodes: 1000 }, /cells in all.*fewer regimes/],
    [{ seed: -1 }, /seed/],
    [{ noiseScale: -1 }, /noiseScale/],
    [{ efficiency: 2 }, /efficiency/],
    [{ library: 5 }, /library.*counts/],
    [{ counts: 'poisson', inverseDispersion: 5 }, /inverseDispersion.*'negative-binomial'/],
    [{ counts: 'poisson', standardise: 'control' }, /standardise: 'control'.*'off'/],
  ])('refuses %o', (options, message) => {
    expect(() => simulateRegimes(options)).toThrow(OptionError);
    expect(() => simulateRegimes(options)).toThrow(message);
  });

  it('refuses a regime that is not there', () => {
    expect(() => new GraphRegimes({ nodes: 5, cells: 1 }).group(15)).toThrow(/regime: '15'.*14/);
  });

  it('says so where values would leave float32', () => {
    const dense: GraphOptions = { nodes: 400, edges: 79_800, regimes: 0, cells: 10 };
    expect(() => new GraphRegimes(dense)).toThrow(/edges.*float32.*normalise/);
    expect(() => new GraphRegimes({ ...dense, normalise: true })).not.toThrow();
    const strong = { intervention: 'scale', scaleRange: [900, 1000], targets: [60, 60], regimes: 1 } as const;
    const system = new GraphRegimes({ nodes: 60, edges: 1770, cells: 10, cellsPerRegime: 10, ...strong });
    expect(() => system.group(0)).toThrow(NumericalError);
  });
});

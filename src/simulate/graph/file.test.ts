import { describe, expect, it } from 'vitest';
import { columnStrings, PerturbationData, type UnsValue } from '../../data/index.js';
import { DataError } from '../../errors.js';
import { type GraphOptions, GraphRegimes, graphTruth, hasGraphTruth, simulateGraph } from './index.js';

const options: GraphOptions = { nodes: 6, edges: 8, cells: 30, cellsPerRegime: 20, intervention: 'mixed' };

describe('simulateGraph', () => {
  const data = simulateGraph(options);
  const system = new GraphRegimes(options);

  it('has the control, then every regime', () => {
    expect([data.nObs, data.nVars]).toEqual([30 + 18 * 20, 6]);
    const labels = columnStrings(data.obs.column('perturbation'));
    const names = system.regimes.map(({ name }) => name);
    expect(labels).toEqual([...Array(30).fill('control'), ...names.flatMap((name) => Array(20).fill(name))]);
    expect(data.X.values.slice(0, 180)).toEqual(system.control.values);
    expect(data.X.values.slice(180 + 7 * 120, 180 + 8 * 120)).toEqual(system.group(7).cells.values);
  });

  it('tells its truth', () => {
    expect(hasGraphTruth(data)).toBe(true);
    const truth = graphTruth(data);
    expect(truth.genes).toEqual(data.var.index);
    expect(truth.graph).toEqual(system.graph);
    expect(truth.regimes).toEqual(system.regimes);
    expect([truth.varsortability, truth.rawVarsortability]).toEqual(Array(2).fill(system.varsortability));
    expect(truth.options.get('mechanism')).toBe('linear');
    expect(truth.options.get('targets')).toBe('1 to 3');
  });

  it('is sparse where counts are few, and has neither edges nor regimes where none are asked for', () => {
    const sparse = simulateGraph({ ...options, counts: 'poisson', library: 1 });
    expect(sparse.X.kind).toBe('csr');
    expect(graphTruth(sparse).regimes).toEqual(system.regimes);
    const bare = graphTruth(simulateGraph({ nodes: 1, regimes: 0, cells: 2 }));
    expect([bare.graph, bare.regimes]).toEqual([[new Int32Array(0)], []]);
  });

  const changed = (key: string, value?: UnsValue) => {
    const truth = new Map(data.uns.get('truth') as ReadonlyMap<string, UnsValue>);
    if (value === undefined) truth.delete(key);
    else truth.set(key, value);
    return new PerturbationData({ X: data.X, obs: data.obs, var: data.var, uns: [['truth', truth]] });
  };
  const pair = (a: number, b: number): UnsValue => ({
    kind: 'array',
    shape: [1, 2],
    values: [a, b].map(String),
  });

  it.each<[string, UnsValue | undefined]>([
    ['edges', undefined],
    ['edges', 'none'],
    ['edges', pair(1, 2)],
    ['edges', { kind: 'array', shape: [1, 2], values: Int32Array.of(1, 6) }],
    ['edges', { kind: 'array', shape: [3], values: Int32Array.of(1, 2, 3) }],
    ['targets', { kind: 'array', shape: [1, 2], values: Float64Array.of(1, 0.5) }],
    ['targets', { kind: 'array', shape: [1, 2], values: Float64Array.of(18, 0) }],
    ['amounts', { kind: 'array', shape: [1], values: Float64Array.of(1) }],
    ['kinds', { kind: 'array', shape: [18], values: Array(18).fill('soft') }],
    ['genes', { kind: 'array', shape: [2], values: [null, 'a'] }],
    ['varsortability', 'high'],
  ])('refuses %s that are not whole', (key, value) => {
    expect(() => graphTruth(changed(key, value))).toThrow(DataError);
    expect(() => graphTruth(changed(key, value))).toThrow(key);
  });

  it('says that other data have none', () => {
    const other = new PerturbationData({ X: data.X, obs: data.obs, var: data.var });
    expect(hasGraphTruth(other)).toBe(false);
    expect(() => graphTruth(other)).toThrow(/simulate graph/);
  });
});

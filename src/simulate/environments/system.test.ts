import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import {
  ENVIRONMENT_FUNCTIONS,
  ENVIRONMENT_GRAPHS,
  type EnvironmentSystem,
  environmentSystem,
  type SystemOptions,
} from './index.js';

const stream = Random.fromSeed(1).split('test');

/** Rows of the weights of a system's graph: parents; columns: children. */
const weightOf = (system: EnvironmentSystem) => {
  const { graph } = system;
  return (parent: number, child: number) => graph[parent * system.settings.latents + child];
};
const parentsOf = (system: EnvironmentSystem, child: number, weight = weightOf(system)) => {
  return Array.from({ length: system.settings.latents }, (_, i) => i).filter((i) => weight(i, child) !== 0);
};
const parentCounts = (options: SystemOptions) => {
  const system = environmentSystem({ genes: 1, ...options });
  const weight = weightOf(system);
  return Array.from({ length: system.settings.latents }, (_, j) => parentsOf(system, j, weight).length);
};

/** Effects of one unit of offset at a row's latent on a column's: (I − A)⁻¹ by its series Σ Aᵏ, which ends. */
function totalEffects(system: EnvironmentSystem): Float64Array {
  const n = system.settings.latents;
  const A = system.graph;
  const sum = new Float64Array(n * n);
  let power = Float64Array.from(sum, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  for (let k = 0; k < n; k++) {
    power.forEach((value, at) => {
      sum[at] += value;
    });
    const last = power;
    power = last.map((_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let value = 0;
      for (let m = 0; m < n; m++) value += last[i * n + m] * A[m * n + j];
      return value;
    });
  }
  expect(power.every((value) => value === 0)).toBe(true);
  return sum;
}

/** Mean and variance of every column. */
function moments(values: Float32Array, columns: number) {
  const n = values.length / columns;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  values.forEach((value, at) => {
    mean[at % columns] += value / n;
  });
  values.forEach((value, at) => {
    variance[at % columns] += (value - mean[at % columns]) ** 2 / n;
  });
  return { mean, variance };
}

const anySystem: fc.Arbitrary<SystemOptions> = fc
  .record({
    latents: fc.integer({ min: 1, max: 12 }),
    graph: fc.constantFrom(...ENVIRONMENT_GRAPHS),
    functions: fc.constantFrom(...ENVIRONMENT_FUNCTIONS),
    genes: fc.integer({ min: 1, max: 8 }),
    geneParents: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.nat(),
  })
  .chain((base) =>
    fc.record({
      base: fc.constant(base),
      layers:
        base.graph === 'hierarchical' ? fc.integer({ min: 1, max: base.latents }) : fc.constant(undefined),
    }),
  )
  .map(({ base, layers }) => ({ ...base, layers }));

describe('every system', () => {
  it('has an acyclic graph of weights ±1, and a parent for every gene', () => {
    fc.assert(
      fc.property(anySystem, (options) => {
        const system = environmentSystem(options);
        const latents = options.latents!;
        const weight = weightOf(system);
        for (let i = 0; i < latents; i++) {
          for (let j = 0; j < latents; j++) {
            // parents come first, so there is no cycle
            expect(i < j ? [-1, 0, 1] : [0]).toContain(weight(i, j));
          }
        }
        const array = system.geneFunctions.get(options.functions === 'relu' ? 'inner' : 'mixing')!;
        const values = Array.from(array.values as Float64Array);
        const each = values.length / options.genes!;
        for (let g = 0; g < options.genes!; g++) {
          const row = values.slice(g * each, (g + 1) * each);
          expect(row.some((value) => value !== 0)).toBe(true);
          expect(row.every((value) => [-1, 0, 1].includes(value))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('follows its equations in every environment', () => {
    const offset = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(
        anySystem,
        fc.array(offset, { minLength: 12, maxLength: 12 }),
        fc.boolean(),
        (options, all, hard) => {
          const latents = options.latents!;
          const intervention = hard ? 'hard' : 'soft';
          const system = environmentSystem({ ...options, functions: 'linear', intervention });
          const offsets = all.slice(0, latents).map((value, k) => (k % 3 === 1 ? 0 : value));
          const { X, latents: C, noise } = system.profiles(offsets, 3, stream);
          const weight = weightOf(system);
          const mixing = system.geneFunctions.get('mixing')!.values as Float64Array;
          for (let row = 0; row < 3; row++) {
            const c = C.subarray(row * latents, (row + 1) * latents);
            c.forEach((value, j) => {
              const parents = c.reduce((sum, parent, i) => sum + weight(i, j) * parent, 0);
              const free = parents + noise[row * latents + j] + offsets[j];
              const expected = hard && offsets[j] !== 0 ? offsets[j] : free;
              expect(Math.abs(value - expected)).toBeLessThan(1e-6 * (1 + Math.abs(expected)) * latents);
            });
            for (let g = 0; g < options.genes!; g++) {
              const sum = c.reduce((total, value, k) => total + value * mixing[g * latents + k], 0);
              expect(Math.abs(X[row * options.genes! + g] - sum)).toBeLessThan(1e-6 * (1 + Math.abs(sum)));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('graphs', () => {
  const seeds = Array.from({ length: 4000 }, (_, seed) => seed);

  it('empty: no parents', () => {
    expect(parentCounts({ graph: 'empty', latents: 6 })).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('growing: one parent each but the first', () => {
    expect(parentCounts({ graph: 'growing', latents: 200 })).toEqual([0, ...Array(199).fill(1)]);
  });

  it('growing: parents are as likely as they have edges', () => {
    const trees = seeds.map((seed) => {
      const system = environmentSystem({ graph: 'growing', latents: 4, genes: 1, seed });
      return [1, 2, 3].map((child) => parentsOf(system, child)[0]).join('');
    });
    // Edges of 0, 1, 2 after 2 → 0 are 2, 1, 1; after 2 → 1 they are 1, 2, 1. networkx.gn_graph(4) 200,000 times:
    // .2497, .1251, .1243, .1256, .2495, .1258
    const expected = { '000': 1 / 4, '001': 1 / 8, '002': 1 / 8, '010': 1 / 8, '011': 1 / 4, '012': 1 / 8 };
    for (const [tree, p] of Object.entries(expected)) {
      const share = trees.filter((other) => other === tree).length / seeds.length;
      expect(Math.abs(share - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / seeds.length));
    }
  });

  it('multi-growing: 0 to 3 parents as likely, any of those before', () => {
    const counts = parentCounts({ latents: 1000 }).slice(3);
    for (const n of [0, 1, 2, 3]) {
      const share = counts.filter((count) => count === n).length / counts.length;
      expect(Math.abs(share - 1 / 4)).toBeLessThan(4.5 * Math.sqrt(3 / 16 / counts.length));
    }
    expect(Math.max(...parentCounts({ latents: 300, latentParents: 1 }))).toBe(1);
    expect(parentCounts({ latents: 3, latentParents: 900 }).every((count, j) => count <= j)).toBe(true);
  });

  it('hierarchical: a chain, as in the program', () => {
    const system = environmentSystem({ graph: 'hierarchical', latents: 5, genes: 1 });
    expect([0, 1, 2, 3, 4].map((j) => parentsOf(system, j))).toEqual([[], [0], [1], [2], [3]]);
  });

  it('hierarchical: parents are in the layer before, one at least', () => {
    // 7 latents in 3 layers: {0, 1, 2}, {3, 4}, {5, 6}
    const layer = [
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ];
    const counts = new Set<number>();
    for (const seed of seeds.slice(0, 40)) {
      const system = environmentSystem({ graph: 'hierarchical', latents: 7, layers: 3, genes: 1, seed });
      for (const [l, j] of [
        [1, 3],
        [1, 4],
        [2, 5],
        [2, 6],
      ]) {
        const parents = parentsOf(system, j);
        expect(parents.length).toBeGreaterThan(0);
        expect(layer[l - 1]).toEqual(expect.arrayContaining(parents));
        counts.add(parents.length);
      }
      for (const j of layer[0]) expect(parentsOf(system, j)).toEqual([]);
    }
    expect(counts).toEqual(new Set([1, 2, 3]));
  });

  it('keep what they had when latents or genes are added', () => {
    const [few, more] = [5, 9].map((latents) => weightOf(environmentSystem({ latents, genes: 1, seed: 3 })));
    for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) expect(more(i, j)).toBe(few(i, j));
    const [one, two] = [10, 20].map((genes) => {
      const system = environmentSystem({ latents: 4, genes, functions: 'relu' });
      return { graph: system.graph, inner: system.geneFunctions.get('inner')!.values as Float64Array };
    });
    expect(two.graph).toEqual(one.graph);
    expect(two.inner.slice(0, one.inner.length)).toEqual(one.inner);
  });
});

describe('moments', () => {
  const options: SystemOptions = { latents: 6, genes: 5, seed: 4 };
  const offsets = [0, 3, 0, -7, 0, 1];
  const n = 20_000;

  it('soft: means are the offsets times the total effects, variances those of the noise', () => {
    const system = environmentSystem({ ...options, latentNoise: 2, childNoise: 0.5 });
    const { mean, variance } = moments(system.profiles(offsets, n, stream).latents, 6);
    const effects = totalEffects(system);
    for (let j = 0; j < 6; j++) {
      const expected = offsets.reduce((sum, offset, i) => sum + offset * effects[i * 6 + j], 0);
      const spread = offsets.reduce((sum, _, i) => {
        const noise = parentsOf(system, i).length > 0 ? 0.5 : 2;
        return sum + (noise * effects[i * 6 + j]) ** 2;
      }, 0);
      expect(Math.abs(mean[j] - expected)).toBeLessThan(5 * Math.sqrt(spread / n));
      expect(Math.abs(variance[j] / spread - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    }
  });

  it('hard: a target has its value and no variance, and its parents no say', () => {
    const chain: SystemOptions = { graph: 'hierarchical', latents: 3, genes: 2, intervention: 'hard' };
    const system = environmentSystem(chain);
    const { mean, variance } = moments(system.profiles([9, 4, 0], n, stream).latents, 3);
    const sign = weightOf(system)(1, 2);
    expect([mean[1], variance[1]]).toEqual([expect.closeTo(4, 9), expect.closeTo(0, 9)]);
    expect(Math.abs(mean[2] - sign * 4)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(variance[2] - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  it('child noise 0 makes the second of two latents a function of the first', () => {
    const system = environmentSystem({ graph: 'growing', latents: 2, genes: 3, childNoise: 0 });
    const { latents } = system.profiles([0, 0.5], 50, stream);
    const sign = weightOf(system)(0, 1);
    for (let row = 0; row < 50; row++) {
      expect(latents[2 * row + 1]).toBe(Math.fround(sign * latents[2 * row] + 0.5));
    }
  });

  it('genes: noise adds its variance, and depends on so many latents as asked', () => {
    const base: SystemOptions = { latents: 5, genes: 2000, graph: 'empty', geneParents: 0.3 };
    const quiet = environmentSystem(base).profiles([0, 0, 0, 0, 0], 20, stream);
    const noisy = environmentSystem({ ...base, functions: 'noisy-linear', noise: 0.4 });
    const { X } = noisy.profiles([0, 0, 0, 0, 0], 20, stream);
    const noise = X.map((value, at) => value - quiet.X[at]);
    expect(Math.abs(moments(noise, 1).variance[0] / 0.16 - 1)).toBeLessThan(5 * Math.sqrt(2 / noise.length));
    const mixing = noisy.geneFunctions.get('mixing')!.values as Float64Array;
    const share = mixing.filter((weight) => weight !== 0).length / mixing.length;
    // of 5 parents each with .3; none, with .7⁵, becomes one
    const expected = 0.3 + 0.7 ** 5 / 5;
    expect(Math.abs(share - expected)).toBeLessThan(4.5 * Math.sqrt(0.21 / mixing.length));
    expect(environmentSystem({ ...base, functions: 'noisy-linear' }).settings.noise).toBe(1);
  });

  it('relu: networks of three units with weights ±1', () => {
    const system = environmentSystem({ ...options, functions: 'relu' });
    const { X, latents } = system.profiles(offsets, 30, stream);
    const { shape, values } = system.geneFunctions.get('inner')!;
    expect(shape).toEqual([5, 3, 6]);
    const inner = values as Float64Array;
    const outer = system.geneFunctions.get('outer')!.values as Float64Array;
    expect(outer.every((weight) => Math.abs(weight) === 1)).toBe(true);
    for (let at = 0; at < X.length; at++) {
      const [row, g] = [Math.floor(at / 5), at % 5];
      let expected = 0;
      for (let u = 0; u < 3; u++) {
        let sum = 0;
        for (let k = 0; k < 6; k++) sum += inner[(g * 3 + u) * 6 + k] * latents[row * 6 + k];
        expected += outer[g * 3 + u] * Math.max(0, sum);
      }
      expect(X[at]).toBeCloseTo(expected, 4);
    }
  });
});

describe('profiles', () => {
  const system = environmentSystem({ latents: 3, genes: 4, functions: 'noisy-linear' });

  it('are the first of more, with the same noise whatever the offsets', () => {
    const few = system.profiles([0, 0, 0], 2, stream);
    const more = system.profiles([0, 0, 0], 5, stream);
    const moved = system.profiles([-20, 0, 20], 2, stream);
    expect(more.X.slice(0, 8)).toEqual(few.X);
    expect(more.latents.slice(0, 6)).toEqual(few.latents);
    expect(moved.noise).toEqual(few.noise);
    expect(moved.latents).not.toEqual(few.latents);
  });

  it('may be none or one', () => {
    expect(system.profiles([0, 0, 0], 0, stream).X.length).toBe(0);
    expect(environmentSystem({ latents: 1, genes: 1 }).profiles([2], 1, stream).X.length).toBe(1);
  });

  it.each<[string, number[], number]>([
    ['too few offsets', [1, 2], 3],
    ['too many', [1, 2, 3, 4], 3],
    ['what is no number', [1, Number.NaN, 0], 3],
    ['what has no end', [1, Number.POSITIVE_INFINITY, 0], 3],
    ['half a profile', [0, 0, 0], 0.5],
    ['less than none', [0, 0, 0], -1],
    ['more than memory', [0, 0, 0], 2 ** 31],
  ])('refuse %s', (_, offsets, count) => {
    expect(() => system.profiles(offsets, count, stream)).toThrow(OptionError);
  });
});

describe('environmentSystem', () => {
  it.each<[string, SystemOptions, RegExp]>([
    ['no latents', { latents: 0 }, /latents: '0'/],
    ['half a gene', { genes: 1.5 }, /genes: '1.5'/],
    ['an unknown graph', { graph: 'growin' as 'growing' }, /did you mean 'growing'/],
    ['unknown functions', { functions: 'rely' as 'relu' }, /did you mean 'relu'/],
    ['an unknown intervention', { intervention: 'sofd' as 'soft' }, /did you mean 'soft'/],
    ['a probability above 1', { geneParents: 1.1 }, /geneParents: '1.1'/],
    ['negative noise', { latentNoise: -1 }, /latentNoise: '-1'/],
    ['noise that is no number', { latentNoise: Number.NaN }, /latentNoise: 'NaN'/],
    ['layers of another graph', { layers: 2 }, /layers: '2' is not used.*hierarchical/],
    ['more layers than latents', { graph: 'hierarchical', latents: 2, layers: 3 }, /layers: '3'/],
    ['units of linear genes', { units: 4 }, /units: '4' is not used/],
    ['noise of linear genes', { noise: 1 }, /noise: '1' is not used/],
    ['children of no graph', { graph: 'empty', childNoise: 0 }, /childNoise: '0' is not used/],
    ['parents of a tree', { graph: 'growing', latentParents: 2 }, /latentParents: '2' is not used/],
    ['weights that do not fit', { functions: 'relu', latents: 1000, genes: 1e6 }, /genes: '1000000'/],
    [
      'values that grow without bound',
      { graph: 'hierarchical', latents: 1000, layers: 100, latentParents: 10, genes: 1 },
      /latentParents: '10'.*beyond float32/,
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => environmentSystem(options)).toThrow(OptionError);
    expect(() => environmentSystem(options)).toThrow(message);
  });
});

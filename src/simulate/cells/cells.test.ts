import { describe, expect, it } from 'vitest';
import { columnNumbers, columnStrings } from '../../data/index.js';
import { OptionError } from '../../errors.js';
import { type CellsOptions, simulateCells } from './index.js';
import {
  isEdge,
  labelsOf,
  namesOf,
  numbersOf,
  rowsOf,
  type Simulated,
  small,
  targetCounts,
  truthOf,
  X,
  Z,
} from './truth.fixture.js';

describe('simulateCells', () => {
  const data = simulateCells();

  it('has the sizes of the paper by default, in random order', () => {
    expect([data.nObs, data.nVars, Z(data).length]).toEqual([50_000, 100, 50_000 * 15]);
    const labels = labelsOf(data);
    const counts = new Map<string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([counts.size, ...new Set(counts.values())]).toEqual([100, 500]);
    expect(new Set(labels.slice(0, 500)).size).toBeGreaterThan(80);
    expect(namesOf(data, 'perturbations').slice(0, 2)).toEqual(['perturbation-001', 'perturbation-002']);
  });

  it('names what is held out: the last 20 perturbations', () => {
    const split = columnStrings(data.obs.column('split'));
    const held = new Set(labelsOf(data).filter((_, cell) => split[cell] === 'held-out'));
    const names = namesOf(data, 'perturbations');
    expect([...held].sort()).toEqual(names.slice(80));
    expect(namesOf(data, 'held-out')).toEqual(names.slice(80));
    expect(new Set(split)).toEqual(new Set(['train', 'held-out']));
  });

  it('has latents around the shifts of the truth, of variance 1', () => {
    const shifts = numbersOf(data, 'shifts');
    const means = new Float64Array(shifts.length);
    const squares = new Float64Array(shifts.length);
    const row = new Map(namesOf(data, 'perturbations').map((name, i) => [name, i]));
    const z = Z(data);
    labelsOf(data).forEach((label, cell) => {
      for (let k = 0; k < 15; k++) {
        const at = row.get(label)! * 15 + k;
        means[at] += z[cell * 15 + k] / 500;
        squares[at] += (z[cell * 15 + k] - shifts[at]) ** 2 / 500;
      }
    });
    // 1,500 means of standard deviation 1/√500 and variances of √(2/500): 5 of these.
    expect(Math.max(...means.map((mean, at) => Math.abs(mean - shifts[at])))).toBeLessThan(
      5 / Math.sqrt(500),
    );
    expect(Math.max(...squares.map((v) => Math.abs(v - 1)))).toBeLessThan(5.5 * Math.sqrt(2 / 500));
  });

  it('shifts by effects of N(5, .5) of either sign along the graph, and by nothing else', () => {
    const wide = simulateCells({ perturbations: 2000, cellsPerPerturbation: 1, genes: 1 });
    const shifts = numbersOf(wide, 'shifts');
    expect(shifts.map(isEdge)).toEqual(numbersOf(wide, 'graph'));
    const edges = shifts.filter(isEdge);
    const mean = edges.reduce((sum, x) => sum + Math.abs(x), 0) / edges.length;
    const variance = edges.reduce((sum, x) => sum + (Math.abs(x) - 5) ** 2, 0) / edges.length;
    const positive = edges.filter((x) => x > 0).length;
    expect(Math.abs(mean - 5)).toBeLessThan((5 * 0.5) / Math.sqrt(edges.length));
    expect(Math.abs(variance - 0.25)).toBeLessThan(5 * 0.25 * Math.sqrt(2 / edges.length));
    expect(Math.abs(positive / edges.length - 0.5)).toBeLessThan(2.5 / Math.sqrt(edges.length));
  });

  it('published: every gene adds up to a million over cells, and totals tell of the latents', () => {
    const sums = new Float64Array(100);
    const totals = new Float64Array(50_000);
    X(data).forEach((count, at) => {
      sums[at % 100] += count;
      totals[Math.floor(at / 100)] += count;
    });
    // Poisson sums of mean 1e6.
    for (const sum of sums) expect(Math.abs(sum - 1e6)).toBeLessThan(5 * 1000);
    const mean = totals.reduce((a, b) => a + b) / 50_000;
    const spread = Math.sqrt(totals.reduce((a, b) => a + (b - mean) ** 2, 0) / 50_000);
    expect(Math.abs(mean - 2000)).toBeLessThan(1);
    // Without latents they would spread by √2000 = 45.
    expect(spread).toBeGreaterThan(200);
  });

  it('paper: every cell has its library', () => {
    const cells = simulateCells({ ...small, definition: 'paper' });
    expect(new Set(columnNumbers(cells.obs.column('library')).map(Math.round))).toEqual(new Set([1e5]));
    const totals = new Float64Array(cells.nObs);
    X(cells).forEach((count, at) => {
      totals[Math.floor(at / 20)] += count;
    });
    for (const total of totals) expect(Math.abs(total - 1e5)).toBeLessThan(5 * Math.sqrt(1e5));
  });

  it('gives the same bits for the same seed, others for another', () => {
    const [a, again, b] = [small, small, { ...small, seed: 1 }].map(simulateCells);
    expect(again).toEqual(a);
    expect(X(b)).not.toEqual(X(a));
    expect(Z(b)).not.toEqual(Z(a));
    expect(numbersOf(b, 'shifts')).not.toEqual(numbersOf(a, 'shifts'));
  });
});

describe('what the definitions and other options share', () => {
  const base = simulateCells(small);

  it.each<[string, CellsOptions]>([
    ['definition, drawn alike', { definition: 'paper', replacement: true }],
    ['counts', { counts: 'negative-binomial' }],
    ['no counts', { counts: 'gaussian' }],
    ['library', { library: 1e4 }],
    ['library of cells', { softmax: 'genes', librarySpread: 0.5 }],
  ])('%s: cells, latents, shifts and decoder are the same', (_, options) => {
    const other = simulateCells({ ...small, ...options });
    expect(Z(other)).toEqual(Z(base));
    expect(labelsOf(other)).toEqual(labelsOf(base));
    for (const name of ['shifts', 'graph', 'decoder']) {
      expect(truthOf(other).get(name)).toEqual(truthOf(base).get(name));
    }
    expect(X(other)).not.toEqual(X(base));
  });

  it('an effect moves the shifts alone, by as much', () => {
    const stronger = numbersOf(simulateCells({ ...small, effect: 7, heldOut: 0 }), 'shifts');
    numbersOf(base, 'shifts').forEach((shift, at) => {
      expect(stronger[at]).toBeCloseTo(shift + 2 * Math.sign(shift), 10);
    });
  });
});

describe('the graph', () => {
  const wide: CellsOptions = { perturbations: 600, cellsPerPerturbation: 1, genes: 1, latents: 5 };
  const shares = (data: Simulated) =>
    [1, 2, 3].map((n) => targetCounts(data).filter((count) => count === n).length / 600);

  it('has one to three targets in equal shares without replacement, and every latent as often', () => {
    const data = simulateCells({ ...wide, definition: 'paper' });
    for (const share of shares(data))
      expect(Math.abs(share - 1 / 3)).toBeLessThan(4.5 * Math.sqrt(2 / 9 / 600));
    const edges = numbersOf(data, 'graph');
    for (let k = 0; k < 5; k++) {
      const share = edges.filter((edge, at) => edge === 1 && at % 5 === k).length / 600;
      expect(Math.abs(share - 0.4)).toBeLessThan(4.5 * Math.sqrt(0.24 / 600));
    }
  });

  it('has fewer with replacement, as draws coincide', () => {
    // One draw: 1. Two of five: 1 with 1/5. Three: 1 with 1/25, 2 with 3 · 4/25.
    const expected = [1 + 1 / 5 + 1 / 25, 4 / 5 + 12 / 25, 12 / 25].map((p) => p / 3);
    shares(simulateCells({ ...wide, definition: 'published' })).forEach((share, i) => {
      const p = expected[i];
      expect(Math.abs(share - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / 600));
    });
  });

  it.each<[CellsOptions, number, number]>([
    [{ latents: 10, density: 0.2 }, 2, 2],
    [{ latents: 10, density: 0.2, heldOutDensity: 0.5 }, 2, 5],
    [{ latents: 10, density: 0.7, heldOutDensity: 0.99 }, 7, 10],
    [{ latents: 10, density: 0 }, 1, 1],
    [{ latents: 10, targets: [4, 4], definition: 'paper', heldOutDensity: 0.9 }, 4, 9],
    [{ latents: 10, targets: [3, 3], definition: 'paper', covered: 3 }, 3, 3],
    [{ latents: 1, targets: [1, 3] }, 1, 1],
  ])('%j: %i targets, held out %i', (options, train, heldOut) => {
    const counts = targetCounts(simulateCells({ ...small, ...options }));
    expect(counts).toEqual([...Array(8).fill(train), ...Array(2).fill(heldOut)]);
  });

  it('covers the first latents only', () => {
    const edges = numbersOf(simulateCells({ ...wide, covered: 2 }), 'graph');
    const used = new Set(edges.flatMap((edge, at) => (edge ? [at % 5] : [])));
    expect(used).toEqual(new Set([0, 1]));
  });

  it('gives held-out perturbations their own effect', () => {
    const data = simulateCells({ ...small, effect: 1, heldOutEffect: 30, effectSpread: 0.1, heldOut: 3 });
    rowsOf(numbersOf(data, 'shifts'), 6).forEach((row, label) => {
      for (const shift of row.filter(isEdge)) expect(Math.abs(shift) > 10).toBe(label >= 7);
    });
  });
});

describe('combinations', () => {
  const options: CellsOptions = {
    ...small,
    perturbations: 20,
    combinations: 12,
    interactions: 0.25,
    latents: 12,
  };
  const data = simulateCells({ ...options, controlCells: 17 });
  const names = namesOf(data, 'perturbations');
  const shifts = rowsOf(numbersOf(data, 'shifts'), 12);
  const graph = rowsOf(numbersOf(data, 'graph'), 12);
  const own = numbersOf(data, 'interactions');

  it('are different pairs of what is not held out, named so, trained on', () => {
    expect(names).toHaveLength(32);
    expect(new Set(names).size).toBe(32);
    rowsOf(numbersOf(data, 'parts'), 2).forEach(([a, b], c) => {
      expect(names[20 + c]).toBe(`${names[a]}+${names[b]}`);
      expect(a < b && b < 16).toBe(true);
    });
    const split = columnStrings(data.obs.column('split'));
    labelsOf(data).forEach((label, cell) => {
      if (label.includes('+') || label === 'control') expect(split[cell]).toBe('train');
    });
  });

  it('can be all pairs', () => {
    const all = simulateCells({ ...small, perturbations: 6, heldOut: 0, combinations: 15 });
    expect(new Set(namesOf(all, 'perturbations')).size).toBe(21);
  });

  it('add the shifts of their parts, and in a share one of their own', () => {
    expect(own.filter((latent) => latent >= 0)).toHaveLength(3);
    rowsOf(numbersOf(data, 'parts'), 2).forEach(([a, b], c) => {
      for (let k = 0; k < 12; k++) {
        const sum = shifts[a][k] + shifts[b][k];
        if (k === own[c]) {
          expect([graph[a][k], graph[b][k], graph[20 + c][k]]).toEqual([0, 0, 1]);
          expect(Math.abs(Math.abs(shifts[20 + c][k]) - 5)).toBeLessThan(3);
        } else {
          expect(shifts[20 + c][k]).toBe(sum);
          expect(graph[20 + c][k]).toBe(graph[a][k] | graph[b][k]);
        }
      }
    });
  });

  it('stand beside control cells, which nothing shifts', () => {
    const z = Z(data);
    const control = labelsOf(data).flatMap((label, cell) => (label === 'control' ? [cell] : []));
    expect(control).toHaveLength(17);
    const values = control.flatMap((cell) => Array.from(z.subarray(cell * 12, (cell + 1) * 12)));
    expect(Math.abs(values.reduce((a, b) => a + b) / values.length)).toBeLessThan(5 / Math.sqrt(17 * 12));
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(5);
    expect(names).not.toContain('control');
  });
});

describe('small and wrong sizes', () => {
  const one: CellsOptions = {
    perturbations: 1,
    cellsPerPerturbation: 1,
    latents: 1,
    genes: 1,
    targets: [1, 1],
  };

  it.each<[CellsOptions]>([
    [one],
    [{ ...one, definition: 'paper' }],
    [{ ...one, counts: 'gaussian' }],
    [{ ...one, heldOut: 1, heldOutEffect: 0, effectSpread: 0 }],
    [{ ...one, depth: 0, width: 1, controlCells: 1 }],
  ])('%j works', (options) => {
    const data = simulateCells(options);
    expect([data.nObs, data.nVars]).toEqual([1 + (options.controlCells ?? 0), 1]);
    expect([...X(data), ...Z(data)].every(Number.isFinite)).toBe(true);
  });

  it.each<[CellsOptions, string]>([
    [{ definition: 'papers' as never }, 'definition'],
    [{ perturbations: 0 }, 'perturbations'],
    [{ cellsPerPerturbation: 0 }, 'cellsPerPerturbation'],
    [{ cellsPerPerturbation: 1e6 }, 'cells in all'],
    [{ controlCells: -1 }, 'controlCells'],
    [{ latents: 0 }, 'latents'],
    [{ perturbations: 100_000, cellsPerPerturbation: 1, latents: 9000 }, 'latents'],
    [{ genes: Number.NaN }, 'genes'],
    [{ targets: [0, 2] }, 'targets (fewest)'],
    [{ targets: [3, 2] }, 'targets (most)'],
    [{ definition: 'paper', latents: 2 }, 'targets (most)'],
    [{ definition: 'paper', covered: 2 }, 'targets (most)'],
    [{ covered: 16 }, 'covered'],
    [{ covered: 0 }, 'covered'],
    [{ density: 1.1 }, 'density'],
    [{ density: 0.5, covered: 3 }, 'density'],
    [{ heldOutDensity: 0.5, covered: 3 }, 'heldOutDensity'],
    [{ density: 0.5, targets: [1, 2] }, 'density'],
    [{ density: 0.5, replacement: true }, 'replacement'],
    [{ effect: -1 }, 'effect'],
    [{ effectSpread: Number.POSITIVE_INFINITY }, 'effectSpread'],
    [{ heldOut: 101 }, 'heldOut'],
    [{ heldOut: 0, heldOutEffect: 3 }, 'heldOutEffect'],
    [{ heldOut: 0, heldOutDensity: 0.3 }, 'heldOutDensity'],
    [{ heldOutEffect: Number.NaN }, 'heldOutEffect'],
    [{ perturbations: 3, heldOut: 1, combinations: 2 }, 'combinations'],
    [{ interactions: 0.5 }, 'interactions'],
    [{ combinations: 3, interactions: 1.5 }, 'interactions'],
    [{ combinations: 3, interactions: 1, latents: 3, density: 1 }, 'interactions'],
    [{ depth: -1 }, 'depth'],
    [{ width: 0 }, 'width'],
    [{ softmax: 'rows' as never }, 'softmax'],
    [{ counts: 'normal' as never }, 'counts'],
    [{ counts: 'gaussian', library: 5 }, 'library'],
    [{ counts: 'gaussian', softmax: 'genes' }, 'softmax'],
    [{ librarySpread: 0.2 }, 'librarySpread'],
    [{ definition: 'paper', librarySpread: -0.2 }, 'librarySpread'],
    [{ library: 0 }, 'library'],
    [{ library: 1e9 }, 'library'],
    [{ inverseDispersion: 3 }, 'inverseDispersion'],
    [{ counts: 'negative-binomial', inverseDispersion: 0 }, 'inverseDispersion'],
    [{ noise: 0.2 }, 'noise'],
    [{ counts: 'gaussian', noise: -1 }, 'noise'],
    [{ seed: -1 }, 'seed'],
  ])('%j is refused', (options, option) => {
    expect(() => simulateCells(options)).toThrowError(OptionError);
    expect(() => simulateCells(options)).toThrowError(new RegExp(`^${option.replace(/[()]/g, '\\$&')}:`));
  });

  it('takes undefined for the default', () => {
    expect(simulateCells({ ...small, effect: undefined })).toEqual(simulateCells(small));
  });
});

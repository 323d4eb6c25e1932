import { describe, expect, it } from 'vitest';
import { columnStrings, type NdArray, resolveRoles, toOutcomeTensor, type UnsDict } from '../data/index.js';
import { OptionError } from '../errors.js';
import { type ScreenOptions, simulateScreen } from './screen.js';

const truthOf = (data: ReturnType<typeof simulateScreen>) => data.uns.get('truth') as UnsDict;
const profilesOf = (data: ReturnType<typeof simulateScreen>) =>
  (truthOf(data).get('profiles') as NdArray).values as Float64Array;

/** Rank by Gaussian elimination with full pivoting, relative to the first pivot. */
function rankOf(rows: Float64Array[], tolerance = 1e-9): number {
  const matrix = rows.map((row) => row.slice());
  let first = 0;
  for (let rank = 0; rank < matrix.length; rank++) {
    let best = { size: 0, row: rank, column: 0 };
    for (let i = rank; i < matrix.length; i++) {
      matrix[i].forEach((value, column) => {
        if (Math.abs(value) > best.size) best = { size: Math.abs(value), row: i, column };
      });
    }
    if (rank === 0) first = best.size;
    if (best.size <= tolerance * first) return rank;
    [matrix[rank], matrix[best.row]] = [matrix[best.row], matrix[rank]];
    for (let i = rank + 1; i < matrix.length; i++) {
      const factor = matrix[i][best.column] / matrix[rank][best.column];
      for (let j = 0; j < matrix[i].length; j++) matrix[i][j] -= factor * matrix[rank][j];
    }
  }
  return matrix.length;
}

/** The truth unfolded by action: one row an action, all contexts and genes in it. */
function unfolded(profiles: Float64Array, nContexts: number, nActions: number, nGenes: number) {
  return Array.from({ length: nActions }, (_, a) =>
    Float64Array.from({ length: nContexts * nGenes }, (_, at) => {
      const context = Math.floor(at / nGenes);
      return profiles[(context * nActions + a) * nGenes + (at % nGenes)];
    }),
  );
}

const small: ScreenOptions = { contexts: 5, actions: 12, genes: 30, rank: 4 };

describe('simulateScreen', () => {
  const screen = simulateScreen();

  it('has the shape of the CMAP set', () => {
    const roles = resolveRoles(screen.obs);
    expect(roles).toMatchObject({ context: 'cell_iname', action: 'pert_iname', control: 'DMSO' });
    const { tensor } = toOutcomeTensor(screen, roles);
    expect([tensor.nContexts, tensor.nActions, tensor.nGenes, tensor.nPairs]).toEqual([24, 21, 978, 326]);
    expect(tensor.treatedPairs().length).toBe(302);
    // Compounds and DMSO a cell line, as in cmap_24cells_20compounds.tsv.
    expect(tensor.pairsOfContext.map((pairs) => pairs.length).sort((a, b) => b - a)).toEqual([
      21, 21, 21, 21, 21, 21, 21, 21, 21, 18, 18, 15, 15, 14, 7, 6, 6, 6, 6, 6, 6, 5, 5, 4,
    ]);
    expect(Math.min(...tensor.replicates)).toBe(1);
    expect(Math.max(...tensor.replicates)).toBe(5);
    for (const control of tensor.pairsOfContext) {
      expect([...control].some((pair) => tensor.pairAction[pair] === tensor.control)).toBe(true);
    }
  });

  it('is nested: of two cell lines, one has all that the other has', () => {
    const { tensor } = toOutcomeTensor(screen, resolveRoles(screen.obs));
    const sets = tensor.pairsOfContext
      .map((pairs) => new Set(Array.from(pairs, (pair) => tensor.pairAction[pair])))
      .sort((a, b) => b.size - a.size);
    for (let i = 1; i < sets.length; i++) {
      expect([...sets[i]].every((action) => sets[i - 1].has(action))).toBe(true);
    }
  });

  it('looks like L1000 level 2', () => {
    const values = Float64Array.from(screen.X.values).sort();
    const quantile = (p: number) => values[Math.floor(p * values.length)];
    expect(values[0]).toBeGreaterThanOrEqual(40);
    // The real set has its 5 %, 50 % and 95 % at 180, 678 and 2476.
    expect(quantile(0.05)).toBeGreaterThan(150);
    expect(quantile(0.05)).toBeLessThan(300);
    expect(quantile(0.5)).toBeGreaterThan(550);
    expect(quantile(0.5)).toBeLessThan(850);
    expect(quantile(0.95)).toBeGreaterThan(1900);
    expect(quantile(0.95)).toBeLessThan(3000);
    expect(quantile(0.9999)).toBeLessThan(15_000);
  });

  it('tells its truth, options included', () => {
    const truth = truthOf(screen);
    expect((truth.get('profiles') as NdArray).shape).toEqual([24, 21, 978]);
    expect((truth.get('factors') as NdArray).shape).toEqual([21, 9]);
    expect((truth.get('contexts') as NdArray).values[0]).toBe('cell-01');
    expect((truth.get('actions') as NdArray).values).toContain('DMSO');
    expect((truth.get('options') as UnsDict).get('noise')).toBe(0.28);
    expect(truthOf(simulateScreen({ ...small, keepTruth: false })).has('profiles')).toBe(false);
  });

  it('gives the same bits for the same seed, others for another', () => {
    const again = simulateScreen({ seed: 0 });
    expect(again.X.values.every((value, at) => value === screen.X.values[at])).toBe(true);
    expect(simulateScreen({ seed: 1 }).X.values.slice(0, 50)).not.toEqual(screen.X.values.slice(0, 50));
  });

  it('keeps the truth of a pair when only noise or availability change', () => {
    const base = profilesOf(simulateScreen(small));
    expect(profilesOf(simulateScreen({ ...small, noise: 0, availability: 'full' }))).toEqual(base);
  });
});

describe('the truth', () => {
  it.each<[ScreenOptions, number]>([
    [small, 4],
    [{ ...small, rank: 1 }, 1],
    [{ ...small, rank: 9 }, 9],
    [{ ...small, scale: 'log2' }, 4],
    [{ ...small, controlBatchShift: 0.4 }, 5],
    [{ ...small, controlBatchShift: 0.4, control: null }, 4],
  ])('%j has exactly rank %i over actions', (options, rank) => {
    const rows = unfolded(profilesOf(simulateScreen(options)), 5, 12, 30);
    expect(rankOf(rows)).toBe(rank);
  });

  it('is the product of loadings and factors that are proportions', () => {
    const factors = truthOf(simulateScreen(small)).get('factors') as NdArray;
    const values = factors.values as Float64Array;
    for (let action = 0; action < 12; action++) {
      const row = values.subarray(action * 4, action * 4 + 4);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
    }
  });

  it('is what noiseless replicates show, and the mean of noisy ones', () => {
    const clean = simulateScreen({ ...small, noise: 0, availability: 'full', replicates: [1, 1] });
    const truth = profilesOf(clean);
    expect(clean.nObs).toBe(60);
    clean.X.values.forEach((value, at) => {
      expect(Math.abs(value / truth[at] - 1)).toBeLessThan(1e-6);
    });
    const noise = 0.3;
    const noisy = simulateScreen({ ...small, noise, availability: 'full', replicates: [400, 400] });
    let logs = 0;
    let logSquares = 0;
    let relative = 0;
    noisy.X.values.forEach((value, at) => {
      const pair = Math.floor(at / 30 / 400);
      const ratio = (value - 40) / (truth[pair * 30 + (at % 30)] - 40);
      relative += ratio;
      logs += Math.log(ratio);
      logSquares += Math.log(ratio) ** 2;
    });
    const n = noisy.X.values.length;
    expect(Math.abs(relative / n - 1)).toBeLessThan((4.5 * 0.307) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(logSquares / n - (logs / n) ** 2) - noise)).toBeLessThan(0.002);
  });

  it('adds noise of the same size on the log2 scale', () => {
    const options: ScreenOptions = { ...small, scale: 'log2', availability: 'full', replicates: [1, 1] };
    const data = simulateScreen({ ...options, noise: 0.3, genes: 300 });
    const truth = profilesOf(data);
    let squares = 0;
    data.X.values.forEach((value, at) => {
      squares += (value - truth[at]) ** 2;
    });
    const spread = Math.sqrt(squares / truth.length) * Math.LN2;
    expect(Math.abs(spread - 0.3)).toBeLessThan(0.01);
  });

  it('moves only the control when its batches differ, and says so in batch', () => {
    const shifted = simulateScreen({ ...small, controlBatchShift: 0.5 });
    const base = profilesOf(simulateScreen(small));
    const moved = profilesOf(shifted);
    for (let pair = 0; pair < 60; pair++) {
      const same = base.subarray(pair * 30, pair * 30 + 30).every((x, g) => x === moved[pair * 30 + g]);
      expect(same).toBe(pair % 12 !== 11);
    }
    const batches = columnStrings(shifted.obs.column('batch')) as string[];
    columnStrings(shifted.obs.column('pert_iname')).forEach((action, row) => {
      expect(batches[row].includes('vehicle')).toBe(action === 'DMSO');
    });
  });
});

describe('availability', () => {
  const pairsOf = (options: ScreenOptions) => {
    const data = simulateScreen({ genes: 1, ...options });
    return toOutcomeTensor(data, resolveRoles(data.obs, { context: 'cell_iname', action: 'pert_iname' }))
      .tensor;
  };

  it('full has every pair', () => {
    expect(pairsOf({ availability: 'full' }).nPairs).toBe(24 * 21);
  });

  it('random keeps its coverage, and leaves no context or treatment out', () => {
    const tensor = pairsOf({ availability: 'random', coverage: 0.3, contexts: 60, actions: 61 });
    expect(Math.abs(tensor.treatedPairs().length - 0.3 * 3600)).toBeLessThan(4.5 * Math.sqrt(0.21 * 3600));
    const sparse = pairsOf({ availability: 'random', coverage: 0, contexts: 7, actions: 9 });
    expect(sparse.nActions).toBe(9);
    expect(sparse.pairsOfContext.every((pairs) => pairs.length >= 2)).toBe(true);
  });

  it('nested stretches to other sizes', () => {
    const tensor = pairsOf({ contexts: 48, actions: 41 });
    expect(tensor.treatedPairs().length).toBe(4 * 302);
    expect(tensor.nActions).toBe(41);
  });
});

describe('small and wrong sizes', () => {
  it.each<[ScreenOptions, number, number]>([
    [{ contexts: 1, actions: 1, genes: 1 }, 1, 1],
    [{ contexts: 1, actions: 1, genes: 1, control: null }, 1, 1],
    [{ contexts: 1, actions: 2, genes: 1 }, 2, 1],
    [{ contexts: 3, actions: 1, genes: 2, availability: 'random' }, 3, 2],
  ])('%j works', (options, pairs, genes) => {
    const data = simulateScreen({ ...options, replicates: [1, 1] });
    expect([data.nObs, data.nVars]).toEqual([pairs, genes]);
    expect(data.X.values.every(Number.isFinite)).toBe(true);
  });

  it.each<[ScreenOptions, string]>([
    [{ contexts: 0 }, 'contexts'],
    [{ actions: 1.5 }, 'actions'],
    [{ genes: Number.NaN }, 'genes'],
    [{ rank: 0 }, 'rank'],
    [{ lineages: 0 }, 'lineages'],
    [{ noise: -1 }, 'noise'],
    [{ noise: Number.NaN }, 'noise'],
    [{ sharedByAll: 0.7, sharedByLineage: 0.4 }, 'sharedByLineage'],
    [{ availability: 'most' as never }, 'availability'],
    [{ coverage: 0.5 }, 'coverage'],
    [{ availability: 'random', coverage: 1.1 }, 'coverage'],
    [{ replicates: [3, 2] }, 'replicates (most)'],
    [{ replicates: [0, 2] }, 'replicates (fewest)'],
    [{ control: 'compound-01' }, 'control'],
    [{ control: '' }, 'control'],
    [{ scale: 'log' as never }, 'scale'],
    [{ seed: -1 }, 'seed'],
    [{ controlBatchShift: -0.1 }, 'controlBatchShift'],
  ])('%j is refused', (options, option) => {
    expect(() => simulateScreen(options)).toThrowError(OptionError);
    expect(() => simulateScreen(options)).toThrowError(new RegExp(`^${option.replace(/[()]/g, '\\$&')}:`));
  });

  it('takes undefined for the default', () => {
    expect(simulateScreen({ ...small, noise: undefined }).X.values).toEqual(simulateScreen(small).X.values);
  });
});

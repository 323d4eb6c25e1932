/** Synthetic nearest neighbours: the authors' demonstration, definitions, exhaustive search, tests and fallbacks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { OptionError } from '../../errors.js';
import { gemm, svd } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import type { ImputerOptions } from '../imputer.js';
import { imputerOptions } from '../options.js';
import { actionAxis } from '../si/axis.js';
import { addTo, emptyBitset } from '../si/bitset.js';
import { siA } from '../si/index.js';
import { Products } from '../si/products.js';
import { Training } from '../training.js';
import { largestBiclique } from './biclique.js';
import { componentRegression } from './component-regression.js';
import { snn } from './snn.js';
import { snnOptions } from './snn-options.js';

const predict = async (
  tensor: OutcomeTensor,
  target: [number, number],
  options: Partial<ImputerOptions> = {},
  hidden: number[] = [],
) => (await snn.create(tensor, imputerOptions(options)).fit(new Training(tensor, hidden))).predict(...target);

describe('largest biclique', () => {
  const setsOf = (matrix: boolean[][], nUnits: number) =>
    matrix.map((row) => {
      const set = emptyBitset(nUnits);
      row.forEach((there, unit) => there && addTo(set, unit));
      return set;
    });
  /** Every set of donors with all its common units. */
  const exhaustive = (matrix: boolean[][], nUnits: number, measure: 'square' | 'area') => {
    let best = 0;
    for (let mask = 1; mask < 1 << matrix.length; mask++) {
      const donors = matrix.filter((_, i) => mask & (1 << i));
      let units = 0;
      for (let unit = 0; unit < nUnits; unit++) units += Number(donors.every((row) => row[unit]));
      const value = measure === 'area' ? donors.length * units : Math.min(donors.length, units);
      best = Math.max(best, value);
    }
    return best;
  };

  it.each(['square', 'area'] as const)('is the best of all there are: %s', (measure) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), { minLength: 1, maxLength: 8 }),
        (matrix) => {
          const { donors, units, cut } = largestBiclique(setsOf(matrix, 7), 7, measure);
          expect(cut).toBe(false);
          for (const donor of donors) for (const unit of units) expect(matrix[donor][unit]).toBe(true);
          const [a, b] = [donors.length, units.length];
          expect(measure === 'area' ? a * b : Math.min(a, b)).toBe(exhaustive(matrix, 7, measure));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('answers with the best so far at its limit, and says so', () => {
    const random = Random.fromSeed(3);
    const matrix = Array.from({ length: 60 }, () => Array.from({ length: 60 }, () => random.uniform() < 0.7));
    const { donors, units, cut } = largestBiclique(setsOf(matrix, 60), 60, 'square', 50);
    expect(cut).toBe(true);
    expect(Math.min(donors.length, units.length)).toBeGreaterThan(5);
    for (const donor of donors) for (const unit of units) expect(matrix[donor][unit]).toBe(true);
  });

  it('is empty where nothing was measured', () => {
    expect(largestBiclique([], 5, 'square').donors).toEqual([]);
    expect(largestBiclique(setsOf([[false, false]], 2), 2, 'area').donors).toEqual([]);
  });
});

describe('planted truth', () => {
  it("fills the hole of the authors' demonstration: rank 10, 100 × 100, rows of length 1, one gene", async () => {
    const random = Random.fromSeed(11);
    const unitRows = (label: string) => {
      const rows = random.split(label).fillNormal(new Float64Array(100 * 10));
      for (let i = 0; i < 100; i++) {
        const size = Math.hypot(...rows.subarray(i * 10, (i + 1) * 10));
        for (let r = 0; r < 10; r++) rows[i * 10 + r] /= size;
      }
      return rows;
    };
    const matrix = gemm({ m: 100, n: 100, k: 10, a: unitRows('u'), b: unitRows('v'), transposeB: true });
    const tensor = new OutcomeTensor({
      contexts: Array.from({ length: 100 }, (_, i) => `c${String(i).padStart(3, '0')}`),
      actions: Array.from({ length: 100 }, (_, i) => `a${String(i).padStart(3, '0')}`),
      genes: ['g'],
      control: -1,
      profiles: matrix,
      pairContext: Int32Array.from({ length: 1e4 }, (_, at) => Math.floor(at / 100)),
      pairAction: Int32Array.from({ length: 1e4 }, (_, at) => at % 100),
      replicates: new Int32Array(1e4).fill(1),
    });
    for (const snnRank of [{ kind: 'universal' }, { kind: 'rank', rank: 10 }] as const) {
      for (const snnCombine of ['actions', 'contexts'] as const) {
        const options = {
          intercept: false,
          snnRank,
          snnCombine,
          snnNeighbours: 2,
          snnWeights: 'inverse',
        } as const;
        const { profile, rejected, tau } = await predict(tensor, [99, 99], options, [9999]);
        expect(profile[0]).toBeCloseTo(matrix[9999], 7);
        expect(rejected).toBe(false);
        expect(tau).toBeLessThan(1e-9);
      }
    }
  });

  it('recovers an exact factor model from the block that is complete', async () => {
    const observed = (c: number, a: number) => !(c === 0 && a === 7) && !(c > 2 && (c * a) % 5 === 4);
    const { tensor, truth } = factorScreen({ nContexts: 8, nActions: 8, nGenes: 40, rank: 3, observed });
    const prediction = await predict(tensor, [0, 7], { snnRank: { kind: 'none' } });
    expect(relativeDifference(prediction.profile, truth(0, 7))).toBeLessThan(1e-8);
    expect(prediction.explain().notes[0]).toMatch(/^anchors: \d donors × \d units$/);
  });

  it('with all components in a complete screen is si-a', async () => {
    const { tensor } = factorScreen({ nContexts: 6, nActions: 5, nGenes: 20, rank: 3, noise: 0.5 });
    const mine = await predict(tensor, [2, 3], { snnRank: { kind: 'none' } }, [13]);
    const other = await siA.create(tensor, imputerOptions()).fit(new Training(tensor, [13]));
    expect(tensor.pair(2, 3)).toBe(13);
    expect(relativeDifference(mine.profile, other.predict(2, 3).profile)).toBeLessThan(1e-9);
  });
});

describe('component regression', () => {
  const { tensor } = factorScreen({ nContexts: 5, nActions: 6, nGenes: 9, rank: 3, noise: 0.4 });
  const products = new Products(tensor, actionAxis(tensor));
  const set = { unit: 0, target: 5, donors: [0, 1, 2, 4], units: [1, 2, 4] };

  it.each([false, true])('is that of the tall matrix, intercept %s', (intercept) => {
    const fit = componentRegression(products, set, { kind: 'rank', rank: 2 }, intercept);
    const column = (donor: number, units: number[]) =>
      units.flatMap((unit) => [...tensor.profile(tensor.pair(unit, donor))]);
    const centred = (values: number[]) => {
      const mean = intercept ? values.reduce((a, b) => a + b) / values.length : 0;
      return values.map((value) => value - mean);
    };
    const matrix = (units: number[]) => {
      const columns = set.donors.map((donor) => centred(column(donor, units)));
      return Float64Array.from(
        { length: columns[0].length * 4 },
        (_, at) => columns[at % 4][Math.floor(at / 4)],
      );
    };
    const y = centred(column(5, set.units));
    const { u, s, vt } = svd(matrix(set.units), 27, 4);
    const weights = new Float64Array(4);
    const fitted = new Float64Array(27);
    for (let r = 0; r < 2; r++) {
      const along = y.reduce((sum, value, i) => sum + value * u[i * 4 + r], 0);
      for (let j = 0; j < 4; j++) weights[j] += (along / s[r]) * vt[r * 4 + j];
      for (let i = 0; i < 27; i++) fitted[i] += along * u[i * 4 + r];
    }
    expect(relativeDifference(fit.weights, weights)).toBeLessThan(1e-9);
    const squares = y.reduce((sum, value) => sum + value ** 2, 0);
    const residual = y.reduce((sum, value, i) => sum + (value - fitted[i]) ** 2, 0);
    expect(fit.trainingError).toBeCloseTo(residual / squares, 10);
    const test = matrix([0]);
    const inside = gemm({ m: 9, n: 2, k: 4, a: test, b: vt, transposeB: true });
    const share =
      inside.reduce((sum, value) => sum + value ** 2, 0) / test.reduce((sum, value) => sum + value ** 2, 0);
    expect(fit.subspaceError).toBeCloseTo(1 - share, 10);
    expect(fit.rank).toBe(2);
  });
});

describe('tests and fallbacks', () => {
  const { tensor } = factorScreen({ nContexts: 6, nActions: 6, nGenes: 15, rank: 4, noise: 0.5 });

  it('marks what is infeasible, and replaces it where asked', async () => {
    const strict = { snnSpanEps: 0 };
    const marked = await predict(tensor, [1, 2], strict, [8]);
    expect([marked.rejected, marked.fallback]).toEqual([true, '']);
    const replaced = await predict(tensor, [1, 2], { ...strict, fallback: 'mean-over-actions' }, [8]);
    expect([replaced.rejected, replaced.fallback]).toEqual([true, 'mean-over-actions']);
    const lenient = await predict(tensor, [1, 2], { snnSpanEps: 1, snnSubspaceEps: 1 }, [8]);
    expect(lenient.rejected).toBe(false);
    expect(lenient.profile).toEqual(marked.profile);
  });

  it('several neighbours share the donors, inverse weights favour the better', async () => {
    const uniform = (await predict(tensor, [1, 2], { snnNeighbours: 2 }, [8])).explain();
    expect(uniform.donors.map(({ name }) => name).sort()).toEqual(
      tensor.actions.filter((_, action) => action !== 2),
    );
    expect(uniform.notes.filter((note) => /^neighbour \d: share 0.500/.test(note))).toHaveLength(2);
    const inverse = (
      await predict(tensor, [1, 2], { snnNeighbours: 2, snnWeights: 'inverse' }, [8])
    ).explain();
    const [first, second] = inverse.notes.slice(1).map((note) => {
      const [, share, training, outside] = /share (\S+), .* error (\S+), .* on (\S+)$/.exec(note)!;
      return { share: Number(share), distance: Number(training) + Number(outside) };
    });
    expect(first.share / second.share).toBeCloseTo(second.distance / first.distance, 1);
  });

  it('reads its rank, and refuses what is none', () => {
    const parse = (word: string) => snnOptions.snnRank.parse('--snn-rank', word);
    expect(parse('energy=0.9')).toEqual({ kind: 'hsvt', energy: 0.9 });
    expect(parse('12')).toEqual({ kind: 'rank', rank: 12 });
    for (const wrong of ['0', 'energy=2', 'energy=', 'some', ''])
      expect(() => parse(wrong)).toThrow(OptionError);
  });
});

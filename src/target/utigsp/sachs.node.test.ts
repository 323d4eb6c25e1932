/** Against the authors' program on real data: every statistic, and what the search finds with the authors' tests. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../random/index.js';
import { fisherZ, fTails } from '../../stats/index.js';
import { momentsOf } from '../gaussian/moments.js';
import { Regressions } from '../gaussian/regressions.js';
import { expected, sachs, sachsAvailable } from '../gaussian/sachs.fixture.node.js';
import { invarianceStatistics, regress } from './invariance.js';
import { compare, graphOfOrder, greedySearch, type SearchTests } from './search.js';

interface Expected {
  readonly order: number[][];
  readonly gauss_ci: { i: number; j: number; S: number[]; statistic: number; p_value: number }[];
  readonly gauss_invariance: {
    node: number;
    setting: number;
    S: number[];
    ftest_stat: number;
    f_pvalue: number;
    rc_stat: number;
    rc_pvalue: number;
  }[];
  readonly utigsp: {
    known: boolean;
    alpha: number;
    alpha_inv: number;
    arcs: number[][];
    targets: number[][];
  }[];
}

const both = ({ lower, upper }: { lower: number; upper: number }) => 2 * Math.min(lower, upper);

describe.skipIf(!sachsAvailable)('UT-IGSP on Sachs', () => {
  const answers = sachsAvailable ? expected<Expected>('utigsp') : ({} as Expected);
  const cells = sachsAvailable ? sachs() : new Map();
  const momentsOfIndex = (index: number) => momentsOf(cells.get(index));

  test('partial correlations', () => {
    const control = momentsOfIndex(-1);
    const regressions = new Regressions(control);
    for (const { i, j, S, statistic, p_value } of answers.gauss_ci) {
      const { m00, m01, m11 } = regressions.conditional([i, j, ...S]);
      const found = fisherZ(m01 / Math.sqrt(m00 * m11), control.nCells, S.length);
      expect(Math.abs(found.statistic / statistic - 1)).toBeLessThan(5e-5);
      expect(Math.abs(found.p - p_value)).toBeLessThan(2e-5);
    }
  });

  /** As in the authors' program: other degrees of freedom than ours, and both tails of the coefficients. */
  const authorsP = (n1: number, n2: number, size: number, variance: number, coefficients: number) => ({
    variance: both(fTails(variance, n1 - 1, n2 - 1)),
    coefficients: both(fTails(coefficients, size, n1 + n2 - size)),
  });

  test('invariance of variances and of coefficients', () => {
    const control = momentsOfIndex(-1);
    for (const row of answers.gauss_invariance) {
      const group = momentsOfIndex(answers.order[row.setting][0]);
      const fits = [control, group].map((side) => regress(side, row.node, row.S));
      if (!fits[0] || !fits[1]) throw new Error('no fit');
      const found = invarianceStatistics(fits[0], fits[1]);
      expect(Math.abs(found.variance / row.ftest_stat - 1)).toBeLessThan(1e-6);
      expect(Math.abs(found.coefficients / row.rc_stat - 1)).toBeLessThan(5e-5);
      const p = authorsP(control.nCells, group.nCells, row.S.length + 1, found.variance, found.coefficients);
      // Their upper tails are 1 less the lower one, and end at rounding.
      expect(Math.abs(p.variance - row.f_pvalue)).toBeLessThan(1e-15 + 1e-3 * row.f_pvalue);
      expect(Math.abs(p.coefficients - row.rc_pvalue)).toBeLessThan(2e-5);
    }
  });

  test.each(
    answers.utigsp?.filter(
      ({ known, alpha, alpha_inv }) => !known && alpha_inv === 1e-5 && [0.001, 0.05, 0.3].includes(alpha),
    ) ?? [],
  )(
    'a graph within an arc of theirs, or better, at α $alpha and $alpha_inv',
    async ({ alpha, alpha_inv, arcs, targets }) => {
      const control = momentsOfIndex(-1);
      const groups = answers.order.map(([index]) => momentsOfIndex(index));
      const regressions = new Regressions(control);
      const tests: SearchTests = {
        independent(i, j, given) {
          const { m00, m01, m11 } = regressions.conditional([i, j, ...given]);
          return fisherZ(m01 / Math.sqrt(m00 * m11), control.nCells, given.length).p > alpha;
        },
        variants: (gene, parents) => groups.filter((group) => varies(gene, parents, group)).length,
      };
      const varies = (gene: number, parents: readonly number[], group: typeof control): boolean => {
        const [a, b] = [regress(control, gene, parents), regress(group, gene, parents)];
        if (!a || !b) throw new Error('no fit');
        const { variance, coefficients } = invarianceStatistics(a, b);
        const p = authorsP(a.nCells, b.nCells, parents.length + 1, variance, coefficients);
        return Math.min(p.variance, p.coefficients) < alpha_inv / 2;
      };
      const found = [];
      for (let run = 0; run < 30; run++) {
        const random = Random.fromSeed(run);
        const start = graphOfOrder([...random.permutation(11)], tests);
        found.push(
          await greedySearch(start, tests, { depth: 4, mostVisits: 30 }, random, async () => undefined),
        );
      }
      const [best] = found.sort(compare);
      expect(best.nArcs).toBeLessThanOrEqual(arcs.length + 1);
      expect(best.nVariants).toBeLessThanOrEqual(targets.flat().length + 2);
    },
  );
});

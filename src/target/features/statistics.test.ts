import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DenseMatrix, dense } from '../../data/index.js';
import { leastSquares } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { chainCells, sineCells } from './cells.fixture.js';
import { standardGenes } from './standard-genes.js';
import { type GlobalStatistics, globalStatistics, inverseCovariance } from './statistics.js';

const statisticsOf = (cells: DenseMatrix): GlobalStatistics => globalStatistics(standardGenes(cells));

function expectFinite(statistics: GlobalStatistics): void {
  const { shrinkage, ...arrays } = statistics;
  expect(shrinkage).toBeGreaterThanOrEqual(0);
  expect(shrinkage).toBeLessThanOrEqual(1);
  for (const [name, array] of Object.entries({ ...arrays, inverse: inverseCovariance(statistics) })) {
    expect([name, array.every(Number.isFinite)]).toEqual([name, true]);
  }
}

describe('global statistics', () => {
  it('are those of scikit-learn', () => {
    // >>> i, j = np.arange(40)[:, None], np.arange(6)[None, :]
    // >>> x = np.sin(1.7 * i * (j + 1) + j * j) + 3 * np.sin(2.3 * i) * (j % 2)
    // >>> m = sklearn.covariance.LedoitWolf(assume_centered=True).fit((x - x.mean(0)) / x.std(0))
    // >>> q = np.linalg.inv(m.covariance_)
    const { shrinkage, inverseCorrelation, correlation, mean, variance, residualVariance } = statisticsOf(
      sineCells(40, 6),
    );
    expect(shrinkage).toBeCloseTo(0.1595269239095242, 12); // m.shrinkage_
    expect(inverseCorrelation[1]).toBeCloseTo(0.05034245787450623, 12); // q[0, 1]
    expect(inverseCorrelation[1 * 6 + 3]).toBeCloseTo(-1.206435717823107, 12); // q[1, 3]
    expect(inverseCorrelation[5 * 6 + 5]).toBeCloseTo(2.8836432211679655, 12); // q[5, 5]
    expect(correlation[1 * 6 + 3]).toBeCloseTo(0.8956828548278413, 12); // np.corrcoef(x.T)[1, 3]
    expect(mean[2]).toBeCloseTo(0.009843526389205534, 12); // x.mean(0)[2]
    expect(variance[4]).toBeCloseTo(0.49385240169922123, 12); // x.var(0)[4]
    expect(residualVariance[1]).toBeCloseTo(1.7009325438160936, 12); // x.var(0)[1] / q[1, 1]
  });

  it('are those of scikit-learn with more genes than cells', () => {
    // >>> x = x[:5], and as above
    const { shrinkage, inverseCorrelation } = statisticsOf(sineCells(5, 6));
    expect(shrinkage).toBeCloseTo(0.652587549044568, 12);
    expect(inverseCorrelation[1]).toBeCloseTo(-0.08914425961129603, 11);
    expect(inverseCorrelation[1 * 6 + 3]).toBeCloseTo(-0.19317645900365527, 11);
  });

  it('have the residual variances of regressions on all other genes, with many cells', () => {
    const [nCells, nGenes] = [20_000, 5];
    const cells = chainCells(Random.fromSeed(4), nCells, nGenes);
    const { residualVariance, mean } = statisticsOf(cells);
    for (let gene = 0; gene < nGenes; gene++) {
      const centred = Float64Array.from(cells.values, (value, at) => value - mean[at % nGenes]);
      const own = centred.filter((_, at) => at % nGenes === gene);
      const others = centred.filter((_, at) => at % nGenes !== gene);
      const { x } = leastSquares(others, nCells, nGenes - 1, own, 1);
      let squares = 0;
      for (let i = 0; i < nCells; i++) {
        let rest = own[i];
        for (let k = 0; k < nGenes - 1; k++) rest -= x[k] * others[i * (nGenes - 1) + k];
        squares += rest * rest;
      }
      expect(residualVariance[gene] / (squares / nCells)).toBeCloseTo(1, 2);
    }
  });

  it('do not depend on units, but for those that have some', () => {
    const cells = sineCells(30, 5);
    const scaled = dense(
      30,
      5,
      Float64Array.from(cells.values, (value, at) => 10 ** ((at % 5) - 2) * value + 7),
    );
    const [first, second] = [statisticsOf(cells), statisticsOf(scaled)];
    first.correlation.forEach((r, at) => expect(second.correlation[at]).toBeCloseTo(r, 10));
    first.inverseCorrelation.forEach((q, at) => expect(second.inverseCorrelation[at]).toBeCloseTo(q, 9));
    first.residualVariance.forEach((v, i) =>
      expect(second.residualVariance[i] / (v * 100 ** (i - 2))).toBeCloseTo(1, 9),
    );
    const [inverse, other] = [inverseCovariance(first), inverseCovariance(second)];
    expect(other[1 * 5 + 4] / (inverse[1 * 5 + 4] / (10 ** -1 * 10 ** 2))).toBeCloseTo(1, 9);
  });

  it('turn with the genes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = Random.fromSeed(seed);
        const n = 4;
        const cells = chainCells(random, 12, n);
        const order = random.permutation(n);
        const turned = dense(
          12,
          n,
          Float64Array.from(cells.values, (_, at) => cells.values[at - (at % n) + order[at % n]]),
        );
        const [first, second] = [statisticsOf(cells), statisticsOf(turned)];
        for (let i = 0; i < n; i++) {
          expect(second.residualVariance[i]).toBeCloseTo(first.residualVariance[order[i]], 10);
          for (let j = 0; j < n; j++) {
            const [at, before] = [i * n + j, order[i] * n + order[j]];
            expect(second.inverseCorrelation[at]).toBeCloseTo(first.inverseCorrelation[before], 9);
          }
        }
      }),
    );
  });

  it('leave a constant gene beside the others, which are as without it', () => {
    const cells = sineCells(30, 4);
    const withConstant = dense(
      30,
      5,
      Float64Array.from({ length: 150 }, (_, at) => {
        const [i, j] = [Math.floor(at / 5), at % 5];
        return j === 2 ? 0.1 : cells.values[i * 4 + j - (j > 2 ? 1 : 0)];
      }),
    );
    const [without, statistics] = [statisticsOf(cells), statisticsOf(withConstant)];
    expect(statistics.variance[2]).toBe(0);
    expect(statistics.mean[2]).toBe(0.1);
    expect(statistics.residualVariance[2]).toBe(0);
    expect([...statistics.correlation.subarray(10, 15)]).toEqual([0, 0, 1, 0, 0]);
    expect([...statistics.inverseCorrelation.subarray(10, 15)].map(Math.abs)).toEqual([0, 0, 1, 0, 0]);
    expect(statistics.shrinkage).toBeCloseTo(without.shrinkage, 12);
    expect(statistics.inverseCorrelation[4]).toBeCloseTo(without.inverseCorrelation[3], 12);
    expectFinite(statistics);
  });

  it.each([
    ['one cell', dense(1, 3, Float64Array.of(1, 2, 3))],
    ['two cells', dense(2, 3, Float64Array.of(1, 2, 3, 4, 4, 4))],
    ['one gene', dense(4, 1, Float64Array.of(1, 2, 3, 5))],
    ['more genes than cells', sineCells(6, 40)],
    ['nothing but constants', dense(10, 3, new Float64Array(30).fill(0.1))],
    [
      'copies of a gene',
      dense(
        50,
        3,
        Float64Array.from({ length: 150 }, (_, at) => Math.sin(Math.floor(at / 3))),
      ),
    ],
    [
      'hardly a number',
      dense(
        5,
        2,
        Float64Array.from({ length: 10 }, (_, at) => at * 1e-200),
      ),
    ],
    ['whole numbers', dense(5, 2, Uint16Array.of(0, 1, 0, 5, 3, 1, 0, 0, 2, 1))],
  ])('are finite for %s', (_, cells) => expectFinite(statisticsOf(cells)));

  it('refuse what is not a number, and nothing at all', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1e308]) {
      expect(() => statisticsOf(dense(2, 2, Float64Array.of(1, 2, 1e308, bad)))).toThrow(/gene [12]/);
    }
    expect(() => statisticsOf(dense(0, 3))).toThrow(/0 cells/);
    expect(() => statisticsOf(dense(3, 0))).toThrow(/0 genes/);
  });
});

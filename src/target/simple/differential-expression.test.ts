import { describe, expect, it } from 'vitest';
import { dense, sparse, transpose } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { targetOptions } from '../options.js';
import type { TargetScreen } from '../screen.js';
import { de } from './de.js';
import { differentialExpression, wilcoxonScore } from './differential-expression.js';
import { columnsOfMatrix, columnsOfScreen } from './gene-columns.js';
import { drawnScreen, order, run } from './methods.fixture.js';

const log = (counts: readonly number[]) => Float64Array.from(counts, Math.log1p);
const small = {
  genes: ['a', 'b', 'c'],
  control: dense(5, 3, log([0, 3, 1, 2, 0, 1, 0, 0, 1, 5, 1, 1, 1, 0, 1])),
  groups: [{ name: 'p', cells: dense(3, 3, log([0, 7, 1, 1, 9, 1, 0, 4, 1])) }],
};
const close = (found: Float64Array, wanted: readonly number[]) =>
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 12);
  });
const scores = async (screen: TargetScreen = small, given: Record<string, unknown> = {}) =>
  (await de.score(screen, targetOptions(de, given), run())).map(({ score }) => score);

describe('differentialExpression', () => {
  it("is scanpy's: rank-sum z, p, Benjamini–Hochberg, log2 fold change", async () => {
    const [found] = await differentialExpression(columnsOfScreen(small));
    // scipy.stats.ranksums(group[:, j], control[:, j]); numpy.log2((expm1(mean) + 1e-9) / (expm1(mean) + 1e-9))
    close(found.z, [-0.8944271909999159, 2.23606797749979, 0]);
    close(found.pValue, [0.3710933695226974, 0.025347318677468252, 1]);
    close(found.adjusted, [0.5566400542840461, 0.07604195603240475, 1]);
    close(found.logFoldChange, [-2.011042433940385, 3.6262043100192463, 0]);
  });

  it('takes the difference of means of values that are no logarithms of expression', async () => {
    const shifted = {
      ...small,
      control: dense(5, 3, small.control.values.map((value) => value - 1) as Float64Array),
    };
    const [found] = await differentialExpression(columnsOfScreen(shifted));
    const mean = (gene: number) =>
      [0, 1, 2].reduce((sum, row) => sum + small.groups[0].cells.values[row * 3 + gene] / 3, 0);
    expect(found.logFoldChange[2]).toBeCloseTo(mean(2) - Math.log(2) + 1, 12);
    const asked = (await differentialExpression(columnsOfScreen(small), { foldChange: 'difference' }))[0];
    expect(asked.logFoldChange[2]).toBe(0);
  });

  it('is the same for dense, CSR and CSC, with cells of no set left out', async () => {
    const random = Random.fromSeed(4);
    const [rows, genes] = [40, 7];
    const values = Float64Array.from({ length: rows * genes }, () =>
      random.bernoulli(0.3) ? random.normal() : 0,
    );
    const setOf = Int32Array.from({ length: rows }, (_, row) => (row % 4) - 1);
    const X = dense(rows, genes, values);
    const wanted = await differentialExpression(columnsOfMatrix(X, setOf, 3));
    const csr = compressed(X);
    const csc = transpose(compressed(transpose(X) as typeof X));
    expect(await differentialExpression(columnsOfMatrix(csr, setOf, 3))).toEqual(wanted);
    expect(await differentialExpression(columnsOfMatrix(csc, setOf, 3))).toEqual(wanted);
    expect(wanted).toHaveLength(2);
  });
});

describe('de', () => {
  it('orders as |z| does, equal ones by fold change', async () => {
    const [found] = await differentialExpression(columnsOfScreen(small));
    const score = wilcoxonScore(found);
    expect(order(score)).toEqual([1, 0, 2]);
    // two wells above all of six controls, thrice: the largest change first
    const wells = {
      genes: ['a', 'b', 'c', 'd'],
      control: dense(
        6,
        4,
        Float64Array.from({ length: 24 }, (_, i) => ((i * 7) % 11) / 11),
      ),
      groups: [{ name: 'p', cells: dense(2, 4, Float64Array.of(2, 6, 4, 0.5, 2.1, 6.1, 4.1, -9)) }],
    };
    const [tied] = await differentialExpression(columnsOfScreen(wells));
    expect(tied.z[0]).toBe(tied.z[1]);
    expect(order((await scores(wells))[0])).toEqual([1, 2, 0, 3]);
    expect(order((await scores(wells, { deRankedBy: 'fold-change' }))[0])[0]).toBe(1);
  });

  it('gives zeros for identical sets and constant genes', async () => {
    const same = { ...small, groups: [{ name: 'p', cells: small.control }] };
    expect([...(await scores(same))[0]]).toEqual([0, 0, 0]);
    expect((await scores())[0][2]).toBe(0);
  });

  it('finds a planted knock-down in a thousand genes of two cells', async () => {
    const noise = (random: Random) => Array.from({ length: 1000 }, () => random.normal());
    const hit = (random: Random) => noise(random).map((value, gene) => (gene === 17 ? value - 9 : value));
    const screen = drawnScreen(1000, [40, noise], { p: [2, hit] });
    expect(order((await scores(screen))[0])[0]).toBe(17);
  });
});

function compressed(X: { nRows: number; nCols: number; values: ArrayLike<number> }) {
  const [indptr, indices, values] = [[0], [] as number[], [] as number[]];
  for (let row = 0; row < X.nRows; row++) {
    for (let col = 0; col < X.nCols; col++) {
      const value = X.values[row * X.nCols + col];
      if (value !== 0) {
        indices.push(col);
        values.push(value);
      }
    }
    indptr.push(indices.length);
  }
  return sparse(
    'csr',
    X.nRows,
    X.nCols,
    Int32Array.from(indptr),
    Int32Array.from(indices),
    Float64Array.from(values),
  );
}

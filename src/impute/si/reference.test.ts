/** HSVT regression, projection statistic, ranks and critical value against the authors' program. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { gemm } from '../../linalg/index.js';
import { rankAtEnergy } from '../../stats/index.js';
import { actionAxis } from './axis.js';
import { donorSpectrum } from './matrix-estimation.js';
import { Products } from './products.js';
import { regress } from './regression.js';
import { trainingBlock } from './solution.js';
import { criticalValue, subspaceTest } from './subspace-test.js';

const file = join(process.env.MECHANIST_SHARED ?? '../shared', 'reference/hsvt_unit_expected.json');
const reference = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;

describe.skipIf(!reference)('hsvt_unit_expected.json', () => {
  const trainX: number[][] = reference?.train_x;
  const testX: number[][] = reference?.test_x;
  /** One context whose "genes" are the 12 rows, five donor actions and the target. */
  const tensor = () => {
    const columns = [
      ...[0, 1, 2, 3, 4].map((j) => trainX.map((row) => row[j])),
      reference.train_y as number[],
    ];
    return new OutcomeTensor({
      contexts: ['train'],
      actions: ['a', 'b', 'c', 'd', 'e', 'target'],
      genes: trainX.map((_, i) => `g${i}`),
      control: -1,
      profiles: Float64Array.from(columns.flat()),
      pairContext: new Int32Array(6),
      pairAction: Int32Array.from([0, 1, 2, 3, 4, 5]),
      replicates: new Int32Array(6).fill(1),
    });
  };
  const gramOf = (rows: number[][]) =>
    gemm({
      m: 5,
      n: 5,
      k: rows.length,
      a: Float64Array.from(rows.flat()),
      b: Float64Array.from(rows.flat()),
      transposeA: true,
    });

  it.each([0.5, 0.9, 0.95, 0.99, 1])('regression at energy %s', (energy) => {
    const screen = tensor();
    const products = new Products(screen, actionAxis(screen));
    const set = { donors: Int32Array.of(0, 1, 2, 3, 4), units: Int32Array.of(0) };
    const { weights, intercepts } = regress(products, trainingBlock(products, set, Int32Array.of(5)), {
      intercept: true,
      denoise: energy === 1 ? { kind: 'none' } : { kind: 'hsvt', energy },
    });
    const expected = reference[`energy_${energy}`];
    expected.coef.forEach((value: number, j: number) => expect(weights[j]).toBeCloseTo(value, 10));
    expect(intercepts[0]).toBeCloseTo(expected.intercept_[0], 10);
    testX.forEach((row, i) => {
      const predicted = row.reduce((sum, value, j) => sum + value * weights[j], intercepts[0]);
      expect(predicted).toBeCloseTo(expected.pred[i], 10);
    });
  });

  it('the mean statistic over energies, and its ranks', () => {
    const test = subspaceTest(donorSpectrum(gramOf(trainX), 5, 12), donorSpectrum(gramOf(testX), 5, 4), {
      tauThreshold: 0.1,
      tauEnergy: 'mean',
      tauAlpha: null,
    });
    const [statistic, rankTrain, rankTest] = reference.energy_1.projection_stat;
    expect(test.tau).toBeCloseTo(statistic, 10);
    expect([test.rankTrain, test.rankTest]).toEqual([rankTrain, rankTest]);
  });

  it('singular values and approximate ranks', () => {
    const { singularValues } = donorSpectrum(gramOf(trainX), 5, 12);
    reference.spectrum.forEach((value: number, i: number) =>
      expect(singularValues[i]).toBeCloseTo(value, 10),
    );
    for (const energy of [0.5, 0.9, 0.95, 0.99]) {
      expect(rankAtEnergy(singularValues, energy)).toBe(reference.approximate_rank[energy][0]);
    }
  });

  it('critical value', () => {
    const value = criticalValue({
      sigma: 0.1,
      rankTrain: 2,
      rankTest: 2,
      nDonors: 5,
      nTrainRows: 12,
      nTestRows: 4,
      alpha: 0.05,
    });
    expect(value).toBeCloseTo(reference['critical_value(sigma=.1,r1=2,r2=2,N=5,T0=12,T1=4,alpha=.05)'], 12);
  });
});

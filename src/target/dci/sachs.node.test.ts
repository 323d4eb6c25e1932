/** Against the authors' program on real data: KLIEP to its digits, and the skeleton with the authors' statistic. */
import { describe, expect, test } from 'vitest';
import { cholesky, choleskySolve, identity } from '../../linalg/index.js';
import { fTails } from '../../stats/index.js';
import { type Cells, type Moments, momentsOf } from '../gaussian/moments.js';
import { expected, sachs, sachsAvailable } from '../gaussian/sachs.fixture.node.js';
import { type Pair, type SlopeTest, slopeInvariance } from './difference-graph.js';
import { thetaGraph } from './draw.js';
import { kliep } from './kliep.js';

interface Run {
  readonly iv: number;
  readonly alpha_ug: number;
  readonly ug: Pair[];
  readonly theta_first5: number[];
  readonly theta_diag_last11: number[];
  readonly nnz: number;
  readonly 'dci_adj_s.1_o.1_m2'?: number[][];
  readonly difference_ug?: string;
  readonly adj?: number[][];
}

/** Every set with mean and population deviation of the control. */
function standardised(): Map<number, Cells> {
  const cells = sachs();
  const control = cells.get(-1);
  if (!control) throw new Error('no control');
  const column = (gene: number) =>
    Array.from({ length: control.nCells }, (_, row) => control.values[row * 11 + gene]);
  const means = Array.from(
    { length: 11 },
    (_, gene) => column(gene).reduce((a, b) => a + b) / control.nCells,
  );
  const spreads = means.map((mean, gene) =>
    Math.sqrt(column(gene).reduce((sum, value) => sum + (value - mean) ** 2, 0) / control.nCells),
  );
  for (const { values } of cells.values())
    values.forEach((value, k) => (values[k] = (value - means[k % 11]) / spreads[k % 11]));
  return cells;
}

/**
 * The statistic and the two-sided p-value of the authors' program: an entry of the inverse of the sum of the two
 * covariances of slopes, residual variances with their degrees of freedom, one direction at a time.
 */
function authorsTest(a: Moments, b: Moments): SlopeTest {
  const inverse = (matrix: Float64Array, n: number) => {
    cholesky(matrix, n);
    return choleskySolve(matrix, n, identity(n), n);
  };
  const statisticOf = (gene: number, regressors: number[]): number => {
    const n = regressors.length;
    const sides = [a, b].map(({ covariance, nCells }) => {
      const within = new Float64Array(n * n);
      const across = regressors.map((regressor) => covariance[regressor * 11 + gene]);
      regressors.forEach((r, i) =>
        regressors.forEach((c, j) => (within[i * n + j] = covariance[r * 11 + c])),
      );
      const precision = inverse(within, n);
      const slopes = across.map((_, i) =>
        across.reduce((sum, value, j) => sum + precision[i * n + j] * value, 0),
      );
      const explained = across.reduce((sum, value, i) => sum + value * slopes[i], 0);
      const variance = ((covariance[gene * 11 + gene] - explained) * nCells) / (nCells - n + 1);
      return { slope: slopes[0], errors: precision.map((value) => (variance * value) / (nCells - 1)) };
    });
    const sum = sides[0].errors.map((value, k) => value + sides[1].errors[k]);
    return (sides[0].slope - sides[1].slope) ** 2 * inverse(sum, n)[0];
  };
  const p = (statistic: number, nGenes: number) => {
    const { lower, upper } = fTails(statistic, 1, a.nCells + b.nCells - 2 * (nGenes - 1));
    return 2 * Math.min(lower, upper);
  };
  // Theirs is not monotone in the statistic: the complement of the p-value stands for it.
  return {
    statistic: ([i, j, ...given]) => {
      const size = given.length + 2;
      return 1 - Math.max(p(statisticOf(i, [j, ...given]), size), p(statisticOf(j, [i, ...given]), size));
    },
    p: (complement) => 1 - complement,
  };
}

describe.skipIf(!sachsAvailable)('DCI on Sachs', () => {
  const cells = sachsAvailable ? standardised() : new Map<number, Cells>();
  const runs = sachsAvailable ? expected<{ runs: Run[] }>('dci').runs : [];
  const control = cells.get(-1) as Cells;
  const perturbed = (iv: number) => cells.get(iv) as Cells;

  test.each(runs.filter((run) => run.alpha_ug === (run.iv === 1 ? 0.5 : 0.1) && run.iv < 8))(
    'KLIEP of $iv with penalty $alpha_ug',
    (run) => {
      const theta = kliep(control, perturbed(run.iv), run.alpha_ug);
      const close = (found: ArrayLike<number>, wanted: number[]) =>
        wanted.forEach((value, k) =>
          expect(Math.abs(found[k] - value)).toBeLessThan(2e-3 * (1 + Math.abs(value))),
        );
      close(theta.subarray(0, 5), run.theta_first5);
      close(theta.subarray(55), run.theta_diag_last11);
      expect(thetaGraph(11, theta, 0.05).pairs).toEqual(run.ug);
    },
  );

  test.each(runs.filter((run) => run['dci_adj_s.1_o.1_m2'] ?? run.adj))('skeleton of $iv', (run) => {
    const all = Array.from({ length: 11 }, (_, gene) => gene);
    const complete = all.flatMap((i) => all.slice(i + 1).map((j): Pair => [i, j]));
    const pairs = run.adj ? complete : run.ug;
    const [alpha, most] = run.adj ? [0.001, 1] : [0.1, 2];
    const nodes = [...new Set(pairs.flat())].sort((a, b) => a - b);
    const test = authorsTest(momentsOf(control), momentsOf(perturbed(run.iv)));
    const p = slopeInvariance(pairs, nodes, test, most, alpha);
    const arcs = run.adj ?? run['dci_adj_s.1_o.1_m2'] ?? [];
    const theirs = new Set(arcs.map(([i, j]) => `${Math.min(i, j)} ${Math.max(i, j)}`));
    const ours = pairs.filter((_, k) => p[k] <= alpha).map(([i, j]) => `${i} ${j}`);
    expect(ours.sort()).toEqual([...theirs].sort());
  });
});

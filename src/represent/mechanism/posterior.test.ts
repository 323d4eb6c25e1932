import { describe, expect, it } from 'vitest';
import { fixed } from '../../compute/check.fixture.node.js';
import type { Tensor } from '../../compute/index.js';
import { Random } from '../../random/index.js';
import { evaluated, expectClose } from './mechanism.fixture.node.js';
import { type Posterior, posterior } from './posterior.js';
import type { Covariance } from './settings.js';

const means = [0.5, -1, 2, 0, 0.3, -0.2];
const logs = [-1, 0.5, 0, 0.2, -3, 1];
const below = [0.4, -0.6, 0.9, 1.5, 0, -0.3];
const noise = [1, -0.5, 0.25, -2, 0, 0.7];
const prior = [1, 0, -1, 0.5, 0.5, 0.5];
/** R = st.ortho_group.rvs(3, random_state=1) */
const rotation = [
  0.6213507558894231, 0.40628547456699216, -0.66996667925466, -0.4104360312383587, 0.8971318027968936,
  0.16339153182371732, 0.6674320208208081, 0.17345501309062764, 0.72418772153136,
];

/** The two cells' rows of what a linear layer gives, as the weights over hidden layers (1, 0) and (0, 1). */
const layer = (name: string, rows: readonly number[]) => ({
  [`${name}.weight`]: Array.from(
    { length: rows.length },
    (_, at) => rows[(at % 2) * (rows.length / 2) + (at >> 1)],
  ),
  [`${name}.bias`]: Array.from({ length: rows.length / 2 }, () => 0),
});

function of(covariance: Covariance, outputs: (q: Posterior) => Record<string, Tensor>, mixed?: number) {
  const by =
    covariance === 'diagonal'
      ? layer('variance', logs)
      : { ...layer('scale', logs), ...layer('mixing', below) };
  return evaluated(
    (scope) => {
      const hidden = fixed([1, 0, 0, 1], [2, 2]);
      const times = mixed === undefined ? undefined : fixed([mixed], []);
      return outputs(posterior(scope, hidden, 3, covariance, times));
    },
    { ...layer('mean', means), ...by },
  );
}

/*
 * Diagonal: S = np.diag(np.exp(logs) + 1e-4). Full: S = L @ L.T, L with np.exp(logs) on its diagonal and
 * L[1, 0], L[2, 0], L[2, 1] = below. Then
 * .5 * (np.trace(S) + (m - p) @ (m - p) - 3 - np.linalg.slogdet(S)[1])
 * st.multivariate_normal.logpdf(m + L @ noise, m, S)
 * np.diag(S), np.diag(R.T @ S @ R)
 */
const references = [
  {
    covariance: 'diagonal' as const,
    divergence: [5.383234137200165, 1.7838232293752072],
    fromZero: [2.883234137200165, 1.458823229375207],
    logDensity: [-3.1632818183496383, -4.10287819773235],
    variance: logs.map((value) => Math.exp(value) + 1e-4),
    inR: [
      0.8653350579398975, 1.4178775721702943, 0.7336880817613792, 1.6909430190099308, 0.3235692398436355,
      1.9752593961335132,
    ],
  },
  {
    covariance: 'full' as const,
    divergence: [6.7168085558478285, 6.301679774374359],
    fromZero: undefined,
    logDensity: [-2.913065599614019, -3.20181559961554],
    variance: [
      0.1353352832366127, 2.8782818284590452, 2.17, 1.4918246976412703, 2.2524787521766663, 7.479056098930649,
    ],
    inR: [
      0.5641729646505123, 2.8674761717764556, 1.7519679752686912, 3.360787191936375, 3.6150940854919806,
      4.247478271320231,
    ],
  },
];

describe.each(references)('$covariance covariance', ({ covariance, ...expected }) => {
  it('divergence, density and variances as NumPy and SciPy', async () => {
    const found = await of(covariance, (q) => ({
      divergence: q.divergence(fixed(prior, [2, 3])),
      fromZero: q.divergence(0),
      logDensity: q.logDensity(fixed(noise, [2, 3])),
      variance: q.variance,
      inR: q.varianceIn(fixed(rotation, [3, 3])),
      inOwn: q.varianceIn(fixed([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3])),
    }));
    expectClose(found.divergence, expected.divergence, 1e-12);
    if (expected.fromZero) expectClose(found.fromZero, expected.fromZero, 1e-12);
    expectClose(found.logDensity, expected.logDensity, 1e-12);
    expectClose(found.variance, expected.variance, 1e-12);
    expectClose(found.inR, expected.inR, 1e-12);
    expectClose(found.inOwn, expected.variance, 1e-12);
  });

  it('samples have its mean and covariance; further axes of noise are samples of their own', async () => {
    const draws = 40_000;
    const values = Random.fromSeed(1).fillNormal(new Float64Array(draws * 6));
    values.set(noise);
    const { z, one, densities, density, exact } = await of(covariance, (q) => {
      const many = fixed(Array.from(values), [draws, 2, 3]);
      return {
        z: q.sample(many),
        one: q.sample(fixed(noise, [2, 3])),
        densities: q.logDensity(many),
        density: q.logDensity(fixed(noise, [2, 3])),
        exact: q.variance,
      };
    });
    expect(z).toHaveLength(draws * 6);
    expectClose(z.slice(0, 6), one, 1e-14);
    expectClose(densities.slice(0, 2), density, 1e-14);
    for (let cell = 0; cell < 2; cell++) {
      const centred = Array.from({ length: 3 }, (_, i) =>
        Array.from({ length: draws }, (_, d) => z[(d * 2 + cell) * 3 + i] - means[cell * 3 + i]),
      );
      const s = logs.slice(cell * 3, cell * 3 + 3).map(Math.exp);
      const [a, b, c] = covariance === 'full' ? below.slice(cell * 3, cell * 3 + 3) : [0, 0, 0];
      const L = [
        [s[0], 0, 0],
        [a, s[1], 0],
        [b, c, s[2]],
      ];
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j <= i; j++) {
          const asked =
            covariance === 'full'
              ? L[i][0] * L[j][0] + L[i][1] * L[j][1] + L[i][2] * L[j][2]
              : i === j
                ? exact[cell * 3 + i]
                : 0;
          const found = centred[i].reduce((sum, value, d) => sum + value * centred[j][d], 0) / draws;
          // the standard error of a covariance is at most √(2 v w / n)
          const error = Math.sqrt((2 * exact[cell * 3 + i] * exact[cell * 3 + j]) / draws);
          expect(Math.abs(found - asked)).toBeLessThan(4.5 * error);
        }
      }
    }
  });
});

describe('what is mixed', () => {
  it('counts as much as is said: with 0 the latents are independent', async () => {
    const { half, none } = {
      half: await of('full', (q) => ({ variance: q.variance }), 0.5),
      none: await of('full', (q) => ({ variance: q.variance, z: q.sample(fixed(noise, [2, 3])) }), 0),
    };
    expectClose(
      none.variance,
      logs.map((value) => Math.exp(2 * value)),
      1e-12,
    );
    expectClose(
      none.z,
      means.map((mean, i) => mean + Math.exp(logs[i]) * noise[i]),
      1e-12,
    );
    expect(half.variance[2]).toBeCloseTo(1 + 0.25 * (0.36 + 0.81), 12);
  });

  it('is nothing with one latent', async () => {
    const found = await evaluated(
      (scope) => {
        const q = posterior(scope, fixed([1, 0, 0, 1], [2, 2]), 1, 'full');
        expect([...scope.owned.keys()].sort()).toEqual([
          'mean.bias',
          'mean.weight',
          'variance.bias',
          'variance.weight',
        ]);
        return { variance: q.variance, inR: q.varianceIn(fixed([-1], [1, 1])) };
      },
      layer('variance', [0.5, -1]),
    );
    expectClose(found.variance, [Math.exp(0.5) + 1e-4, Math.exp(-1) + 1e-4], 1e-12);
    expectClose(found.inR, found.variance, 1e-14);
  });
});

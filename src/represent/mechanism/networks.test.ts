import { describe, expect, it } from 'vitest';
import { fixed } from '../../compute/check.fixture.node.js';
import { evaluated, expectClose } from './mechanism.fixture.node.js';
import { decode, encoderLayers, logLikelihood } from './networks.js';
import type { Likelihood } from './settings.js';

const counts = [3, 0, 7, 1, 2, 0];
const decoded = [0.2, -1, 1.5, 0, 0.3, -0.7];
/** log 3! + log 7!, log 2!. */
const logFactorials = [Math.log(6) + Math.log(5040), Math.log(2)];
const logThetas = [0.5, -1, 2];

describe('the likelihood of cells given what the decoder said', () => {
  /*
   * mu = scipy.special.softmax(decoded, 1) * [[10], [3]]; th = np.exp(logThetas)
   * st.nbinom.logpmf(counts, th, th / (th + mu)).sum(1)
   * st.poisson.logpmf(counts, mu).sum(1)
   * st.norm.logpdf(counts, decoded, np.exp(np.array(logThetas) / 2)).sum(1)
   */
  it.each<[Likelihood, string, number[]]>([
    ['negative-binomial', 'log_theta', [-4.739760172843791, -4.184267156854571]],
    ['poisson', '', [-4.226255937839434, -2.9355219197284175]],
    ['gaussian', 'log_variance', [-9.29050285887083, -7.771155315986624]],
  ])('%s: as SciPy', async (likelihood, name, expected) => {
    const observed = {
      x: fixed(counts, [2, 3]),
      library: fixed([10, 3]),
      logFactorials: fixed(logFactorials),
    };
    const settings = { hidden: 4, layers: 1, likelihood };
    const { value } = await evaluated(
      (scope) => ({ value: logLikelihood(scope, fixed(decoded, [2, 3]), observed, settings) }),
      name ? { [name]: logThetas } : {},
    );
    expectClose(value, expected, 1e-10);
  });
});

describe('encoder and decoder', () => {
  const settings = { hidden: 2, layers: 2, dropout: 0.5 };
  const weights = (net: string, first: number[]) => ({
    [`${net}.0.weight`]: first,
    [`${net}.0.bias`]: [0.1, -0.2],
    [`${net}.0.norm.weight`]: [1.5, 0.5],
    [`${net}.0.norm.bias`]: [0.3, 0],
    [`${net}.0.norm.running_mean`]: [0.2, -0.1],
    [`${net}.0.norm.running_var`]: [2, 0.25],
    [`${net}.1.weight`]: [1, -0.5, 0.25, 2],
    [`${net}.1.bias`]: [0, 0.4],
    [`${net}.1.norm.running_mean`]: [-1, 0],
    [`${net}.1.norm.running_var`]: [1, 3],
  });
  const first = [0.5, -1, 0.25, 1, 0.5, -0.75];

  /** The same by hand. */
  function layers(x: number[]): number[] {
    const norm = (v: number, mean: number, variance: number, scale: number, shift: number) =>
      Math.max(0, ((v - mean) / Math.sqrt(variance + 1e-3)) * scale + shift);
    const a = 0.5 * x[0] - x[1] + 0.25 * x[2] + 0.1;
    const b = x[0] + 0.5 * x[1] - 0.75 * x[2] - 0.2;
    const [c, d] = [norm(a, 0.2, 2, 1.5, 0.3), norm(b, -0.1, 0.25, 0.5, 0)];
    return [norm(c - 0.5 * d, -1, 1, 1, 0), norm(0.25 * c + 2 * d + 0.4, 0, 3, 1, 0)];
  }
  const rows = [counts.slice(0, 3), counts.slice(3)];

  it.each<[Likelihood, (x: number) => number]>([
    ['negative-binomial', Math.log1p],
    ['poisson', Math.log1p],
    ['gaussian', (x) => x],
  ])(
    '%s: the encoder sees log(1 + counts), or values as they are; nothing is dropped',
    async (likelihood, seen) => {
      const { hidden } = await evaluated(
        (scope) => ({ hidden: encoderLayers(scope, fixed(counts, [2, 3]), { ...settings, likelihood }) }),
        weights('encoder', first),
      );
      expectClose(
        hidden,
        rows.flatMap((row) => layers(row.map(seen))),
        1e-12,
      );
      expect(hidden.some((value) => value > 0.1)).toBe(true);
    },
  );

  it('the decoder ends with a linear layer', async () => {
    const z = rows.map((row) => row.map((x) => x / 3));
    const { out } = await evaluated(
      (scope) => ({ out: decode(scope, fixed(z.flat(), [2, 3]), 2, { ...settings, likelihood: 'poisson' }) }),
      { ...weights('decoder', first), 'output.weight': [1, 2, -1, 0.5], 'output.bias': [0.5, -3] },
    );
    const expected = z.flatMap((row) => {
      const [a, b] = layers(row);
      return [a + 2 * b + 0.5, -a + 0.5 * b - 3];
    });
    expectClose(out, expected, 1e-12);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { type EdgeMixture, fitEdges } from './edge-mixture.js';

interface Planted extends EdgeMixture {
  readonly n: number;
  /** Sampling variances are drawn between half and twice this. */
  readonly variance: number;
  readonly seed?: number;
}

function planted({ n, share, nullSpread, effect, effectSpread, variance, seed = 1 }: Planted) {
  const random = Random.fromSeed(seed).split('mixture', n);
  const truth = new Uint8Array(n);
  const variances = new Float64Array(n);
  const shifts = Float64Array.from({ length: n }, (_, i) => {
    truth[i] = random.bernoulli(share) ? 1 : 0;
    variances[i] = variance * 2 ** (2 * random.uniform() - 1);
    const sign = random.bernoulli(0.5) ? 1 : -1;
    const shift = truth[i] ? sign * (effect + effectSpread * random.normal()) : nullSpread * random.normal();
    return shift + Math.sqrt(variances[i]) * random.normal();
  });
  return { truth, shifts, variances };
}

const density = (x: number, variance: number) =>
  Math.exp((-x * x) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);

/** Densities of an entry under no edge, an edge up, an edge down, each times its share. */
function parts({ share, nullSpread, effect, effectSpread }: EdgeMixture, x: number, v: number) {
  const of = (at: number, spread: number) => density(x - at, spread ** 2 + v);
  return [
    (1 - share) * of(0, nullSpread),
    (share / 2) * of(effect, effectSpread),
    (share / 2) * of(-effect, effectSpread),
  ];
}
const logLikelihood = (mixture: EdgeMixture, shifts: Float64Array, variances: Float64Array) =>
  shifts.reduce((sum, x, i) => sum + Math.log(parts(mixture, x, variances[i]).reduce((a, b) => a + b)), 0);

const far: Planted = { n: 1200, share: 0.13, nullSpread: 0.1, effect: 5, effectSpread: 0.5, variance: 0.01 };
/** The effect is 4, 3 and 2.5 times the spread of what is no edge. */
const near: Planted[] = [4, 3, 2.5].map((ratio) => ({
  n: 3000,
  share: 0.15,
  nullSpread: 0.3,
  effect: 0.3 * ratio,
  effectSpread: 0.2,
  variance: 0.005,
}));

describe('a planted mixture', () => {
  it.each([far, { ...far, n: 100 }, { ...far, share: 0.6 }, { ...far, effect: 1, effectSpread: 0.1 }])(
    'is found: %j',
    (of) => {
      const { truth, shifts, variances } = planted(of);
      const { mixture, probability, shift } = fitEdges(shifts, variances);
      const edges = truth.reduce((sum, is) => sum + is, 0);
      expect(Math.abs(mixture.share - edges / of.n)).toBeLessThan(0.01);
      expect(Math.abs(mixture.effect - of.effect)).toBeLessThan(
        (4 * of.effectSpread) / Math.sqrt(edges) + 0.02,
      );
      expect(Math.abs(mixture.effectSpread - of.effectSpread)).toBeLessThan(
        (4.5 * of.effectSpread) / Math.sqrt(edges),
      );
      expect(Math.abs(mixture.nullSpread - of.nullSpread)).toBeLessThan(0.03);
      truth.forEach((is, i) => {
        expect(probability[i] >= 0.5 ? 1 : 0).toBe(is);
        if (is) expect(Math.abs(shift[i] - shifts[i])).toBeLessThan(0.35);
      });
    },
  );

  it.each([far, ...near])('is at least as likely as the truth: effect $effect', (of) => {
    const { shifts, variances } = planted(of);
    const found = fitEdges(shifts, variances);
    expect(found.logLikelihood).toBeCloseTo(logLikelihood(found.mixture, shifts, variances), 5);
    expect(found.logLikelihood).toBeGreaterThan(logLikelihood(of, shifts, variances) - 0.1);
  });

  it.each(near)('gives probabilities that come true: effect $effect', (of) => {
    for (const seed of [1, 2]) {
      const { truth, shifts, variances } = planted({ ...of, seed });
      const { probability } = fitEdges(shifts, variances);
      const limits = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.01];
      limits.slice(1).forEach((high, k) => {
        const rows = [...truth.keys()].filter((i) => probability[i] >= limits[k] && probability[i] < high);
        const said = rows.reduce((sum, i) => sum + probability[i], 0);
        const came = rows.reduce((sum, i) => sum + truth[i], 0);
        const error = Math.sqrt(rows.reduce((sum, i) => sum + probability[i] * (1 - probability[i]), 0));
        // chance, and what the fitted numbers are off
        expect(Math.abs(said - came)).toBeLessThan(4 * error + 0.1 * rows.length);
      });
    }
  });

  it('has probabilities and shifts of Bayes, whatever the sampling variance', () => {
    const { shifts, variances } = planted(near[1]);
    const { mixture, probability, shift } = fitEdges(shifts, variances);
    for (let i = 0; i < shifts.length; i += 97) {
      const [none, up, down] = parts(mixture, shifts[i], variances[i]);
      expect(probability[i]).toBeCloseTo((up + down) / (none + up + down), 8);
      // E[shift | edge, observed] by the trapezium rule
      let [mass, moment] = [0, 0];
      for (let t = -4; t <= 4; t += 1e-3) {
        const slab = density(t - mixture.effect, mixture.effectSpread ** 2);
        const other = density(t + mixture.effect, mixture.effectSpread ** 2);
        const weight = (slab + other) * density(shifts[i] - t, variances[i]);
        mass += weight;
        moment += weight * t;
      }
      expect(shift[i]).toBeCloseTo(moment / mass, 5);
    }
  });

  it('scales with the shifts, and does not know left from right', () => {
    const { shifts, variances } = planted(far);
    const found = fitEdges(shifts, variances);
    const twice = fitEdges(
      shifts.map((x) => -2 * x),
      variances.map((v) => 4 * v),
    );
    expect(twice.mixture.effect).toBeCloseTo(2 * found.mixture.effect, 3);
    twice.probability.forEach((p, i) => {
      expect(p).toBeCloseTo(found.probability[i], 3);
      expect(twice.shift[i]).toBeCloseTo(-2 * found.shift[i], 2);
    });
  });

  it('an entry that was measured badly says less', () => {
    const { shifts, variances } = planted(near[0]);
    const at = shifts.indexOf(shifts.reduce((a, b) => Math.max(a, b)));
    const { probability } = fitEdges(shifts, variances);
    const vague = fitEdges(
      shifts,
      variances.map((v, i) => (i === at ? 9 : v)),
    );
    expect(probability[at]).toBeGreaterThan(0.95);
    expect(vague.probability[at]).toBeLessThan(0.5);
  });
});

describe('at the edge', () => {
  const finite = (shifts: Float64Array, variances: Float64Array) => {
    const { mixture, probability, shift, logLikelihood: found } = fitEdges(shifts, variances);
    expect([...Object.values(mixture), ...probability, ...shift, found].every(Number.isFinite)).toBe(true);
    expect(probability.every((p) => p >= 0 && p <= 1)).toBe(true);
    expect([probability.length, shift.length]).toEqual([shifts.length, shifts.length]);
    expect(mixture.share > 0 && mixture.share < 1 && mixture.nullSpread > 0 && mixture.effectSpread > 0).toBe(
      true,
    );
    return probability;
  };

  it.each([
    ['nothing', []],
    ['one entry', [3]],
    ['one zero', [0]],
    ['zeros', new Array(30).fill(0)],
    ['all equal', new Array(30).fill(2)],
    ['one that is not 0', [4, ...new Array(29).fill(0)]],
    ['huge', [1e9, -1e9, 0, 1, 2]],
    ['tiny', [1e-9, -1e-9, 0, 2e-9]],
  ])('%s: finite, with and without sampling variance', (_, shifts) => {
    for (const v of [0, 1e-12, 1, 1e9]) {
      finite(Float64Array.from(shifts), new Float64Array(shifts.length).fill(v));
    }
  });

  it('one large entry among noise is an edge, the noise is none', () => {
    const { shifts, variances } = planted({ ...far, share: 0, n: 200 });
    shifts[7] = 5;
    const probability = finite(shifts, variances);
    expect(probability[7]).toBeGreaterThan(0.99);
    expect(probability.filter((p) => p >= 0.5)).toHaveLength(1);
  });

  it('any entries: finite', () => {
    const entry = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        finite(
          Float64Array.from(entries, ([x]) => x),
          Float64Array.from(entries, ([, v]) => v),
        );
      }),
      { numRuns: 60 },
    );
  });
});

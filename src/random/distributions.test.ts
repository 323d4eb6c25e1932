import { describe, expect, it } from 'vitest';
import { poissonLogProbability } from './counts.js';
import { Random } from './random.js';

const N = 40_000;
/** Where the distribution functions below were inverted. */
const P = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999];

/** Kolmogorov–Smirnov distance · √N, over the points where the cdf is known. */
function kolmogorovSmirnov(draws: Float64Array, quantiles: readonly number[]): number {
  const distances = quantiles.map((q, i) => Math.abs(draws.filter((x) => x <= q).length / N - P[i]));
  return Math.max(...distances) * Math.sqrt(N);
}
/** scipy.stats.kstwobign.ppf(.999) */
const KS_LIMIT = 1.95;

const QUANTILES: [string, (random: Random) => number, number[]][] = [
  // scipy.stats.norm.ppf(P)
  [
    'normal',
    (r) => r.normal(),
    [
      -3.09023230617, -2.32634787404, -1.64485362695, -1.28155156554, -0.841621233573, -0.524400512708,
      -0.253347103136, 0, 0.253347103136, 0.524400512708, 0.841621233573, 1.28155156554, 1.64485362695,
      2.32634787404, 3.09023230617,
    ],
  ],
  // scipy.stats.gumbel_r.ppf(P)
  [
    'gumbel',
    (r) => r.gumbel(),
    [
      -1.93264473392, -1.52717962581, -1.09718870036, -0.834032445248, -0.475884995327, -0.185626758862,
      0.0874215717908, 0.366512920582, 0.671726992092, 1.03093043316, 1.49993998676, 2.25036732731,
      2.97019524904, 4.60014922678, 6.90725507052,
    ],
  ],
  // scipy.stats.gamma.ppf(P, shape)
  [
    'gamma .2',
    (r) => r.gamma(0.2),
    [
      6.52548084346e-16, 6.52548084381e-11, 2.03921311011e-7, 6.52551632862e-6, 0.000208851731595,
      0.00158779072434, 0.00671956680485, 0.0207463391928, 0.0530106029755, 0.121037585889, 0.263543632049,
      0.604902320987, 1.03052579964, 2.2023048669, 4.10196432474,
    ],
  ],
  [
    'gamma 4.5',
    (r) => r.gamma(4.5),
    [
      0.575974773112, 1.04395036794, 1.66255642153, 2.08407950407, 2.69002660589, 3.19665298224,
      3.67851725101, 4.17141634613, 4.70682004724, 5.32818600326, 6.12107273492, 7.34182828663, 8.45948880231,
      10.8329971667, 13.9385824356,
    ],
  ],
  [
    'gamma 200',
    (r) => r.gamma(200),
    [
      159.129801174, 168.577656701, 177.320487033, 182.103712618, 188.010915412, 192.349203035, 196.108740945,
      199.666765612, 203.267574402, 207.167632156, 211.794753362, 218.324492527, 223.816233915, 234.362249187,
      246.56587937,
    ],
  ],
  ['uniform', (r) => r.uniform(), P],
  ['uniformOpen', (r) => r.uniformOpen(), P],
];

describe('continuous distributions', () => {
  it.each(QUANTILES)('%s follows its cdf', (name, draw, quantiles) => {
    const random = Random.fromSeed(2).split(name);
    const draws = random.fill(new Float64Array(N), () => draw(random));
    expect(kolmogorovSmirnov(draws, quantiles)).toBeLessThan(KS_LIMIT);
  });

  it('the normal has its first four moments and its tail', () => {
    const n = 400_000;
    const draws = Random.fromSeed(5).fillNormal(new Float64Array(n));
    const moment = (k: number) => draws.reduce((sum, x) => sum + x ** k, 0) / n;
    // Standard errors √(var(x^k) / n): 1, √2, √15, √96 over √n.
    expect(Math.abs(moment(1)) * Math.sqrt(n)).toBeLessThan(4.5);
    expect((Math.abs(moment(2) - 1) / Math.sqrt(2)) * Math.sqrt(n)).toBeLessThan(4.5);
    expect((Math.abs(moment(3)) / Math.sqrt(15)) * Math.sqrt(n)).toBeLessThan(4.5);
    expect((Math.abs(moment(4) - 3) / Math.sqrt(96)) * Math.sqrt(n)).toBeLessThan(4.5);
    // 2 * scipy.stats.norm.sf(3.442619855899) = 5.7613e-4: where the ziggurat hands over to the tail.
    const beyond = draws.filter((x) => Math.abs(x) > 3.442619855899).length;
    expect(Math.abs(beyond - 5.7613e-4 * n)).toBeLessThan(4.5 * Math.sqrt(5.7613e-4 * n));
  });

  it('uniform stays in [0, 1) and uses its lowest bit', () => {
    const random = Random.fromSeed(6);
    let odd = 0;
    for (let i = 0; i < 10_000; i++) {
      const u = random.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      if ((u * 2 ** 53) % 2 === 1) odd++;
    }
    expect(Math.abs(odd - 5000)).toBeLessThan(5 * 50);
  });

  it('gamma keeps mean and spread for tiny and huge shapes', () => {
    const random = Random.fromSeed(7);
    for (let i = 0; i < 1000; i++) expect(random.gamma(1e-8)).toBeGreaterThanOrEqual(0);
    for (const shape of [1e12, 1e19, 1e40, 1e300]) {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < 2000; i++) {
        const z = (random.gamma(shape) - shape) / Math.sqrt(shape);
        sum += z;
        squares += z * z;
      }
      expect(Math.abs(sum) / Math.sqrt(2000)).toBeLessThan(4.5);
      // Above 1e32 the spread is below one unit in the last place.
      if (shape < 1e32) expect(Math.abs(squares / 2000 - 1)).toBeLessThan(4.5 * Math.sqrt(2 / 2000));
    }
  });
});

/** χ² of the draws against probabilities of `first`, `first` + 1, …, the rest in one cell. */
function chiSquare(draws: Float64Array, first: number, probabilities: readonly number[]): number {
  const expected = [...probabilities, 1 - probabilities.reduce((a, b) => a + b)];
  const counts = new Float64Array(expected.length);
  for (const x of draws) {
    const cell = x - first;
    counts[cell >= 0 && cell < probabilities.length ? cell : probabilities.length]++;
  }
  return expected.reduce((sum, p, i) => sum + (counts[i] - N * p) ** 2 / (N * p), 0);
}

describe('counts', () => {
  it.each<[string, (random: Random) => number, number, number, number[]]>([
    // scipy.stats.poisson.pmf(range(first, …), mean); limits scipy.stats.chi2.ppf(.999, cells)
    [
      'Poisson .7',
      (r) => r.poisson(0.7),
      22.5,
      0,
      [0.496585303791, 0.347609712654, 0.121663399429, 0.0283881265334, 0.00496792214335, 0.000695509100069],
    ],
    [
      'Poisson 9.5',
      (r) => r.poisson(9.5),
      42.4,
      2,
      [
        0.00337768882368, 0.0106960146083, 0.0254030346948, 0.0482657659201, 0.0764207960401, 0.103713937483,
        0.123160300761, 0.130002539692, 0.123502412708, 0.106661174611, 0.0844400965672, 0.0617062244145,
        0.0418720808527, 0.02651898454, 0.0157456470706, 0.00879903806889, 0.00464393675858, 0.00232196837929,
      ],
    ],
    [
      'Poisson 14',
      (r) => r.poisson(14),
      48.3,
      4,
      [
        0.00133100030305, 0.00372680084853, 0.00869586864656, 0.0173917372931, 0.030435540263,
        0.0473441737424, 0.0662818432393, 0.0843587095773, 0.0984184945069, 0.105989147931, 0.105989147931,
        0.0989232047351, 0.0865578041433, 0.0712828975297, 0.0554422536342, 0.0408521868884, 0.0285965308219,
        0.0190643538812, 0.0121318615608, 0.00738461138483, 0.00430768997448, 0.00241230638571,
      ],
    ],
    // scipy.stats.nbinom.pmf(range(16), 1 / .5, 2 / (2 + 4))
    [
      'negative binomial 4, .5',
      (r) => r.negativeBinomial(4, 0.5),
      39.3,
      0,
      [
        0.111111111111, 0.148148148148, 0.148148148148, 0.131687242798, 0.109739368999, 0.0877914951989,
        0.0682822740436, 0.0520245897475, 0.0390184423106, 0.0289025498597, 0.0211952032305, 0.0154146932585,
        0.01113283402, 0.00799280391182, 0.0057091456513, 0.00405983690759,
      ],
    ],
  ])('%s follows its probabilities', (name, draw, limit, first, probabilities) => {
    const random = Random.fromSeed(3).split(name);
    expect(
      chiSquare(
        random.fill(new Float64Array(N), () => draw(random)),
        first,
        probabilities,
      ),
    ).toBeLessThan(limit);
  });

  it('knows the log-probability to many digits, also where lgamma would cancel', () => {
    // mpmath, 40 digits: k*log(m) - m - loggamma(k + 1)
    expect(poissonLogProbability(1e12 + 2e6, 1e12)).toBeCloseTo(-16.734448757836, 11);
    expect(poissonLogProbability(5, 1e-3)).toBeCloseTo(-39.3272681376927, 11);
    expect(poissonLogProbability(15, 14.2)).toBeCloseTo(-2.300641914732666, 13);
    expect(poissonLogProbability(16, 17)).toBeCloseTo(-2.3404466011812155, 13);
    expect(poissonLogProbability(1000, 2000)).toBeCloseTo(-311.225718946081, 10);
    expect(poissonLogProbability(0, 3)).toBe(-3);
  });

  it.each([0, 1e-300, 12, 1e6, 1e15, 1e100])('Poisson of mean %d has that mean and variance', (mean) => {
    const random = Random.fromSeed(4);
    let sum = 0;
    let squares = 0;
    const n = 4000;
    for (let i = 0; i < n; i++) {
      const count = random.poisson(mean);
      expect(Number.isInteger(count) && count >= 0).toBe(true);
      const z = mean > 0 ? (count - mean) / Math.sqrt(mean) : count;
      sum += z;
      squares += z * z;
    }
    if (mean < 1e-3) expect(squares).toBeLessThan(1e-3);
    else expect(Math.abs(sum) / Math.sqrt(n)).toBeLessThan(4.5);
    if (mean > 1 && mean < 1e30) expect(Math.abs(squares / n - 1)).toBeLessThan(4.5 * Math.sqrt(2.2 / n));
  });

  it('the negative binomial reaches its limits: Poisson, nothing, nearly always nothing', () => {
    const random = Random.fromSeed(8);
    expect(random.negativeBinomial(0, 3)).toBe(0);
    for (const dispersion of [0, 1e-310, 1e-12]) {
      let squares = 0;
      for (let i = 0; i < 4000; i++) squares += (random.negativeBinomial(50, dispersion) - 50) ** 2 / 50;
      expect(Math.abs(squares / 4000 - 1)).toBeLessThan(4.5 * Math.sqrt(2.1 / 4000));
    }
    let zeros = 0;
    for (let i = 0; i < 1000; i++) if (random.negativeBinomial(1, 1e4) === 0) zeros++;
    // P(0) = (1 + mean · dispersion)^(−1 / dispersion) = .99908
    expect(zeros).toBeGreaterThan(985);
  });

  it('bernoulli keeps its probability and its ends', () => {
    const random = Random.fromSeed(9);
    let hits = 0;
    for (let i = 0; i < 10_000; i++) {
      if (random.bernoulli(0.3)) hits++;
      expect(random.bernoulli(0)).toBe(false);
      expect(random.bernoulli(1)).toBe(true);
    }
    expect(Math.abs(hits - 3000)).toBeLessThan(4.5 * 45.9);
  });
});

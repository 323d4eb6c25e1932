/** Plans against brute force over every single experiment; replays that cannot cheat. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianScreen } from '../../test/support/gaussian-screen.js';
import { solve } from '../../test/support/solve.js';
import { OutcomeTensor } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import { imputerOptions, Training } from '../impute/index.js';
import { MatrixNormal } from '../impute/matrix-normal/index.js';
import { Random } from '../random/index.js';
import { interquartileRange } from '../stats/index.js';
import { errorWeights } from './error-weights.js';
import {
  assess,
  type CurvePoint,
  experimentsFor,
  mostExperiments,
  planExperiments,
  type ReplayRow,
  replaySplit,
  replayStrategy,
  savings,
  strategies,
} from './index.js';
import { MOST_CLASSES, noiseClasses } from './noise-classes.js';
import { Uncertainty } from './uncertainty.js';

const options = imputerOptions({ matrixNormalPower: 1 });
const random = () => Random.fromSeed(5);

const placesOf = (tensor: OutcomeTensor) => {
  const missing = [...tensor.missingPairs()];
  return {
    context: Int32Array.from(missing, ({ context }) => context),
    action: Int32Array.from(missing, ({ action }) => action),
  };
};

describe('a plan', () => {
  // few enough pairs that every direction is a class of its own: nothing is approximated
  const { tensor } = gaussianScreen({ nContexts: 4, nActions: 5, nGenes: 30, coverage: 0.3, seed: 8 });
  const places = placesOf(tensor);
  const m = places.context.length;
  const all = Array.from({ length: m }, (_, at) => at);
  const model = new MatrixNormal(tensor, options).learn(new Training(tensor));
  const uncertainty = () => assess(new Training(tensor), places, options);

  /** Summed expected error of what is not measured, from the definition: a dense conditional a direction. */
  function expectedSum(extra: readonly number[], ranges: Float64Array, targets = all): number {
    const { contexts, actions, signal, noise } = model.covariance;
    const weights = errorWeights(model);
    const visible = [
      ...Array.from(model.pairs, (pair) => [tensor.pairContext[pair], tensor.pairAction[pair]]),
      ...extra.map((at) => [places.context[at], places.action[at]]),
    ];
    const K = ([c, a]: number[], [d, b]: number[]) => contexts[c * 4 + d] * actions[a * 5 + b];
    let sum = 0;
    for (const at of targets) {
      if (extra.includes(at)) continue;
      const own = [places.context[at], places.action[at]];
      let variance = 0;
      for (let j = 0; j < signal.length; j++) {
        const S = visible.map((p, i) =>
          visible.map((q, k) => signal[j] * K(p, q) + (i === k ? noise[j] : 0)),
        );
        const k = visible.map((p) => signal[j] * K(own, p));
        const explained = solve(S, k).reduce((total, weight, i) => total + weight * k[i], 0);
        variance += weights[j] * (signal[j] * K(own, own) - explained + noise[j]);
      }
      sum += Math.sqrt(variance) / ranges[at];
    }
    return sum;
  }

  const ranges = new Float64Array(m);
  assess(new Training(tensor), places, options, (at, profile) => {
    ranges[at] = interquartileRange(profile);
  });

  it('has as many classes as directions here', () => {
    expect(model.directions.count).toBeLessThanOrEqual(MOST_CLASSES);
    expect(m).toBeGreaterThan(6);
  });

  it('takes the best of all single experiments, and then the best of the rest', () => {
    const before = expectedSum([], ranges);
    const planned = planExperiments(
      uncertainty(),
      { candidates: all, targets: all },
      3,
      'expected-error',
      random(),
    );
    const chosen: number[] = [];
    let left = before;
    for (const { pair, gain } of planned) {
      const sums = all.map((at) =>
        chosen.includes(at) ? Number.POSITIVE_INFINITY : expectedSum([...chosen, at], ranges),
      );
      const best = sums.indexOf(Math.min(...sums));
      expect(pair).toBe(best);
      expect(gain).toBeCloseTo((left - sums[best]) / before, 8);
      chosen.push(best);
      left = sums[best];
    }
    expect(chosen).toHaveLength(3);
  });

  it('takes the least known first when asked to', () => {
    const planned = planExperiments(
      uncertainty(),
      { candidates: all, targets: all },
      m,
      'most-uncertain',
      random(),
    );
    const errors = all.map((at) => uncertainty().expectedError(at));
    expect(planned[0].pair).toBe(errors.indexOf(Math.max(...errors)));
  });

  it.each(strategies)('%s: every candidate once, the same every time, no more than there are', (strategy) => {
    const plan = () =>
      planExperiments(uncertainty(), { candidates: all, targets: all }, 1000, strategy, random());
    expect([...plan().map(({ pair }) => pair)].sort((a, b) => a - b)).toEqual(all);
    expect(plan()).toEqual(plan());
    for (const { gain } of plan()) expect(gain).toBeGreaterThan(0);
    const total = plan().reduce((sum, { gain }) => sum + gain, 0);
    expect(total).toBeCloseTo(1, 6); // when all are measured, nothing is left to be wrong about
  });

  it('chooses among the candidates only, for the good of all', () => {
    const some = [1, 4];
    const planned = planExperiments(
      uncertainty(),
      { candidates: some, targets: all },
      5,
      'expected-error',
      random(),
    );
    expect(planned.map(({ pair }) => pair).sort()).toEqual(some);
    const sums = some.map((at) => expectedSum([at], ranges));
    expect(planned[0].pair).toBe(some[sums.indexOf(Math.min(...sums))]);
  });

  it('looks at the targets only', () => {
    const targets = [0, 3];
    const candidates = all.filter((at) => !targets.includes(at));
    const [{ pair, gain }] = planExperiments(
      uncertainty(),
      { candidates, targets },
      1,
      'expected-error',
      random(),
    );
    const alone = (extra: number[]) => expectedSum(extra, ranges, targets);
    const sums = candidates.map((at) => alone([at]));
    expect(pair).toBe(candidates[sums.indexOf(Math.min(...sums))]);
    expect(gain).toBeCloseTo((alone([]) - Math.min(...sums)) / alone([]), 8);
  });

  it('is empty where nothing is missing', () => {
    const full = gaussianScreen({ nContexts: 3, nActions: 3, nGenes: 5, coverage: 1, seed: 1 }).tensor;
    const none = assess(new Training(full), placesOf(full), options);
    expect(planExperiments(none, { candidates: [], targets: [] }, 5, 'expected-error', random())).toEqual([]);
  });

  it('works on equal profiles, where there is nothing to learn', () => {
    const flat = new OutcomeTensor({ ...tensor, profiles: tensor.profiles.map(() => 3) });
    const planned = planExperiments(
      assess(new Training(flat), places, options),
      { candidates: all, targets: all },
      2,
      'expected-error',
      random(),
    );
    expect(planned.map(({ gain }) => gain)).toEqual([0, 0]);
  });
});

describe('classes of directions', () => {
  it('keep the whole weight, in the order of the ratios, and are few', () => {
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive, positive), { maxLength: 60 }), (directions) => {
        const column = (k: 0 | 1 | 2) => Float64Array.from(directions, (row) => row[k]);
        const classes = noiseClasses(column(0), column(1), column(2));
        expect(classes.length).toBeLessThanOrEqual(MOST_CLASSES);
        const total = directions.reduce((sum, [s, , w]) => sum + s * w, 0);
        const kept = classes.reduce((sum, { weight }) => sum + weight, 0);
        expect(Math.abs(kept - total)).toBeLessThanOrEqual(1e-9 * total);
        for (let k = 1; k < classes.length; k++) {
          expect(classes[k].ratio).toBeGreaterThanOrEqual(classes[k - 1].ratio * (1 - 1e-12));
        }
      }),
    );
  });

  it('say nearly what hundreds of directions say', () => {
    const { tensor } = gaussianScreen({
      nContexts: 8,
      nActions: 9,
      nGenes: 200,
      coverage: 0.6,
      seed: 3,
      sizeOf: (gene) => Math.exp(-gene / 20),
    });
    const places = placesOf(tensor);
    const model = new MatrixNormal(tensor, options).learn(new Training(tensor));
    const { signal, noise } = model.covariance;
    const weights = errorWeights(model);
    const sizes = new Float64Array(places.context.length).fill(1);
    const grouped = new Uncertainty(model, places, weights, sizes);
    // one direction at a time is exact: its squared errors add up
    const exact = new Float64Array(sizes.length);
    for (let j = 0; j < signal.length; j++) {
      const alone = weights.map((weight, k) => (k === j ? weight : 0));
      const one = new Uncertainty(model, places, alone, sizes);
      exact.forEach((_, at) => (exact[at] += one.expectedError(at) ** 2));
    }
    expect(noise.length).toBeGreaterThan(MOST_CLASSES);
    exact.forEach((value, at) => {
      expect(Math.abs(grouped.expectedError(at) / Math.sqrt(value) - 1)).toBeLessThan(0.02);
    });
  });
});

describe('a replay', () => {
  const { tensor } = gaussianScreen({ nContexts: 7, nActions: 8, nGenes: 25, coverage: 0.8, seed: 6 });
  const shares = { startShare: 0.2, testShare: 0.2 };
  const settings = {
    step: 6,
    errorOf: (a: Float64Array, b: Float64Array) =>
      Math.sqrt(a.reduce((sum, value, g) => sum + (value - b[g]) ** 2 / a.length, 0)),
  };

  it('splits the treated pairs; every context and action keeps one', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { candidates, test } = replaySplit(tensor, shares, Random.fromSeed(seed));
      const hidden = new Set([...candidates, ...test]);
      expect(hidden.size).toBe(candidates.length + test.length);
      const visible = [...tensor.treatedPairs()].filter((pair) => !hidden.has(pair));
      expect(new Set(visible.map((pair) => tensor.pairContext[pair])).size).toBe(7);
      expect(new Set(visible.map((pair) => tensor.pairAction[pair])).size).toBe(7);
      expect(test).toHaveLength(Math.round(0.2 * tensor.treatedPairs().length));
    }
  });

  it('refuses what leaves nothing to reveal', () => {
    expect(() => replaySplit(tensor, { startShare: 0.95, testShare: 0.2 }, random())).toThrow(DataError);
  });

  it('scores the test pairs, the same for every strategy before the first and after the last experiment', async () => {
    const split = replaySplit(tensor, shares, random());
    const curves: CurvePoint[][] = [];
    for (const strategy of strategies) {
      curves.push(await replayStrategy(tensor, split, strategy, options, random(), settings));
    }
    const last = mostExperiments(tensor, split);
    expect(last).toBe(split.candidates.length);
    for (const curve of curves) {
      expect(curve[0]).toEqual(curves[0][0]);
      expect(curve.at(-1)!.experiments).toBe(last);
      expect(curve.at(-1)!.error).toBeCloseTo(curves[0].at(-1)!.error, 10);
      expect(curve.map(({ experiments }) => experiments)).toEqual(
        curves[0].map(({ experiments }) => experiments),
      );
    }
  });

  it('never looks at what was not revealed', async () => {
    const split = replaySplit(tensor, shares, random());
    const profiles = tensor.profiles.slice();
    for (const pair of split.test) profiles.fill(1e5, pair * 25, (pair + 1) * 25);
    const changed = new OutcomeTensor({ ...tensor, profiles });
    const predictions = async (screen: OutcomeTensor) => {
      const seen: number[] = [];
      const errorOf = (predicted: Float64Array) => {
        seen.push(...predicted);
        return 1;
      };
      await replayStrategy(screen, split, 'expected-error', options, random(), { ...settings, errorOf });
      return seen;
    };
    expect(await predictions(changed)).toEqual(await predictions(tensor));
  });

  it('without test pairs scores what is hidden, and leaves a tenth of the screen hidden', async () => {
    const split = replaySplit(tensor, { startShare: 0.2, testShare: 0 }, random());
    const counts: number[] = [];
    let count = 0;
    const curve = await replayStrategy(tensor, split, 'random', options, random(), {
      ...settings,
      errorOf: () => {
        count++;
        return 1;
      },
      onStep: () => {
        counts.push(count);
      },
    });
    expect(counts[1]).toBe(split.candidates.length);
    const left = split.candidates.length - curve.at(-1)!.experiments;
    expect(left).toBe(Math.ceil(0.1 * tensor.treatedPairs().length));
  });
});

describe('what a replay says', () => {
  const curve = [1, 0.8, 0.6, 0.4].map((error, k) => ({ experiments: 10 * k, error }));

  it('counts experiments between the points of a curve, from where it stays below', () => {
    expect(experimentsFor(curve, 0.7)).toBeCloseTo(15, 12);
    expect(experimentsFor(curve, 2)).toBe(0);
    expect(experimentsFor(curve, 0.3)).toBeNaN();
    const back = [...curve, { experiments: 40, error: 0.75 }, { experiments: 50, error: 0.3 }];
    expect(experimentsFor(back, 0.7)).toBeCloseTo(40 + (10 * 0.05) / 0.45, 12);
  });

  it('compares means over seeds with the random order, and tells every seed', () => {
    const rows: ReplayRow[] = [0, 1].flatMap((seed) =>
      [0, 10, 20, 30, 40].flatMap((experiments) => [
        { strategy: 'random' as const, seed, experiments, error: 1 - experiments / 100 },
        {
          strategy: 'expected-error' as const,
          seed,
          experiments,
          error: 1 - (experiments * (2 + 2 * seed)) / 100,
        },
      ]),
    );
    const found = savings(rows, 'expected-error');
    expect(found.map(({ experiments }) => experiments)).toEqual([10, 20, 30]);
    // the mean curve falls three times as fast, the seeds two and four times
    for (const { share, shares } of found) {
      expect(share).toBeCloseTo(1 / 3, 12);
      expect(shares[0]).toBeCloseTo(1 / 2, 12);
      expect(shares[1]).toBeCloseTo(1 / 4, 12);
    }
    expect(savings(rows, 'most-uncertain')).toEqual([]);
  });
});

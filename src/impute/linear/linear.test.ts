/** The linear model against what it contains, against closed forms, and with planted covariates. */
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { type FeatureTable, OutcomeTensor, type OutcomeTensorParts } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { pseudoinverse } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { fixedEffect } from '../fixed-effect.js';
import type { ImputerOptions } from '../imputer.js';
import { imputerOptions } from '../options.js';
import { Training } from '../training.js';
import { LeaveOneOut } from './choose-ridges.js';
import { ContextCovariates } from './covariates.js';
import { Design, type Ridges } from './design.js';
import { linear } from './linear.js';
import { PairProducts } from './pair-products.js';
import { profileResponses } from './responses.js';
import { Ridge } from './ridge.js';

const predict = async (
  tensor: OutcomeTensor,
  target: [number, number],
  options: Partial<ImputerOptions>,
  hidden: number[] = [],
) =>
  (await linear.create(tensor, imputerOptions(options)).fit(new Training(tensor, hidden))).predict(...target);

const changed = (tensor: OutcomeTensor, parts: Partial<OutcomeTensorParts>) =>
  new OutcomeTensor({ ...tensor, ...parts });

const gaps = (c: number, a: number) => a === 0 || (c + 2 * a) % 5 !== 0;
const noisy = (nGenes = 12) =>
  factorScreen({ nContexts: 6, nActions: 7, nGenes, rank: 3, noise: 0.3, observed: gaps }).tensor;

describe('special cases', () => {
  it('is the fixed effect when contexts are pinned at their controls and nothing is shrunk', async () => {
    const tensor = noisy();
    const options = { linearContext: 'control', linearActionRidge: 0 } as const;
    const other = await fixedEffect.create(tensor, imputerOptions()).fit(new Training(tensor));
    const missing = [...tensor.missingPairs()];
    expect(missing.length).toBeGreaterThan(5);
    for (const { context, action } of missing) {
      const mine = await predict(tensor, [context, action], options);
      expect(relativeDifference(mine.profile, other.predict(context, action).profile)).toBeLessThan(1e-12);
    }
  });

  it('without ridge, in a table with one hole, is Yates’ formula for a missing plot', async () => {
    const { tensor } = factorScreen({ nContexts: 4, nActions: 5, nGenes: 6, rank: 2, noise: 1 });
    const hole = tensor.pair(2, 3);
    const sums = (keep: (pair: number) => boolean) =>
      Float64Array.from({ length: 6 }, (_, g) => {
        let sum = 0;
        for (let pair = 0; pair < 20; pair++) {
          if (pair !== hole && keep(pair)) sum += tensor.profile(pair)[g];
        }
        return sum;
      });
    const row = sums((pair) => tensor.pairContext[pair] === 2);
    const column = sums((pair) => tensor.pairAction[pair] === 3);
    const all = sums(() => true);
    const expected = row.map((value, g) => (4 * value + 5 * column[g] - all[g]) / (3 * 4));
    const options = { linearContextRidge: 0, linearActionRidge: 0 };
    const { profile } = await predict(tensor, [2, 3], options, [hole]);
    expect(relativeDifference(profile, expected)).toBeLessThan(1e-12);
  });

  it('is the mean of all profiles under endless ridges', async () => {
    const tensor = noisy();
    const mean = new Float64Array(12);
    tensor.profiles.forEach((value, at) => (mean[at % 12] += value / tensor.nPairs));
    const options = { linearContextRidge: 1e12, linearActionRidge: 1e12 };
    expect(relativeDifference((await predict(tensor, [1, 2], options)).profile, mean)).toBeLessThan(1e-9);
  });
});

describe('ridges', () => {
  const tensor = noisy();
  const pairs = Int32Array.from({ length: tensor.nPairs }, (_, pair) => pair);
  const design = new Design({
    nContexts: 6,
    nActions: 7,
    intercept: true,
    contextEffects: true,
    actionEffects: true,
    covariates: null,
    interactions: false,
  });
  const rows = Array.from(pairs, (pair) => design.row(tensor.pairContext[pair], tensor.pairAction[pair]));
  const ridges: Ridges = { context: 0.7, action: 3, covariate: 1 };

  it('leave-one-out error in closed form is that of refitting without each pair', () => {
    const { table } = profileResponses(new PairProducts(tensor, 'test'), pairs);
    let refitted = 0;
    for (const left of pairs) {
      const others = pairs.filter((pair) => pair !== left);
      const ridge = new Ridge(
        Array.from(others, (pair) => rows[pair]),
        design.penalties(ridges),
      );
      const weights = ridge.apply(ridge.solve(rows[left]));
      for (let g = 0; g < 12; g++) {
        let error = tensor.profile(left)[g];
        others.forEach((pair, i) => (error -= weights[i] * tensor.profile(pair)[g]));
        refitted += error ** 2;
      }
    }
    const closed = new LeaveOneOut(design, rows, table, [...pairs]).error(ridges);
    expect(closed / refitted).toBeCloseTo(1, 10);
  });

  it('auto takes one that no neighbour on the grid beats', async () => {
    const { table } = profileResponses(new PairProducts(tensor, 'test'), pairs);
    const prediction = await predict(tensor, [0, 5], {});
    const chosen = prediction
      .explain()
      .notes.flatMap((note) => /ridge of the \w+ block: (.*)/.exec(note)?.[1] ?? []);
    const [context, action] = chosen.map(Number);
    const counted = [...pairs].filter((pair) => tensor.pairAction[pair] !== 0);
    const judge = new LeaveOneOut(design, rows, table, counted);
    const error = (a: number, b: number) => judge.error({ context: a, action: b, covariate: 1 });
    for (const step of [Math.sqrt(10), 1 / Math.sqrt(10)]) {
      const onGrid = (value: number) => Math.min(1e4, Math.max(1e-2, value));
      expect(error(onGrid(context * step), action)).toBeGreaterThanOrEqual(error(context, action));
      expect(error(context, onGrid(action * step))).toBeGreaterThanOrEqual(error(context, action));
    }
    expect(error(context, action)).toBeLessThan(0.999 * error(1, 1));
  });

  it('a singular system is solved by its pseudoinverse', () => {
    const { inverse } = new Ridge(rows, new Float64Array(14));
    const dense = new Float64Array(rows.length * 14);
    rows.forEach(({ columns, values }, i) => columns.forEach((c, at) => (dense[i * 14 + c] = values[at])));
    const plus = pseudoinverse(dense, rows.length, 14);
    // (DᵀD)⁺ = D⁺ D⁺ᵀ
    const expected = Float64Array.from({ length: 196 }, (_, at) => {
      let sum = 0;
      for (let i = 0; i < rows.length; i++) {
        sum += plus[Math.floor(at / 14) * rows.length + i] * plus[(at % 14) * rows.length + i];
      }
      return sum;
    });
    expect(relativeDifference(inverse, expected)).toBeLessThan(1e-10);
  });
});

describe('covariates', () => {
  const random = Random.fromSeed(4);
  const table = (k: number, known = [1, 1, 1, 1, 1, 1]): FeatureTable => ({
    columns: Array.from({ length: k }, (_, j) => `z${j}`),
    values: random.split(k).fillNormal(new Float64Array(6 * k)),
    known: Uint8Array.from(known),
  });

  it('a context without a single profile is predicted from planted interactions', async () => {
    const z = table(2);
    const { tensor } = factorScreen({ nContexts: 6, nActions: 4, nGenes: 5, rank: 1 });
    const effect = random.split('effects').fillNormal(new Float64Array(4 * 3 * 5));
    const truth = (c: number, a: number, g: number) =>
      effect[a * 15 + g] +
      z.values[c * 2] * effect[a * 15 + 5 + g] +
      z.values[c * 2 + 1] * effect[a * 15 + 10 + g];
    const profiles = Float64Array.from({ length: tensor.profiles.length }, (_, at) => {
      const pair = Math.floor(at / 5);
      return truth(tensor.pairContext[pair], tensor.pairAction[pair], at % 5);
    });
    const planted = changed(tensor, { profiles, features: { contexts: z } });
    const hidden = [...planted.pairsOfContext[5]];
    const options: Partial<ImputerOptions> = {
      linearContext: 'none',
      linearInteractions: true,
      linearCovariateRidge: 1e-9,
      linearActionRidge: 1e-9,
    };
    const { profile, fallback } = await predict(planted, [5, 2], options, hidden);
    expect(fallback).toBe('');
    const expected = Float64Array.from({ length: 5 }, (_, g) => truth(5, 2, g));
    expect(relativeDifference(profile, expected)).toBeLessThan(1e-6);
    const without = await predict(planted, [5, 2], { ...options, linearCovariates: false }, hidden);
    expect(without.fallback).toBe('mean-over-contexts');
  });

  it('many columns become few, with the same products up to scale', () => {
    const z = table(40);
    const covariates = ContextCovariates.from(z)!;
    expect(covariates.nColumns).toBeLessThanOrEqual(5);
    const standard = Array.from({ length: 40 }, (_, j) => {
      const column = Array.from({ length: 6 }, (_, c) => z.values[c * 40 + j]);
      const mean = column.reduce((a, b) => a + b) / 6;
      const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 6);
      return column.map((x) => (x - mean) / deviation);
    });
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < 6; b++) {
        const expected = standard.reduce((sum, column) => sum + (column[a] * column[b]) / 40, 0);
        const found = covariates.of(a).reduce((sum, x, j) => sum + x * covariates.of(b)[j], 0);
        expect(found).toBeCloseTo(expected, 10);
      }
    }
  });

  it('say nothing where there are none, none known, or all the same', () => {
    expect(ContextCovariates.from(undefined)).toBeNull();
    expect(ContextCovariates.from(table(0))).toBeNull();
    expect(ContextCovariates.from(table(3, [0, 0, 0, 0, 0, 0]))).toBeNull();
    expect(ContextCovariates.from({ ...table(2), values: new Float64Array(12).fill(7) })).toBeNull();
  });
});

it('refuses a pinned context without control', () => {
  const tensor = changed(noisy(), { control: -1 });
  expect(() => linear.create(tensor, imputerOptions({ linearContext: 'control' }))).toThrow(DataError);
});

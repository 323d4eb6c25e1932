/** Baselines and errors of predicted environments, on numbers that can be worked out by hand. */
import { describe, expect, it } from 'vitest';
import { dense } from '../data/index.js';
import { Random } from '../random/index.js';
import {
  baselinesOf,
  controlProfiles,
  environmentMeans,
  meanOfEnvironment,
  tanimoto,
} from './represent-environments-baselines.js';
import type { DescribedEnvironment } from './represent-environments-names.js';
import {
  comparisonRow,
  type ErrorRow,
  errorRow,
  verdictSentence,
  verdictsOf,
} from './represent-environments-scores.js';
import { shiftRows, sparsitySentence } from './represent-environments-shifts.js';

const environment = (
  action: string,
  context: string,
  profiles: number,
  part: DescribedEnvironment['part'] = 'train',
): DescribedEnvironment => ({
  name: `${action}, ${context}`,
  ...{ action, context, profiles, part },
  treated: action !== 'DMSO',
  words: '',
});

/** Two genes; control, A and C in X, control and A in Y, where B is held out. */
const environments = [
  environment('DMSO', 'X', 2),
  environment('DMSO', 'Y', 1),
  environment('A', 'X', 1),
  environment('A', 'Y', 1),
  environment('C', 'X', 2),
  environment('B', 'Y', 2, 'held-out'),
];
// biome-ignore format: a table
const rows = [[0, 0], [0, 2], [10, 10], [1, 1], [13, 10], [4, 4], [4, 6], [20, 10], [22, 14]];
const labels = Int32Array.of(0, 0, 1, 2, 3, 4, 4, 5, 5);
const X = dense(rows.length, 2, Float64Array.from(rows.flat()));
const means = environmentMeans(X, labels, environments.length);
const B = 5;
/** One other column: the dose. */
const profiles = {
  ...{ X, labels, columns: ['morgan:1', 'dose'] },
  descriptors: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1, 1, 3, 1, 3),
};
const fingerprints = new Map([
  ['A', [1, 2, 3]],
  ['C', [9]],
  ['B', [1, 2, 4]],
]);
const predictions = (given: ReadonlyMap<string, readonly number[]> | null, some = environments) =>
  new Map(
    baselinesOf(some, profiles, given, means).map(({ name, predict }) => [name, Array.from(predict(B))]),
  );

describe('means', () => {
  it('are of each environment, with the spread around them', () => {
    expect(Array.from(meanOfEnvironment(means, B))).toEqual([21, 12]);
    // ((1 + 1) / 2 + (4 + 4) / 2) / 2
    expect(Array.from(means.spread)).toEqual([0.5, 0, 0, 0, 0.5, 2.5]);
  });

  it('of the controls are those of the context', () => {
    const controls = controlProfiles([...environments, environment('B', 'Z', 1)], means);
    expect(controls.map((one) => one && Array.from(one))).toEqual([
      ...[
        [0, 1],
        [10, 10],
        [0, 1],
        [10, 10],
        [0, 1],
        [10, 10],
      ],
      null,
    ]);
  });
});

describe('baselines', () => {
  it('are the mean of what trains, the mean of its context, the nearest compound there', () => {
    const found = predictions(fingerprints);
    // seven profiles train
    expect(found.get('mean-profile')).toEqual([expect.closeTo(32 / 7, 12), expect.closeTo(33 / 7, 12)]);
    expect(found.get('mean-of-context')).toEqual([11.5, 10]);
    expect(found.get('nearest-fingerprint')).toEqual([13, 10]);
  });

  it('bring the shift of the nearest compound over from another context', () => {
    const onlyC = new Map([...fingerprints].filter(([name]) => name !== 'A'));
    // C moves X by (4, 4)
    expect(predictions(onlyC).get('nearest-fingerprint')).toEqual([14, 14]);
  });

  it('of compounds equally alike take the nearest dose, and of equals the mean', () => {
    const alike = new Map([...fingerprints, ['C', [1, 2, 3]]] as [string, number[]][]);
    const inY = environments.map((one) => (one.action === 'C' ? { ...one, context: 'Y' } : one));
    expect(predictions(alike, inY).get('nearest-fingerprint')).toEqual([4, 5]);
    const equal = { ...profiles, descriptors: new Float64Array(12) };
    const nearest = baselinesOf(inY, equal, alike, means).at(-1)!;
    expect(Array.from(nearest.predict(B))).toEqual([8.5, 7.5]);
  });

  it('without a fingerprint fall back to the mean of the context, and are fewer without any or with one context', () => {
    const without = new Map([...fingerprints].filter(([name]) => name !== 'B'));
    expect(predictions(without).get('nearest-fingerprint')).toEqual([11.5, 10]);
    expect([...predictions(null).keys()]).toEqual(['mean-profile', 'mean-of-context']);
    const oneContext = environments.map((one) => ({ ...one, context: null }));
    expect([...predictions(null, oneContext).keys()]).toEqual(['mean-profile']);
  });

  it('know how alike molecules are', () => {
    // rdkit: DataStructs.TanimotoSimilarity is common over either
    expect(tanimoto([1, 2, 3], [1, 2, 4])).toBe(0.5);
    expect(tanimoto([1], [2])).toBe(0);
    expect(tanimoto([], [])).toBe(1);
  });
});

describe('errors', () => {
  const control = Float64Array.of(10, 10);
  const scored = (predicted: readonly number[], reconstruction?: number) => ({
    ...{ name: 'B, Y', environment: B, profiles: 2, predicted, reconstruction },
  });

  it('are those of the profiles, from the prediction and through the latents', () => {
    const row = errorRow('m', scored([20, 10], 0.25), means, control);
    // profiles (20, 10) and (22, 14): (0 + 0 + 4 + 16) / 4
    expect(row.prediction_error).toBeCloseTo(5, 12);
    expect(row.reconstruction_error).toBe(0.25);
    // measured (21, 12), control (10, 10): 1 − (1 + 4) / (121 + 4)
    expect(row.shift_r2).toBeCloseTo(0.96, 12);
    // (10, 0) and (11, 2)
    expect(row.shift_cosine).toBeCloseTo(11 / Math.sqrt(125), 12);
  });

  it('of the control have an R² of 0, of the truth of 1', () => {
    expect(errorRow('m', scored([10, 10]), means, control).shift_r2).toBe(0);
    expect(errorRow('m', scored([21, 12]), means, control)).toMatchObject({
      shift_r2: 1,
      prediction_error: 2.5,
      reconstruction_error: 2.5,
    });
  });

  it('without a control, or of a shift of nothing, are not there', () => {
    expect(errorRow('m', scored([21, 12]), means, null)).toMatchObject({
      shift_r2: Number.NaN,
      shift_cosine: Number.NaN,
    });
    expect(errorRow('m', scored([20, 12]), means, Float64Array.of(21, 12)).shift_r2).toBeNaN();
  });
});

describe('verdicts', () => {
  const run = { epoch: 1, epochs: 1, seconds: 1 };
  const rowsOf = (model: string, prediction: readonly number[], reconstruction = prediction): ErrorRow[] =>
    prediction.map((error, i) => ({
      ...{ environment: `e${i}`, model, profiles: 2, shift_r2: 0, shift_cosine: Number.NaN },
      prediction_error: error,
      reconstruction_error: reconstruction[i],
    }));
  const errors = [
    ...rowsOf('good', [1, 2, 6], [0, 1, 2]),
    ...rowsOf('bad', [1, 2, 30]),
    ...rowsOf('mean-profile', [4, 4, 4]),
    ...rowsOf('nearest-fingerprint', [2, 2, 2]),
  ];
  const names = ['good', 'bad', 'mean-profile', 'nearest-fingerprint'];
  const comparison = names.map((name) =>
    comparisonRow(
      name,
      errors.filter(({ model }) => model === name),
      run,
    ),
  );

  const random = Random.fromSeed(0);

  it('take medians and means over environments', () => {
    expect(comparison[0]).toMatchObject({
      ...{ environments: 3, profiles: 6, prediction_error_median: 2, prediction_error_mean: 3 },
      ...{ reconstruction_error_median: 1, reconstruction_error_mean: 1, shift_cosine_median: Number.NaN },
    });
  });

  it('are for the lower mean, and say by how much', () => {
    // of three environments any may be drawn three times, and 'good' fails in one
    const verdicts = verdictsOf(['good', 'bad'], errors, random);
    expect(verdicts).toEqual([
      { model: 'good', prediction: 'is level with', reconstruction: 'beats' },
      { model: 'bad', prediction: 'is level with', reconstruction: 'is level with' },
    ]);
    const baselines = ['mean-profile', 'nearest-fingerprint'];
    expect(verdicts.map((one) => verdictSentence(one, comparison, errors, baselines))).toEqual([
      'good is level with mean-profile in predicting unseen environments: error 3, mean-profile 4, lower in 2 of 3; ' +
        'nearest-fingerprint has 2; and beats it in reconstructing them: 1',
      'bad is level with mean-profile in predicting unseen environments: error 11, mean-profile 4, lower in 2 of 3; ' +
        'nearest-fingerprint has 2; and is level with it in reconstructing them: 11',
    ]);
  });

  it('need three environments, and differences beyond chance', () => {
    const of = (mean: number[], own: number[]) =>
      verdictsOf(['own'], [...rowsOf('own', own), ...rowsOf('mean-profile', mean)], random)[0].prediction;
    expect(of([4, 4], [1, 1])).toBe('is level with');
    expect(of([4, 4, 4], [1, 1, 1])).toBe('beats');
    expect(of([4, 4, 4], [5, 6, 7])).toBe('fails to beat');
    expect(of([1.43e-30, 1, 1], [0, 2, 2])).toBe('is level with');
  });

  it('are against what is no number, and none without environments', () => {
    expect(verdictsOf(['broken'], errors, random)[0].prediction).toBe('fails to beat');
    expect(verdictsOf(['good'], [], random)).toEqual([]);
  });
});

it('sparsity is the effective number of shifted latents', () => {
  const three = [environment('DMSO', 'X', 1), environment('A', 'X', 1), environment('B', 'X', 1)];
  const said = (...found: number[]) =>
    sparsitySentence(three, { latent: 2, found: Float32Array.from(found), isAttention: false })[0];
  expect(said(5, 5, 0, 3, 0, -2)).toMatch(/^an environment shifts 1\.0 of 2 latents/);
  expect(said(0, 0, 3, -3, 1, 1)).toMatch(/^an environment shifts 2\.0 of 2/);
  expect(sparsitySentence(three, { latent: 2, found: null, isAttention: false })).toEqual([]);
});

it('shifts are measured from the control of the same context', () => {
  const latents = Float32Array.of(0, 2, 5, 4, 7, 1, 3, 9, 11);
  const asked = { ...environment('Z', 'Y', 0), part: 'asked' as const };
  const found = Float32Array.of(0, 0, 1, 2, 3, 4, 5);
  const given = { latent: 1, found, isAttention: false, latents, labels };
  const rowsFound = shiftRows([...environments, asked], given);
  expect(rowsFound.map(({ measured }) => measured)).toEqual([0, 0, 3, 2, 1, 5, Number.NaN]);
  expect(rowsFound.map(({ shift }) => shift)).toEqual([0, 0, 1, 2, 3, 4, 5]);
  const attended = shiftRows(environments, { ...given, isAttention: true });
  expect(attended[4]).toEqual({
    environment: 'C, X',
    latent: 0,
    shift: Number.NaN,
    measured: 1,
    attention: 3,
  });
  expect(shiftRows(environments, { ...given, found: null })[2].shift).toBeNaN();
});

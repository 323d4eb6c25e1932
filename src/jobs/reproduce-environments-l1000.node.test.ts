import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../compute/index.node.js';
import { FileError } from '../errors.js';
import { Random } from '../random/index.js';
import { loadDrawing } from '../report/plots/drawing.js';
import { type EnvironmentSettings, environmentSettings } from '../represent/index.js';
import { smallSet } from './reproduce-environments-l1000.fixture.js';
import { type L1000Fold, l1000Fold, l1000Folds } from './reproduce-environments-l1000-folds.js';
import { MODELS, methodResult } from './reproduce-environments-l1000-methods.js';
import { l1000Plan } from './reproduce-environments-l1000-plan.js';
import { methodsSection, watchSection } from './reproduce-environments-l1000-report.js';
import { summaryOf } from './reproduce-environments-l1000-scores.js';
import { l1000Sets } from './reproduce-environments-l1000-sets.node.js';
import { watchedTraining } from './reproduce-environments-l1000-watch.js';

const data = join(process.env.MECHANIST_SHARED ?? '../shared', 'data');
const small: Partial<EnvironmentSettings> = {
  latent: 2,
  encoderWidths: [4],
  decoderWidths: [4],
  environmentWidths: [4],
  adversaryWidths: [4],
  patience: null,
};
const fold = (): Promise<L1000Fold> => l1000Fold(smallSet(), 'action', ['c']);

describe('models on a fold of L1000', () => {
  it('a model that learns cell lines predicts an unseen compound better than the mean profile', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const settings = { ...small, epochs: 300, learningRate: 0.02 };
    const [cvae, mean] = await Promise.all(
      ['cvae', 'mean profile'].map(async (method) =>
        summaryOf((await methodResult(runtime, await fold(), method, settings, Random.fromSeed(1))).scores),
      ),
    );
    expect(mean.prediction).toBeCloseTo(((4 - 7.75) ** 2 + (14 - 7.75) ** 2) / 2, 9);
    expect(cvae.prediction).toBeLessThan(mean.prediction / 2);
    expect(cvae.reconstruction).not.toBe(cvae.prediction);
  });

  it('a watched training shows both parts, in units of the data, with a sample and without', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    for (const model of ['env-vae', 'adversarial-ae']) {
      const settings = environmentSettings(model, { ...small, epochs: 6 });
      const { epochs, failure } = await watchedTraining(
        runtime,
        await fold(),
        model,
        settings,
        Random.fromSeed(1),
        2,
      );
      expect(failure).toBe('');
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 4, 6]);
      const { train, validation } = epochs[0];
      // values are 10 apart: errors before learning are of that size
      expect(validation.error).toBeGreaterThan(1);
      expect(train.error).not.toBe(validation.error);
      const gaussian = model === 'env-vae';
      expect(validation.sampledError !== validation.error).toBe(gaussian);
      expect(Number.isNaN(validation.divergence)).toBe(!gaussian);
      expect(Number.isNaN(validation.shift)).toBe(!gaussian);
    }
  });
});

describe('the report of the L1000 part', () => {
  it('has a row for every method and every epoch, and says which models beat the mean', async () => {
    const at = { set: 'screen', by: 'action', folds: 3, fold: 0, seed: 0 } as const;
    const score = (k: number, error: number) => ({
      unit: `${k}`,
      profiles: 1,
      predictionSquares: error,
      reconstructionSquares: error,
      values: 10,
      shiftError: error,
      shiftSum: 0,
      shiftSquares: 20,
      genes: 10,
      r2: 1 - error / 20,
    });
    const entry = (model: string, error: number, fallbacks = 0) => ({
      run: { experiment: 'l1000-method', model, settings: null, at } as const,
      scores: Array.from({ length: 8 }, (_, k) => score(k, error + k / 100)),
      fallbacks,
    });
    const all = [
      entry('mean profile', 10),
      entry('mean of dose or cell line', 9),
      entry('si-a', 9, 8),
      entry('cvae', 5),
      entry('vae', 11),
    ];
    const { tables, lines } = methodsSection(all, 0);
    expect(tables['l1000-methods'].map(({ model }) => model)).toEqual(all.map(({ run }) => run.model));
    const text = lines.join('\n');
    expect(text).toMatch(/Better than the mean profile, with the interval above 0: `cvae`\.\n/);
    expect(text).toMatch(/\| si-a \|.*an average, 100 %/);
    const looks = {
      error: 1,
      sampledError: 3,
      predictedError: 1,
      divergence: 1,
      logVariance: 0,
      latents: 1,
      shift: 1,
    };
    const run = l1000Plan({ quick: true }).watch.find(
      ({ variant, at: { set } }) => variant === 'few profiles' && set === 'plate',
    )!;
    const watched = { epochs: [{ epoch: 1, train: looks, validation: looks }], failure: '' };
    const section = watchSection(await loadDrawing(), [[run, watched]], new Map([['plate', 2]]));
    expect(section.tables['l1000-curves'].length).toBe(1);
    // a sample is above the mean profile
    expect(section.lines.join('\n')).toMatch(/\| `vae` \|.*\*\*no\*\* \|/);
    expect(section.figures['l1000-curves']).toMatch(/^<svg/);
  });

  it('plans every method on every fold', () => {
    const { methods, watch } = l1000Plan({ seeds: 2 });
    const cvae = methods.filter(({ model }) => model === 'cvae');
    // folds of the six splits, twice
    expect(cvae.length).toBe(2 * (5 + 4 + 3 + 3 + 3 + 3));
    expect(new Set(methods.map((run) => JSON.stringify(run))).size).toBe(methods.length);
    for (const model of MODELS) expect(watch.some((run) => run.model === model)).toBe(true);
  });
});

it('names the file that is not there', async () => {
  await expect(l1000Sets('/nowhere')).rejects.toThrow(FileError);
});

describe.skipIf(!existsSync(join(data, 'l1000')))('the L1000 sets', () => {
  it('have profiles, contexts and molecules', async () => {
    const sets = await l1000Sets(data);
    expect(sets.map(({ X }) => [X.nRows, X.nCols])).toEqual([
      [371, 978],
      [272, 978],
      [326, 978],
    ]);
    expect(sets.map(({ fingerprints }) => fingerprints.size)).toEqual([44, 3, 20]);
    // logarithms
    for (const { X } of sets) expect(X.values.every((value) => Math.abs(value) < 20)).toBe(true);
    const [plate] = sets;
    expect(new Set(plate.contexts)).toEqual(
      new Set(['DMSO', '0.04 um', '0.12 um', '0.37 um', '1.11 um', '3.33 um', '10.0 um']),
    );
    const folds = await l1000Folds(plate, { by: 'action', folds: 5, random: Random.fromSeed(1) });
    for (const { train, validation } of folds) {
      const seen = new Set(Array.from(train, (row) => plate.actions[row]));
      expect(Array.from(validation).some((row) => seen.has(plate.actions[row]))).toBe(false);
      expect(Array.from(validation).every((row) => plate.fingerprints.has(plate.actions[row]))).toBe(true);
    }
  });
});

/** `represent` with models of environments, from outside: files by contract, the same bits after being killed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../src/compute/index.node.js';
import type { Matrix } from '../src/data/index.js';
import { readData, writeData } from '../src/formats/index.node.js';
import { loadEnvironments, representEnvironments } from '../src/jobs/index.node.js';
import { simulateEnvironments } from '../src/simulate/index.js';
import {
  hasShared,
  mechanist,
  numbersOf,
  readCsv,
  sharedFile,
  start,
  succeed,
  temporaryFolder,
} from './support/command.js';

const at = temporaryFolder();
const file = at('moved.h5ad');
const EPOCHS = 12;
const SETTINGS = { latent: 3, encoderWidths: [16], decoderWidths: [16], batchSize: 16, learningRate: 5e-3 };
const small = [
  ...['--numeric=shift_*', '--latent=3', '--encoder-widths=16', '--decoder-widths=16', '--batch-size=16'],
  ...['--learning-rate=0.005', `--epochs=${EPOCHS}`, '--threads=1'],
];
const represent = (out: string, ...more: string[]) => {
  const model = more.some((word) => word.startsWith('--model')) ? [] : ['--model=env-vae'];
  return ['represent', file, '--out', at(out), ...model, ...small, ...more];
};
const bytes = (out: string, name: string) => readFileSync(at(out, name));

const simulated = simulateEnvironments({ environments: 16, profiles: 12, latents: 3, genes: 12, seed: 3 });
const [ENVIRONMENTS, HELD_OUT] = [17, 5];

beforeAll(async () => {
  await writeData(file, simulated);
  await succeed(...represent('whole', '--quiet', '--checkpoint-every=1'));
});

describe('what is written', () => {
  const models = [
    'env-vae',
    'vae',
    'cvae',
    'env-translation',
    'env-film',
    'ap-ae',
    'adversarial-ae',
    'env-scm',
  ];
  let stderr: string;
  let result: { files: string[]; sentences: string[]; verdicts: Record<string, string>[] };

  beforeAll(async () => {
    const wanted = at('wanted.csv');
    writeFileSync(wanted, 'perturbation,shift_0,shift_1,shift_2\nnone,0,0,0\nfirst,4,0,0\nboth,4,-4,0\n');
    const words = [
      `--compare=${models.slice(1).join(',')}`,
      '--export-onnx=3',
      '--json',
      `--predict=${wanted}`,
    ];
    const outcome = await succeed(...represent('all', ...words));
    stderr = outcome.stderr;
    result = JSON.parse(outcome.stdout);
  });

  it('has the names of the contract', () => {
    const model = ['checkpoint.safetensors', 'config.json', 'history.csv', 'weights.safetensors'];
    const tables = ['comparison', 'environments', 'errors', 'predictions', 'shifts'].map(
      (name) => `${name}.csv`,
    );
    const others = ['latents.h5ad', 'predictions.h5ad', 'summary.json'];
    expect(readdirSync(at('whole')).sort()).toEqual([...model, ...tables, ...others].sort());
    expect(readdirSync(at('all', 'compare')).sort()).toEqual(models.slice(1).sort());
    expect(readdirSync(at('all', 'compare', 'env-scm')).sort()).toEqual(model);
    expect(result.files.every((path) => existsSync(path))).toBe(true);
    expect(result.files).toHaveLength(readdirSync(at('all')).length - 1);
  });

  it('says what was understood, and whether the mean is beaten', () => {
    expect(stderr).toMatch(/action: column 'perturbation', 17 values \(guessed by name\)/);
    expect(stderr).toMatch(/control: 'control', 12 rows/);
    expect(stderr).toMatch(/5 of 16 actions are held out: 60 of 204 rows/);
    expect(result.verdicts.map(({ model }) => model)).toEqual(models);
    for (const { model, prediction } of result.verdicts) {
      const said = result.sentences.find((sentence) => sentence.startsWith(`${model} `));
      expect(said).toContain(`${model} ${prediction} mean-profile in predicting unseen environments`);
    }
  });

  it('lists environments with their part and what describes them', () => {
    const { columns, rows } = readCsv(at('all', 'environments.csv'));
    expect(columns).toEqual(['environment', 'action', 'context', 'profiles', 'split', 'descriptors']);
    const parts = (split: string) => rows.filter((row) => row.split === split);
    expect(parts('held-out')).toHaveLength(HELD_OUT);
    expect(parts('validation')).toHaveLength(1);
    expect(parts('train')).toHaveLength(ENVIRONMENTS - HELD_OUT - 1);
    expect(parts('asked').map(({ environment }) => environment)).toEqual(['none', 'first', 'both']);
    expect(rows[0]).toMatchObject({ environment: 'control', profiles: '12', split: 'train' });
    expect(rows[1].descriptors).toMatch(/^treated; shift_0 /);
  });

  it('gives every environment and latent a shift', () => {
    const { columns, rows } = readCsv(at('all', 'shifts.csv'));
    expect(columns).toEqual(['environment', 'latent', 'shift', 'measured']);
    expect(rows).toHaveLength((ENVIRONMENTS + 3) * 3);
    for (const { shift } of rows) expect(Number.isFinite(Number(shift || Number.NaN))).toBe(true);
    expect(rows.filter(({ measured }) => measured === '')).toHaveLength(3 * 3);
    expect(rows.slice(0, 3).every(({ measured }) => Math.abs(Number(measured)) < 1e-6)).toBe(true);
  });

  it('predicts profiles as the saved model does, unseen ones too', async () => {
    const predicted = await readData(at('all', 'predictions.h5ad'));
    expect([predicted.nObs, predicted.nVars]).toEqual([ENVIRONMENTS + 3, 12]);
    const written = readCsv(at('all', 'predictions.csv')).rows;
    expect(written.map(({ environment }) => environment)).toEqual(predicted.obs.index);
    expect(Number(written[2]['gene-01'])).toBeCloseTo(predicted.X.values[2 * 12], 5);
    const runtime = await nodeRuntime({ threads: 1 });
    const { representation, encoder } = await loadEnvironments(runtime, at('all'));
    const latents = await readData(at('all', 'latents.h5ad'));
    expect(latents.obs.index).toEqual(simulated.obs.index);
    const { values, of, columns } = await encoder.encode(latents.obs);
    const width = columns.length;
    const ofProfiles = Float64Array.from({ length: of.length * width }, (_, i) => {
      return values[of[Math.floor(i / width)] * width + (i % width)];
    });
    const { mean } = await representation.encode(simulated.X, ofProfiles);
    const stored = (latents.obsm.get('X_mechanist') as Matrix).values;
    expect(Math.max(...mean.map((value, i) => Math.abs(value - stored[i])))).toBeLessThan(1e-5);
    const shifts = (await representation.shifts(values))!;
    const told = numbersOf(readCsv(at('all', 'shifts.csv')), 'shift');
    expect(Math.max(...shifts.map((value, i) => Math.abs(value - told[i])))).toBeLessThan(1e-5);
    await representation.dispose();
  });

  it('scores every model and baseline on every held-out environment', () => {
    const errors = readCsv(at('all', 'errors.csv'));
    expect(errors.columns).toEqual([
      ...['environment', 'model', 'profiles', 'reconstruction_error', 'prediction_error'],
      ...['shift_r2', 'shift_cosine'],
    ]);
    const names = [...models, 'mean-profile'];
    expect(errors.rows.map(({ model }) => model)).toEqual(
      Array.from({ length: HELD_OUT }, () => names).flat(),
    );
    const comparison = readCsv(at('all', 'comparison.csv'));
    expect(comparison.rows.map(({ model }) => model)).toEqual(names);
    for (const row of comparison.rows) {
      expect([row.environments, row.profiles]).toEqual([String(HELD_OUT), '60']);
      const own = errors.rows.filter(({ model }) => model === row.model);
      const mean = own.reduce((sum, { prediction_error: error }) => sum + Number(error) / own.length, 0);
      expect(Number(row.prediction_error_mean)).toBeCloseTo(mean, 8);
    }
  });

  it('has the error of the mean profile that the data have', () => {
    const { rows } = readCsv(at('all', 'environments.csv'));
    const held = new Set(
      rows.filter(({ split }) => split === 'held-out').map(({ environment }) => environment),
    );
    const X = simulated.X.values;
    const names = Array.from({ length: simulated.nObs }, (_, i) => rows[Math.floor(i / 12)].environment);
    const training = names.flatMap((name, i) => (held.has(name) ? [] : [i]));
    const mean = Array.from({ length: 12 }, (_, g) =>
      training.reduce((sum, i) => sum + X[i * 12 + g] / training.length, 0),
    );
    const all = names.flatMap((name, i) =>
      held.has(name) ? mean.map((m, g) => (X[i * 12 + g] - m) ** 2) : [],
    );
    const expected = all.reduce((sum, value) => sum + value, 0) / all.length;
    const told = readCsv(at('all', 'comparison.csv')).rows.at(-1)!;
    expect(Number(told.prediction_error_mean)).toBeCloseTo(expected, 6);
  });

  it('exports networks for so many profiles', () => {
    for (const name of ['encoder', 'decoder'])
      expect(bytes('all', `${name}.onnx`).length).toBeGreaterThan(1000);
  });

  it('of ap-ae has attention, which adds to 1', async () => {
    await succeed(...represent('attention', '--model=ap-ae', '--quiet', '--epochs=2'));
    const { columns, rows } = readCsv(at('attention', 'shifts.csv'));
    expect(columns).toEqual(['environment', 'latent', 'shift', 'measured', 'attention']);
    expect(rows.every(({ shift }) => shift === '')).toBe(true);
    for (let e = 0; e < ENVIRONMENTS; e++) {
      const own = rows.slice(3 * e, 3 * e + 3).reduce((sum, { attention }) => sum + Number(attention), 0);
      expect(own).toBeCloseTo(1, 5);
    }
  });
});

describe('with time to learn', () => {
  it('env-vae and cvae beat the mean on environments that they have not seen', async () => {
    const many = at('many.h5ad');
    const drawn = { environments: 60, profiles: 6, latents: 3, genes: 12, offsetScale: 4, seed: 3 };
    await writeData(many, simulateEnvironments(drawn));
    const result = await representEnvironments({
      ...{ path: many, out: at('learned'), model: 'env-vae', compare: 'cvae', numeric: 'shift_*', seed: 3 },
      ...{ threads: 1, version: '0', settings: { ...SETTINGS, epochs: 60, patience: null } },
    });
    expect(result.verdicts.map(({ prediction }) => prediction)).toEqual(['beats', 'beats']);
    const [, , mean] = result.comparison;
    for (const own of result.comparison.slice(0, 2)) {
      expect(own.prediction_error_mean).toBeLessThan(0.5 * mean.prediction_error_mean);
      expect(own.shift_cosine_median).toBeGreaterThan(0.8);
    }
  });

  it('a model that learns nothing is said to fail', async () => {
    const { stderr } = await succeed(...represent('nothing', '--epochs=1', '--learning-rate=0'));
    expect(stderr).toMatch(/env-vae fails to beat mean-profile in predicting unseen environments/);
  });
});

describe('a run that was stopped', () => {
  const epochsDone = (out: string) =>
    existsSync(at(out, 'history.csv')) ? readCsv(at(out, 'history.csv')).rows.length : 0;

  it('goes on to the same bits after kill -9, again and again', async () => {
    for (const [i, epochs] of [0, 1, 5, EPOCHS - 1].entries()) {
      const again = i > 0 ? ['--resume'] : [];
      const { child, outcome } = start(represent('killed', '--quiet', '--checkpoint-every=1', ...again));
      const begun = () => existsSync(at('killed', 'config.json')) && epochsDone('killed') >= epochs;
      while (!begun() && child.exitCode === null) await wait(1);
      // anywhere in the epoch after
      await wait(i * 3);
      child.kill('SIGKILL');
      await outcome;
    }
    await succeed(...represent('killed', '--quiet', '--checkpoint-every=1', '--resume'));
    for (const name of ['weights.safetensors', 'shifts.csv', 'predictions.csv', 'errors.csv', 'latents.h5ad'])
      expect(bytes('killed', name)).toEqual(bytes('whole', name));
  }, 60_000);

  it('says how to go on, and goes on where a compared model stood', async () => {
    const controller = new AbortController();
    const request = {
      ...{ path: file, out: at('compared'), model: 'env-vae', compare: 'cvae', numeric: 'shift_*', seed: 0 },
      ...{ threads: 1, version: '0', checkpointEvery: 1, settings: { ...SETTINGS, epochs: EPOCHS } },
    };
    const onProgress = (what: string, done: number) =>
      what.endsWith('cvae') && done === 40 && controller.abort();
    const stopped = representEnvironments({ ...request, onProgress, signal: controller.signal });
    await expect(stopped).rejects.toMatchObject({ tag: 'InterruptedError', message: /of cvae.*--resume/ });
    expect(existsSync(at('compared', 'summary.json'))).toBe(false);
    const { comparison } = await representEnvironments({ ...request, resume: true });
    expect(comparison.map(({ model }) => model)).toEqual(['env-vae', 'cvae', 'mean-profile']);
    await representEnvironments({ ...request, out: at('uninterrupted') });
    const inFolder = (out: string) => bytes(out, 'compare/cvae/weights.safetensors');
    expect(inFolder('compared')).toEqual(inFolder('uninterrupted'));
  });

  it.each<[string, string[], RegExp]>([
    ['other settings', ['--dropout=0.1', '--seed=3'], /differ: dropout \(0, now 0.1\).*seed/],
    ['another model', ['--model=env-scm'], /differ: model/],
    ['others held out', ['--held-out=environment-01'], /differ: held_out.*values_and_labels/],
  ])('is not gone on with by %s', async (_, words, message) => {
    const before = bytes('whole', 'weights.safetensors');
    const { code, stderr } = await mechanist(...represent('whole', '--resume', ...words));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(bytes('whole', 'weights.safetensors')).toEqual(before);
  });
});

describe('an existing folder', () => {
  it('of another kind of model is not taken for one', async () => {
    const cells = ['represent', file, '--out', at('cells'), '--model=vae', '--likelihood=gaussian'];
    await succeed(...cells, '--epochs=1', '--hidden=4', '--latent=2', '--no-report', '--threads=1');
    const runtime = await nodeRuntime({ threads: 1 });
    await expect(loadEnvironments(runtime, at('cells'))).rejects.toThrow(/'vae' in it is no model of env/);
  });

  it('is left alone, and replaced when asked for, with nothing of the old run left', async () => {
    const { code, stderr } = await mechanist(...represent('whole'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/exists; pass --overwrite/)]);
    await succeed(...represent('again', '--compare=vae', '--export-onnx', '--epochs=1'));
    writeFileSync(at('again', 'graph.csv'), 'of a model of cells');
    await succeed(...represent('again', '--overwrite', '--checkpoint-every=1'));
    expect(readdirSync(at('again')).sort()).toEqual(readdirSync(at('whole')).sort());
    expect(bytes('again', 'weights.safetensors')).toEqual(bytes('whole', 'weights.safetensors'));
  });
});

describe('a loss that is no number', () => {
  const wild = ['--learning-rate=1e3', '--noise=unit', '--log-variance-limit=none', '--kl-warm-up=0'];

  it('ends the run, and nothing is left', async () => {
    const { code, stderr } = await mechanist(...represent('nan', ...wild));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/the loss is \S+ at .*no good epoch before/)]);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(existsSync(at('nan'))).toBe(false);
  });

  it('of a compared model is told, and the others are compared', async () => {
    const { stderr } = await succeed(
      ...represent('beside', '--model=adversarial-ae', '--compare=env-vae,vae', ...wild),
    );
    expect(stderr).toMatch(/env-vae cannot be trained: the loss is/);
    expect(stderr).toMatch(
      /env-vae fails to beat mean-profile in predicting unseen environments: error no number/,
    );
    const { rows } = readCsv(at('beside', 'comparison.csv'));
    expect(rows.map(({ model }) => model)).toEqual(['adversarial-ae', 'env-vae', 'vae', 'mean-profile']);
    expect(rows[1]).toMatchObject({ environments: String(HELD_OUT), prediction_error_mean: '', epoch: '' });
  });
});

describe('options of the other models', () => {
  it.each<[string, string[], RegExp]>([
    [
      'of cells',
      ['--gene-sets=x.gmt'],
      /--gene-sets: 'x.gmt' is not an option of env-vae; it belongs to vae, beta-vae/,
    ],
    [
      'of cells, as they stand in the help',
      ['--particles=1000'],
      /--particles: '1000' is not an option of env-vae/,
    ],
    ['of cells without a value', ['--no-report'], /--no-report: 'false' is not an option of env-vae/],
    [
      'of environments',
      ['--model=vae'],
      /--numeric: 'shift_\*' is not an option of vae; it belongs to cvae, env-vae/,
    ],
    [
      'of one model',
      ['--film-per=feature'],
      /--film-per: 'feature' is not a setting of env-vae; it belongs to env-film/,
    ],
    ['that compare', ['--compare=svae'], /--compare: 'svae' is not one of 'vae', 'cvae'/],
    ['with words that are none', ['--held-out-share=all'], /--held-out-share: 'all' is not a number/],
    ['with other defaults', ['--defaults=theirs'], /--defaults: 'theirs' is not one of 'ours', 'published'/],
    ['with half a draw', ['--samples=0.5'], /--samples: '0.5'/],
  ])('%s are refused', async (_, words, message) => {
    const { code, stderr } = await mechanist(...represent('words', ...words));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(at('words'))).toBe(false);
  });
});

describe.skipIf(!hasShared)('the signatures of L1000', () => {
  it('are read with SMILES by identifier, and predicted for compounds that are held out', async () => {
    const words = [
      ...['--model=env-vae', `--smiles=${sharedFile('data/smiles/lincs_drugs_smiles.csv')}`],
      ...['--action=pert_iname', '--dose=pert_idose', '--time=pert_itime', '--held-out-by=pair'],
      ...[
        '--epochs=1',
        '--encoder-widths=16',
        '--decoder-widths=16',
        '--latent=4',
        '--threads=1',
        '--samples=0',
      ],
    ];
    const path = sharedFile('data/l1000/modzs_n272x978.gctx');
    const { stderr } = await succeed('represent', path, '--out', at('l1000'), ...words);
    expect(stderr).toMatch(/SMILES for \d+ of \d+ actions/);
    const { rows } = readCsv(at('l1000', 'comparison.csv'));
    expect(rows.map(({ model }) => model)).toEqual([
      ...['env-vae', 'mean-profile', 'mean-of-context', 'nearest-fingerprint'],
    ]);
  });
});

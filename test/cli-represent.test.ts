/** `represent` from outside: files by contract, the same bits after being killed, bad input answered in words. */
import { cpSync, existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel, nodeRuntime, saveModel } from '../src/compute/index.node.js';
import type { Matrix } from '../src/data/index.js';
import { readData, writeData } from '../src/formats/index.node.js';
import { loadMechanism, type RepresentFileRequest, representFile } from '../src/jobs/index.node.js';
import { simulateCells } from '../src/simulate/index.js';
import {
  hasShared,
  mechanist,
  readCsv,
  sharedFile,
  start,
  succeed,
  temporaryFolder,
} from './support/command.js';

const at = temporaryFolder();
const file = at('cells.h5ad');
const EPOCHS = 12;
/** Of svae-bayes in so many epochs: the first rotation comes after this one, later ones after every second. */
const WARM_UP = 4;
const small = [
  '--no-report',
  '--latent=4',
  '--hidden=16',
  '--batch-size=32',
  `--epochs=${EPOCHS}`,
  '--threads=1',
  '--repeats=1',
];
const represent = (out: string, ...more: string[]) => [
  'represent',
  file,
  '--out',
  at(out),
  ...small,
  ...more,
];
const weights = (out: string) => readFileSync(at(out, 'weights.safetensors'));

const simulated = simulateCells({
  ...{ perturbations: 12, cellsPerPerturbation: 40, controlCells: 40, latents: 4, genes: 20, width: 16 },
  ...{ seed: 5, heldOut: 2, definition: 'paper', library: 200 },
});

const request: RepresentFileRequest = {
  ...{
    path: file,
    out: '',
    model: 'svae-bayes',
    seed: 0,
    threads: 1,
    particles: 1,
    version: '0',
    report: false,
    repeats: 1,
  },
  ...{ checkpointEvery: 1, settings: { latent: 4, hidden: 16, batchSize: 32, epochs: EPOCHS } },
};
/** Batches of an epoch: 520 cells less the tenth that validates. */
const BATCHES = Math.ceil(468 / 32);

beforeAll(async () => {
  await writeData(file, simulated);
  await succeed(...represent('whole', '--quiet'));
});

describe('what is written', () => {
  const heldOut = 'perturbation-03,perturbation-07';
  let stderr: string;
  let result: Record<string, unknown>;

  beforeAll(async () => {
    const words = [
      `--held-out=${heldOut}`,
      '--compare=vae,svae+',
      '--particles=20',
      '--export-onnx=3',
      '--json',
    ];
    const outcome = await succeed(...represent('all', ...words));
    stderr = outcome.stderr;
    result = JSON.parse(outcome.stdout);
  });

  it('has the names of the contract', () => {
    const model = ['checkpoint.safetensors', 'config.json', 'history.csv', 'weights.safetensors'];
    const tables = ['comparison.csv', 'graph.csv', 'latents.h5ad', 'summary.json'];
    expect(readdirSync(at('whole'))).toEqual(expect.arrayContaining([...model, ...tables]));
    expect(readdirSync(at('all', 'compare', 'svae+')).sort()).toEqual(model);
    const files = result.files as string[];
    expect(files.every((path) => existsSync(path))).toBe(true);
    expect(files).toHaveLength(readdirSync(at('all')).length - 1);
  });

  it('says what was understood', () => {
    expect(stderr).toMatch(/perturbation: column 'perturbation', 13 values \(guessed by name\)/);
    expect(stderr).toMatch(/control: 'control', 40 rows \(guessed by name\)/);
    expect(stderr).toMatch(/440 cells of 10 perturbations train, 40 of them untreated/);
  });

  it('gives every trained perturbation and latent an edge', () => {
    const { columns, rows } = readCsv(at('all', 'graph.csv'));
    expect(columns).toEqual(['perturbation', 'latent', 'probability', 'shift']);
    expect(rows).toHaveLength(10 * 4);
    expect(rows.map(({ latent }) => latent).slice(0, 4)).toEqual(['0', '1', '2', '3']);
    for (const { probability, shift } of rows) {
      expect(Number(probability)).toBeGreaterThanOrEqual(0);
      expect(Number(probability)).toBeLessThanOrEqual(1);
      expect(Number.isFinite(Number(shift))).toBe(true);
    }
    const names = new Set(rows.map(({ perturbation }) => perturbation));
    expect([...names].some((name) => heldOut.includes(name))).toBe(false);
    const moved = readCsv(at('all', 'held-out-graph.csv')).rows;
    expect(moved).toHaveLength(2 * 4);
    expect(new Set(moved.map(({ perturbation }) => perturbation))).toEqual(new Set(heldOut.split(',')));
  });

  it('keeps the cells in their order, with latents that the saved model gives', async () => {
    const latents = await readData(at('all', 'latents.h5ad'));
    expect(latents.obs.index).toEqual(simulated.obs.index);
    const table = latents.obsm.get('X_mechanist') as Matrix;
    expect([table.nRows, table.nCols]).toEqual([520, 4]);
    const runtime = await nodeRuntime({ threads: 1 });
    const model = await loadMechanism(runtime, at('all'));
    const { mean } = await model.encode(simulated.X);
    const stored = table.values as Float32Array;
    expect(Math.max(...mean.map((value, i) => Math.abs(value - stored[i])))).toBeLessThan(1e-5);
    await model.dispose();
  });

  it('compares on the same cells, beside a mean profile', () => {
    const { columns, rows } = readCsv(at('all', 'comparison.csv'));
    expect(columns.slice(0, 5)).toEqual([
      'model',
      'validation_cells',
      'validation_elbo',
      'held_out_cells',
      'held_out_bound',
    ]);
    expect(rows.map(({ model }) => model)).toEqual(['svae-bayes', 'vae', 'svae+', 'mean-profile']);
    for (const row of rows) {
      expect([row.validation_cells, row.held_out_cells]).toEqual(['44', '40']);
      expect(Number(row.held_out_bound)).toBeLessThan(0);
    }
    const held = readCsv(at('all', 'held-out.csv')).rows;
    expect(held).toHaveLength(3 * 2);
    for (const row of held) expect([row.cells_fitted, row.cells_scored]).toEqual(['20', '20']);
    const mean = (model: string) => {
      const bounds = held.filter((row) => row.model === model).map(({ bound }) => Number(bound));
      return bounds.reduce((sum, bound) => sum + bound, 0) / bounds.length;
    };
    for (const { model, held_out_bound: bound } of rows.slice(0, 3))
      expect(Number(bound)).toBeCloseTo(mean(model), 8);
  });

  it('exports networks for so many cells', () => {
    for (const name of ['encoder', 'decoder'])
      expect(readFileSync(at('all', `${name}.onnx`)).length).toBeGreaterThan(1000);
  });

  it('has a model without a graph as one with an empty table', async () => {
    const { stderr: said } = await succeed(...represent('plain', '--model=vae', '--validation=0'));
    expect(said).toMatch(/this model has no graph/);
    expect(readCsv(at('plain', 'graph.csv')).rows).toEqual([]);
    expect(readCsv(at('plain', 'comparison.csv')).rows[0].validation_elbo).toBe('');
  });
});

describe('a run that was stopped', () => {
  const epochsDone = (out: string) =>
    existsSync(at(out, 'history.csv')) ? readCsv(at(out, 'history.csv')).rows.length : 0;

  it('goes on to the same bits after kill -9, again and again', async () => {
    for (const [i, epochs] of [0, 1, WARM_UP - 1, WARM_UP, WARM_UP + 1, EPOCHS - 1].entries()) {
      const { child, outcome } = start(represent('killed', '--quiet', ...(i > 0 ? ['--resume'] : [])));
      const begun = () => existsSync(at('killed', 'config.json')) && epochsDone('killed') >= epochs;
      while (!begun() && child.exitCode === null) await wait(1);
      // anywhere in the epoch after
      await wait(i * 3);
      child.kill('SIGKILL');
      await outcome;
    }
    expect(existsSync(at('killed', 'summary.json'))).toBe(false);
    await succeed(...represent('killed', '--quiet', '--resume'));
    expect(weights('killed')).toEqual(weights('whole'));
    for (const name of ['graph.csv', 'latents.h5ad'])
      expect(readFileSync(at('killed', name))).toEqual(readFileSync(at('whole', name)));
  }, 60_000);

  it.each([
    ['svae-bayes', 'in the middle of an epoch', 1.4],
    ['svae-bayes', 'just before the first rotation', WARM_UP],
    ['svae-bayes', 'just after it', WARM_UP + 1 / BATCHES],
    ['svae-bayes', 'before the last step', EPOCHS - 1 / BATCHES],
    ['svae+', 'in the middle of an epoch', 3.4],
  ] as const)('%s goes on from %s', async (model, _, epochs) => {
    const out = at(`${model}-${epochs}`);
    const asked = { ...request, model, out };
    const stopAt = Math.round(epochs * BATCHES);
    const controller = new AbortController();
    const onProgress = (_what: string, done: number) => {
      if (done === stopAt) controller.abort();
    };
    const stopped = representFile({ ...asked, onProgress, signal: controller.signal });
    await expect(stopped).rejects.toMatchObject({ tag: 'InterruptedError', message: /--resume/ });
    const { checkpoint } = await loadModel(out);
    expect(checkpoint!.position.step).toBe(stopAt);
    await representFile({ ...asked, resume: true });
    if (model !== 'svae-bayes') await representFile({ ...asked, out: at('whole+') });
    const whole = model === 'svae-bayes' ? at('whole') : at('whole+');
    const [there, expected] = [await loadModel(out), await loadModel(whole)];
    expect(there.weights).toEqual(expected.weights);
  });

  it('says how to go on after Ctrl-C', async () => {
    const long = ['--epochs=4000', '--kl-warm-up=4000', '--quiet'];
    const { child, outcome } = start(represent('interrupted', ...long));
    while (epochsDone('interrupted') < 2 && child.exitCode === null) await wait(2);
    child.kill('SIGINT');
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted in epoch \d+ of 4000.*--resume/);
    expect(existsSync(at('interrupted', 'weights.safetensors'))).toBe(true);
    expect(readdirSync(at('interrupted')).filter((name) => /part|tmp/.test(name))).toEqual([]);
  });

  it.each<[string, string[], RegExp]>([
    ['other settings', ['--learning-rate=0.1', '--seed=3'], /differ: learningRate \(0.0025, now 0.1\), seed/],
    ['another model', ['--model=svae'], /differ: model/],
    ['other cells', ['--held-out=perturbation-03'], /differ: perturbations.*held_out.*cells/],
  ])('is not gone on with by %s', async (_, words, message) => {
    const before = weights('whole');
    const { code, stderr } = await mechanist(...represent('whole', '--resume', ...words));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(weights('whole')).toEqual(before);
  });

  it('is not gone on with where its files are damaged', async () => {
    cpSync(at('whole'), at('damaged'), { recursive: true });
    truncateSync(at('damaged', 'checkpoint.safetensors'), 500);
    const cut = await mechanist(...represent('damaged', '--resume'));
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringMatching(/checkpoint.safetensors: .*header/)]);
    truncateSync(at('damaged', 'config.json'), 5);
    const { code, stderr } = await mechanist(...represent('damaged', '--resume'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/damaged\/config.json: is not JSON/)]);
  });

  it('is not gone on with where there is none', async () => {
    const { code, stderr } = await mechanist(...represent('none', '--resume'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/nothing to resume/)]);
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('an existing folder', () => {
  it('is left alone', async () => {
    const { code, stderr } = await mechanist(...represent('whole'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/exists; pass --overwrite/)]);
  });

  it('is replaced when asked for, with nothing of the old run left', async () => {
    await succeed(...represent('again', '--held-out=perturbation-03', '--particles=2', '--compare=vae'));
    await succeed(...represent('again', '--overwrite'));
    expect(weights('again')).toEqual(weights('whole'));
    expect(readdirSync(at('again')).sort()).toEqual(readdirSync(at('whole')).sort());
  });
});

describe('a loss that is no number', () => {
  it('ends the run with the reason, and nothing where no epoch was good', async () => {
    const { code, stderr } = await mechanist(
      ...represent('nan', '--likelihood=gaussian', '--learning-rate=1e3'),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/the loss is NaN at .*lower learning rate.*no good epoch before/);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(existsSync(at('nan'))).toBe(false);
  });

  it('leaves the last good weights', async () => {
    const out = at('broken');
    const onProgress = (_: string, done: number) => done === 3 * BATCHES + 2 && controller.abort();
    const controller = new AbortController();
    const run = representFile({ ...request, out, onProgress, signal: controller.signal });
    await expect(run).rejects.toMatchObject({ tag: 'InterruptedError' });
    const good = weights('broken');
    const { checkpoint } = await loadModel(out);
    const current = new Map(checkpoint!.current);
    const [name, { shape, values }] = [...current].find(([key]) => key.includes('output'))!;
    current.set(name, { shape, values: Float32Array.from(values as Float32Array, () => Number.NaN) });
    await saveModel(out, { checkpoint: { ...checkpoint!, current } });
    const { code, stderr } = await mechanist(...represent('broken', '--resume'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the loss is NaN at epoch 4.*keeps weights and checkpoint of epoch 3, the last good/,
    );
    expect(weights('broken')).toEqual(good);
  });
});

describe('unknown words', () => {
  it.each<[string, string[], RegExp]>([
    ['models', ['--model=svae-'], /--model: 'svae-' is not one of/],
    ['compared models', ['--compare=vae,svea'], /--compare: 'svea' is not one of/],
    ['settings', ['--likelihood=nb'], /--likelihood: 'nb' is not one of/],
    ['numbers', ['--epochs=ten'], /--epochs: 'ten' is not a whole number/],
    ['settings of other models', ['--sparsity=3'], /--sparsity: '3' is not a setting of svae-bayes/],
    ['devices', ['--device=gpu'], /--device: 'gpu' is not one of/],
    ['ways to combine', ['--combinations=add'], /--combinations: 'add' is not one of/],
    ['samples', ['--particles=0'], /--particles: '0'/],
  ])('for %s are refused', async (_, words, message) => {
    const { code, stderr } = await mechanist(...represent('words', ...words));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(at('words'))).toBe(false);
  });
});

describe.skipIf(!hasShared)('the cells of Papalexi et al. 2021', () => {
  it('are read from a loose matrix, with a pathway held out', async () => {
    const folder = (name: string) => sharedFile(`data/papalexi2021/${name}`);
    const { stderr } = await succeed(
      ...['represent', folder('counts_genes_x_cells.mtx.gz'), '--out', at('papalexi'), '--threads=1'],
      ...['--cells', folder('cells.csv.gz'), '--genes', folder('genes.csv'), '--perturbation=target'],
      ...['--held-out=STAT1,JAK2', '--particles=2', '--epochs=1', '--hidden=16', '--latent=3', '--no-report'],
    );
    expect(stderr).toMatch(/control: 'non-targeting', 2386 rows/);
    expect(stderr).toMatch(/cells of 23 perturbations train, 2386 of them untreated/);
    expect(readCsv(at('papalexi', 'graph.csv')).rows).toHaveLength(23 * 3);
    expect((await readData(at('papalexi', 'latents.h5ad'))).nObs).toBe(20_729);
  }, 60_000);
});

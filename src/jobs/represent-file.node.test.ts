/** What `representFile` makes of cells that are not as they should be, and of combinations. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCsv, temporaryFolder } from '../../test/support/command.js';
import { dense, PerturbationData, strings, Table } from '../data/index.js';
import { isMechanistError } from '../errors.js';
import { writeData } from '../formats/index.node.js';
import { type RepresentFileRequest, representFile } from './represent-file.node.js';
import { repeatsFor } from './represent-repeats.node.js';

const at = temporaryFolder();
type Labels = readonly (string | null)[];
type Rows = readonly (readonly number[])[];

const CELLS = 40;
const GENES = 6;

/** Small counts, without a cell of none. */
const counts = (change: (cell: number, count: number) => number = (_, count) => count): number[][] =>
  Array.from({ length: CELLS }, (_, i) =>
    Array.from({ length: GENES }, (_, j) => change(i, ((i * 7 + j * 3) % 5) + 1)),
  );
const labels = (of: (cell: number) => string | null): Labels =>
  Array.from({ length: CELLS }, (_, i) => of(i));
const usual = labels((i) => ['control', 'A', 'B'][i % 3]);

/** Writes a file of these cells and represents it, in few steps. */
async function run(name: string, rows: Rows, given: Labels, more: Partial<RepresentFileRequest> = {}) {
  const path = at(`${name}.h5ad`);
  const nGenes = rows[0].length;
  await writeData(
    path,
    new PerturbationData({
      X: dense(rows.length, nGenes, Float32Array.from(rows.flat())),
      obs: new Table(
        rows.map((_, i) => `cell-${i}`),
        [['perturbation', strings(given)]],
      ),
      var: new Table(Array.from({ length: nGenes }, (_, j) => `gene-${j}`)),
    }),
    { overwrite: true },
  );
  const said: string[] = [];
  const { settings, ...others } = more;
  const result = await representFile({
    ...{ path, out: at(name), model: 'svae-bayes', perturbation: 'perturbation', seed: 0, threads: 1 },
    ...{
      particles: 5,
      repeats: 1,
      checkpointEvery: 1,
      version: '0',
      report: false,
      settings: { hidden: 4, epochs: 2, ...settings },
    },
    onUnderstood: (...sentences) => said.push(...sentences),
    ...others,
  });
  return { result, said: said.join('\n') };
}

describe('refused, with nothing left behind', () => {
  it.each<[string, Rows, Labels, Partial<RepresentFileRequest>, RegExp]>([
    [
      'fractions',
      counts((cell, count) => (cell === 7 ? 0.5 : count)),
      usual,
      {},
      /^cell 'cell-7', gene 'gene-0' holds 0.5, which is no count; give raw counts.*--likelihood gaussian/,
    ],
    ['negative counts', counts((cell, count) => (cell === 7 ? -1 : count)), usual, {}, /holds -1/],
    [
      'missing values',
      counts((cell, count) => (cell === 7 ? Number.NaN : count)),
      usual,
      { settings: { likelihood: 'gaussian' } },
      /^cell 'cell-7', gene 'gene-0' holds NaN, which is no number; values that are missing/,
    ],
    ['an infinity', counts((cell, x) => (cell === 7 ? Infinity : x)), usual, {}, /holds Infinity/],
    ['control cells alone', counts(), labels(() => 'A'), { control: 'A' }, /^no perturbation to train on/],
    ['all held out', counts(), labels(() => 'A'), { heldOut: 'A' }, /^0 cells to train on are too few/],
    ['too few cells', counts().slice(0, 3), ['A', 'B', 'A'], {}, /^3 cells to train on are too few/],
    ['no labels', counts(), labels(() => null), {}, /^no cell is left.*40 of 40 cells have no label/],
    ['no counts', counts(() => 0), usual, {}, /^no cell is left.*40 of 40 cells have no counts at all/],
    ['no such column', counts(), usual, { perturbation: 'target' }, /'target' not in obs/],
    ['no such control', counts(), usual, { control: 'cntrol' }, /'cntrol'.*did you mean 'control'/],
    ['no such layer', counts(), usual, { layer: 'counts' }, /'counts' not in layers/],
    ['no such perturbation', counts(), usual, { heldOut: 'C' }, /^--held-out: 'C' is not one of 'A', 'B'/],
    ['an empty name', counts(), usual, { heldOut: 'A,' }, /^--held-out: 'A,' is not a list/],
    ['more latents than genes', counts(), usual, { settings: { latent: 7 } }, /^--latent: '7'.*genes, 6/],
    ['settings of another model', counts(), usual, { settings: { sparsity: null } }, /^--sparsity: 'auto'/],
    [
      'a count that nothing uses',
      counts(),
      usual,
      { model: 'svae+', settings: { pseudoCells: 3 } },
      /--edge-prior bound/,
    ],
    ['a model twice', counts(), usual, { compare: 'vae,vae' }, /^--compare: 'vae,vae' is not a list/],
    [
      'no genes',
      Array.from({ length: CELLS }, () => []),
      usual,
      {},
      /^nothing to work on: 40 cells × 0 genes/,
    ],
  ])('%s', async (name, rows, given, more, message) => {
    const error = await run(name, rows, given, more).catch((reason: unknown) => reason);
    expect(isMechanistError(error)).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect(existsSync(at(name))).toBe(false);
  });
});

describe('done, and said', () => {
  it.each<[string, Rows, Labels, Partial<RepresentFileRequest>, RegExp]>([
    [
      'cells without counts',
      counts((cell, count) => (cell < 3 ? 0 : count)),
      usual,
      {},
      /3 of 40 cells have no counts at all and are left out\n37 cells/,
    ],
    [
      'cells without labels',
      counts(),
      labels((i) => (i < 4 ? null : usual[i])),
      {},
      /4 of 40 cells have no label in 'perturbation' and are left out\n36 cells/,
    ],
    [
      'cells without labels that are the controls',
      counts(),
      labels((i) => (i < 9 ? null : 'A')),
      { control: '' },
      /the 9 rows without a label.*\n40 cells of 1 perturbations train, 9 of them/,
    ],
    [
      'no control',
      counts(),
      labels((i) => 'ABC'[i % 3]),
      {},
      /40 cells of 3 .* 0 of them untreated: a shift/,
    ],
    [
      'controls as any other',
      counts(),
      usual,
      { control: 'none' },
      /control: none\n40 cells of 3 perturbations/,
    ],
    [
      'a perturbation of one cell',
      counts(),
      labels((i) => (i === 5 ? 'C' : usual[i])),
      {},
      /1 perturbation has fewer than 10 cells \('C'\)/,
    ],
    [
      'a held-out perturbation of one cell',
      counts(),
      labels((i) => (i === 5 ? 'C' : usual[i])),
      { heldOut: 'C' },
      /39 cells of 2 perturbations train/,
    ],
    ['one perturbation', counts(), labels((i) => ['control', 'A'][i % 2]), {}, /40 cells of 1 perturbations/],
    ['fewer cells than a batch', counts(), usual, { settings: { batchSize: 1000 } }, /40 cells/],
    [
      'values that are no counts',
      counts((_, x) => x - 2.5),
      usual,
      { settings: { likelihood: 'gaussian' }, heldOut: 'B' },
      /27 cells of 1 /,
    ],
    [
      'other counts, another prior',
      counts(),
      usual,
      { model: 'svae+', settings: { likelihood: 'poisson', edgePrior: 'bound', pseudoCells: 10 } },
      /40 cells/,
    ],
    ['a gene without counts', counts().map((row) => [0, ...row]), usual, {}, /40 cells/],
    ['no epochs', counts(), usual, { settings: { epochs: 0 } }, /40 cells/],
    ['no validation', counts(), usual, { settings: { validation: 0 } }, /40 cells/],
    ['four cells', counts().slice(0, 4), ['A', 'B', 'A', 'B'], {}, /4 cells of 2/],
  ])('%s', async (name, rows, given, more, message) => {
    const { result, said } = await run(name, rows, given, more);
    expect(said).toMatch(message);
    const { rows: edges } = readCsv(at(name, 'graph.csv'));
    expect(edges).toHaveLength(result.perturbations * result.latents);
    for (const { shift, probability } of edges) {
      expect([shift, probability]).not.toContain('');
      expect(Number.isFinite(Number(shift) + Number(probability))).toBe(true);
    }
    const { sentences, comparison } = JSON.parse(readFileSync(at(name, 'summary.json'), 'utf8'));
    expect(sentences).toEqual(result.sentences);
    expect(comparison).toHaveLength(2);
  });

  it('repeated names of genes', async () => {
    // the reader's names are unique already where the format asks for it; here two columns share theirs
    const path = at('repeated.csv');
    const lines = counts().map((row, i) => [`cell-${i}`, usual[i], ...row].join(','));
    writeFileSync(path, ['cell,perturbation,g,g,h,i,j,k', ...lines, ''].join('\n'));
    const { said } = await run('repeated', counts(), usual, { path });
    expect(said).toMatch(/made unique/);
  });
});

describe('combinations', () => {
  const names = ['control', 'A', 'B', 'A+B', 'C'];
  const paired = labels((i) => names[i % 5]);
  const trainedOn = (name: string) => [
    ...new Set(readCsv(at(name, 'graph.csv')).rows.map(({ perturbation }) => perturbation)),
  ];

  it('are labels like others, which is said', async () => {
    const { said } = await run('as written', counts(), paired);
    expect(trainedOn('as written')).toEqual(['A', 'A+B', 'B', 'C']);
    expect(said).toMatch(/1 labels look like combinations \('A\+B'\): --combinations additive/);
  });

  it('are two perturbations whose shifts add, or one however it is written', async () => {
    const written = paired.map((label, i) => (label === 'A+B' && i > 20 ? 'B_A' : label!.replace('+', '_')));
    await run('additive', counts(), written, { combinations: 'additive', separator: '_' });
    expect(trainedOn('additive')).toEqual(['A', 'B', 'C']);
    await run('own', counts(), written, { combinations: 'own', separator: '_' });
    expect(trainedOn('own')).toEqual(['A', 'A+B', 'B', 'C']);
  });

  it('can be held out: the sum of known shifts is scored', async () => {
    const { result } = await run('pair', counts(), paired, { combinations: 'additive', heldOut: 'B+A' });
    expect(trainedOn('pair')).toEqual(['A', 'B', 'C']);
    expect(result.heldOut).toMatchObject([{ perturbation: 'A+B', cells_fitted: 4, cells_scored: 4 }]);
    expect(readCsv(at('pair', 'held-out-graph.csv')).rows).toEqual([]);
  });

  it('hide a part that is never alone, which is said', async () => {
    const never = paired.map((label) => (label === 'A' ? 'B' : label));
    const { said } = await run('hidden', counts(), never, { combinations: 'additive', heldOut: 'A' });
    expect(said).toMatch(/'A' come only together with perturbations that train/);
    expect(readCsv(at('hidden', 'held-out-graph.csv')).rows).toEqual([]);
  });

  it('go with a part that is held out', async () => {
    const list = at('list.csv');
    writeFileSync(list, 'perturbation\nA\n');
    const { result, said } = await run('part', counts(), paired, {
      combinations: 'additive',
      heldOutFile: list,
    });
    expect(trainedOn('part')).toEqual(['B', 'C']);
    expect(said).toMatch(/24 cells of 2 perturbations train/);
    expect(result.heldOut.map(({ perturbation }) => perturbation).sort()).toEqual(['A', 'A+B']);
    const moved = readCsv(at('part', 'held-out-graph.csv')).rows.map(({ perturbation }) => perturbation);
    expect(new Set(moved)).toEqual(new Set(['A']));
  });
});

describe('trainings from other seeds', () => {
  const probabilities = (name: string) =>
    readCsv(at(name, 'graph.csv')).rows.map(({ probability }) => Number(probability));

  it('make the probability of an edge their mean, and go on where they were interrupted', async () => {
    const more = { settings: { epochs: 4, klWarmUp: 1, latent: 2 } };
    await run('once', counts(), usual, more);
    const { result } = await run('twice', counts(), usual, { ...more, repeats: 2 });
    expect(result.sentences.join('\n')).toMatch(
      /trained 2 times: latents agree with a correlation of \d\.\d\d, and \d+ of the \d+ edges/,
    );
    const [one, two] = [probabilities('once'), probabilities('twice')];
    two.forEach((p, at) => {
      expect(p).toBeGreaterThanOrEqual(one[at] / 2 - 1e-6);
      expect(p).toBeLessThanOrEqual((one[at] + 1) / 2 + 1e-6);
    });

    const stop = new AbortController();
    const onProgress = (what: string, done: number) => {
      if (what.includes('again') && done === 2) stop.abort();
    };
    const interrupted = run('stopped', counts(), usual, {
      ...more,
      repeats: 2,
      signal: stop.signal,
      onProgress,
    });
    await expect(interrupted).rejects.toThrow(/--resume/);
    await expect(run('stopped', counts(), usual, { ...more, repeats: 2 })).rejects.toThrow(
      /pass --resume to go on/,
    );
    await run('stopped', counts(), usual, { ...more, repeats: 2, resume: true });
    expect(probabilities('stopped')).toEqual(two);
  });

  it('are three where perturbations are few for the latents', () => {
    expect([repeatsFor('svae-bayes', 15, 74), repeatsFor('svae-bayes', 15, 75)]).toEqual([3, 1]);
    expect(repeatsFor('svae+', 15, 3)).toBe(1);
  });
});

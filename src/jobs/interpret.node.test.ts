/** What is written beside a trained representation, read back and checked against what was planted. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRuntime } from '../compute/check.fixture.node.js';
import type { Runtime } from '../compute/index.js';
import { columnNumbers, columnStrings, dense, type PerturbationData } from '../data/index.js';
import { readTable } from '../formats/index.node.js';
import { Random } from '../random/index.js';
import { blockCells, trainedOn } from '../represent/mechanism/blocks.fixture.js';
import { simulateCells } from '../simulate/index.js';
import { INTERPRETATION_FILES, type Interpretation, writeInterpretation } from './interpret.node.js';
import { calibrationOf, mechanismTruth } from './interpret-truth.js';

let runtime: Runtime;
let folder: string;
beforeAll(async () => {
  runtime = await testRuntime();
  folder = await mkdtemp(join(tmpdir(), 'mechanist-interpret-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = () => ({ source: 'cells.h5ad', version: '1', random: Random.fromSeed(1) });
const numbers = async (name: string, column: string) =>
  Array.from(columnNumbers((await readTable(join(folder, name))).column(column)));
const texts = async (name: string, column: string) =>
  columnStrings((await readTable(join(folder, name))).column(column));

describe('of planted mechanisms', () => {
  let work: Interpretation;
  beforeAll(async () => {
    const cells = blockCells();
    const settings = { latent: 2, likelihood: 'gaussian', epochs: 80, klWarmUp: 10 } as const;
    const { representation, history } = await trainedOn(runtime, cells, settings);
    const latents = await representation.encode(cells.X);
    const set = (name: string, ...genes: string[]) => ({ name, description: '', genes });
    const sets = [
      set('FIRST', 'g0', 'g1', 'g2', 'g3', 'lost'),
      set('SECOND', 'g4', 'g5', 'g6', 'g7'),
      set('FEW', 'g1'),
    ];
    const geneSets = { sets, notes: ["sets without genes: 'NONE'"] };
    work = { runtime, representation, cells, latents, history, geneSets, options: options() };
  });

  it('writes every table that there is something for, and the page', async () => {
    await writeFile(join(folder, 'interactions.csv'), 'of an earlier run');
    const { files, sentences } = await writeInterpretation(folder, work);
    const there = await readdir(folder);
    const expected = INTERPRETATION_FILES.filter((name) => name !== 'interactions.csv');
    expect(there.filter((name) => name !== 'figures').sort()).toEqual([...expected].sort());
    expect(files.length).toBe(expected.length + (await readdir(join(folder, 'figures'))).length);
    expect(sentences.join('\n')).toMatch(/mean control cell; they add up to within 0\.\d %/);
    expect(sentences.join('\n')).toMatch(
      /2 of 3 tested \(1 have fewer.*1 of their 9 genes were not measured/,
    );
    expect(sentences.join('\n')).toContain("sets without genes: 'NONE'");
    const html = await readFile(join(folder, 'report.html'), 'utf8');
    expect(html).toContain('8 edges');
    expect(html).not.toMatch(/NaN|undefined/);
  });

  it('tells genes, effects and shared latents as they were planted', async () => {
    const [latents, ranks, genes] = [
      await numbers('genes.csv', 'latent'),
      await numbers('genes.csv', 'rank'),
      await texts('genes.csv', 'gene'),
    ];
    for (const latent of [0, 1]) {
      const first = genes.filter((_, i) => latents[i] === latent && ranks[i] <= 4).sort();
      expect([
        ['g0', 'g1', 'g2', 'g3'],
        ['g4', 'g5', 'g6', 'g7'],
      ]).toContainEqual(first);
    }
    expect(await numbers('effects.csv', 'targets')).toEqual(Array(8).fill(1));
    expect(await numbers('effects.csv', 'cells')).toEqual(Array(8).fill(40));
    // 6 pairs within each of two groups of four; opposite shifts are opposite
    const cosines = await numbers('shared-latents.csv', 'cosine');
    expect(cosines).toHaveLength(12);
    expect(cosines.filter((cosine) => cosine < -0.9)).toHaveLength(8);
    expect((await numbers('latents.csv', 'gap')).every((gap) => gap < 0.01)).toBe(true);
    expect(await numbers('latents.csv', 'edges')).toEqual([4, 4]);
    const [sets, q] = [await texts('gene-sets.csv', 'set'), await numbers('gene-sets.csv', 'q')];
    expect([...new Set(sets)].sort()).toEqual(['FIRST', 'SECOND']);
    expect(q.every((value) => value > 0 && value <= 1)).toBe(true);
  });

  it('may leave out the page, and adds perturbations that were held out', async () => {
    const heldOut = [0, 1].map((latent) => ({
      perturbation: 'new',
      latent,
      probability: latent === 0 ? 0.99 : 0.01,
      shift: 3,
    }));
    const short = { ...options(), report: false, topGenes: 2 };
    await writeInterpretation(folder, { ...work, heldOut, geneSets: undefined, options: short });
    const there = await readdir(folder);
    expect(there).not.toContain('report.html');
    expect(there).not.toContain('gene-sets.csv');
    expect(await readdir(join(folder, 'figures'))).toEqual([]);
    expect((await texts('effects.csv', 'perturbation')).at(-1)).toBe('new');
    expect((await texts('effects.csv', 'kind')).at(-1)).toBe('held-out');
    expect(await numbers('genes.csv', 'rank')).toEqual([1, 2, 1, 2]);
    const wrong = writeInterpretation(folder, { ...work, options: { ...options(), topGenes: 0 } });
    await expect(wrong).rejects.toMatchObject({ tag: 'OptionError' });
    const stopped = { ...options(), signal: AbortSignal.abort() };
    await expect(writeInterpretation(folder, { ...work, options: stopped })).rejects.toThrow(/--resume/);
  });
});

describe('of simulated combinations', () => {
  const simulated = {
    perturbations: 16,
    cellsPerPerturbation: 50,
    controlCells: 50,
    heldOut: 0,
    combinations: 8,
    interactions: 0.5,
    targets: [1, 2],
    latents: 5,
    genes: 30,
    width: 20,
    counts: 'gaussian',
  } as const;
  const data = simulateCells(simulated);
  const truth = mechanismTruth(data)!;
  const names = columnStrings(data.obs.column('perturbation')) as string[];

  async function interpreted(perturbations: string[], slots: number, of: (name: string) => string[]) {
    const labels = new Int32Array(names.length * slots).fill(-1);
    names.forEach((name, cell) => {
      if (name === 'control') return;
      of(name).forEach((part, k) => {
        labels[cell * slots + k] = perturbations.indexOf(part);
      });
    });
    const cells = { X: data.X, labels, perturbations };
    const settings = { latent: 5, likelihood: 'gaussian', hidden: 64, epochs: 60, klWarmUp: 20 } as const;
    const { representation, history } = await trainedOn(runtime, cells, settings);
    const latents = await representation.encode(cells.X);
    await writeInterpretation(folder, {
      ...{ runtime, representation, cells, latents, history, truth },
      options: options(),
    });
    return { representation, latents, html: await readFile(join(folder, 'report.html'), 'utf8') };
  }
  const single = truth.perturbations.filter((name) => !name.includes('+'));
  const planted = new Set(
    truth.perturbations.filter((name, i) => {
      const [a, b] = name.split('+').map((part) => truth.perturbations.indexOf(part));
      const edge = (row: number, j: number) => truth.edges.values[row * 5 + j] === 1;
      return b !== undefined && [0, 1, 2, 3, 4].some((j) => edge(i, j) && !edge(a, j) && !edge(b, j));
    }),
  );

  it('finds those that do something new by labels of their own', async () => {
    const { html } = await interpreted([...truth.perturbations], 1, (name) => [name]);
    expect(planted.size).toBe(4);
    const kinds = await kindsFound();
    expect(kinds.filter(({ name, kind }) => planted.has(name) === (kind === 'novel')).length).toBeGreaterThan(
      5,
    );
    expect(html).toContain('Combinations beside their parts');
    expect(html).toContain('Are the probabilities of edges right?');
  });

  it('measures those whose shifts the model adds on their own cells, and knows the truth of them', async () => {
    const { representation, latents } = await interpreted(single, 2, (name) => name.split('+'));
    const kinds = await kindsFound();
    const plain = kinds.filter(({ name }) => !planted.has(name));
    expect(plain.filter(({ kind }) => kind === 'additive').length).toBeGreaterThanOrEqual(3);
    const found = calibrationOf(representation, latents.mean, truth)!;
    expect(found.areaUnderRoc).toBeGreaterThan(0.8);
    expect(calibrationOf(representation, latents.mean, { ...truth, perturbations: ['x'] })).toBeNull();
  });

  async function kindsFound() {
    const kinds = await texts('interactions.csv', 'kind');
    const found = (await texts('interactions.csv', 'combination')).map((name, i) => ({
      name: name!,
      kind: kinds[i],
    }));
    expect(found.map(({ name }) => name).sort()).toEqual(
      truth.perturbations.filter((name) => name.includes('+')).sort(),
    );
    return found;
  }

  it('knows the truth only where it is whole', () => {
    const without = (change: Parameters<PerturbationData['with']>[0]) => mechanismTruth(data.with(change));
    expect(without({})).toBeDefined();
    expect(without({ uns: [] })).toBeUndefined();
    expect(without({ obsm: [] })).toBeUndefined();
    expect(without({ uns: [['truth', 'yes']] })).toBeUndefined();
    expect(without({ obsm: [['Z', dense(data.nObs, 3)]] })).toBeUndefined();
    expect(
      without({ obsm: [['Z', dense(data.nObs, 5, new Float64Array(5 * data.nObs).fill(Number.NaN))]] }),
    ).toBeUndefined();
  });
});

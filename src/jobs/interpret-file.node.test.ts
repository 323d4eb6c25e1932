/** What `representFile` checks of gene sets and of the page before it trains, and what it writes after. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readCsv, temporaryFolder } from '../../test/support/command.js';
import { writeData } from '../formats/index.node.js';
import { simulateCells } from '../simulate/index.js';
import { type RepresentFileRequest, representFile } from './represent-file.node.js';

const at = temporaryFolder();
beforeAll(async () => {
  const sizes = { perturbations: 6, cellsPerPerturbation: 15, controlCells: 15, heldOut: 0, combinations: 3 };
  await writeData(at('cells.h5ad'), simulateCells({ ...sizes, latents: 3, genes: 12, width: 12 }));
  writeFileSync(at('sets.gmt'), 'FIRST\td\tgene-01\tgene-02\tgene-03\tTP53\n');
  writeFileSync(at('names.txt'), 'TP53\nMYC\n');
});

const represent = (name: string, more: Partial<RepresentFileRequest> = {}) =>
  representFile({
    ...{ path: at('cells.h5ad'), out: at(name), model: 'svae-bayes', seed: 0, threads: 1 },
    ...{
      particles: 5,
      repeats: 1,
      checkpointEvery: 1,
      version: '0',
      settings: { hidden: 4, latent: 3, epochs: 2 },
    },
    ...more,
  });

it('writes tables and page, and the same ones again', async () => {
  const more = { geneSets: at('sets.gmt'), topGenes: 3, heldOut: 'perturbation-6' };
  const { files, sentences } = await represent('one', more);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(sentences.join('\n')).toMatch(/1 of 1 tested.*1 of their 4 genes were not measured/);
  expect(sentences.join('\n')).toContain('3 combinations:');
  expect(readCsv(join(at('one'), 'genes.csv')).rows).toHaveLength(9);
  await represent('one', { ...more, overwrite: true });
  const before = readFileSync(join(at('one'), 'report.html'), 'utf8');
  await represent('two', more);
  for (const name of ['genes.csv', 'gene-sets.csv', 'interactions.csv', 'effects.csv']) {
    expect(readFileSync(join(at('two'), name))).toEqual(readFileSync(join(at('one'), name)));
  }
  // times of the training are not part of the page
  expect(readFileSync(join(at('two'), 'report.html'), 'utf8')).toBe(before);
});

it('leaves the page out when told to', async () => {
  await represent('plain', { report: false });
  expect(readdirSync(at('plain'))).toContain('genes.csv');
  expect(readdirSync(at('plain'))).not.toContain('report.html');
});

it('refuses gene sets that are none, and pictures that it would replace, before it trains', async () => {
  await expect(represent('no', { geneSets: at('lost.gmt') })).rejects.toMatchObject({ tag: 'FileError' });
  await expect(represent('no', { geneSets: at('names.txt') })).rejects.toThrow(/line 1.*no tab/);
  expect(existsSync(at('no'))).toBe(false);
  mkdirSync(at('mine', 'figures'), { recursive: true });
  writeFileSync(at('mine', 'figures', 'umap.svg'), '<svg/>');
  await expect(represent('mine')).rejects.toThrow(/umap\.svg exists/);
  expect(readdirSync(at('mine'))).toEqual(['figures']);
});

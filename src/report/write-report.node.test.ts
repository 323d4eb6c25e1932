import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkReport, removeReport, writeReport } from './write-report.node.js';

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>';
const report = (...stems: string[]) => ({
  html: '<!doctype html>',
  figures: new Map(stems.map((stem) => [stem, svg])),
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mechanist-report-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('writes the page and its figures, pictures on demand', async () => {
  const out = join(folder, 'new', 'out');
  const paths = await writeReport(out, report('tau', 'umap'), { png: 2 });
  expect(paths[0]).toBe(join(out, 'report.html'));
  expect(await readFile(paths[0], 'utf8')).toBe('<!doctype html>');
  expect((await readdir(join(out, 'figures'))).sort()).toEqual([
    'tau.png',
    'tau.svg',
    'umap.png',
    'umap.svg',
  ]);
});

it('leaves an earlier report alone unless told to replace it', async () => {
  await writeReport(folder, report('tau'));
  await writeFile(join(folder, 'report.html'), 'mine');
  await expect(writeReport(folder, report('tau'))).rejects.toMatchObject({
    tag: 'FileError',
    trouble: 'exists',
  });
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toBe('mine');
});

it('takes away figures of the earlier report that the new one lacks, and nothing else', async () => {
  await writeReport(folder, report('tau', 'donor-grid'));
  await writeFile(join(folder, 'figures', 'own.svg'), svg);
  await writeReport(folder, report('tau'), { overwrite: true });
  expect((await readdir(join(folder, 'figures'))).sort()).toEqual(['own.svg', 'tau.svg']);
});

it('says early what it may not replace, and takes away its own files only', async () => {
  await checkReport(folder);
  await writeReport(folder, report('tau'));
  await writeFile(join(folder, 'figures', 'own.svg'), svg);
  await expect(checkReport(folder)).rejects.toMatchObject({ tag: 'FileError', trouble: 'exists' });
  await checkReport(folder, { overwrite: true });
  await rm(join(folder, 'report.html'));
  await expect(checkReport(folder)).rejects.toThrow(/tau\.svg exists/);
  await removeReport(folder);
  await checkReport(folder);
  expect(await readdir(join(folder, 'figures'))).toEqual(['own.svg']);
});

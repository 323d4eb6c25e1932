/** The authors' screen: the medians of their program, and every pair against the same computation in NumPy. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CsvFile,
  hasShared,
  readCsv,
  root,
  sharedFile,
  succeed,
  temporaryFolder,
} from './support/command.js';

const at = temporaryFolder();
const screen = sharedFile('data/l1000/cmap_24cells_20compounds.tsv');
const PYTHON = '/usr/bin/python3';
const hasNumpy = spawnSync(PYTHON, ['-c', 'import numpy']).status === 0;

/** Medians over 302 pairs by the authors' program on this file, as published with it. */
const AUTHORS = [
  { method: 'si-a', r2: 0.876, cosine: 0.905, rmse: 264.5 },
  { method: 'two-way-mean', r2: 0.758, cosine: 0.789, rmse: 359 },
  { method: 'mean-over-actions', r2: 0.753, cosine: 0.8, rmse: 366 },
  { method: 'si-c', r2: 0.719, cosine: 0.729, rmse: 412 },
  { method: 'mean-over-contexts', r2: 0.684, cosine: 0.711, rmse: 429 },
  { method: 'fixed-effect', r2: 0.292, cosine: 0.139, rmse: 667 },
];

describe.skipIf(!hasShared)('leave-one-out of the CMAP set', () => {
  let scores: CsvFile;
  beforeAll(async () => {
    const methods = AUTHORS.map(({ method }) => method).join();
    const { stderr } = await succeed(
      'evaluate',
      screen,
      '--out',
      at('cmap'),
      '--methods',
      methods,
      '--control=DMSO',
    );
    expect(stderr).toContain('326 of 24 × 21 pairs measured, 978 genes');
    scores = readCsv(at('cmap', 'scores.csv'));
  });

  it.each(AUTHORS)('$method has the medians of the authors', ({ method, r2, cosine, rmse }) => {
    const row = readCsv(at('cmap', 'summary.csv')).rows.find((line) => line.method === method);
    expect(row?.n).toBe('302');
    expect(Math.abs(Number(row?.median_r2) - r2)).toBeLessThan(0.00051);
    expect(Math.abs(Number(row?.median_cosine) - cosine)).toBeLessThan(0.00051);
    expect(Math.abs(Number(row?.median_rmse) - rmse)).toBeLessThan(method === 'si-a' ? 0.051 : 0.51);
  });

  it.skipIf(!hasNumpy)('si-a agrees with numpy.linalg.lstsq at every pair to 1e-9', () => {
    const script = join(root, 'bench', 'peers', 'si_numpy.py');
    const { status, stderr } = spawnSync(PYTHON, [script, screen, at('numpy.csv')], { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const ours = new Map(
      scores.rows
        .filter(({ method }) => method === 'si-a')
        .map((row) => [`${row.context},${row.action}`, row]),
    );
    const theirs = readCsv(at('numpy.csv')).rows;
    expect(theirs).toHaveLength(302);
    for (const row of theirs) {
      const mine = ours.get(`${row.context},${row.action}`);
      expect(mine).toBeDefined();
      for (const metric of ['nrmse', 'rmse', 'cosine', 'cosine_cellmean', 'r2']) {
        const [a, b] = [Number(mine?.[metric]), Number(row[metric])];
        expect(Math.abs(a - b), `${row.context},${row.action}: ${metric}`).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(b)),
        );
      }
      expect([mine?.donors, mine?.training_contexts].map(Number)).toEqual(
        [row.donors, row.training_contexts].map(Number),
      );
    }
  });
});

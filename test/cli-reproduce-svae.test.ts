/** `mechanist reproduce svae` from outside, with the fewest cells and epochs: tables, figure, going on, refusals. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { mechanist, readCsv, start, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const reproduce = (out: string, tables: string, ...more: string[]) => [
  'reproduce',
  'svae',
  '--out',
  at(out),
  `--tables=${tables}`,
  '--seeds=2',
  '--cells=12',
  '--epochs=1',
  '--particles=2',
  '--threads=2',
  ...more,
];
const runFiles = (out: string) =>
  readdirSync(at(out, 'runs')).map((name) => [name, statSync(at(out, 'runs', name)).mtimeMs]);
/** A table but for the times. */
const scoresOf = (out: string, name: string) =>
  readCsv(at(out, name)).rows.map((row) =>
    Object.entries(row).filter(([column]) => !column.includes('seconds')),
  );

describe('reproduce svae', () => {
  beforeAll(async () => {
    await succeed(...reproduce('whole', '1', '--models=vae,svae+', '--quiet'));
  }, 60_000);

  it('writes a table with a row a model, the paper beside, and every run', () => {
    const { columns, rows } = readCsv(at('whole', 'table-1.csv'));
    expect(columns.slice(0, 4)).toEqual(['model', 'runs', 'pearson_mcc', 'pearson_mcc_sd']);
    expect(rows.map(({ model }) => model)).toEqual(['vae', 'svae+']);
    expect(rows[1]).toMatchObject({
      runs: '2',
      paper_pearson_mcc: '0.88',
      paper_pearson_mcc_sd: '0.04',
      paper_signed_f1: '0.51',
      paper_interventional_nll: '315.43',
    });
    expect(rows[0].f1).toBe(''); // a model without a graph
    const runs = readCsv(at('whole', 'runs.csv'));
    expect(runs.columns[0]).toBe('model');
    expect(
      runs.rows.map(({ model, seed, cells_seed, tables, sparsity }) => [
        model,
        seed,
        cells_seed,
        tables,
        sparsity,
      ]),
    ).toEqual([
      ['vae', '0', '0', 'table-1', ''],
      ['vae', '1', '1', 'table-1', ''],
      ['svae+', '0', '0', 'table-1', '100'],
      ['svae+', '1', '1', 'table-1', '100'],
    ]);
    // mean and standard deviation (n − 1) of the runs
    const [a, b] = runs.rows.slice(2).map((row) => Number(row.pearson_mcc));
    expect(Number(rows[1].pearson_mcc)).toBeCloseTo((a + b) / 2, 12);
    expect(Number(rows[1].pearson_mcc_sd)).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
    const report = readFileSync(at('whole', 'report.md'), 'utf8');
    expect(report).toContain('Smaller than the paper');
    const entry = `${Number(rows[1].pearson_mcc).toFixed(2)} ± ${Number(rows[1].pearson_mcc_sd).toFixed(2)}`;
    expect(report).toContain(`| \`svae+\` | ${entry} | 0.88 ± 0.04 |`);
    expect(existsSync(at('whole', '.partial'))).toBe(false);
  });

  it('takes finished runs for other tables, by --resume only', async () => {
    const before = runFiles('whole');
    const { code, stderr } = await mechanist(...reproduce('whole', '10', '--models=svae+', '--seeds=1'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/--resume .*, or --overwrite/);
    await succeed(...reproduce('whole', '10,figure-4', '--models=svae+', '--seeds=1', '--resume', '--quiet'));
    const after = runFiles('whole');
    // 1, 4, 7 and 12 latents targeted and five strengths are new; 15 latents and α = 100 are of Table 1
    expect(after).toHaveLength(4 + 9);
    expect(after).toEqual(expect.arrayContaining(before));
    const [row] = readCsv(at('whole', 'table-10.csv')).rows;
    const [seed0] = readCsv(at('whole', 'runs.csv')).rows.filter(({ tables }) => tables.includes('table-10'));
    expect([row.model, row.paper_pearson_mcc_covered1, row.pearson_mcc_sd_covered1]).toEqual([
      'svae+',
      '0.5',
      '',
    ]);
    expect(row.pearson_mcc_covered1).toBe(seed0.pearson_mcc);
    const [strengths] = readCsv(at('whole', 'figure-4.csv')).rows;
    expect(strengths.pearson_mcc_alpha100).toBe(row.pearson_mcc_covered15);
    expect(readFileSync(at('whole', 'figure-4.svg'), 'utf8')).toMatch(/^<svg xmlns.*<\/svg>\n$/s);
  }, 60_000);

  it('goes on after an interruption, to the same table with another number of threads', async () => {
    const { child, outcome } = start(
      reproduce('broken', '1', '--models=vae', '--seeds=6', '--quiet', '--threads=1'),
    );
    const finished = () =>
      existsSync(at('broken', 'runs')) &&
      readdirSync(at('broken', 'runs')).some((name) => name.endsWith('.json'));
    while (!finished() && child.exitCode === null) await wait(5);
    child.kill('SIGINT');
    expect((await outcome).code).toBe(130);
    expect(existsSync(at('broken', 'table-1.csv'))).toBe(false);
    expect(runFiles('broken').length).toBeLessThan(6);
    await succeed(...reproduce('broken', '1', '--models=vae', '--quiet', '--resume', '--threads=1'));
    expect(scoresOf('broken', 'table-1.csv')).toEqual([scoresOf('whole', 'table-1.csv')[0]]);
  }, 60_000);

  it('chooses settings by how alike runs come out', async () => {
    await succeed(...reproduce('chosen', '1', '--models=beta-vae', '--select=udr', '--quiet'));
    const { rows } = readCsv(at('chosen', 'runs.csv'));
    const grid = rows.filter(({ udr }) => udr !== '');
    expect(grid.map(({ beta, seed, cells_seed }) => [beta, seed, cells_seed])).toEqual(
      ['8', '10', '30'].flatMap((beta) => [
        [beta, '0', '0'],
        [beta, '1', '0'],
      ]),
    );
    const meanOf = (beta: string) =>
      grid.filter((row) => row.beta === beta).reduce((sum, { udr }) => sum + Number(udr) / 2, 0);
    const best = ['8', '10', '30'].reduce((a, b) => (meanOf(b) > meanOf(a) ? b : a));
    const inTable = rows.filter(({ tables }) => tables === 'table-1');
    expect(inTable.map(({ beta, seed, cells_seed }) => [beta, seed, cells_seed])).toEqual([
      [best, '0', '0'],
      [best, '1', '1'],
    ]);
  }, 60_000);

  it.each([
    ['an unknown table', ['--tables=2'], /--tables: '2'.*figure-4/],
    ['an unknown model', ['--models=svea+'], /--models: 'svea\+'.*'svae\+'/],
    ['a model that no table asked for has', ['--tables=10', '--models=vae'], /--models: 'vae'.*svae-bayes/],
    ['too few cells', ['--cells=5'], /--cells: '5'.*11/],
    ['an unknown way to choose', ['--select=mcc'], /--select: 'mcc'.*udr/],
    [
      'an option of another paper',
      ['--screen=x.csv'],
      /--screen: 'x.csv' is not an option of reproduce svae/,
    ],
  ])('refuses %s', async (_, more, message) => {
    const { code, stderr } = await mechanist('reproduce', 'svae', '--out', at('refused'), ...more);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('refused'))).toBe(false);
  });
});

/** `mechanist design` from outside: the contract of its table, its refusals, and what a replay leaves. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnStrings } from '../src/data/index.js';
import { readData } from '../src/formats/index.node.js';
import { hasShared, mechanist, readCsv, sharedFile, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const screen = at('screen.h5ad');
const design = (out: string, ...more: string[]) => mechanist('design', screen, '--out', at(out), ...more);
const keys = (rows: readonly Record<string, string>[]) =>
  rows.map(({ context, action }) => `${context} ${action}`);
let missing: string[];

beforeAll(async () => {
  await succeed('simulate', 'screen', '--out', screen, '--contexts=6', '--actions=8', '--genes=40');
  await succeed('impute', screen, '--out', at('imputed.h5ad'), '--method=mean-over-actions', '--threads=1');
  const { obs } = await readData(at('imputed.h5ad'));
  const actions = columnStrings(obs.column('action'));
  missing = columnStrings(obs.column('context')).map((context, row) => `${context} ${actions[row]}`);
});

describe('the table', () => {
  it('has the columns of the contract, ranks from 1, missing pairs once each, gains above 0', async () => {
    const { stderr } = await design('all.csv', '--budget=1000');
    const { columns, rows } = readCsv(at('all.csv'));
    expect(columns).toEqual(['rank', 'context', 'action', 'gain']);
    expect(rows.map(({ rank }) => Number(rank))).toEqual(missing.map((_, k) => k + 1));
    expect(keys(rows).sort()).toEqual([...missing].sort());
    for (const { gain } of rows) expect(Number(gain)).toBeGreaterThan(0);
    expect(stderr).toContain('the budget of 1000 is more than there is to choose from');
  });

  it('is the same every time, and shorter with a smaller budget', async () => {
    const [, , { stdout }] = await Promise.all([
      design('a.csv', '--budget=3'),
      design('b.csv', '--budget=3'),
      design('c.csv', '--budget=3', '--json', '--quiet'),
    ]);
    const text = readFileSync(at('a.csv'), 'utf8');
    expect(readFileSync(at('b.csv'), 'utf8')).toBe(text);
    expect(readFileSync(at('all.csv'), 'utf8').startsWith(text)).toBe(true);
    expect(JSON.parse(stdout).experiments).toHaveLength(3);
  });

  it('keeps to candidates and targets', async () => {
    const list = (name: string, pairs: readonly string[]) =>
      writeFileSync(
        at(name),
        ['context,action', ...pairs.map((pair) => pair.replace(' ', ',')), ''].join('\n'),
      );
    list('candidates.csv', missing.slice(0, 4));
    list('targets.csv', missing.slice(4, 7));
    await design(
      'some.csv',
      '--budget=9',
      '--candidates',
      at('candidates.csv'),
      '--targets',
      at('targets.csv'),
    );
    const { rows } = readCsv(at('some.csv'));
    expect(keys(rows).sort()).toEqual(missing.slice(0, 4).sort());
    const total = rows.reduce((sum, { gain }) => sum + Number(gain), 0);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThan(1);
  });

  it('has no row where nothing is missing', async () => {
    const full = at('full.h5ad');
    await succeed(
      'simulate',
      'screen',
      '--out',
      full,
      '--availability=full',
      '--contexts=3',
      '--actions=4',
      '--genes=9',
    );
    const { stderr, code } = await mechanist('design', full, '--out', at('none.csv'), '--budget=3');
    expect([code, readFileSync(at('none.csv'), 'utf8')]).toEqual([0, 'rank,context,action,gain\n']);
    expect(stderr).toContain('every pair was measured: there is nothing to choose');
  });
});

describe('refusals leave nothing behind', () => {
  const measured = () => {
    writeFileSync(at('measured.csv'), 'context,action\ncell-1,DMSO\n');
    return at('measured.csv');
  };
  it.each([
    ['no budget', [], /required option '--budget <n>'/],
    ['a budget of 0', ['--budget=0'], /--budget: '0' is not a whole number of at least 1/],
    ['another strategy', ['--budget=1', '--strategy=randon'], /'randon' is not one of .*'random'/],
    [
      'a share of 1',
      ['--budget=1', '--replay-start=1'],
      /--replay-start: '1' is not a share from 0 to below 1/,
    ],
    ['nothing to replay', ['--budget=1', '--replay-start=0.99', '--replay', at('dir')], /nothing to replay/],
  ])('%s', async (_, options, message) => {
    const { code, stderr } = await design('refused.csv', ...options);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(at('refused.csv'))).toBe(false);
  });

  it('a candidate that is a control, an existing output', async () => {
    const control = await design('refused.csv', '--budget=1', '--candidates', measured());
    expect([control.code, control.stderr]).toEqual([
      2,
      expect.stringMatching(/\(.*DMSO\) is no missing pair/),
    ]);
    writeFileSync(at('there.csv'), 'mine');
    const there = await design('there.csv', '--budget=1');
    expect([there.code, readFileSync(at('there.csv'), 'utf8')]).toEqual([2, 'mine']);
  });
});

describe('a replay', () => {
  it('leaves its curve, a figure and a page', async () => {
    const folder = at('replay');
    const options = ['--budget=2', '--replay', folder, '--replay-seeds=2', '--replay-step=4'];
    const { stderr } = await design('replayed.csv', ...options);
    expect(stderr).toMatch(/(reaches|does not reach) the error of \d+ random experiments/);
    const { columns, rows } = readCsv(at('replay', 'replay.csv'));
    expect(columns).toEqual(['strategy', 'seed', 'experiments', 'error']);
    const first = rows.filter(({ seed, experiments }) => seed === '0' && experiments === '0');
    expect(first.map(({ strategy }) => strategy)).toEqual(['expected-error', 'most-uncertain', 'random']);
    expect(new Set(first.map(({ error }) => error)).size).toBe(1);
    expect(readdirSync(at('replay', 'figures'))).toEqual(['design-curve.svg']);
    const page = readFileSync(at('replay', 'report.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/src=|href="http/);
  });
});

describe.skipIf(!hasShared)('the real screen', () => {
  it('is planned in seconds', async () => {
    const path = sharedFile('data/l1000/cmap_24cells_20compounds.tsv');
    const roles = ['--context=unit', '--action=intervention', '--control=DMSO'];
    await succeed('design', path, '--out', at('real.csv'), '--budget=20', ...roles);
    const { rows } = readCsv(at('real.csv'));
    expect(rows).toHaveLength(20);
    // every step is the best of what is left: gains fall
    const gains = rows.map(({ gain }) => Number(gain));
    expect(gains[0]).toBeGreaterThan(gains[19]);
  }, 30_000);
});

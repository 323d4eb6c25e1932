/** `mechanist evaluate --regime` from outside: its table, the files beside it that must not change, its refusals. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mechanist, readCsv, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const screen = at('screen.h5ad');
const METHODS = '--methods=si-a,mean-over-actions,mean-over-contexts';
const evaluate = (out: string, ...more: string[]) =>
  mechanist('evaluate', screen, '--out', at(out), METHODS, '--quiet', ...more);

beforeAll(async () => {
  const size = ['--contexts=7', '--actions=8', '--genes=40', '--availability=full'];
  await succeed('simulate', 'screen', '--out', screen, ...size);
});

/** Everything of a table but computing times. */
const untimed = (out: string, name: string) =>
  readCsv(at(out, name)).rows.map(({ seconds, total_seconds, ...rest }) => rest);

describe('regimes', () => {
  it('make a table of their own, and leave leave-one-out as it is', async () => {
    expect((await evaluate('plain')).code).toBe(0);
    const { code, stderr } = await evaluate('regimes', '--regime=context,action,pair', '--regime-k=2,0');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { columns, rows } = readCsv(at('regimes', 'regimes.csv'));
    expect(columns.join()).toBe(
      'regime,k,method,n,median_nrmse,median_rmse,median_cosine,median_cosine_cellmean,median_r2',
    );
    // 7 contexts × 7 treated actions: 5 of each unit are left after the largest k
    expect(rows.map(({ regime, k, n }) => `${regime} ${k} ${n}`)).toEqual(
      ['context 0 35', 'context 2 35', 'action 0 35', 'action 2 35', 'pair  49'].flatMap((row) => [
        row,
        row,
        row,
      ]),
    );
    for (const name of ['scores.csv', 'summary.csv'])
      expect(untimed('regimes', name)).toEqual(untimed('plain', name));
    const pair = rows.filter(({ regime }) => regime === 'pair').map((row) => row.median_nrmse);
    expect(pair).toEqual(readCsv(at('regimes', 'summary.csv')).rows.map((row) => row.median_nrmse));
    const html = readFileSync(at('regimes', 'report.html'), 'utf8');
    expect(html).toContain('Where each estimator stops working');
    expect(readFileSync(at('plain', 'report.html'), 'utf8')).not.toContain('stops working');
    expect(readdirSync(at('regimes', 'figures'))).toEqual(
      expect.arrayContaining(['regime-action.svg', 'regime-context.svg']),
    );
    expect(existsSync(at('regimes', '.partial'))).toBe(false);
  });

  it('are the same on any number of threads', async () => {
    for (const threads of ['1', '2']) {
      const { code } = await evaluate(
        `threads-${threads}`,
        '--regime=action',
        '--regime-k=1',
        '--threads',
        threads,
      );
      expect(code).toBe(0);
    }
    const text = (threads: number) => readFileSync(at(`threads-${threads}`, 'regimes.csv'), 'utf8');
    expect(text(1)).toBe(text(2));
  });

  it.each([
    [['--regime=cell'], /'cell' is not one of 'pair', 'action', 'context'/],
    [['--regime=action,action'], /without repeats/],
    [['--regime=action', '--regime-k=1,-2'], /--regime-k: '1,-2'/],
    [['--regime=action', '--regime-k=1,1'], /different whole numbers/],
    [['--regime-k=1'], /--regime-k/],
    [['--regime=action', '--regime-k=7'], /the most is 7/],
    [['--regime=action', '--split=pair'], /--split|--regime/],
  ])('refuse %j', async (words, message) => {
    const { code, stderr } = await evaluate('refused', ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('refused'))).toBe(false);
  });
});

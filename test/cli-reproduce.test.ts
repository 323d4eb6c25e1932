/** `mechanist reproduce si` from outside, on a small screen: its tables, and going on after an interruption. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { mechanist, readCsv, start, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const screen = at('screen.h5ad');
const reproduce = (out: string, ...more: string[]) => [
  'reproduce',
  'si',
  '--input',
  screen,
  '--out',
  at(out),
  '--quick',
  '--threads=1',
  ...more,
];

describe('reproduce si', () => {
  beforeAll(async () => {
    await succeed('simulate', 'screen', '--out', screen, '--contexts=8', '--actions=8', '--genes=60');
  });

  it('writes a table with a row a method, and a report', async () => {
    const { stdout } = await succeed(...reproduce('whole'));
    const { columns, rows } = readCsv(at('whole', 'leave-one-out.csv'));
    expect(columns[0]).toBe('method');
    expect(rows[0].method).toBe('si-a');
    // not the authors' screen: no column of theirs beside
    expect(columns.some((name) => name.startsWith('authors'))).toBe(false);
    const report = readFileSync(at('whole', 'report.md'), 'utf8');
    expect(report).toContain("not the authors' screen");
    for (const { method } of rows) expect(report).toContain(`| ${method} |`);
    expect(stdout.trimEnd()).toBe(report.trimEnd());
    expect(readCsv(at('whole', 'leave-one-out', 'summary.csv')).rows.map(({ method }) => method)).toEqual(
      rows.map(({ method }) => method),
    );
  });

  it('goes on after an interruption, to the same table', async () => {
    const partial = at('broken', 'leave-one-out', '.partial');
    const { child, outcome } = start(reproduce('broken', '--quiet'));
    const parts = () => (existsSync(partial) ? readdirSync(partial).length : 0);
    while (parts() < 3 && child.exitCode === null) await wait(1);
    child.kill('SIGINT');
    expect((await outcome).code).toBe(130);
    expect(existsSync(at('broken', 'report.md'))).toBe(false);
    await succeed(...reproduce('broken', '--quiet', '--resume'));
    const table = (out: string) => readFileSync(at(out, 'leave-one-out.csv'), 'utf8');
    expect(table('broken')).toBe(table('whole'));
  });

  it('does not write over its results without being told to', async () => {
    const { code, stderr } = await mechanist(...reproduce('whole'));
    expect(code).toBe(2);
    expect(stderr).toContain('--overwrite');
  });
});

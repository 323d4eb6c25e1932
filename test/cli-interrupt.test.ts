/** Ctrl-C and worse in the middle of a job: no output, what is finished stays, and going on gives the same bits. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCsv, start, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const screen = at('screen.h5ad');
const parts = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.part')) : [];

beforeAll(async () => {
  await succeed('simulate', 'screen', '--out', screen, '--contexts=24', '--actions=16', '--genes=150');
  await succeed(...evaluate('whole'));
  await succeed(...impute('whole.csv'));
});

const evaluate = (out: string, ...more: string[]) => [
  'evaluate',
  screen,
  '--out',
  at(out),
  '--threads=1',
  '--methods=si-a,si-c,si-a+donors=test,si-c+donors=test,si-a+denoise=universal,mean-over-actions',
  '--quiet',
  ...more,
];
const impute = (out: string, ...more: string[]) => [
  'impute',
  screen,
  '--out',
  at(out),
  '--threads=1',
  '--method=si-a',
  '--donors=test',
  '--quiet',
  ...more,
];

/** Starts the job, sends `signal` as soon as a part is finished, and gives how it left. */
async function interrupted(args: readonly string[], folder: string, signal: NodeJS.Signals) {
  const { child, outcome } = start(args);
  while (parts(folder).length < 2 && child.exitCode === null) await wait(1);
  child.kill(signal);
  return outcome;
}

describe.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s', (signal) => {
  it('leaves an evaluation that can be gone on with, to the same bits', async () => {
    const out = `evaluation-${signal}`;
    const partial = at(out, '.partial');
    const { code, signal: by, stderr } = await interrupted(evaluate(out), partial, signal);
    if (signal === 'SIGKILL') expect(by).toBe('SIGKILL');
    else expect(code).toBe(130);
    expect(readdirSync(at(out))).toEqual(['.partial']);
    if (signal !== 'SIGKILL') expect(stderr).toMatch(/--resume/);
    const finished = parts(partial);
    expect(finished.length).toBeGreaterThanOrEqual(2);
    const before = finished.map((name) => readFileSync(`${partial}/${name}`));

    const options = await start(evaluate(out, '--resume', '--lambda=0.3', '--preprocess=log1p')).outcome;
    expect(options.code).toBe(2);
    expect(options.stderr).toMatch(/another job/);
    expect(finished.map((name) => readFileSync(`${partial}/${name}`))).toEqual(before);

    await succeed(...evaluate(out, '--resume'));
    expect(existsSync(partial)).toBe(false);
    const rows = (folder: string) =>
      readCsv(at(folder, 'scores.csv')).rows.map(({ seconds: _, ...row }) => row);
    expect(rows(out)).toEqual(rows('whole'));
  });

  it('leaves an imputation that can be gone on with, to the same bits', async () => {
    const out = `imputed-${signal}.csv`;
    const partial = at(`${out}.partial`);
    await interrupted(impute(out), partial, signal);
    expect(existsSync(at(out))).toBe(false);
    expect(parts(partial).length).toBeGreaterThanOrEqual(2);
    const method = await start(impute(out, '--resume', '--tau-threshold=0.5')).outcome;
    expect(method.code).toBe(2);
    await succeed(...impute(out, '--resume'));
    expect(readFileSync(at(out), 'utf8')).toBe(readFileSync(at('whole.csv'), 'utf8'));
    expect(existsSync(partial)).toBe(false);
  });
});

describe('--resume', () => {
  it('keeps what is finished: its seconds are the old ones', async () => {
    const partial = at('seconds', '.partial');
    await interrupted(evaluate('seconds'), partial, 'SIGKILL');
    const kept = new Set(parts(partial));
    const { child, outcome } = start(evaluate('seconds', '--resume'));
    while (parts(partial).length <= kept.size && child.exitCode === null) await wait(1);
    child.kill('SIGKILL');
    await outcome;
    expect(parts(partial).length).toBeGreaterThan(kept.size);
    for (const name of kept) expect(parts(partial)).toContain(name);
  });

  it('is refused where nothing was interrupted', async () => {
    const { code, stderr } = await start(evaluate('never', '--resume')).outcome;
    expect(code).toBe(2);
    expect(stderr).toMatch(/nothing to resume/);
  });
});

describe('with worker threads', () => {
  it('stops as well, and goes on with another number of threads', async () => {
    const partial = at('threads', '.partial');
    const { code } = await interrupted(evaluate('threads', '--threads=2'), partial, 'SIGINT');
    expect(code).toBe(130);
    await succeed(...evaluate('threads', '--resume'));
    const rows = (folder: string) => readCsv(at(folder, 'scores.csv')).rows.map(({ rmse }) => rmse);
    expect(rows('threads')).toEqual(rows('whole'));
  });
});

describe('convert', () => {
  it('leaves nothing when it is interrupted while it writes', async () => {
    mkdirSync(at('converted'));
    await succeed('simulate', 'screen', '--out', at('large.h5ad'));
    const { child, outcome } = start(['convert', at('large.h5ad'), at('converted', 'large.csv')]);
    while (readdirSync(at('converted')).length === 0 && child.exitCode === null) await wait(1);
    child.kill('SIGINT');
    expect((await outcome).code).toBe(130);
    expect(readdirSync(at('converted'))).toEqual([]);
  });
});

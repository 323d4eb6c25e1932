/** What file systems and files do to the command line: full, read-only, missing, changed, not what they should be. */
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMechanistError } from '../src/errors.js';
import { readData } from '../src/formats/index.node.js';
import { mechanist, type Outcome, succeed, temporaryFolder } from './support/command.js';
import { mountTmpfs, unmount } from './support/mount.js';

const at = temporaryFolder();
const screen = at('screen.csv');
const FORMATS = ['h5ad', 'gctx', 'gct', 'csv', 'csv.gz', 'parquet', 'zarr'];

beforeAll(async () => {
  await succeed('simulate', 'screen', '--out', screen, '--contexts=8', '--actions=8', '--genes=300');
});

function expectRefusal({ code, stderr, stdout }: Outcome, message: RegExp, expected = 2): void {
  expect({ code, stderr }).toMatchObject({ code: expected });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at |internal error/);
  expect(stdout).toBe('');
}

const full = at('full');
const isMounted = mountTmpfs(full, 'size=128k');
describe.skipIf(!isMounted)('a full disk', () => {
  afterAll(() => unmount(full));

  it.each(FORMATS)('leaves nothing half-written: %s', async (extension) => {
    const outcome = await mechanist('convert', screen, `${full}/out.${extension}`, '--quiet');
    expectRefusal(outcome, /no space left/, 1);
    expect(readdirSync(full)).toEqual([]);
  });

  it('stops an imputation and an evaluation, and nothing but the parts is left', async () => {
    const outcomes = await Promise.all([
      mechanist('impute', screen, '--out', `${full}/imputed.h5ad`, '--quiet', '--dtype=float64'),
      mechanist(
        'evaluate',
        screen,
        '--out',
        `${full}/report`,
        '--quiet',
        '--methods=si-a,si-c',
        '--save-predictions',
      ),
    ]);
    for (const outcome of outcomes) expectRefusal(outcome, /no space left/, 1);
    const left = readdirSync(full, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => !/partial|^report$|figures/.test(name))).toEqual([]);
  });
});

const readOnly = at('read-only');
const isReadOnly = mountTmpfs(readOnly, 'ro');
describe.skipIf(!isReadOnly)('a folder that may not be written to', () => {
  afterAll(() => unmount(readOnly));

  it('is said before the work begins', async () => {
    const outcomes = await Promise.all([
      mechanist('convert', screen, `${readOnly}/out.h5ad`),
      mechanist('impute', screen, '--out', `${readOnly}/out.csv`),
      mechanist('evaluate', screen, '--out', `${readOnly}/report`),
      mechanist('simulate', 'screen', '--out', `${readOnly}/out.zarr`),
    ]);
    for (const outcome of outcomes) expectRefusal(outcome, /permission denied|read-only/);
    for (const { stderr } of outcomes.slice(0, 3)) expect(stderr).not.toMatch(/pairs measured/);
  });
});

describe('outputs', () => {
  it('in a folder that is not there, under a file, or with a name too long, are refused', async () => {
    const long = 'n'.repeat(300);
    const outcomes = await Promise.all([
      mechanist('convert', screen, at('no', 'where', 'out.h5ad')),
      mechanist('convert', screen, `${screen}/out.h5ad`),
      mechanist('convert', screen, at(`${long}.h5ad`)),
      mechanist('evaluate', screen, '--out', screen),
      mechanist('evaluate', screen, '--out', `${screen}/report`),
      mechanist('evaluate', screen, '--out', at(long)),
    ]);
    expectRefusal(outcomes[0], /folder .* does not exist/);
    expectRefusal(outcomes[1], /does not exist|not a directory/);
    expectRefusal(outcomes[2], /ENAMETOOLONG|too long/);
    expectRefusal(outcomes[3], /is a file, a folder was expected/);
    expectRefusal(outcomes[4], /not a directory/);
    expectRefusal(outcomes[5], /ENAMETOOLONG|too long/);
  });

  it('do not replace a folder by a file, even with --overwrite', async () => {
    mkdirSync(at('folder.csv'));
    expectRefusal(await mechanist('convert', screen, at('folder.csv'), '--overwrite'), /is a directory/);
    rmdirSync(at('folder.csv'));
  });

  it('replace a zarr folder only with --overwrite', async () => {
    const out = at('screen.zarr');
    await succeed('convert', screen, out);
    expectRefusal(await mechanist('convert', screen, out), /--overwrite/);
    await succeed('convert', screen, out, '--overwrite');
    expect((await readData(out)).nVars).toBe(300);
  });
});

describe('inputs', () => {
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(at(name), content);
    return at(name);
  };
  const csv = (...lines: string[]) => `${lines.join('\n')}\n`;

  it.each([
    ['nothing', 'empty.csv', '', /empty/],
    ['nothing, by another name', 'empty.h5ad', '', /empty/],
    [
      'bytes of no format',
      'garbage.h5ad',
      Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
      /not a file/,
    ],
    [
      'bytes of no format in a table',
      'garbage.csv',
      Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
      /./,
    ],
    [
      'a gzip file cut short',
      'cut.csv.gz',
      gzipSync(csv('cell_line,drug,g1', 'A,x,1')).subarray(0, 25),
      /gzip|cut|truncated|unexpected end/i,
    ],
    ['a header alone', 'header.csv', csv('cell_line,drug,g1,g2'), /no rows|nothing|no column of numbers/],
    ['ragged rows', 'ragged.csv', csv('cell_line,drug,g1,g2', 'A,x,1,2', 'B,y,3'), /line 3/],
    [
      'text among the numbers',
      'text.csv',
      csv('cell_line,drug,g1,g2', 'A,x,1,2', 'B,y,3,many', 'C,z,1,2'),
      /many|line 3/,
    ],
    [
      'missing values',
      'nan.csv',
      csv('cell_line,drug,g1,g2', 'A,x,1,2', 'B,y,3,', 'A,y,1,2', 'B,x,1,2'),
      /g2.*--missing/,
    ],
    [
      'infinite values',
      'inf.csv',
      csv('cell_line,drug,g1,g2', 'A,x,1,2', 'B,y,3,inf', 'A,y,1,2', 'B,x,1,2'),
      /Infinity/,
    ],
    [
      'one context',
      'context.csv',
      csv('cell_line,drug,g1,g2', 'A,x,1,2', 'A,y,3,4', 'A,x,3,4'),
      /one context only/,
    ],
    [
      'no column of actions',
      'action.csv',
      csv('cell_line,molecule,g1', 'A,x,1', 'B,y,2', 'A,y,3'),
      /--action/,
    ],
    [
      'two columns that could be the action',
      'two.csv',
      csv('cell_line,drug,target,g1', 'A,x,p,1', 'B,x,q,2', 'A,y,q,3', 'A,z,p,1'),
      /'drug'.*'target'.*--action/s,
    ],
    [
      'two controls',
      'controls.csv',
      csv('cell_line,drug,g1', 'A,DMSO,1', 'B,ctrl,2', 'A,x,3', 'A,x,4'),
      /'DMSO'.*'ctrl'.*--control/s,
    ],
  ])('of %s are refused', async (_, name, content, message) => {
    expectRefusal(
      await mechanist('evaluate', file(name, content), '--out', at('refused'), '--quiet'),
      message,
    );
    expect(existsSync(at('refused', 'scores.csv'))).toBe(false);
  });

  it('that are a folder or hold text that is not UTF-8 are refused or read with a note', async () => {
    mkdirSync(at('a-folder'));
    expectRefusal(await mechanist('info', at('a-folder')), /a folder with none/);
    mkdirSync(at('named.h5ad'));
    expectRefusal(await mechanist('info', at('named.h5ad')), /folder/);
    const latin = Buffer.from(csv('cell_line,drug,g1', 'A,10 \xb5M,1', 'B,x,2', 'A,x,3'), 'latin1');
    const { code, stdout, stderr } = await mechanist('info', file('latin.csv', latin));
    expect([0, 2]).toContain(code);
    expect(stdout + stderr).toMatch(/UTF-8/);
  });

  it('that may not be read are refused', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read everything');
    chmodSync(file('secret.csv', 'a,b\n'), 0);
    expectRefusal(await mechanist('info', at('secret.csv')), /permission denied/);
  });

  it('with one gene or one replicate work', async () => {
    const one = csv('cell_line,drug,g1', 'A,DMSO,1', 'A,x,2', 'B,DMSO,3', 'B,x,5', 'C,DMSO,0.5');
    const { code, stdout } = await mechanist(
      'evaluate',
      file('one-gene.csv', one),
      '--out',
      at('one-gene'),
      '--json',
      '--quiet',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).pairs).toBe(2);
    expect(readFileSync(at('one-gene', 'scores.csv'), 'utf8')).not.toMatch(/NaN|Infinity/);
    await succeed('impute', at('one-gene.csv'), '--out', at('one-gene-imputed.csv'));
  });

  it('without a pair to hold out are refused; without a missing pair an imputation is empty', async () => {
    const controls = csv('cell_line,drug,g1,g2', 'A,DMSO,1,2', 'B,DMSO,2,3', 'A,DMSO,1,3');
    const only = file('controls-only.csv', controls);
    expectRefusal(
      await mechanist('evaluate', only, '--action=drug', '--out', at('nothing'), '--quiet'),
      /no pair|nothing to hold out/,
    );
    const full = file('complete.csv', csv('cell_line,drug,g1', 'A,DMSO,1', 'A,x,2', 'B,DMSO,3', 'B,x,5'));
    const { stderr } = await succeed('impute', full, '--out', at('complete.h5ad'));
    expect(stderr).toMatch(/0 missing pairs/);
    expect((await readData(at('complete.h5ad'))).nObs).toBe(0);
  });
});

describe('an input that changes while it is read', () => {
  it.each(['h5ad', 'gctx', 'gct', 'csv', 'csv.gz', 'parquet'])('is noticed: %s', async (extension) => {
    const path = at(`changing.${extension}`);
    await succeed('convert', screen, path);
    const size = readFileSync(path).length;
    const other = new Worker(
      `const { appendFileSync, truncateSync } = require('node:fs');
       const { path, size } = require('node:worker_threads').workerData;
       setInterval(() => { appendFileSync(path, 'x'); truncateSync(path, size); }, 1);`,
      { eval: true, workerData: { path, size } },
    );
    await once(other, 'online');
    await wait(50);
    // a busy machine may let a whole reading pass between two changes
    let error: unknown;
    for (let attempt = 0; attempt < 50 && error === undefined; attempt++) {
      error = await readData(path).then(
        () => undefined,
        (reason) => reason,
      );
    }
    await other.terminate();
    // another format error is as good an answer, an unknown one is not
    expect(isMechanistError(error)).toBe(true);
  });
});

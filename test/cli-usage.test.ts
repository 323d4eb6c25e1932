/** Wrong usage, exit codes and messages of every verb; what simulate and convert write. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnStrings, numeric, PerturbationData, strings, Table, toDense } from '../src/data/index.js';
import { readData, writeData } from '../src/formats/index.node.js';
import { mechanist, start, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const VERBS = ['info', 'convert', 'evaluate', 'impute', 'simulate', 'reproduce'];
const small = ['--contexts=4', '--actions=5', '--genes=12'];

describe('usage', () => {
  it('lists the verbs, and the options of each', async () => {
    const [help, version, ...verbs] = await Promise.all([
      mechanist('--help'),
      mechanist('--version'),
      ...VERBS.map((verb) => mechanist(verb, '--help')),
    ]);
    for (const verb of VERBS) expect(help.stdout).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect([help, version, ...verbs].map(({ code }) => code)).toEqual(new Array(2 + VERBS.length).fill(0));
    for (const { stdout } of verbs) {
      for (const option of ['--json', '--quiet', '--debug']) expect(stdout).toContain(option);
    }
  });

  it.each([
    ['an unknown verb', ['evalute', 'x.h5ad'], /Did you mean evaluate/i],
    ['no verb', [], /Usage: mechanist/],
    ['an unknown option', ['evaluate', 'x.h5ad', '--out', 'y', '--methdos=si-a'], /Did you mean --methods/i],
    ['a missing argument', ['info'], /missing required argument 'file'/],
    ['a missing option', ['impute', 'x.h5ad'], /--out/],
    ['too many arguments', ['info', 'a', 'b'], /too many arguments/i],
    ['a missing file', ['info', 'no-such-file.h5ad'], /no such file/],
    ['an unknown thing to simulate', ['simulate', 'screens', '--out', 'x.csv'], /did you mean 'screen'/],
    ['an unknown paper', ['reproduce', 'is', '--out', 'x'], /'si'/],
    ['a seed that is no number', ['evaluate', 'x', '--out', 'y', '--seed=one'], /--seed: 'one' is not/],
    ['no threads', ['evaluate', 'x', '--out', 'y', '--threads=0'], /--threads: '0' is not/],
    ['a negative rate', ['train-target', '--out', 'x', '--learning-rate=-1'], /: --learning-rate: '-1'/],
    ['heads that do not fit', ['train-target', '--out', 'x', '--heads=5'], /: --heads: '5'.*width 48/],
    ['another network', ['train-target', '--out', 'x', '--variant=grap'], /: --variant: .*mean 'graph'/],
    ['another device', ['impute', 'x', '--out', 'y.csv', '--device=cuda'], /--device: 'cuda'.*CPU/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await mechanist(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('leaves quietly when nobody reads on', async () => {
    const { child, outcome } = start(['--help']);
    child.stdout?.destroy();
    expect(await outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it('adds the stack trace only with --debug', async () => {
    const { code, stderr } = await mechanist('info', at('none.csv'), '--debug');
    expect(code).toBe(2);
    expect(stderr).toMatch(/FileError.*\n\s+at /);
  });
});

describe('simulate screen', () => {
  const simulate = (out: string, ...more: string[]) =>
    mechanist('simulate', 'screen', '--out', at(out), ...small, ...more);

  it('writes the same bytes for the same seed, others for another', async () => {
    await Promise.all([simulate('a.csv'), simulate('b.csv'), simulate('c.csv', '--seed=1')]);
    const [a, b, c] = ['a.csv', 'b.csv', 'c.csv'].map((name) => readFileSync(at(name), 'utf8'));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it('has the sizes that were asked for, and the truth in uns', async () => {
    await simulate('full.h5ad', '--availability=full', '--replicates=2', '--control=vehicle');
    const data = await readData(at('full.h5ad'));
    expect([data.nObs, data.nVars]).toEqual([4 * 5 * 2, 12]);
    expect(columnStrings(data.obs.column('pert_iname'))).toContain('vehicle');
    const truth = data.uns.get('truth') as unknown as Map<string, { shape: number[] }>;
    expect(Array.from(truth.get('profiles')!.shape)).toEqual([4, 5, 12]);
  });

  it('refuses what cannot be, and an output that is there', async () => {
    const outcomes = await Promise.all([
      simulate('x.csv', '--contexts=0'),
      simulate('x.csv', '--availability=partly'),
      simulate('x.csv', '--replicates=5-1'),
      simulate('x.csv', '--coverage=0.5'),
      simulate('x.csv', '--noise=much'),
      simulate('x.xlsx'),
      simulate('a.csv'),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(existsSync(at('x.csv'))).toBe(false);
    expect(outcomes[6].stderr).toContain('--overwrite');
    expect((await simulate('a.csv', '--overwrite', '--seed=7', '--json')).stdout).toContain('"nObs"');
  });
});

describe('convert', () => {
  const WRITABLE = ['h5ad', 'zarr', 'parquet', 'gctx', 'gct', 'csv', 'tsv', 'csv.gz', 'gct.gz'];
  const values = Float64Array.from([1.5, 0, 3, -2.25, 1e-9, 1 / 3, 7, 8, 1e6, 0.1, 5, 2 ** -40]);
  const data = new PerturbationData({
    X: { kind: 'dense', nRows: 4, nCols: 3, values },
    obs: new Table(
      ['r1', 'r2', 'r3', 'r4'],
      [
        ['cell_line', strings(['A', 'A', 'B, b', 'B, b'])],
        ['drug', strings(['DMSO', 'x "y"', 'DMSO', 'µ-z'])],
        ['dose', numeric(Float64Array.of(0, 0.5, 0, 10))],
      ],
    ),
    var: new Table(['TP53', '780', 'HLA-A']),
  });

  beforeAll(async () => {
    await writeData(at('start.h5ad'), data);
  });

  it('keeps numbers, names and labels from any format to any other', async () => {
    // a chain through every format and back: one loss on the way shows at the end
    let from = at('start.h5ad');
    for (const extension of [...WRITABLE, 'h5ad']) {
      const to = at(`chain-${extension}.${extension}`);
      await succeed('convert', from, to, '--quiet', '--overwrite');
      const found = await readData(to);
      expect(Array.from(toDense(found.X).values), extension).toEqual(Array.from(values));
      expect(found.var.index, extension).toEqual(data.var.index);
      expect(found.obs.index, extension).toEqual(data.obs.index);
      for (const name of ['cell_line', 'drug', 'dose']) {
        expect(columnStrings(found.obs.column(name)), `${extension}: ${name}`).toEqual(
          columnStrings(data.obs.column(name)),
        );
      }
      from = to;
    }
  }, 120_000);

  it('says what the new format cannot hold', async () => {
    await succeed('simulate', 'screen', '--out', at('truth.h5ad'), ...small);
    const { stderr } = await succeed('convert', at('truth.h5ad'), at('truth.csv'));
    expect(stderr).toMatch(/uns/);
    const { stdout } = await succeed('convert', at('truth.h5ad'), at('truth.tsv'), '--json', '--quiet');
    expect(JSON.parse(stdout).lost.join()).toMatch(/uns/);
  });

  it('refuses an unknown extension before it reads, and an output that is there', async () => {
    const [unknown, there] = await Promise.all([
      mechanist('convert', at('start.h5ad'), at('out.rds')),
      mechanist('convert', at('start.h5ad'), at('start.h5ad')),
    ]);
    expect([unknown.code, there.code]).toEqual([2, 2]);
    expect(unknown.stderr).toContain('.h5ad');
    expect(there.stderr).toContain('--overwrite');
  });
});

describe('info', () => {
  it('tells shape, roles, coverage and spectrum, as text and as JSON', async () => {
    await succeed('simulate', 'screen', '--out', at('info.h5ad'), ...small, '--availability=full');
    const { stdout } = await succeed('info', at('info.h5ad'));
    expect(stdout).toMatch(/20 of 4 × 5 pairs measured \(100\.0 %\), 0 missing/);
    expect(stdout).toMatch(/rank at 95 % energy: \d+/);
    const facts = JSON.parse((await succeed('info', at('info.h5ad'), '--json')).stdout);
    expect(facts).toMatchObject({ nVars: 12, coverage: { contexts: 4, actions: 5, pairs: 20, missing: 0 } });
    expect(facts.spectrum.rank95).toBeLessThanOrEqual(12);
  });

  it('takes roles by option, and refuses those that are not there with the nearest', async () => {
    const args = ['info', at('info.h5ad'), '--context=batch', '--action=pert_iname'];
    expect((await succeed(...args)).stdout).toContain("context: column 'batch'");
    const outcomes = await Promise.all([
      mechanist('info', at('info.h5ad'), '--context=cell_name'),
      mechanist('info', at('info.h5ad'), '--control=DMS0'),
      mechanist('info', at('info.h5ad'), '--layer=counts'),
      mechanist('info', at('info.h5ad'), '--preprocess=log3'),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(outcomes[0].stderr).toContain("did you mean 'cell_iname'");
    expect(outcomes[1].stderr).toContain("did you mean 'DMSO'");
    expect(outcomes[3].stderr).toMatch(/log2|log1p/);
  });

  it('finds what is wrong with a dirty file', async () => {
    const lines = [
      'cell_line,drug,1-Mar,TP53,TP53',
      'A,DMSO,1,2,3',
      'A,x,-666,2,3',
      'b,dmso ,1,2,',
      'B,nan,1,inf,3',
    ];
    writeFileSync(at('dirty.csv'), `${lines.join('\n')}\n`);
    const facts = JSON.parse((await succeed('info', at('dirty.csv'), '--json')).stdout);
    const codes = facts.findings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['excel-dates', 'duplicate-genes', 'nan', 'sentinel', 'infinite']),
    );
  });
});

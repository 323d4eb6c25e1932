/** `mechanist impute` from outside: which pairs, which columns, the same numbers in every format. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnNumbers, columnStrings, type PerturbationData, toDense } from '../src/data/index.js';
import { readData } from '../src/formats/index.node.js';
import { mechanist, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const screen = at('screen.h5ad');
const COLUMNS = ['context', 'action', 'method', 'donors', 'training_contexts', 'tau', 'rejected', 'fallback'];
const impute = (out: string, ...more: string[]) =>
  mechanist('impute', screen, '--out', at(out), '--threads=1', '--method=si-a', ...more);
const labels = (data: PerturbationData, name: string) => columnStrings(data.obs.column(name));

beforeAll(async () => {
  await succeed(
    'simulate',
    'screen',
    '--out',
    screen,
    '--contexts=7',
    '--actions=9',
    '--genes=50',
    '--noise=0',
  );
});

describe('every missing pair', () => {
  let imputed: PerturbationData;
  beforeAll(async () => {
    const { stderr } = await succeed(
      'impute',
      screen,
      '--out',
      at('all.h5ad'),
      '--threads=2',
      '--method=si-a',
    );
    expect(stderr).toMatch(/missing pairs imputed by si-a/);
    imputed = await readData(at('all.h5ad'));
  });

  it('is a row with the columns of the contract', () => {
    expect(imputed.obs.names).toEqual(COLUMNS);
    expect(new Set(labels(imputed, 'method'))).toEqual(new Set(['si-a']));
  });

  it('and no other is', async () => {
    const data = await readData(screen);
    const [contexts, actions] = ['cell_iname', 'pert_iname'].map((name) => labels(data, name));
    const measured = new Set(contexts.map((context, row) => `${context}|${actions[row]}`));
    const expected = [...new Set(contexts)].flatMap((context) =>
      [...new Set(actions)].map((action) => `${context}|${action}`).filter((pair) => !measured.has(pair)),
    );
    const found = labels(imputed, 'context').map(
      (context, row) => `${context}|${labels(imputed, 'action')[row]}`,
    );
    expect(found.sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(5);
    expect(imputed.var.index).toEqual(data.var.index);
  });

  it('is the truth of a screen without noise, where the test does not reject', async () => {
    const data = await readData(screen);
    const truth = data.uns.get('truth') as unknown as Map<string, { values: Float64Array & string[] }>;
    const [contexts, actions] = ['contexts', 'actions'].map((name) => Array.from(truth.get(name)!.values));
    const profiles = truth.get('profiles')!.values;
    const X = toDense(imputed.X).values;
    const errors = labels(imputed, 'rejected').map((rejected, row) => {
      const c = contexts.indexOf(labels(imputed, 'context')[row] as never);
      const a = actions.indexOf(labels(imputed, 'action')[row] as never);
      let [error, size] = [0, 0];
      for (let gene = 0; gene < data.nVars; gene++) {
        const value = profiles[(c * actions.length + a) * data.nVars + gene];
        error += (X[row * data.nVars + gene] - value) ** 2;
        size += value ** 2;
      }
      return { rejected, relative: Math.sqrt(error / size) };
    });
    // 50 genes and few donors do not span every factor: what is accepted must be near, not exact
    for (const { rejected, relative } of errors) {
      expect(relative).toBeLessThan(rejected === 'false' ? 0.4 : 5);
    }
  });

  it('is the same bits with one thread, and with another format the same numbers', async () => {
    const outs = ['one.h5ad', 'all.csv', 'all.tsv', 'all.parquet', 'all.gctx'];
    for (const out of outs) expect((await impute(out, '--quiet')).stderr).toBe('');
    const expected = toDense(imputed.X).values;
    for (const out of outs) {
      const data = await readData(at(out));
      const { values } = toDense(data.X);
      expect(Array.from(values), out).toEqual(Array.from(expected));
      expect(data.var.index).toEqual(imputed.var.index);
      expect(labels(data, 'context'), out).toEqual(labels(imputed, 'context'));
      expect(labels(data, 'action'), out).toEqual(labels(imputed, 'action'));
      expect(Array.from(columnNumbers(data.obs.column('donors')))).toEqual(
        Array.from(columnNumbers(imputed.obs.column('donors'))),
      );
    }
  });

  it('is halved in size by --dtype float32', async () => {
    await impute('single.h5ad', '--dtype=float32');
    const { values } = toDense((await readData(at('single.h5ad'))).X);
    expect(values).toBeInstanceOf(Float32Array);
    expect(values).toEqual(Float32Array.from(toDense(imputed.X).values));
    expect((await impute('half.h5ad', '--dtype=float16')).code).toBe(2);
  });

  it.each([
    'si-a',
    'si-c',
    'si-tandem',
    'two-way-mean',
    'mean-over-actions',
    'mean-over-contexts',
    'fixed-effect',
  ])('is finite by %s', async (method) => {
    const { code, stdout } = await impute(`${method}.csv`, `--method=${method}`, '--json', '--quiet');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ method, nRows: imputed.nObs });
    const { X } = await readData(at(`${method}.csv`));
    expect(toDense(X).values.every(Number.isFinite)).toBe(true);
  });
});

describe('by auto, unless told otherwise', () => {
  const byAuto = (out: string) => succeed('impute', screen, '--out', at(out), '--threads=1');

  it('with intervals around what is predicted', async () => {
    const { stderr } = await byAuto('auto.h5ad');
    expect(stderr).toMatch(/missing pairs imputed by auto/);
    const data = await readData(at('auto.h5ad'));
    const { values } = toDense(data.X);
    const [lower, upper] = ['lower', 'upper'].map((name) => toDense(data.layers.get(name)!).values);
    values.forEach((value, at) => {
      expect(lower[at]).toBeLessThanOrEqual(value);
      expect(upper[at]).toBeGreaterThanOrEqual(value);
    });
    expect(lower.some((value, at) => value < upper[at])).toBe(true);
  });

  it('in files of their own beside a table', async () => {
    await byAuto('auto.csv');
    const files = ['auto.csv', 'auto.lower.csv', 'auto.upper.csv'];
    const [middle, lower] = await Promise.all(files.map((name) => readData(at(name))));
    expect(lower.obs.index).toEqual(middle.obs.index);
    expect(existsSync(at('auto.upper.csv'))).toBe(true);
  });
});

describe('--pairs', () => {
  const list = (name: string, ...rows: string[]) => {
    writeFileSync(at(name), `context,action\n${rows.join('\n')}\n`);
    return at(name);
  };

  it('answers exactly these, in their order, and marks what was never seen', async () => {
    const asked = ['cell-3,compound-8', 'cell-1,new drug', 'new line,compound-1', 'new line,new drug'];
    const { code, stderr } = await impute('asked.csv', `--pairs=${list('asked-pairs.csv', ...asked)}`);
    expect(code).toBe(0);
    expect(stderr).toMatch(/answered by/);
    const data = await readData(at('asked.csv'));
    expect(
      labels(data, 'context').map((context, row) => `${context},${labels(data, 'action')[row]}`),
    ).toEqual(asked);
    expect(labels(data, 'fallback')[1]).toBe('mean-over-actions');
    expect(labels(data, 'fallback')[2]).toBe('mean-over-contexts');
    expect(labels(data, 'fallback')[3]).toBe('overall-mean');
    const rows = toDense(data.X);
    for (let row = 0; row < 4; row++) {
      const profile = rows.values.subarray(row * rows.nCols, (row + 1) * rows.nCols);
      expect(profile.some((value) => value !== 0)).toBe(true);
      expect(profile.every(Number.isFinite)).toBe(true);
    }
  });

  it('says which names are near when a name was never seen', async () => {
    const { stderr } = await impute('slip.csv', `--pairs=${list('slip-pairs.csv', 'cell_3,compound-8')}`);
    expect(stderr).toMatch(/'cell_3'.*'cell-3'/s);
  });

  it('is refused when it lists nothing, lacks a column or is not there', async () => {
    writeFileSync(at('wrong.csv'), 'cell,drug\na,b\n');
    const outcomes = await Promise.all([
      impute('refused.csv', `--pairs=${list('none.csv')}`),
      impute('refused.csv', `--pairs=${at('wrong.csv')}`),
      impute('refused.csv', `--pairs=${at('absent.csv')}`),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(outcomes[1].stderr).toMatch(/column 'context' not in/);
    expect(existsSync(at('refused.csv'))).toBe(false);
  });
});

describe('--explain', () => {
  it('writes donors with weights that make the prediction', async () => {
    await impute('why.h5ad', '--explain');
    const imputed = await readData(at('why.h5ad'));
    const lines = readFileSync(at('why.explain.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(imputed.nObs);
    const data = await readData(screen);
    const [contexts, actions] = ['cell_iname', 'pert_iname'].map((name) => labels(data, name));
    const { values } = toDense(data.X);
    lines.forEach((why, row) => {
      expect([why.context, why.action]).toEqual([
        labels(imputed, 'context')[row],
        labels(imputed, 'action')[row],
      ]);
      if (why.fallback !== '') return;
      expect(why.donors).toHaveLength(columnNumbers(imputed.obs.column('donors'))[row]);
      expect(why.trainedOn).toHaveLength(columnNumbers(imputed.obs.column('training_contexts'))[row]);
      const predicted = new Float64Array(data.nVars).fill(why.intercept);
      for (const { name, weight } of why.donors) {
        const rows = contexts.flatMap((context, i) =>
          context === why.context && actions[i] === name ? [i] : [],
        );
        for (const i of rows) {
          for (let g = 0; g < data.nVars; g++)
            predicted[g] += (weight * values[i * data.nVars + g]) / rows.length;
        }
      }
      const found = toDense(imputed.X).values.subarray(row * data.nVars, (row + 1) * data.nVars);
      for (let g = 0; g < data.nVars; g++)
        expect(Math.abs(found[g] - predicted[g])).toBeLessThan(1e-6 * Math.abs(predicted[g]) + 1e-6);
    });
  });
});

describe('intervals', () => {
  it.each(['h5ad', 'csv'])('of pairs here and there: the others have none in %s', async (format) => {
    // parts are of 64 rows: the first and the last are of names that the data do not have
    const known = ['cell-1,compound-1', 'cell-2,compound-2'];
    const unknown = Array.from({ length: 70 }, (_, i) => `cell-1,nothing-${i}`);
    const pairs = at('some-unknown.csv');
    writeFileSync(pairs, ['context,action', ...unknown, ...known, ...unknown].join('\n'));
    const out = `some-${format}.${format}`;
    const { code } = await impute(out, '--method=matrix-normal', '--pairs', pairs);
    expect(code).toBe(0);
    const lower =
      format === 'csv'
        ? toDense((await readData(at(out.replace('.csv', '.lower.csv')))).X)
        : toDense((await readData(at(out))).layers.get('lower')!);
    const rows = [...unknown, ...known, ...unknown];
    for (const row of rows.keys())
      expect(Number.isFinite(lower.values[row * 50])).toBe(known.includes(rows[row]));
  });
});

describe('what is refused', () => {
  it('an output that is there, of no format, or in no folder; an unknown method', async () => {
    writeFileSync(at('there.csv'), 'mine');
    const outcomes = await Promise.all([
      impute('there.csv'),
      impute('out.docx'),
      impute('no/such/folder/out.csv'),
      impute('x.csv', '--method=si_a'),
      impute('x.csv', '--method=mean'),
      impute('out.mtx'),
      impute('out.gct'),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(readFileSync(at('there.csv'), 'utf8')).toBe('mine');
    expect(outcomes[0].stderr).toMatch(/--overwrite/);
    expect(outcomes[1].stderr).toMatch(/\.h5ad/);
    expect(outcomes[2].stderr).toMatch(/folder .* does not exist/);
    expect(outcomes[3].stderr).toMatch(/did you mean 'si-a'/);
    expect(outcomes[6].stderr).toMatch(/row by row/);
    expect(outcomes.every(({ stdout }) => stdout === '')).toBe(true);
  });
});

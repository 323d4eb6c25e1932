/** `mechanist evaluate` from outside: its files, their columns, and every number in them computed again. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnStrings, type PerturbationData, toDense } from '../src/data/index.js';
import { readData } from '../src/formats/index.node.js';
import { imputers } from '../src/impute/index.js';
import {
  type CsvFile,
  mechanist,
  medianOf,
  numbersOf,
  readCsv,
  succeed,
  temporaryFolder,
} from './support/command.js';

const at = temporaryFolder();
const SCORES =
  'context,action,method,nrmse,rmse,cosine,cosine_cellmean,r2,seconds,donors,training_contexts,tau,rejected,fallback';
const SUMMARY =
  'method,n,median_nrmse,median_rmse,median_cosine,median_cosine_cellmean,median_r2,total_seconds';
const METRICS = ['nrmse', 'rmse', 'cosine', 'cosine_cellmean', 'r2'] as const;
const screen = at('screen.h5ad');

beforeAll(async () => {
  await succeed('simulate', 'screen', '--out', screen, '--contexts=7', '--actions=9', '--genes=50');
});

describe('the whole screen', () => {
  const out = at('all');
  let scores: CsvFile;
  let data: PerturbationData;
  let predictions: PerturbationData;

  beforeAll(async () => {
    const { stdout, stderr } = await succeed(
      'evaluate',
      screen,
      '--out',
      out,
      '--save-predictions',
      '--threads=2',
    );
    expect(stdout).toMatch(/si-tandem/);
    expect(stderr).toMatch(/context: column 'cell_iname', 7 values \(guessed by name\)/);
    scores = readCsv(at('all', 'scores.csv'));
    data = await readData(screen);
    predictions = await readData(at('all', 'predictions.h5ad'));
  });

  it('writes the columns of the contract, in their order', () => {
    expect(scores.columns.join()).toBe(SCORES);
    expect(readCsv(at('all', 'summary.csv')).columns.join()).toBe(SUMMARY);
  });

  it('leaves nothing but its results', () => {
    expect(readdirSync(out).sort()).toEqual([
      'coverage.csv',
      'figures',
      'intervals.csv',
      'predictions.h5ad',
      'report.html',
      'scores.csv',
      'summary.csv',
    ]);
    const figures = readdirSync(at('all', 'figures'));
    expect(figures.length).toBeGreaterThan(5);
    expect(figures.every((name) => name.endsWith('.svg'))).toBe(true);
  });

  it('scores every measured pair but the controls, once a method', () => {
    const obs = (name: string) => columnStrings(data.obs.column(name));
    const action = obs('pert_iname');
    const measured = new Set(obs('cell_iname').map((context, row) => `${context},${action[row]}`));
    const treated = [...measured].filter((pair) => !pair.endsWith(',DMSO')).sort();
    const methods = [...new Set(scores.rows.map(({ method }) => method))];
    // all that are not too slow to be run unasked
    expect(methods).toEqual(imputers.filter(({ costly }) => !costly).map(({ name }) => name));
    expect(methods).toEqual(expect.arrayContaining(['auto', 'si-a', 'mean-over-actions']));
    for (const method of methods) {
      const rows = scores.rows.filter((row) => row.method === method);
      expect(rows.map((row) => `${row.context},${row.action}`).sort()).toEqual(treated);
    }
  });

  it('gives the medians of the scores', () => {
    for (const line of readCsv(at('all', 'summary.csv')).rows) {
      const rows = scores.rows.filter(({ method }) => method === line.method);
      expect(Number(line.n)).toBe(rows.length);
      for (const metric of METRICS) {
        const median = medianOf(numbersOf({ columns: [], rows }, metric));
        expect(Number(line[`median_${metric}`])).toBeCloseTo(median, 12);
      }
      const seconds = numbersOf({ columns: [], rows }, 'seconds').reduce((sum, value) => sum + value, 0);
      expect(Number(line.total_seconds)).toBeCloseTo(seconds, 9);
    }
  });

  it('gives the metrics of the predictions that it saves', () => {
    expect(predictions.obs.names).toEqual(['context', 'action', 'method']);
    expect(predictions.var.index).toEqual(data.var.index);
    expect(predictions.nObs).toBe(scores.rows.length);
    const labels = ['context', 'action', 'method'].map((name) => columnStrings(predictions.obs.column(name)));
    const profileOf = averages(data);
    const X = toDense(predictions.X).values;
    scores.rows.forEach((row, i) => {
      expect(labels.map((column) => column[i])).toEqual([row.context, row.action, row.method]);
      const predicted = Array.from(X.subarray(i * data.nVars, (i + 1) * data.nVars));
      const expected = metricsOf(predicted, row.context, row.action, profileOf);
      for (const metric of METRICS) {
        if (Number.isNaN(expected[metric])) expect(row[metric]).toBe('');
        else
          expect(Math.abs(Number(row[metric]) - expected[metric])).toBeLessThan(
            1e-9 * (1 + Math.abs(expected[metric])),
          );
      }
    });
  });

  it('marks only the methods that have a subspace test', () => {
    for (const row of scores.rows) {
      const tested = row.method.startsWith('si-') && row.fallback === '';
      if (row.method.startsWith('mean') || row.method === 'two-way-mean' || row.method === 'fixed-effect') {
        expect([row.tau, row.rejected]).toEqual(['', '']);
      } else if (tested) expect(['true', 'false']).toContain(row.rejected);
    }
  });

  it('gives the same bits with one thread, and the same again', async () => {
    await succeed('evaluate', screen, '--out', at('one'), '--threads=1', '--save-predictions', '--quiet');
    expect(withoutSeconds(readCsv(at('one', 'scores.csv')))).toEqual(withoutSeconds(scores));
    const again = await readData(at('one', 'predictions.h5ad'));
    expect(toDense(again.X).values).toEqual(toDense(predictions.X).values);
  });

  it('does not write over its results without being told to', async () => {
    const before = readFileSync(at('all', 'scores.csv'), 'utf8');
    const { code, stderr } = await mechanist('evaluate', screen, '--out', out, '--methods=si-a');
    expect(code).toBe(2);
    expect(stderr).toContain('--overwrite');
    expect(readFileSync(at('all', 'scores.csv'), 'utf8')).toBe(before);
  });

  it('finds a coverage.csv of somebody else before the work, not after it', async () => {
    mkdirSync(at('others'));
    writeFileSync(at('others', 'coverage.csv'), 'mine');
    const { code, stderr } = await mechanist('evaluate', screen, '--out', at('others'), '--methods=auto');
    expect(code).toBe(2);
    expect(stderr).toMatch(/coverage\.csv exists/);
    expect(readdirSync(at('others'))).toEqual(['coverage.csv']);
  });
});

describe('options', () => {
  const evaluate = (out: string, ...more: string[]) =>
    mechanist('evaluate', screen, '--out', at(out), '--threads=1', ...more);

  it('prints JSON and nothing else on stdout, and nothing on stderr when quiet', async () => {
    const { code, stdout, stderr } = await evaluate(
      'json',
      '--methods=si-a,mean-over-actions',
      '--json',
      '--quiet',
    );
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const result = JSON.parse(stdout);
    expect(result.summary.map(({ method }: { method: string }) => method)).toEqual([
      'si-a',
      'mean-over-actions',
    ]);
    const summary = readCsv(at('json', 'summary.csv'));
    expect(String(result.summary[0].median_r2)).toBe(summary.rows[0].median_r2);
    for (const file of result.files) expect(existsSync(file)).toBe(true);
  });

  it('is silent when quiet', async () => {
    const { code, stdout, stderr } = await evaluate('quiet', '--methods=mean-over-actions', '--quiet');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('takes options of one method behind its name, as a method of its own', async () => {
    await evaluate(
      'own',
      '--methods=si-a,si-a+donors=max=2,si-a+denoise=hsvt=0.9+fallback=mean-over-actions',
    );
    const scores = readCsv(at('own', 'scores.csv'));
    const of = (method: string) =>
      numbersOf({ ...scores, rows: scores.rows.filter((row) => row.method === method) }, 'rmse');
    expect(of('si-a')).toHaveLength(of('si-a+donors=max=2').length);
    expect(of('si-a')).not.toEqual(of('si-a+donors=max=2'));
    expect(of('si-a')).not.toEqual(of('si-a+denoise=hsvt=0.9+fallback=mean-over-actions'));
  });

  it('gives the same results for an option of one method and for all', async () => {
    await evaluate('common', '--methods=si-a', '--donors=max=2');
    const own = readCsv(at('own', 'scores.csv')).rows.filter(({ method }) => method === 'si-a+donors=max=2');
    expect(readCsv(at('common', 'scores.csv')).rows.map(({ rmse }) => rmse)).toEqual(
      own.map(({ rmse }) => rmse),
    );
  });

  it('lets the fallback answer where the test rejects', async () => {
    await evaluate(
      'fallback',
      '--methods=si-a,mean-over-actions',
      '--tau-threshold=0',
      '--fallback=mean-over-actions',
    );
    const { rows } = readCsv(at('fallback', 'scores.csv'));
    const [si, mean] = ['si-a', 'mean-over-actions'].map((name) =>
      rows.filter(({ method }) => method === name),
    );
    expect(si.every(({ fallback }) => fallback === 'mean-over-actions')).toBe(true);
    expect(si.map(({ rmse }) => rmse)).toEqual(mean.map(({ rmse }) => rmse));
  });

  it('keeps one replicate a pair, drawn by the seed', async () => {
    const single = ['--replicates=single', '--methods=mean-over-actions,two-way-mean'];
    await evaluate('single', ...single);
    await evaluate('single-again', ...single);
    await evaluate('single-other', ...single, '--seed=1');
    const rmse = (out: string) => numbersOf(readCsv(at(out, 'scores.csv')), 'rmse');
    expect(rmse('single')).toEqual(rmse('single-again'));
    expect(rmse('single')).not.toEqual(rmse('single-other'));
  });

  it('compares the methods of Appendix G on single replicates', async () => {
    await evaluate('appendix', '--replicates=single');
    const { rows } = readCsv(at('appendix', 'summary.csv'));
    expect(rows.map(({ method }) => method)).toContain('si-a+denoise=hsvt=0.95+fallback=mean-over-actions');
  });

  it('draws the donor grid and PNG figures when asked', async () => {
    const { code } = await evaluate('grid', '--methods=si-a', '--donor-grid', '--png');
    expect(code).toBe(0);
    const figures = readdirSync(at('grid', 'figures'));
    const png = figures.filter((name) => name.endsWith('.png'));
    expect(png).toHaveLength(figures.length / 2);
    const magic = readFileSync(at('grid', 'figures', png[0]))
      .subarray(1, 4)
      .toString('latin1');
    expect(magic).toBe('PNG');
  });

  it('refuses the same method twice, an unknown one and an unknown option of one', async () => {
    const wrong = await Promise.all([
      evaluate('bad', '--methods=si-a,si-a'),
      evaluate('bad', '--methods=si-b'),
      evaluate('bad', '--methods=si-a+donor=all'),
      evaluate('bad', '--replicates=singel'),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(wrong[1].stderr).toContain("did you mean 'si-a'");
    expect(wrong[2].stderr).toContain('donors');
    expect(wrong[3].stderr).toContain("did you mean 'single'");
    expect(existsSync(at('bad'))).toBe(false);
  });

  it('works without a control where the methods need none', async () => {
    const { code, stderr } = await evaluate('uncontrolled', '--control=none', '--methods=si-a');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const scores = readCsv(at('uncontrolled', 'scores.csv'));
    // what was the control is an action like others, and there is nothing to take differences from
    expect(scores.rows.some(({ action }) => action === 'DMSO')).toBe(true);
    expect(numbersOf(scores, 'cosine')).toEqual([]);
    expect(readCsv(at('uncontrolled', 'summary.csv')).rows[0].median_cosine).toBe('');
    const refused = await evaluate('no-effect', '--control=none', '--methods=fixed-effect');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--control');
  });
});

describe('what is held out', () => {
  let pairs: { context: string; action: string }[];
  const evaluate = (out: string, ...more: string[]) =>
    mechanist(
      'evaluate',
      screen,
      '--out',
      at(out),
      '--threads=1',
      '--methods=si-a,mean-over-contexts',
      ...more,
    );
  const list = (name: string, header: string, rows: string[]) => {
    writeFileSync(at(name), `${header}\n${rows.map((row) => `${row}\n`).join('')}`);
    return at(name);
  };

  beforeAll(async () => {
    await evaluate('loo');
    pairs = readCsv(at('loo', 'scores.csv')).rows.filter(({ method }) => method === 'si-a') as never;
  });

  it('are the pairs of --pairs alone, with the scores of leave-one-out', async () => {
    const wanted = pairs.slice(2, 6);
    const file = list(
      'pairs.csv',
      'context,action',
      wanted.map(({ context, action }) => `${context},${action}`),
    );
    expect((await evaluate('pairs', `--pairs=${file}`)).code).toBe(0);
    const key = ({ context, action, method, rmse }: Record<string, string>) =>
      [context, action, method, rmse].join();
    const whole = new Set(readCsv(at('loo', 'scores.csv')).rows.map(key));
    const some = readCsv(at('pairs', 'scores.csv')).rows.map(key);
    expect(some).toHaveLength(8);
    expect(some.every((line) => whole.has(line))).toBe(true);
  });

  it('are hidden together in a fold', async () => {
    // every pair of one action in a fold: the mean over contexts of that action cannot be had
    const { action } = pairs[0];
    const rows = pairs.map(
      (pair) =>
        `${pair.context},${pair.action},${pair.action === action ? 'gone' : `rest-${pair.context}${pair.action}`}`,
    );
    const file = list('folds.csv', 'context,action,fold', rows);
    expect((await evaluate('folds', `--folds=${file}`)).code).toBe(0);
    const means = readCsv(at('folds', 'scores.csv')).rows.filter(
      ({ method }) => method === 'mean-over-contexts',
    );
    expect(means).toHaveLength(pairs.length);
    for (const row of means) {
      const expected = row.action === action ? 'mean-over-actions' : '';
      expect({ action: row.action, fallback: row.fallback }).toEqual({
        action: row.action,
        fallback: expected,
      });
    }
  });

  it('are refused in two folds, unmeasured, unknown, or when only controls are left', async () => {
    const [{ context, action }] = pairs;
    const twice = list('twice.csv', 'context,action,fold', [
      `${context},${action},a`,
      `${context},${action},b`,
    ]);
    const control = list('control.csv', 'context,action', [`${context},DMSO`]);
    const unknown = list('unknown.csv', 'context,action', [`cell_1,${action}`]);
    const columns = list('columns.csv', 'context,acton', [`${context},${action}`]);
    const empty = list('empty.csv', 'context,action', []);
    const outcomes = await Promise.all([
      evaluate('refused', `--folds=${twice}`),
      evaluate('refused', `--pairs=${control}`),
      evaluate('refused', `--pairs=${unknown}`),
      evaluate('refused', `--pairs=${columns}`),
      evaluate('refused', `--pairs=${empty}`),
      evaluate('refused', `--pairs=${control}`, `--folds=${twice}`),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(outcomes[0].stderr).toMatch(/in two folds/);
    expect(outcomes[1].stderr).toMatch(/names controls only/);
    expect(outcomes[2].stderr).toMatch(/did you mean 'cell-1'/);
    expect(outcomes[3].stderr).toMatch(/column 'action' not in .*did you mean 'acton'/);
    expect(outcomes[4].stderr).toMatch(/lists no pairs/);
    expect(outcomes[5].stderr).toMatch(/--pairs/);
    expect(outcomes.some(({ stderr }) => /\n\s+at /.test(stderr))).toBe(false);
  });
});

type ProfileOf = (context: string, action: string) => number[] | undefined;

/** Means of the rows of every pair, in plain loops. */
function averages(data: PerturbationData): ProfileOf & { actions: string[] } {
  const [contexts, actions] = ['cell_iname', 'pert_iname'].map((name) =>
    columnStrings(data.obs.column(name)),
  );
  const rows = new Map<string, number[]>();
  contexts.forEach((context, row) => {
    const key = `${context}|${actions[row]}`;
    rows.set(key, [...(rows.get(key) ?? []), row]);
  });
  const { values } = toDense(data.X);
  const profile = (context: string, action: string) =>
    rows.get(`${context}|${action}`) &&
    Array.from({ length: data.nVars }, (_, gene) => {
      const of = rows.get(`${context}|${action}`) as number[];
      return of.reduce((sum, row) => sum + values[row * data.nVars + gene], 0) / of.length;
    });
  return Object.assign(profile, { actions: [...new Set(actions as string[])] });
}

function metricsOf(
  predicted: number[],
  context: string,
  action: string,
  profileOf: ProfileOf & { actions: string[] },
) {
  const truth = profileOf(context, action) as number[];
  const control = profileOf(context, 'DMSO') as number[];
  const others = profileOf.actions
    .filter((other) => other !== 'DMSO' && other !== action)
    .flatMap((other) => [profileOf(context, other) ?? []].filter((profile) => profile.length > 0));
  const cellMean = truth.map(
    (_, gene) => others.reduce((sum, profile) => sum + profile[gene], 0) / others.length,
  );
  const squares = truth.reduce((sum, value, gene) => sum + (value - predicted[gene]) ** 2, 0);
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const rmse = Math.sqrt(squares / truth.length);
  return {
    rmse,
    nrmse: rmse / (quantileOf(truth, 0.75) - quantileOf(truth, 0.25)),
    r2: 1 - squares / truth.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    cosine: cosineOf(difference(predicted, control), difference(truth, control)),
    cosine_cellmean: cosineOf(difference(predicted, cellMean), difference(truth, cellMean)),
  };
}

const difference = (a: number[], b: number[]) => a.map((value, i) => value - b[i]);

function cosineOf(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Linear interpolation between order statistics, numpy's default. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

function withoutSeconds({ rows }: CsvFile): Record<string, string>[] {
  return rows.map(({ seconds: _, ...row }) => row);
}

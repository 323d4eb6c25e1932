import { describe, expect, it } from 'vitest';
import { PerturbationData } from '../perturbation-data.js';
import { strings, Table } from '../table.js';
import { log1p } from './elementwise.js';
import { highlyVariableSeurat } from './highly-variable-seurat.js';
import { preprocess, preprocessingSteps } from './pipeline.js';
import { simulatedCounts, toCsr } from './scanpy-reference.fixture.node.js';
import { normaliseTotal } from './total-counts.js';

const X = toCsr(simulatedCounts(20, 30, 4));
const data = new PerturbationData({
  X,
  obs: new Table(
    Array.from({ length: 20 }, (_, i) => `cell${i}`),
    [['plate', strings(Array.from({ length: 20 }, (_, i) => `p${i % 2}`))]],
  ),
  var: new Table(Array.from({ length: 30 }, (_, i) => `gene${i === 7 ? 6 : i}`)),
  layers: [['counts', X]],
});

describe('preprocess', () => {
  it('runs the steps in order, on X only', () => {
    const found = preprocess(data, 'normalize-total, log1p, hvg=5');
    const expected = log1p(normaliseTotal(X));
    const chosen = highlyVariableSeurat(expected, { nTop: 5 }).highlyVariable;
    expect(found.var.index).toEqual(data.var.index.filter((_, gene) => chosen[gene]));
    expect(found.X.kind).toBe('csr');
    expect(preprocess(data, 'normalize-total,log1p').X).toEqual(expected);
    expect(preprocess(data, 'normalize-total=100').X).toEqual(normaliseTotal(X, { targetSum: 100 }));
    expect(preprocess(data, 'normalize-total,log1p').layers.get('counts')).toEqual(X);
  });

  /** A value that each step takes, where it must have one. */
  const values: Record<string, string> = {
    'z-score': '=plate',
    'robust-z-score': '=plate',
    missing: '=1',
    'merge-genes': '=sum',
  };

  it.each(preprocessingSteps.map((step) => step.word))('knows %s', (word) => {
    const found = preprocess(data, `${word}${values[word] ?? ''}`);
    expect(found.nObs).toBe(20);
    const sameValues =
      found.X.values.length === X.values.length && found.X.values.every((x, k) => x === X.values[k]);
    // 30 genes are fewer than the 2000 that 'hvg-counts' keeps ('hvg' drops constant ones); names are not values.
    expect(sameValues).toBe(['hvg-counts', 'unique-genes'].includes(word));
  });

  it('takes the value of a step', () => {
    expect(preprocess(data, 'hvg-counts=4').nVars).toBe(4);
    expect(preprocess(data, 'merge-genes=mean').nVars).toBe(29);
    expect(preprocess(data, 'missing=1').X.values.some(Number.isNaN)).toBe(true);
  });

  it.each([
    'log',
    'log1p=3',
    'normalize-total=',
    'normalize-total=x',
    'hvg=0',
    'hvg=1.5',
    'merge-genes=max',
    'merge-genes',
    'missing',
    'z-score',
    'toString',
  ])("refuses '%s'", (line) => {
    expect(() => preprocess(data, line)).toThrowError(expect.objectContaining({ tag: 'OptionError' }));
  });

  it('refuses a column that is not there', () => {
    expect(() => preprocess(data, 'z-score=nowhere')).toThrowError(
      expect.objectContaining({ tag: 'ColumnError' }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { OutcomeTensor } from '../data/index.js';
import { csvText, scoresCsv, summaryCsv } from './score-tables.js';
import { sharedParts } from './shared-tensor.js';

describe('tables of scores', () => {
  it('have their columns without a row, too', () => {
    expect(scoresCsv([])).toBe(
      'context,action,method,nrmse,rmse,cosine,cosine_cellmean,r2,seconds,donors,training_contexts,tau,rejected,fallback\n',
    );
    expect(summaryCsv([])).toBe(
      'method,n,median_nrmse,median_rmse,median_cosine,median_cosine_cellmean,median_r2,total_seconds\n',
    );
  });

  it('quote what RFC 4180 says, leave undefined values empty, keep every digit', () => {
    const rows = [
      { name: 'a,b', value: 0.1 + 0.2, flag: true },
      { name: 'say "x"', value: Number.NaN, flag: null },
      { name: 'two\nlines', value: 1e-300, flag: undefined },
    ];
    expect(csvText(['name', 'value', 'flag'], rows)).toBe(
      'name,value,flag\n"a,b",0.30000000000000004,true\n"say ""x""",,\n"two\nlines",1e-300,\n',
    );
  });
});

describe('sharedParts', () => {
  it('are the same tensor on memory that every thread sees', () => {
    const tensor = new OutcomeTensor({
      contexts: ['A'],
      actions: ['x', 'y'],
      genes: ['g', 'h'],
      control: 1,
      profiles: Float64Array.of(1, 2, 3, 4),
      pairContext: Int32Array.of(0, 0),
      pairAction: Int32Array.of(0, 1),
      replicates: Int32Array.of(2, 1),
    });
    const parts = sharedParts(tensor);
    expect(parts.profiles.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Array.from(parts.profiles)).toEqual([1, 2, 3, 4]);
    expect(new OutcomeTensor(parts)).toMatchObject({ control: 1, contexts: ['A'], actions: ['x', 'y'] });
    expect(sharedParts(new OutcomeTensor(parts)).profiles).toBe(parts.profiles);
  });
});

import { expect, it } from 'vitest';
import { reasonsToDistrust } from '../distrust.js';
import { standing } from '../paired.js';
import { baselines, reportInput, scoreRow, summarise } from '../report.fixture.js';
import { embeddedRows, scoreData } from './score-data.js';

const { scores, summary } = reportInput();
const about = standing(scores, summary, baselines);

it('gives every row back: names by number, numbers to four digits', () => {
  const data = scoreData(scores, about, reasonsToDistrust(scores, about, baselines, 0.1));
  const { rows } = data;
  expect(data.length).toBe(60);
  scores.forEach((row, i) => {
    expect(data.contexts[rows.context[i] as number]).toBe(row.context);
    expect(data.actions[rows.action[i] as number]).toBe(row.action);
    expect(data.methods[rows.method[i] as number]).toBe(row.method);
    expect(rows.nrmse[i]).toBeCloseTo(row.nrmse, 3);
    expect(rows.tau[i]).toEqual(Number.isNaN(row.tau) ? null : expect.closeTo(row.tau, 4));
    expect(rows.rejected[i]).toBe(row.rejected === null ? null : 0);
  });
  expect(data.methods[data.main]).toBe('si-a');
  // pair (A549, a): 1 − 0.21 / 0.5
  expect(rows.gain[0]).toBeCloseTo(0.58, 10);
});

it('keeps the method and the baseline when there are too many rows, then the worst of the method', () => {
  expect(embeddedRows(scores, about, 60)).toBe(scores);
  expect(new Set(embeddedRows(scores, about, 40).map(({ method }) => method))).toEqual(
    new Set(['si-a', 'mean-over-actions']),
  );
  const few = embeddedRows(scores, about, 3);
  expect(few.map(({ nrmse }) => nrmse)).toEqual([1.5, 0.25, 0.25]);
});

it('puts rows without an error first among the worst', () => {
  const some = [scoreRow({ nrmse: 0.2 }), scoreRow({ nrmse: Number.NaN, action: 'b' })];
  const [worst] = embeddedRows(some, standing(some, summarise(some), []), 1);
  expect(worst.nrmse).toBeNaN();
});

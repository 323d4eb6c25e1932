/** The paper's tables as data, and what the report says of runs whose scores are known. */
import { describe, expect, it } from 'vitest';
import type { BenchmarkScores } from '../evaluate/index.js';
import { mechanismModels } from '../represent/index.js';
import { Plan } from './reproduce-svae-plan.js';
import { type FilledPlace, metrics, reportText, tableRows } from './reproduce-svae-report.js';
import { PAPER_TABLES } from './reproduce-svae-tables.js';
import { runKey } from './run-key.js';

/** Every entry one run that scores what the paper prints, and `other` where it prints nothing. */
function asThePaper(
  plan: Plan,
  other: number,
  change: (model: string) => Partial<BenchmarkScores> = () => ({}),
) {
  return plan.places.map((place): FilledPlace => {
    const { table, column, model } = place;
    const theirs = table.compared.map((metric, k) => [metric, column.paper[model]?.[k]?.[0] ?? other]);
    const scores = {
      ...Object.fromEntries(metrics.map((metric) => [metric, other])),
      ...Object.fromEntries(theirs),
      ...change(model),
    } as BenchmarkScores;
    return { ...place, runs: [], scores: [scores] };
  });
}

describe("the paper's tables", () => {
  it('have an entry for every score compared, of models that there are', () => {
    const known = mechanismModels.map(({ name }) => name);
    for (const { models, columns, compared, beside } of PAPER_TABLES) {
      expect(known).toEqual(expect.arrayContaining([...models]));
      expect(new Set(columns.map(({ key }) => key)).size).toBe(columns.length);
      expect(new Set([...compared, ...beside]).size).toBe(compared.length + beside.length);
      for (const { paper } of columns) {
        expect(models).toEqual(expect.arrayContaining(Object.keys(paper)));
        for (const entries of Object.values(paper)) expect(entries).toHaveLength(compared.length);
      }
    }
  });

  it('share runs', () => {
    const plan = new Plan({ seeds: 5 });
    const keys = (name: string, at: string, model: string) => {
      const place = plan.places.find(
        ({ table, column, ...one }) => table.name === name && column.key === at && one.model === model,
      )!;
      return plan.runsOf(place).map(runKey);
    };
    const first = keys('table-1', '', 'svae+');
    expect(new Set(first).size).toBe(5);
    expect(keys('table-4', 'd15', 'svae+')).toEqual(first);
    expect(keys('table-10', 'covered15', 'svae+')).toEqual(first);
    expect(keys('figure-4', 'alpha100', 'svae+')).toEqual(first);
    expect(keys('table-4', 'd10', 'svae+')).not.toEqual(first);
  });
});

describe('reportText', () => {
  const plan = new Plan({ tables: ['1'], seeds: 1 });

  it('finds the paper in what is the paper', () => {
    const text = reportText(plan, asThePaper(plan, 0.1));
    expect(text).toContain(
      "- Pearson MCC: 5 of 5 within 0.05 or two deviations of the paper's; farthest is `vae`, 0.46 against 0.46." +
        ' Best of its models: `svae+`, there and here; of all: `svae+`.',
    );
    // three models with a graph; svae-bayes has 0.1 nats, and lower is better
    expect(text).toMatch(/- precision, signed: 3 of 3 .*; of all: `svae\+`\./);
    expect(text).toMatch(/- interventional NLL: 5 of 5 .*`svae\+`, there and here; of all: `svae-bayes`\./);
  });

  it('counts what is far, and says who is best instead', () => {
    const change = (model: string) => (model === 'ivae' ? { pearson_mcc: 0.97 } : {});
    expect(reportText(plan, asThePaper(plan, 0.1, change))).toContain(
      "- Pearson MCC: 4 of 5 within 0.05 or two deviations of the paper's; farthest is `ivae`, 0.97 against 0.47." +
        ' Best of its models: `svae+` there, `ivae` here; of all: `ivae`.',
    );
    // 0.14 from 0.72 ± 0.14 is near: two deviations are more than 0.05
    const near = (model: string) => (model === 'svae' ? { pearson_mcc: 0.5 } : {});
    expect(reportText(plan, asThePaper(plan, 0.1, near))).toMatch(
      /Pearson MCC: 5 of 5 .*`svae`, 0\.50 against/,
    );
  });

  it('counts settings where a table has several, ties of the paper being as good', () => {
    const tables = new Plan({ tables: ['6'], seeds: 1 });
    const text = reportText(tables, asThePaper(tables, 0.95));
    expect(text).toContain('Its best model is the best of its models here in 3 of 3 settings.');
    expect(text).toContain('`svae-bayes` is the best of all in 3 of 3.');
  });
});

describe('tableRows', () => {
  it('has one row a model, and says nothing of deviations of one run', () => {
    const plan = new Plan({ tables: ['10'], seeds: 1 });
    const rows = tableRows(PAPER_TABLES.find(({ name }) => name === 'table-10')!, asThePaper(plan, 0.3));
    expect(rows.map(({ model }) => model)).toEqual(['svae+', 'svae-bayes']);
    expect(rows[0]).toMatchObject({ pearson_mcc_covered4: 0.59, paper_pearson_mcc_covered4: 0.59 });
    expect(rows[0].pearson_mcc_sd_covered4).toBeNaN();
    expect(rows[1]).toMatchObject({ pearson_mcc_covered4: 0.3, paper_pearson_mcc_covered4: Number.NaN });
  });
});

/** What regimes hide, keep and score; and what their medians must be where the answer is known. */
import { describe, expect, it } from 'vitest';
import { factorScreen } from '../../test/support/factor-screen.js';
import { DataError } from '../errors.js';
import { imputerNamed, imputerOptions } from '../impute/index.js';
import { Random } from '../random/index.js';
import { evaluateFolds } from './evaluate.js';
import { type RegimeFold, regimeFolds, summariseRegimes } from './regimes.js';
import type { ScoreRow } from './scores.js';

/** Action 1 was measured in contexts 0, 1 and 2 only. */
const observed = (c: number, a: number) => a !== 1 || c < 3;
const { tensor } = factorScreen({ nContexts: 8, nActions: 9, nGenes: 40, rank: 3, observed });
const ks = [0, 2, 4];
const plan = (regime: 'action' | 'context', seed = 1) =>
  regimeFolds(tensor, regime, ks, Random.fromSeed(seed));

describe.each(['action', 'context'] as const)('regime %s', (regime) => {
  const unitOf = regime === 'action' ? tensor.pairAction : tensor.pairContext;
  const { folds, leftOut } = plan(regime);
  const byUnit = new Map<number, RegimeFold[]>();
  for (const fold of folds)
    byUnit.set(unitOf[fold.hidden[0]], [...(byUnit.get(unitOf[fold.hidden[0]]) ?? []), fold]);

  it('hides all treated pairs of one unit but k', () => {
    for (const { hidden, k } of folds) {
      const unit = unitOf[hidden[0]];
      const all = Array.from(tensor.treatedPairs()).filter((pair) => unitOf[pair] === unit);
      expect(hidden.every((pair) => all.includes(pair))).toBe(true);
      expect(new Set(hidden).size).toBe(all.length - k);
    }
  });

  it('keeps with a larger k what a smaller one keeps, and scores the same pairs at every k', () => {
    for (const unit of byUnit.values()) {
      expect(unit.map(({ k }) => k)).toEqual(ks);
      unit.slice(1).forEach(({ hidden }, i) => {
        expect(hidden.every((pair) => unit[i].hidden.includes(pair))).toBe(true);
      });
      for (const { scored } of unit) expect([...scored].sort()).toEqual([...unit[2].hidden].sort());
    }
  });

  it('takes every unit that is large enough, and names the others', () => {
    expect(leftOut).toEqual(regime === 'action' ? ['action-001'] : []);
    expect(byUnit.size).toBe(regime === 'action' ? 7 : 8);
  });

  it('draws by the seed', () => {
    const hidden = (seed: number) => plan(regime, seed).folds.map((fold) => fold.hidden.join());
    expect(hidden(1)).toEqual(hidden(1));
    expect(hidden(1)).not.toEqual(hidden(2));
  });
});

it('says how many would do where no unit is large enough', () => {
  const ask = () => regimeFolds(tensor, 'action', [0, 8], Random.fromSeed(1));
  expect(ask).toThrow(DataError);
  expect(ask).toThrow(/the most is 8/);
});

async function rowsOf(method: string, regime: 'action' | 'context') {
  const { folds } = plan(regime);
  const scores: { fold: RegimeFold; pair: number; score: ScoreRow }[] = [];
  const imputer = imputerNamed(method).create(tensor, imputerOptions());
  for (const fold of folds) {
    await evaluateFolds(tensor, method, imputer, [fold.hidden], (score, _, pair) => {
      scores.push({ fold, pair, score });
    });
  }
  return summariseRegimes(scores);
}

describe('medians', () => {
  it('of an average that does not look at the unit are the same at every k', async () => {
    const rows = await rowsOf('mean-over-actions', 'action');
    expect(rows.map(({ k, n }) => [k, n])).toEqual(ks.map((k) => [k, 7 * (8 - 4)]));
    expect(new Set(rows.map(({ median_nrmse }) => median_nrmse)).size).toBe(1);
  });

  it('of si-a: an average where nothing of the action was seen, exact with as many contexts as factors', async () => {
    const [none, , four] = await rowsOf('si-a', 'action');
    const [average] = await rowsOf('mean-over-actions', 'action');
    expect(none.median_nrmse).toBe(average.median_nrmse);
    expect(four.median_r2).toBeGreaterThan(1 - 1e-9);
  });
});

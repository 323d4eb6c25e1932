/** Chained forests: planted truth, their stop, their neighbours, their seed. */
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { median } from '../../stats/index.js';
import { fallbackAverage } from '../averages.js';
import type { FittedImputer } from '../imputer.js';
import { type ImputerOptions, imputerOptions, Training } from '../index.js';
import { missforest } from './missforest.js';

const observed = (c: number, a: number) => a === 0 || (c + 2 * a) % 5 !== 0;
const small = { nContexts: 6, nActions: 7, nGenes: 8, rank: 2, noise: 0.1, observed };

function fitted(tensor: OutcomeTensor, given: Partial<ImputerOptions> = {}): FittedImputer {
  const options = imputerOptions({ missforestTrees: 20, ...given });
  return missforest.create(tensor, options).fit(new Training(tensor)) as FittedImputer;
}

describe('chained forests', () => {
  it('find the gene that each action moves', () => {
    // no gene tells of another, the action tells all
    const { tensor } = factorScreen({ ...small, nContexts: 8, nActions: 8 });
    const noise = Random.fromSeed(1).split('noise');
    const truth = (_context: number, action: number) =>
      Float64Array.from({ length: 8 }, (_, gene) => (gene === action ? 10 : 0) + noise.normal());
    for (let pair = 0; pair < tensor.nPairs; pair++)
      tensor.profile(pair).set(truth(tensor.pairContext[pair], tensor.pairAction[pair]));
    const imputed = fitted(tensor);
    const errors = [...tensor.missingPairs()].map(({ context, action }) => {
      const wanted = truth(context, action);
      const average = fallbackAverage(new Training(tensor), context, action).profile;
      const ours = imputed.predict(context, action).profile;
      return [relativeDifference(ours, wanted), relativeDifference(average, wanted)];
    });
    const [ours, averages] = [0, 1].map((which) => median(errors.map((pair) => pair[which])));
    expect(ours).toBeLessThan(0.5 * averages);
  });

  it('stay within the measured values: leaves are means of them', () => {
    const { tensor } = factorScreen(small);
    const imputed = fitted(tensor);
    for (const { context, action } of tensor.missingPairs()) {
      imputed.predict(context, action).profile.forEach((value, gene) => {
        const values = Array.from({ length: tensor.nPairs }, (_, pair) => tensor.profile(pair)[gene]);
        expect(value).toBeGreaterThanOrEqual(Math.min(...values));
        expect(value).toBeLessThanOrEqual(Math.max(...values));
      });
    }
  });

  it('give another answer for another seed', () => {
    const { tensor } = factorScreen(small);
    const [a, b] = [0, 1].map((seed) => fitted(tensor, { seed }).predict(0, 5).profile);
    expect(relativeDifference(a, b)).toBeGreaterThan(1e-6);
  });

  it('predict from the most correlated genes only, where asked to', () => {
    // gene 1 is gene 0 turned round: with one neighbour, each is the other's; gene 2 is noise
    const { tensor } = factorScreen({ ...small, nGenes: 3 });
    for (let pair = 0; pair < tensor.nPairs; pair++) {
      const profile = tensor.profile(pair);
      profile[1] = -profile[0];
    }
    const options = { missforestNeighbours: 1, missforestRounds: 1 };
    const before = fitted(tensor, options).predict(0, 5).profile;
    const profiles = tensor.profiles.map((value, i) => (i % 3 === 2 ? value + Math.sin(i) : value));
    const other = new OutcomeTensor({ ...tensor, profiles });
    const after = fitted(other, options).predict(0, 5).profile;
    expect(Array.from(after.slice(0, 2))).toEqual(Array.from(before.slice(0, 2)));
    expect(after[2]).not.toBe(before[2]);
  });

  it('without neighbours know context and action only, and end after the round that changes nothing', () => {
    const { tensor } = factorScreen(small);
    const why = fitted(tensor, { missforestNeighbours: 0 }).predict(0, 5).explain();
    expect(why.notes).toEqual([
      expect.stringMatching(/^2 rounds of 8 forests of 20 trees on \d+ profiles, each from 0 genes/),
      'the last round changed a gene by 0.00 (root mean square)',
    ]);
  });

  it('are refused where they would not fit into memory', () => {
    const large = factorScreen({ ...small, nGenes: 400 }).tensor;
    expect(() => fitted(large, { missforestTrees: 100_000 }).predict(0, 5)).toThrow(DataError);
  });
});

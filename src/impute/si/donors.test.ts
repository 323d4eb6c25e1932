import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorScreen } from '../../../test/support/factor-screen.js';
import { Training } from '../training.js';
import { actionAxis } from './axis.js';
import { members } from './bitset.js';
import { allDonors, greedyDonors, Membership } from './donors.js';

/** The authors' loop with counts in the place of set order, written as plainly as it can be. */
function plainGreedy(
  observed: boolean[][],
  context: number,
  action: number,
  limit = Number.POSITIVE_INFINITY,
) {
  let contexts = observed.flatMap((row, c) => (row[action] && c !== context ? [c] : []));
  let remaining = observed[context].flatMap((seen, a) => (seen && a !== action ? [a] : []));
  const donors: number[] = [];
  while (remaining.length > 0 && donors.length < limit) {
    const left = remaining.map((a) => contexts.filter((c) => observed[c][a]));
    const best = left.reduce((at, list, i) => (list.length > left[at].length ? i : at), 0);
    if (left[best].length === 0) break;
    contexts = left[best];
    donors.push(remaining[best]);
    remaining = remaining.filter((_, i) => i !== best);
  }
  return { donors: donors.sort((a, b) => a - b), contexts: donors.length > 0 ? contexts : [] };
}

const pattern = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }))
  .chain(([nContexts, nActions]) =>
    fc.array(fc.array(fc.boolean(), { minLength: nActions, maxLength: nActions }), {
      minLength: nContexts,
      maxLength: nContexts,
    }),
  );

function membershipOf(observed: boolean[][]) {
  const { tensor } = factorScreen({
    nContexts: observed.length,
    nActions: observed[0].length,
    nGenes: 1,
    rank: 1,
    observed: (c, a) => observed[c][a],
  });
  const axis = actionAxis(tensor);
  return { tensor, axis, membership: Membership.of(axis) };
}

describe('greedyDonors', () => {
  it('chooses what the plain loop chooses, on every pattern, hidden or missing, with and without a limit', () => {
    fc.assert(
      fc.property(pattern, fc.option(fc.integer({ min: 1, max: 5 })), (observed, limit) => {
        const { tensor, axis, membership } = membershipOf(observed);
        for (let context = 0; context < Math.min(observed.length, 6); context++) {
          for (let action = 0; action < observed[0].length; action++) {
            const pair = tensor.pair(context, action);
            const training = new Training(tensor, pair < 0 ? [] : [pair]);
            const candidates = axis
              .visiblePairsOfUnit(training, context)
              .map((visible) => tensor.pairAction[visible]);
            const hidden = membership.hiding(training);
            const set = greedyDonors(hidden, context, action, candidates, limit ?? undefined);
            const expected = plainGreedy(observed, context, action, limit ?? undefined);
            expect(Array.from(set.donors)).toEqual(expected.donors);
            expect(Array.from(set.units)).toEqual(expected.contexts);
          }
        }
      }),
    );
  });

  it('takes ties by name: of two donors that leave as many contexts, the first', () => {
    // action 2 is measured in contexts 1 and 2; donors 0 and 1 leave one of them each
    const { membership } = membershipOf([
      [true, true, false],
      [true, false, true],
      [false, true, true],
    ]);
    const set = greedyDonors(membership, 0, 2, Int32Array.of(0, 1));
    expect(Array.from(set.donors)).toEqual([0]);
    expect(Array.from(set.units)).toEqual([1]);
  });

  it('asks before it grows and stops at the first no', () => {
    const { membership } = membershipOf(Array.from({ length: 4 }, () => [true, true, true, true, true]));
    const asked: number[][] = [];
    const set = greedyDonors(membership, 0, 4, Int32Array.of(0, 1, 2, 3), undefined, (donors, units) => {
      asked.push([...donors]);
      expect(members(units)).toEqual([1, 2, 3]);
      return donors.length < 3;
    });
    expect(asked).toEqual([[0], [0, 1], [0, 1, 2]]);
    expect(Array.from(set.donors)).toEqual([0, 1]);
  });
});

describe('allDonors', () => {
  it('takes every donor and the contexts that have them all, possibly none', () => {
    const { membership } = membershipOf([
      [true, true, false],
      [true, false, true],
      [true, true, true],
    ]);
    const set = allDonors(membership, 0, 2, Int32Array.of(0, 1));
    expect(Array.from(set.units)).toEqual([2]);
  });
});

describe('Membership.hiding', () => {
  it('leaves the original as it was', () => {
    const { tensor, membership } = membershipOf([
      [true, true],
      [true, true],
    ]);
    const hidden = membership.hiding(new Training(tensor, [tensor.pair(1, 1)]));
    expect(members(hidden.units(1))).toEqual([0]);
    expect(members(membership.units(1))).toEqual([0, 1]);
    expect(hidden.units(0)).toBe(membership.units(0));
  });
});

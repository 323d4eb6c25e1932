/**
 * Large bicliques: a set of donors and a set of units in which every donor was measured in every unit.
 *
 * Finding the largest is NP-hard for both measures, so the search is exact only while it is small: branch and bound
 * over donors, the greedy choice first, stopped after `STEPS` branches with the best found until then. Screens of
 * dozens of contexts end long before.
 */
import { addTo, type Bitset, commonCount, emptyBitset, intersectWith, members } from '../si/bitset.js';

/** `square`: the greatest shorter side (the authors' choice), then the greatest area; `area`: donors × units. */
export type BicliqueMeasure = 'square' | 'area';

export interface Biclique {
  /** Positions in `unitsOf`. */
  readonly donors: readonly number[];
  readonly units: readonly number[];
  /** Was the search ended by its limit? */
  readonly cut: boolean;
}

/** Most branches of one search. */
export const STEPS = 5_000;

interface Candidate {
  readonly donor: number;
  /** Units of it that are still common. */
  readonly count: number;
}

/** @param unitsOf for each donor its units, out of `nUnits`; @param most branches */
export function largestBiclique(
  unitsOf: readonly Bitset[],
  nUnits: number,
  measure: BicliqueMeasure,
  most = STEPS,
): Biclique {
  const value = (nDonors: number, n: number) =>
    measure === 'area' ? nDonors * n : Math.min(nDonors, n) * (unitsOf.length * nUnits + 1) + nDonors * n;
  let best = { donors: [] as number[], units: emptyBitset(nUnits), value: 0 };
  let steps = 0;

  /** `chosen` were all measured in `units`; more of `left` may join. */
  const search = (chosen: readonly number[], units: Bitset, nCommon: number, left: readonly number[]) => {
    const donors = chosen.slice();
    const open: Candidate[] = [];
    for (const donor of left) {
      const count = commonCount(units, unitsOf[donor]);
      if (count === nCommon) donors.push(donor);
      else if (count > 0) open.push({ donor, count });
    }
    const reached = donors.length > 0 ? value(donors.length, nCommon) : 0;
    if (reached > best.value) best = { donors, units, value: reached };
    open.sort((a, b) => b.count - a.count || a.donor - b.donor);
    for (let i = 0; i < open.length && steps < most; i++) {
      // j more donors from here on leave at most the j-th count of units
      let bound = 0;
      for (let j = i; j < open.length; j++) {
        bound = Math.max(bound, value(donors.length + j - i + 1, open[j].count));
      }
      if (bound <= best.value) break;
      steps++;
      const fewer = units.slice();
      intersectWith(fewer, unitsOf[open[i].donor]);
      const rest = open.slice(i + 1).map(({ donor }) => donor);
      search([...donors, open[i].donor], fewer, open[i].count, rest);
    }
  };

  const all = emptyBitset(nUnits);
  for (let unit = 0; unit < nUnits; unit++) addTo(all, unit);
  search([], all, nUnits, [...unitsOf.keys()]);
  const donors = [...best.donors].sort((a, b) => a - b);
  return { donors, units: members(best.units), cut: steps >= most };
}

/**
 * Which donors a prediction is made of, and in which units the weights are learned.
 *
 * Squires et al. 2022, "Arbitrary sets of donor actions": more donors leave fewer training units in which all
 * of them and the target were measured. The choices:
 * - `greedy` (what the authors' program does): add the donor that leaves the most training units, first by
 *   name of equals, until none would be left. Their program compares sets, not counts; on their data the
 *   largest count gives the same predictions to 1e-11.
 * - `max`: the same, stopped at a number of donors.
 * - `all` (the paper's definition): every donor, whatever it leaves.
 * - `test`: greedy, stopped before the first donor with which the subspace inclusion test fails.
 */
import type { Training } from '../training.js';
import type { Axis } from './axis.js';
import {
  addTo,
  type Bitset,
  commonCount,
  emptyBitset,
  intersectWith,
  members,
  removeFrom,
} from './bitset.js';

export interface DonorSet {
  /** Donor numbers, sorted. */
  readonly donors: Int32Array;
  /** Numbers of the training units, sorted. */
  readonly units: Int32Array;
}

/** For every donor, the units in which it may be seen. Made once a tensor; hidden pairs are taken out a fit. */
export class Membership {
  private constructor(
    readonly axis: Axis,
    private readonly unitsOfDonor: readonly Bitset[],
  ) {}

  static of(axis: Axis): Membership {
    const sets = axis.pairsOfDonor.map((pairs) => {
      const set = emptyBitset(axis.nUnits);
      for (const pair of pairs) addTo(set, axis.unitOfPair[pair]);
      return set;
    });
    return new Membership(axis, sets);
  }

  /** The same without the hidden pairs of `training`; sets without hidden pairs are shared. */
  hiding(training: Training): Membership {
    if (training.hiddenPairs.length === 0) return this;
    const sets = [...this.unitsOfDonor];
    for (const pair of training.hiddenPairs) {
      const donor = this.axis.donorOfPair[pair];
      if (sets[donor] === this.unitsOfDonor[donor]) sets[donor] = sets[donor].slice();
      removeFrom(sets[donor], this.axis.unitOfPair[pair]);
    }
    return new Membership(this.axis, sets);
  }

  units(donor: number): Bitset {
    return this.unitsOfDonor[donor];
  }
}

/**
 * Donors for predicting `target` in `unit`.
 * @param candidates visible donors of the unit, sorted, the target not among them
 * @param mayGrow asked before each donor is added (`test`); false stops there
 */
export function greedyDonors(
  membership: Membership,
  unit: number,
  target: number,
  candidates: Int32Array,
  limit = Number.POSITIVE_INFINITY,
  mayGrow?: (donors: readonly number[], units: Bitset) => boolean,
): DonorSet {
  const units = membership.units(target).slice();
  removeFrom(units, unit);
  let size = commonCount(units, units);
  const donors: number[] = [];
  let remaining = Array.from(candidates);
  const finish = (): DonorSet => ({
    donors: Int32Array.from(donors).sort(),
    units: Int32Array.from(donors.length > 0 ? members(units) : []),
  });
  while (size > 0 && donors.length < limit) {
    // One pass takes every donor that costs no unit (none can beat them) and finds the best of the rest.
    const rest: number[] = [];
    let best = -1;
    let bestCount = 0;
    for (const donor of remaining) {
      const count = commonCount(units, membership.units(donor));
      if (count === size) {
        if (donors.length >= limit || mayGrow?.([...donors, donor], units) === false) return finish();
        donors.push(donor);
      } else {
        rest.push(donor);
        if (count > bestCount) {
          best = donor;
          bestCount = count;
        }
      }
    }
    if (best < 0 || donors.length >= limit) break;
    const left = units.slice();
    intersectWith(left, membership.units(best));
    if (mayGrow?.([...donors, best], left) === false) break;
    units.set(left);
    size = bestCount;
    donors.push(best);
    remaining = rest.filter((donor) => donor !== best);
  }
  return finish();
}

/** Every candidate, and the units that have all of them and the target (possibly none). */
export function allDonors(
  membership: Membership,
  unit: number,
  target: number,
  candidates: Int32Array,
): DonorSet {
  const units = membership.units(target).slice();
  removeFrom(units, unit);
  for (const donor of candidates) intersectWith(units, membership.units(donor));
  return { donors: candidates, units: Int32Array.from(members(units)) };
}

/**
 * Which way synthetic interventions regress.
 *
 * SI-A writes the target *action* as a combination of donor actions and learns the weights in training
 * contexts; SI-C writes the target *context* as a combination of donor contexts and learns in training actions
 * (Squires et al. 2022, section 4, "Reversing the axis of regression"). Everything else in this folder speaks
 * of **donors** (what is combined) and **units** (what is trained on): for SI-A units are contexts.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import type { Training } from '../training.js';

export interface Axis {
  readonly donorKind: 'action' | 'context';
  readonly nUnits: number;
  readonly nDonors: number;
  readonly unitNames: readonly string[];
  readonly donorNames: readonly string[];
  /** Unit and donor of each pair. */
  readonly unitOfPair: Int32Array;
  readonly donorOfPair: Int32Array;
  /** All observed pairs of a unit, by donor; of a donor, by unit (hidden ones too). */
  readonly pairsOfUnit: readonly Int32Array[];
  readonly pairsOfDonor: readonly Int32Array[];
  /** The number of the pair, −1 where not observed. */
  pair(unit: number, donor: number): number;
  visiblePairsOfUnit(training: Training, unit: number): Int32Array;
  visiblePairsOfDonor(training: Training, donor: number): Int32Array;
}

/** Donors are actions, units are contexts (`si-a`). */
export function actionAxis(tensor: OutcomeTensor): Axis {
  return {
    donorKind: 'action',
    nUnits: tensor.nContexts,
    nDonors: tensor.nActions,
    unitNames: tensor.contexts,
    donorNames: tensor.actions,
    unitOfPair: tensor.pairContext,
    donorOfPair: tensor.pairAction,
    pairsOfUnit: tensor.pairsOfContext,
    pairsOfDonor: tensor.pairsOfAction,
    pair: (unit, donor) => tensor.pair(unit, donor),
    visiblePairsOfUnit: (training, unit) => training.pairsOfContext(unit),
    visiblePairsOfDonor: (training, donor) => training.pairsOfAction(donor),
  };
}

/** Donors are contexts, units are actions (`si-c`). */
export function contextAxis(tensor: OutcomeTensor): Axis {
  return {
    donorKind: 'context',
    nUnits: tensor.nActions,
    nDonors: tensor.nContexts,
    unitNames: tensor.actions,
    donorNames: tensor.contexts,
    unitOfPair: tensor.pairAction,
    donorOfPair: tensor.pairContext,
    pairsOfUnit: tensor.pairsOfAction,
    pairsOfDonor: tensor.pairsOfContext,
    pair: (unit, donor) => tensor.pair(donor, unit),
    visiblePairsOfUnit: (training, unit) => training.pairsOfAction(unit),
    visiblePairsOfDonor: (training, donor) => training.pairsOfContext(donor),
  };
}

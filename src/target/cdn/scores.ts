/** Scores of the groups of a screen by a trained network: its logits, and probabilities that simulations calibrated. */

import type { DenseMatrix } from '../../data/index.js';
import { turns } from '../gaussian/turn.js';
import type { TargetRun, TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';
import { type Calibration, probabilityOf } from './calibration.js';
import { evidenceOf, setEvidence } from './evidence.js';
import { type Moments, momentsOf, scalesOf } from './moments.js';
import type { CdnPredictor } from './predictor.js';

export async function scoreGroups(
  { control, groups }: TargetScreen,
  predictor: CdnPredictor,
  calibration: Calibration,
  { random, signal, onProgress }: Pick<TargetRun, 'random' | 'signal' | 'onProgress'>,
): Promise<TargetScores[]> {
  const scales = scalesOf(control);
  const { neighbours, fci } = predictor.wanted;
  // the same stream for every set: what a group is given does not depend on those beside it
  const stream = random.split('fci');
  const setOf = (cells: DenseMatrix) =>
    setEvidence(momentsOf(cells, scales), fci ? { cells, random: stream } : undefined);
  const before = setOf(control);
  const scores: TargetScores[] = [];
  const turn = turns(signal);
  for (const { cells } of groups) {
    await turn();
    const after = setOf(cells);
    const logits = await predictor.logits(evidenceOf(before, after, neighbours));
    scores.push(scoresOf(logits, before.moments, after.moments, calibration));
    onProgress?.(scores.length, groups.length);
  }
  return scores;
}

/** A gene that has one value, the same in both sets, was not seen to be hit: last, with no probability. */
function scoresOf(
  logits: Float32Array,
  before: Moments,
  after: Moments,
  calibration: Calibration,
): TargetScores {
  const still = (i: number) =>
    before.variance[i] === 0 && after.variance[i] === 0 && before.mean[i] === after.mean[i];
  const last = logits.reduce((least, logit) => Math.min(least, logit), 0) - 1;
  const constant = logits.reduce((count, _, i) => count + (still(i) ? 1 : 0), 0);
  return {
    score: Float64Array.from(logits, (logit, i) => (still(i) ? last : logit)),
    probability: Float64Array.from(logits, (logit, i) => (still(i) ? 0 : probabilityOf(logit, calibration))),
    notes:
      constant > 0
        ? [`${constant} gene${constant > 1 ? 's have' : ' has'} one value in all cells: ranked last`]
        : [],
  };
}

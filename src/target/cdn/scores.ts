/**
 * Scores of the groups of a screen by a trained network: its logits, of counts hedged (hedge.ts), and probabilities that
 * simulations calibrated and splits of the control hold down (own-splits.ts).
 */

import type { DenseMatrix } from '../../data/index.js';
import { turns } from '../gaussian/turn.js';
import type { TargetRun, TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';
import { type Calibration, probabilityOf } from './calibration.js';
import { evidenceOf, setEvidence } from './evidence.js';
import { hedged, weightOfHedge } from './hedge.js';
import { type Moments, momentsOf, scalesOf } from './moments.js';
import { EVEN, heldDown, splitOf, splitSize, WORTH_CHECKING } from './own-splits.js';
import type { CdnPredictor } from './predictor.js';
import { LEAST_CELLS } from './settings.js';

/** `splits`: of the control, that probabilities of groups with likely targets are checked on. */
export async function scoreGroups(
  { control, groups }: TargetScreen,
  predictor: CdnPredictor,
  { calibration, splits }: { readonly calibration: Calibration; readonly splits: number },
  { random, ofControl = random, signal, onProgress, ranksOnly }: Omit<TargetRun, 'runtime' | 'trained'>,
): Promise<TargetScores[]> {
  const { neighbours, fci } = predictor.wanted;
  // the same stream for every set: what a group is given does not depend on those beside it
  const stream = ofControl.split('fci');
  let weight: number | undefined;
  const beside = (before: DenseMatrix) => {
    const scales = scalesOf(before);
    const setOf = (cells: DenseMatrix) =>
      setEvidence(momentsOf(cells, scales), fci ? { cells, random: stream } : undefined);
    const known = setOf(before);
    // splits of the control are no other kind of cells than all of it
    weight ??= weightOfHedge(known.moments);
    const { moments } = known;
    const second = weight;
    return async (cells: DenseMatrix) => {
      const after = setOf(cells);
      const logits = await predictor.logits(evidenceOf(known, after, neighbours));
      return scoresOf(hedged(logits, second, moments, after.moments), moments, after.moments, calibration);
    };
  };
  const scored = beside(control);
  const scores: TargetScores[] = [];
  const turn = turns(signal);
  const untouched = new Map<number, Float64Array[]>();
  const splitsOf = async (part: number) => {
    const found = untouched.get(part) ?? [];
    for (let split = found.length; split < splits; split++) {
      await turn();
      const [cells, others] = splitOf(control, part, ofControl.split('control', part, split));
      found.push((await beside(others)(cells)).score);
      onProgress?.(scores.length + found.length / (splits + 1), groups.length);
    }
    untouched.set(part, found);
    return found;
  };
  for (const { cells } of groups) {
    await turn();
    const found = await scored(cells);
    const part = splitSize(control.nRows, cells.nRows, LEAST_CELLS);
    const checked = splits > 0 && !ranksOnly && part !== undefined && likely(found);
    if (checked) scores.push(held(found, await splitsOf(part)));
    else scores.push(splits > 0 && part === undefined && likely(found) ? unchecked(found) : found);
    onProgress?.(scores.length, groups.length);
  }
  return scores;
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, value), 0);

const likely = ({ probability }: NetworkScores) => largest(probability) > WORTH_CHECKING;

function held(found: NetworkScores, splits: readonly Float64Array[]): NetworkScores {
  const probability = heldDown(found.probability, found.score, splits);
  // one that is as good as it was needs no words
  const lowered = found.probability.some((said, i) => said > 0.5 && probability[i] < 0.9 * said);
  const note =
    'splits of the control alone look as if genes were hit, too: probabilities are held down to what these leave';
  return { ...found, probability, notes: lowered ? [...found.notes, note] : found.notes };
}

/** Nothing says whether the network can be believed on these cells. */
function unchecked(found: NetworkScores): NetworkScores {
  const note = `controls too few to split, so that nothing says whether probabilities hold on these cells: none is above ${EVEN}`;
  const probability = found.probability.map((said) => Math.min(said, EVEN));
  return { ...found, probability, notes: [...found.notes, note] };
}

type NetworkScores = TargetScores & { readonly probability: Float64Array };

/** A gene that has one value, the same in both sets, was not seen to be hit: last, with no probability. */
function scoresOf(
  logits: Float64Array,
  before: Moments,
  after: Moments,
  calibration: Calibration,
): NetworkScores {
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

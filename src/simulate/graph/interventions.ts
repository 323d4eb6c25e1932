/**
 * What is done to whom: regimes, each with its targets, one kind of intervention, and by how much.
 */
import type { Random } from '../../random/index.js';
import { names } from '../settings.js';
import { awayFromZero } from './mechanisms.js';
import type { GraphSettings, InterventionKind } from './options.js';

const MIXED = ['hard', 'scale', 'shift'] as const;

export interface GraphRegime {
  readonly name: string;
  readonly kind: InterventionKind;
  /** Nodes, ascending. */
  readonly targets: Int32Array;
  /**
   * `(nTargets)`: the factor of 'scale'; of 'shift' and 'knock-down' the observational standard deviations that the
   * target moves by, negative downwards; of 'hard' nothing, 0.
   */
  readonly amounts: Float64Array;
}

/** Sets of targets are distinct; as many of each size as the settings say, the small ones first. */
export function drawRegimes(settings: GraphSettings, random: Random): GraphRegime[] {
  const { nodes, targets, regimesOfSize, intervention } = settings;
  const sets = regimesOfSize.flatMap((count, i) =>
    distinctSets(nodes, targets[0] + i, count, random.split('targets', targets[0] + i)),
  );
  const labels = names('regime', sets.length);
  return sets.map((ofRegime, r) => {
    const stream = random.split('regime', r);
    const kind = intervention === 'mixed' ? MIXED[stream.integer(MIXED.length)] : intervention;
    const amounts = stream.fill(new Float64Array(ofRegime.length), () => drawAmount(kind, settings, stream));
    return { name: labels[r], kind, targets: ofRegime, amounts };
  });
}

/** A factor is as likely above 1 as below, its logarithm uniform; a shift is as likely up as down. */
function drawAmount(kind: InterventionKind, { scaleRange, shiftRange }: GraphSettings, random: Random) {
  if (kind === 'hard') return 0;
  if (kind === 'shift') return awayFromZero(shiftRange[0], shiftRange[1], random);
  if (kind === 'knock-down') return -Math.abs(awayFromZero(shiftRange[0], shiftRange[1], random));
  return Math.exp(awayFromZero(Math.log(scaleRange[0]), Math.log(scaleRange[1]), random));
}

function distinctSets(nodes: number, size: number, count: number, random: Random): Int32Array[] {
  const sets = new Map<string, Int32Array>();
  while (sets.size < count) {
    const set = random.sample(nodes, size).sort();
    sets.set(set.join(), set);
  }
  return [...sets.values()];
}

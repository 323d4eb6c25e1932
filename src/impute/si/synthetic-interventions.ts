/**
 * Synthetic interventions, along either axis: `si-a` and `si-c`.
 *
 * Squires et al. 2022, section 4. For a pair not observed: choose donors (`donors.ts`), learn how the target is
 * combined from them in the training units (`regression.ts`), apply the weights to the donors' profiles in the
 * unit of the pair. Where there is no donor, or the subspace test rejects and a fallback was asked for, an
 * average answers and says so. Pairs of one unit whose targets were measured in the same other units share
 * donors, factorisation and test, and are predicted together.
 */
import { averagePrediction } from '../averages.js';
import type { FittedImputer, Imputer, ImputerOptions, PairTarget, Prediction } from '../imputer.js';
import type { Training } from '../training.js';
import type { Axis } from './axis.js';
import { members } from './bitset.js';
import { allDonors, type DonorSet, greedyDonors, Membership } from './donors.js';
import { explainSynthetic } from './explain.js';
import { Products } from './products.js';
import { Solution, testDonors } from './solution.js';

/** At most this many targets are predicted together: bounds the block `(nTargets, nGenes)`. */
const BLOCK_TARGETS = 512;

export class SyntheticInterventions implements Imputer {
  private readonly products: Products;
  private readonly membership: Membership;

  constructor(
    readonly method: string,
    axis: Axis,
    tensor: Training['tensor'],
    private readonly options: ImputerOptions,
  ) {
    this.products = new Products(tensor, axis);
    this.membership = Membership.of(axis);
  }

  fit(training: Training): FittedSynthetic {
    const membership = this.membership.hiding(training);
    return new FittedSynthetic(this.method, this.products, membership, training, this.options);
  }
}

export class FittedSynthetic implements FittedImputer {
  private readonly axis: Axis;

  constructor(
    private readonly method: string,
    private readonly products: Products,
    private readonly membership: Membership,
    private readonly training: Training,
    private readonly options: ImputerOptions,
  ) {
    this.axis = products.axis;
  }

  predict(context: number, action: number): Prediction {
    let made: Prediction | undefined;
    this.predictGroup([{ context, action }], [0], (_, prediction) => (made = prediction));
    return made!;
  }

  predictMany(targets: readonly PairTarget[], visit: (at: number, prediction: Prediction) => void): void {
    for (const group of this.groups(targets)) this.predictGroup(targets, group, visit);
  }

  /** The targets at the positions `group`, which share their donors. */
  private predictGroup(
    targets: readonly PairTarget[],
    group: readonly number[],
    visit: (at: number, prediction: Prediction) => void,
  ): void {
    const first = targets[group[0]];
    const unit = this.unitOf(first);
    const donors = this.chooseDonors(unit, this.donorOf(first));
    for (let start = 0; start < group.length; start += BLOCK_TARGETS) {
      const some = group.slice(start, start + BLOCK_TARGETS);
      if (!donors) {
        for (const at of some) visit(at, this.answerByAverage(targets[at], 'no donors with training data'));
        continue;
      }
      const numbers = Int32Array.from(some, (at) => this.donorOf(targets[at]));
      const solution = new Solution(this.products, unit, donors, numbers, this.options);
      if (this.options.fallback !== 'none' && solution.test.rejected) {
        some.forEach((at, t) => visit(at, this.rejectedPrediction(solution, t, targets[at])));
      } else {
        solution.visitProfiles((t, profile) => visit(some[t], this.prediction(solution, t, profile)));
      }
    }
  }

  /** Positions of the targets that share donors: of one unit, measured in the same other units. */
  private groups(targets: readonly PairTarget[]): Iterable<number[]> {
    const bySituation = new Map<string, number[]>();
    targets.forEach((target, at) => {
      const [unit, donor] = [this.unitOf(target), this.donorOf(target)];
      // a visible pair is itself among the donors of its unit: its donors are its own
      const own = this.training.sees(this.axis.pair(unit, donor)) ? donor : '';
      const key = `${unit}|${donor < 0 ? 'unseen' : this.membership.units(donor).join()}|${own}`;
      const group = bySituation.get(key);
      if (group) group.push(at);
      else bySituation.set(key, [at]);
    });
    return bySituation.values();
  }

  private chooseDonors(unit: number, target: number): DonorSet | null {
    if (unit < 0 || target < 0) return null;
    const { membership, options } = this;
    const candidates = this.axis
      .visiblePairsOfUnit(this.training, unit)
      .map((pair) => this.axis.donorOfPair[pair])
      .filter((donor) => donor !== target);
    const set =
      options.donors === 'all'
        ? allDonors(membership, unit, target, candidates)
        : options.donors === 'greedy'
          ? greedyDonors(membership, unit, target, candidates)
          : options.donors === 'test'
            ? greedyDonors(membership, unit, target, candidates, undefined, (donors, units) => {
                const grown = {
                  donors: Int32Array.from(donors).sort(),
                  units: Int32Array.from(members(units)),
                };
                return !testDonors(this.products, unit, grown, options).rejected;
              })
            : greedyDonors(membership, unit, target, candidates, options.donors.max);
    return set.donors.length > 0 && set.units.length > 0 ? set : null;
  }

  private prediction(solution: Solution, t: number, profile: Float64Array): Prediction {
    return {
      profile,
      donors: solution.donorSet.donors.length,
      trainingContexts: solution.donorSet.units.length,
      get tau() {
        return solution.test.tau;
      },
      get rejected() {
        return solution.test.rejected;
      },
      fallback: '',
      explain: () => explainSynthetic(this.method, solution, t, ''),
    };
  }

  private rejectedPrediction(solution: Solution, t: number, target: PairTarget): Prediction {
    const answer = this.answerByAverage(target, 'rejected by the subspace test');
    return {
      ...answer,
      tau: solution.test.tau,
      rejected: true,
      explain: () => explainSynthetic(this.method, solution, t, answer.fallback),
    };
  }

  private answerByAverage(target: PairTarget, why: string): Prediction {
    return averagePrediction(this.training, target, this.method, why);
  }

  private unitOf(target: PairTarget): number {
    return this.axis.donorKind === 'action' ? target.context : target.action;
  }
  private donorOf(target: PairTarget): number {
    return this.axis.donorKind === 'action' ? target.action : target.context;
  }
}

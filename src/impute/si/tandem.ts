/**
 * `si-tandem`: SI-A and SI-C in turn until the filled tensor stops changing.
 *
 * Squires et al. 2022, section 4, "Using both estimators in tandem", which leaves the algorithm open. Ours: SI-A
 * fills every missing pair once. Then, round by round, every missing pair is predicted again along contexts and
 * then along actions, from *all* other donors (observed or filled in) and trained only where the target itself
 * was observed, so that no regression is fitted to its own imputations. The two predictions are mixed in inverse
 * proportion to their error on training units left out, and the filled value moves part of the way to the
 * mixture, 1/2 in the first round, 1/3 in the second, and so on: with whole steps the fill feeds on itself, and
 * on the L1000 screen its change grows from round to round. Matrix estimation, when asked for, is applied to
 * the training donors.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { gemm } from '../../linalg/index.js';
import type { FittedImputer, Imputer, ImputerDescriptor, ImputerOptions, Prediction } from '../imputer.js';
import { Training } from '../training.js';
import { type Axis, actionAxis } from './axis.js';
import { DenseFill, DenseProducts } from './dense-fill.js';
import { explainSynthetic } from './explain.js';
import { regress } from './regression.js';
import { Solution, trainingBlock } from './solution.js';
import { type FittedSynthetic, SyntheticInterventions } from './synthetic-interventions.js';
import { donorSetOf, unitErrors } from './unit-errors.js';

/** The filled tensor is dense; larger ones are refused rather than swapped. */
const MOST_BYTES = 4 * 2 ** 30;

export const siTandem: ImputerDescriptor = {
  name: 'si-tandem',
  summary: 'si-a and si-c in turn until the filled tensor stops changing',
  create: (tensor, options) => new Tandem(tensor, options),
};

class Tandem implements Imputer {
  private readonly start: SyntheticInterventions;
  private observed?: ObservedTables;

  constructor(
    private readonly tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
  ) {
    const bytes = tensor.nContexts * tensor.nActions * tensor.nGenes * 8;
    if (bytes > MOST_BYTES) {
      throw new DataError(
        `si-tandem fills all ${tensor.nContexts} × ${tensor.nActions} pairs at once: ` +
          `${(bytes / 2 ** 30).toFixed(1)} GiB, more than ${MOST_BYTES / 2 ** 30} GiB; use si-a`,
        { bytes },
      );
    }
    this.start = new SyntheticInterventions('si-a', actionAxis(tensor), tensor, {
      ...options,
      fallback: 'none',
    });
  }

  fit(training: Training): FittedImputer {
    this.observed ??= observedTables(this.tensor);
    return new FittedTandem(training, this.start.fit(training), this.observed, this.options);
  }
}

/** Inner products of the observed profiles within every unit, along both axes: the same for every training. */
type ObservedTables = Readonly<Record<Axis['donorKind'], readonly Float64Array[]>>;

function observedTables(tensor: OutcomeTensor): ObservedTables {
  const fill = new DenseFill(new Training(tensor));
  return {
    action: new DenseProducts(fill, 'action').tables,
    context: new DenseProducts(fill, 'context').tables,
  };
}

class FittedTandem implements FittedImputer {
  /** Relative change of the missing entries in each round. */
  readonly changes: number[] = [];
  private filled?: Filled;

  constructor(
    private readonly training: Training,
    private readonly start: FittedSynthetic,
    private readonly observed: ObservedTables,
    private readonly options: ImputerOptions,
  ) {}

  predict(context: number, action: number): Prediction {
    const initial = this.start.predict(context, action);
    if (context < 0 || action < 0 || this.isAlone(context, action)) return initial;
    this.filled ??= this.fill();
    const { products, trustInActions } = this.filled;
    const row = context * this.training.tensor.nActions + action;
    const profile = products.profile(row);
    const donorSet = donorSetOf(products, this.training, action);
    if (!donorSet) return { ...initial, profile };
    const solution = new Solution(products, context, donorSet, Int32Array.of(action), this.options);
    return {
      profile,
      donors: donorSet.donors.length,
      trainingContexts: donorSet.units.length,
      get tau() {
        return solution.test.tau;
      },
      get rejected() {
        return solution.test.rejected;
      },
      fallback: '',
      explain: () => {
        const why = explainSynthetic('si-tandem', solution, 0, '');
        const rounds = this.changes.map(
          (change, i) => `round ${i + 1}: relative change ${change.toExponential(2)}`,
        );
        const share = (100 * (trustInActions.get(row) ?? 1)).toFixed(0);
        const mixed = `weights are of the part along actions, which has ${share} % of the say`;
        return { ...why, notes: [...why.notes, mixed, ...rounds] };
      },
    };
  }

  /** Was neither the action seen in another context nor the context with another action? */
  private isAlone(context: number, action: number): boolean {
    const { training } = this;
    const pair = training.tensor.pair(context, action);
    const others = [...training.pairsOfContext(context), ...training.pairsOfAction(action)];
    return others.every((other) => other === pair);
  }

  private fill(): Filled {
    const { training, options, observed } = this;
    const fill = new DenseFill(training);
    const { nActions } = training.tensor;
    const targets = Array.from(fill.missing, (row) => ({
      context: Math.floor(row / nActions),
      action: row % nActions,
    }));
    this.start.predictMany(targets, (at, { profile }) => fill.set(fill.missing[at], profile));
    const sides = (['context', 'action'] as const).map((kind) => {
      const products = new DenseProducts(fill, kind, observed[kind]);
      return { products, opinion: new Opinion(fill), errors: unitErrors(products, training, options) };
    });
    const trust = trustOf(fill, sides);
    for (let round = 0; round < options.tandemRounds; round++) {
      const before = { z: fill.z.slice(), means: fill.means.slice() };
      sides.forEach(({ products, opinion }, side) => {
        if (round > 0) products.refresh();
        sweep(products, training, options, opinion);
        const other = sides[1 - side].opinion;
        if (round > 0 || side === 1) opinion.mix(fill, other, trust[side], 1 / (round + 2));
      });
      this.changes.push(relativeChange(before, fill));
      if (this.changes[round] < options.tandemTolerance) break;
    }
    const products = sides[1].products;
    products.refresh();
    return { products, trustInActions: new Map(Array.from(fill.missing, (row, i) => [row, trust[1][i]])) };
  }
}

/** The tensor filled in, and how far the part along actions is trusted for each filled row. */
interface Filled {
  readonly products: DenseProducts;
  readonly trustInActions: ReadonlyMap<number, number>;
}

/** What one of the two estimators last predicted for the missing rows. */
class Opinion {
  /** `(nMissing, nGenes)` */
  readonly z: Float64Array;
  readonly means: Float64Array;
  /** Position of a row among the missing. */
  readonly position: ReadonlyMap<number, number>;

  constructor({ missing, z, means, nGenes }: DenseFill) {
    this.z = new Float64Array(missing.length * nGenes);
    missing.forEach((row, i) => this.z.set(z.subarray(row * nGenes, (row + 1) * nGenes), i * nGenes));
    this.means = Float64Array.from(missing, (row) => means[row]);
    this.position = new Map(Array.from(missing, (row, i) => [row, i]));
  }

  /** Moves every missing row of `fill` by `step` towards `trust` times this opinion plus the rest of the other. */
  mix(fill: DenseFill, other: Opinion, trust: Float64Array, step: number): void {
    const { nGenes } = fill;
    fill.missing.forEach((row, i) => {
      const [mine, theirs] = [trust[i], 1 - trust[i]];
      fill.means[row] += step * (mine * this.means[i] + theirs * other.means[i] - fill.means[row]);
      for (let g = 0; g < nGenes; g++) {
        const mixed = mine * this.z[i * nGenes + g] + theirs * other.z[i * nGenes + g];
        fill.z[row * nGenes + g] += step * (mixed - fill.z[row * nGenes + g]);
      }
    });
  }
}

/**
 * How far each side is trusted for each missing row, `(2, nMissing)`: in inverse proportion to its mean squared
 * error when a unit that was trained on is left out. A side without an error to go by counts for nothing beside
 * one with; two without count the same.
 */
function trustOf(
  fill: DenseFill,
  sides: readonly { readonly products: DenseProducts; readonly errors: Float64Array }[],
): Float64Array[] {
  const { nActions } = fill.training.tensor;
  const errorOf = (side: number, row: number) => {
    const target =
      sides[side].products.axis.donorKind === 'action' ? row % nActions : Math.floor(row / nActions);
    return sides[side].errors[target];
  };
  const first = Float64Array.from(fill.missing, (row) => {
    const [a, b] = [errorOf(0, row), errorOf(1, row)];
    if (a === b) return 0.5;
    if (!Number.isFinite(b)) return 1;
    return Number.isFinite(a) ? b / (a + b) : 0;
  });
  return [first, first.map((share) => 1 - share)];
}

/** Predicts every missing row once more along the axis of `products`, all from the same filled tensor. */
function sweep(products: DenseProducts, training: Training, options: ImputerOptions, opinion: Opinion): void {
  const { axis, nGenes, means } = products;
  const n = axis.nDonors;
  const learned = learnAll(products, training, options);
  products.missing.forEach((missing, unit) => {
    const targets = missing.filter((target) => learned.targets.has(target));
    if (targets.length === 0) return;
    const weights = new Float64Array(targets.length * n);
    targets.forEach((target, t) =>
      weights.set(learned.weights.subarray(target * n, (target + 1) * n), t * n),
    );
    const z = gemm({ m: targets.length, n: nGenes, k: n, a: weights, ...products.operand('b', unit) });
    targets.forEach((target, t) => {
      const at = opinion.position.get(axis.pair(unit, target))!;
      opinion.z.set(z.subarray(t * nGenes, (t + 1) * nGenes), at * nGenes);
      let mean = learned.intercepts[target];
      for (let donor = 0; donor < n; donor++) mean += weights[t * n + donor] * means[axis.pair(unit, donor)];
      opinion.means[at] = mean;
    });
  });
}

/** Each target regressed on all others; `weights` `(nDonors, nDonors)` with zeros for the target itself. */
function learnAll(products: DenseProducts, training: Training, options: ImputerOptions) {
  const n = products.axis.nDonors;
  const weights = new Float64Array(n * n);
  const intercepts = new Float64Array(n);
  const targets = new Set<number>();
  for (let target = 0; target < n; target++) {
    const donorSet = donorSetOf(products, training, target);
    if (!donorSet) continue;
    const fit = regress(products, trainingBlock(products, donorSet, Int32Array.of(target)), options);
    donorSet.donors.forEach((donor, j) => (weights[target * n + donor] = fit.weights[j]));
    intercepts[target] = fit.intercepts[0];
    targets.add(target);
  }
  return { weights, intercepts, targets };
}

/** ‖new − old‖ over the spread of the new, over the missing rows; the zero of the scale does not matter. */
function relativeChange(before: Pick<DenseFill, 'z' | 'means'>, fill: DenseFill): number {
  const { nGenes } = fill;
  let change = 0;
  let size = 0;
  let centre = 0;
  for (const row of fill.missing) centre += fill.means[row] / fill.missing.length;
  for (const row of fill.missing) {
    change += nGenes * (fill.means[row] - before.means[row]) ** 2;
    size += nGenes * (fill.means[row] - centre) ** 2;
    for (let at = row * nGenes; at < (row + 1) * nGenes; at++) {
      change += (fill.z[at] - before.z[at]) ** 2;
      size += fill.z[at] ** 2;
    }
  }
  return size > 0 ? Math.sqrt(change / size) : 0;
}

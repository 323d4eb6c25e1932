/**
 * `soft-impute`: the residuals of an additive model completed with the smallest nuclear norm (Mazumder et al. 2010).
 * Unfolding and λ are those with the smallest error on pairs held out inside the training.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { Random } from '../../random/index.js';
import type { FittedImputer, Imputer, ImputerDescriptor, ImputerOptions } from '../imputer.js';
import { PairProducts } from '../linear/pair-products.js';
import type { Training } from '../training.js';
import { FittedLowRank, type LowRankFit } from './fitted-low-rank.js';
import { combinationError, innerFolds } from './held-out.js';
import { CentredScreen, type Residuals } from './residuals.js';
import { type Slice, Unfolding } from './unfolding.js';

type Side = 'contexts' | 'actions';

/** Shares of the largest singular value, from everything shrunk away down: λ = 0.7^k. */
const PATH = Array.from({ length: 12 }, (_, k) => 0.7 ** k);
const N_FOLDS = 4;
const WHILE_CHOOSING = { mostSteps: 30, tolerance: 1e-2 };
const AT_LAST = { mostSteps: 2000, tolerance: 1e-6 };

export const softImpute: ImputerDescriptor = {
  name: 'soft-impute',
  costly: true,
  summary: 'nuclear norm completion of what contexts and actions do not add up to',
  create: (tensor, options) => new SoftImpute(tensor, options),
};

class SoftImpute implements Imputer {
  private readonly products: PairProducts;

  constructor(
    tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
  ) {
    this.products = new PairProducts(tensor, 'soft-impute');
  }

  fit(training: Training): FittedImputer {
    return new FittedLowRank('soft-impute', training, () => complete(this.products, this.options, training));
  }
}

function complete(products: PairProducts, options: ImputerOptions, training: Training): LowRankFit {
  const screen = new CentredScreen(training, products, options.lowRankCentre);
  const { side, share } = choose(screen, options);
  const all = Array.from(screen.pairs.keys());
  const residuals = screen.residuals(all);
  const matrix = new UnfoldedScreen(screen, residuals, all, side);
  const largest = matrix.unfolding.largestSingularValue();
  for (const step of PATH) if (step > share) matrix.unfolding.solve(step * largest, WHILE_CHOOSING);
  const steps = matrix.unfolding.solve(share * largest, AT_LAST);
  return {
    screen,
    residuals,
    combination: (context, action) => {
      const weights = new Float64Array(screen.pairs.length);
      matrix.combination(context, action, weights);
      return weights;
    },
    notes: [
      `rows are ${side}, threshold ${(100 * share).toFixed(1)} % of the largest singular value, ${steps} steps`,
    ],
  };
}

/**
 * Unfolding and threshold with the smallest error on held-out pairs. From large thresholds down, each fold going on
 * from where it was; a side is left when its error has risen twice.
 */
function choose(screen: CentredScreen, options: ImputerOptions): { side: Side; share: number } {
  const { softImputeUnfolding: unfolding, softImputeLambda: lambda } = options;
  const sides: readonly Side[] = unfolding === 'auto' ? ['contexts', 'actions'] : [unfolding];
  const path = lambda === 'auto' ? PATH : [lambda];
  let best = { side: sides[0], share: path[0], error: Number.POSITIVE_INFINITY };
  if (sides.length * path.length === 1) return best;
  const random = Random.fromSeed(options.seed).split('soft-impute');
  const folds = innerFolds(screen.training, screen.pairs, N_FOLDS, random).map(({ trained, heldOut }) => ({
    residuals: screen.residuals(trained),
    trained,
    heldOut,
  }));
  for (const side of sides) {
    const matrices = folds.map(
      ({ residuals, trained }) => new UnfoldedScreen(screen, residuals, trained, side),
    );
    const largest = matrices.map(({ unfolding }) => unfolding.largestSingularValue());
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0, rises = 0; k < path.length && rises < 2; k++) {
      let error = 0;
      folds.forEach(({ heldOut }, fold) => {
        matrices[fold].unfolding.solve(path[k] * largest[fold], WHILE_CHOOSING);
        for (const i of heldOut) error += matrices[fold].errorOf(i);
      });
      if (error < best.error) best = { side, share: path[k], error };
      rises = error < least ? 0 : rises + 1;
      least = Math.min(least, error);
    }
  }
  return best;
}

/** The residuals of the pairs at `trained`, unfolded along one side. */
class UnfoldedScreen {
  readonly unfolding: Unfolding;
  /** Of each slice: position among the visible pairs of what is observed. */
  private readonly members: readonly number[][];
  private readonly unitOf: Int32Array;
  private readonly sliceOf: Int32Array;

  constructor(
    private readonly screen: CentredScreen,
    private readonly residuals: Residuals,
    trained: readonly number[],
    private readonly side: Side,
  ) {
    const { tensor } = screen.training;
    const byContext = side === 'contexts';
    this.unitOf = byContext ? tensor.pairContext : tensor.pairAction;
    this.sliceOf = byContext ? tensor.pairAction : tensor.pairContext;
    const nUnits = byContext ? tensor.nContexts : tensor.nActions;
    const nSlices = byContext ? tensor.nActions : tensor.nContexts;
    const members: number[][] = Array.from({ length: nSlices }, () => []);
    for (const i of trained) members[this.sliceOf[screen.pairs[i]]].push(i);
    this.members = members;
    this.unfolding = new Unfolding(
      nUnits,
      members.map((rows) => this.slice(rows, nUnits)),
    );
  }

  private slice(rows: readonly number[], nUnits: number): Slice {
    const { pairs } = this.screen;
    const n = pairs.length;
    const observed = Int32Array.from(rows, (i) => this.unitOf[pairs[i]]);
    const there = new Set(observed);
    const missing = Int32Array.from({ length: nUnits }, (_, unit) => unit).filter((unit) => !there.has(unit));
    const gram = Float64Array.from({ length: rows.length ** 2 }, (_, at) => {
      return this.residuals.gram[rows[Math.floor(at / rows.length)] * n + rows[at % rows.length]];
    });
    return { observed, missing, gram };
  }

  combination(context: number, action: number, into: Float64Array): void {
    const [unit, slice] = this.side === 'contexts' ? [context, action] : [action, context];
    const { weights, rows } = this.fillOf(unit, slice);
    rows.forEach((i, k) => (into[i] = weights[k]));
  }

  /** Squared distance from the residual of the visible pair at position i to what stands in its place. */
  errorOf(i: number): number {
    const { pairs } = this.screen;
    const { weights, rows } = this.fillOf(this.unitOf[pairs[i]], this.sliceOf[pairs[i]]);
    return combinationError(this.residuals.gram, pairs.length, i, rows, weights);
  }

  private fillOf(unit: number, slice: number): { weights: Float64Array; rows: readonly number[] } {
    const rows = this.members[slice];
    const at = this.unfolding.slices[slice].missing.indexOf(unit);
    return { rows, weights: this.unfolding.fill[slice].subarray(at * rows.length, (at + 1) * rows.length) };
  }
}

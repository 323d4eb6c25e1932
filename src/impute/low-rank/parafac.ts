/**
 * `parafac`: CP decomposition of what an additive model leaves of the profiles, fitted to observed pairs only; its
 * rank is that with the smallest error on pairs held out inside the training.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { dot, gemm } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import type { FittedImputer, Imputer, ImputerDescriptor, ImputerOptions } from '../imputer.js';
import { PairProducts } from '../linear/pair-products.js';
import type { Training } from '../training.js';
import {
  alternate,
  type Decomposition,
  drawn,
  type Factors,
  grown,
  NO_FACTORS,
  type ObservedFibres,
} from './alternating.js';
import { FittedLowRank, type LowRankFit } from './fitted-low-rank.js';
import { geneWeights } from './gene-weights.js';
import { innerFolds } from './held-out.js';
import { CentredScreen, type Residuals } from './residuals.js';

/** Ranks that `auto` tries; it stops earlier when the held-out error was higher thrice running. */
const HIGHEST_RANK = 12;
const N_FOLDS = 3;
const WHILE_CHOOSING = { mostSweeps: 20, tolerance: 3e-4 };
const AT_LAST = { mostSweeps: 500, tolerance: 1e-6 };

export const parafac: ImputerDescriptor = {
  name: 'parafac',
  costly: true,
  summary: 'products of context, action and gene factors, fitted to what was observed',
  create: (tensor, options) => new Parafac(tensor, options),
};

class Parafac implements Imputer {
  private readonly shared: PairProducts | null;

  constructor(
    private readonly tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
  ) {
    this.shared = options.parafacStandardise ? null : new PairProducts(tensor, 'parafac');
  }

  fit(training: Training): FittedImputer {
    const products = () => this.shared ?? new PairProducts(this.tensor, 'parafac', geneWeights(training));
    return new FittedLowRank('parafac', training, () => fitted(products(), this.options, training));
  }
}

function fitted(products: PairProducts, options: ImputerOptions, training: Training): LowRankFit {
  const screen = new CentredScreen(training, products, options.lowRankCentre);
  const random = Random.fromSeed(options.seed).split('parafac');
  const rank = options.parafacRank === 'auto' ? chooseRank(screen, options, random) : options.parafacRank;
  const all = Array.from(screen.pairs.keys());
  const residuals = screen.residuals(all);
  const fibres = fibresOf(screen, residuals, all)?.fibres;
  const best = fibres && rank > 0 ? bestOfStarts(fibres, rank, options, random.split('starts')) : null;
  const how = best ? `, best of ${options.parafacStarts} starts, ${best.sweeps} sweeps` : '';
  const combination = (context: number, action: number) => combinationOf(best, context, action);
  return { screen, residuals, combination, notes: [`rank ${rank}${how}`] };
}

/** The lowest loss of some starts: the first grows component by component, the others are drawn at full rank. */
function bestOfStarts(
  fibres: ObservedFibres,
  rank: number,
  { parafacStarts, parafacRidge }: ImputerOptions,
  random: Random,
): Decomposition {
  let below: Factors = NO_FACTORS;
  for (let r = 1; r < rank; r++) {
    below = alternate(fibres, grown(below, fibres, random.split(0, r)), parafacRidge, WHILE_CHOOSING);
  }
  let best = alternate(fibres, grown(below, fibres, random.split(0, rank)), parafacRidge, AT_LAST);
  for (let start = 1; start < parafacStarts; start++) {
    const found = alternate(fibres, drawn(rank, fibres, random.split(start)), parafacRidge, AT_LAST);
    if (found.loss < best.loss) best = found;
  }
  return best;
}

/** Rank with the smallest error on held-out pairs, each rank from the one below or anew; 0: none helps. */
function chooseRank(screen: CentredScreen, options: ImputerOptions, random: Random): number {
  const { pairs, training } = screen;
  const { tensor } = training;
  const folds = innerFolds(training, pairs, N_FOLDS, random.split('folds')).flatMap(
    ({ trained, heldOut }) => {
      const residuals = screen.residuals(trained);
      const found = fibresOf(screen, residuals, trained);
      return found ? [{ ...found, residuals, trained, heldOut }] : [];
    },
  );
  const errorOf = (fold: number, model: Decomposition | null) => {
    const { residuals, scale, trained, heldOut } = folds[fold];
    let error = 0;
    for (const i of heldOut) {
      const row = i * pairs.length;
      error += residuals.gram[row + i];
      if (!model) continue;
      const h = pairFactor(model, tensor.pairContext[pairs[i]], tensor.pairAction[pairs[i]]);
      const weights = gemm({ m: trained.length, n: 1, k: model.rank, a: model.geneWeights, b: h });
      trained.forEach((t, k) => (error -= 2 * weights[k] * residuals.gram[row + t]));
      const stretched = gemm({ m: 1, n: model.rank, k: model.rank, a: h, b: model.geneGram });
      error += dot(stretched, 0, h, 0, model.rank) / scale;
    }
    return error;
  };
  let best = { rank: 0, error: folds.reduce((sum, _, fold) => sum + errorOf(fold, null), 0) };
  let factors: Factors[] = folds.map(() => NO_FACTORS);
  for (let rank = 1, rises = 0; rank <= HIGHEST_RANK && rises < 3 && folds.length > 0; rank++) {
    let error = 0;
    factors = factors.map((below, fold) => {
      const { fibres } = folds[fold];
      const stream = random.split('choose', fold, rank);
      const [a, b] = [grown(below, fibres, stream.split(0)), drawn(rank, fibres, stream.split(1))].map(
        (start) => alternate(fibres, start, options.parafacRidge, WHILE_CHOOSING),
      );
      const model = a.loss <= b.loss ? a : b;
      error += errorOf(fold, model);
      return model;
    });
    rises = error < best.error ? 0 : rises + 1;
    if (error < best.error) best = { rank, error };
  }
  return best.rank;
}

interface ScaledFibres {
  readonly fibres: ObservedFibres;
  /** What the inner products of the residuals were multiplied by. */
  readonly scale: number;
}

/** The residuals of the pairs at `trained` on a scale of mean square 1; `null` where nothing is left. */
function fibresOf(
  screen: CentredScreen,
  residuals: Residuals,
  trained: readonly number[],
): ScaledFibres | null {
  const { pairs, training, nGenes } = screen;
  const n = pairs.length;
  let total = 0;
  for (const i of trained) total += residuals.gram[i * n + i];
  if (!(total > screen.negligible * trained.length)) return null;
  const scale = (trained.length * nGenes) / total;
  const gram = new Float64Array(trained.length ** 2);
  trained.forEach((i, row) => {
    trained.forEach((j, column) => (gram[row * trained.length + column] = scale * residuals.gram[i * n + j]));
  });
  const { tensor } = training;
  const fibres = {
    nContexts: tensor.nContexts,
    nActions: tensor.nActions,
    contexts: Int32Array.from(trained, (i) => tensor.pairContext[pairs[i]]),
    actions: Int32Array.from(trained, (i) => tensor.pairAction[pairs[i]]),
    gram,
  };
  return { fibres, scale };
}

/** u_c ∘ v_a `(rank)`. */
function pairFactor({ rank, u, v }: Factors, context: number, action: number): Float64Array {
  return Float64Array.from({ length: rank }, (_, r) => u[context * rank + r] * v[action * rank + r]);
}

/** The residual of a pair as weights of those trained on; none where there is no component. */
function combinationOf(model: Decomposition | null, context: number, action: number): Float64Array {
  if (!model) return new Float64Array();
  const { rank, geneWeights: weights } = model;
  const h = pairFactor(model, context, action);
  return gemm({ m: weights.length / rank, n: 1, k: rank, a: weights, b: h });
}

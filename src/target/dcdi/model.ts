/**
 * DCDI with unknown targets (Brouillard et al. 2020) as a graph: the probability of every edge and of every target are
 * parameters beside the networks, and a training step sees a 0 or 1 drawn from each (Gumbel, straight through).
 *
 * A variable that a regime hits has there a density of its own, which depends on nothing; one that it leaves alone has
 * the density that the network gives from its parents:
 *
 *     log p(x) = Σ_i r_ki log f_i(x_i | M_i ∘ x) + (1 − r_ki) log g_ki(x_i)
 *
 * The derivative by the drawn r_ki is the difference of the two. The authors' program selects by an integer copy of r
 * that carries none: r is there told by the inputs of the networks that it switches off, so a variable without parents
 * never learns whether it was hit.
 */
import {
  add,
  concatenate,
  constant,
  div,
  expand,
  gather,
  gumbelSigmoid,
  type Initialiser,
  initial,
  input,
  log,
  mean,
  mul,
  neg,
  reshape,
  type Scope,
  sigmoid,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  transpose,
} from '../../compute/index.js';
import { cycles, cyclesOfFullGraph } from './acyclicity.js';
import { conditionals } from './conditionals.js';
import type { Density } from './densities.js';

export interface DcdiShape {
  readonly nGenes: number;
  readonly nRegimes: number;
  readonly density: Density;
  /** Hidden units of the networks, layer by layer. */
  readonly hidden: readonly number[];
  /** (nRegimes, nGenes): mean and deviation of the regime's cells, which its own densities start from. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

export interface DcdiPenalties {
  /** Cost of all edges together. */
  readonly edges: number;
  /** (nRegimes): cost of one target of a regime. */
  readonly targets: ArrayLike<number>;
}

export interface DcdiLoss {
  /** −log p a cell and variable `()`. */
  readonly loss: Tensor;
  /** The loss and what edges and targets cost `()`. */
  readonly penalised: Tensor;
  /** What is lowered: with γ h + μ h² / 2 `()`. */
  readonly lagrangian: Tensor;
  /** The constraint h as a share of that of the full graph `()`. */
  readonly h: Tensor;
}

/** Logit of an edge at first, and of a regime leaving a variable alone. */
const EDGE_LOGIT = 0;
const UNTOUCHED_LOGIT = 3;

/**
 * log p (d, cells) of x (cells, d) if nobody hit anything, given masks (d, cells, d): what each variable sees. Parameters
 * `weights.…`, `biases.…`, `own` (d, 1, density.own).
 */
export function undisturbed(
  scope: Scope,
  x: Tensor,
  masks: Tensor,
  shape: Pick<DcdiShape, 'nGenes' | 'density' | 'hidden'>,
): Tensor {
  const { density, hidden, nGenes: d } = shape;
  const cells = x.shape[0];
  const told = conditionals(scope, mul(masks, reshape(x, [1, cells, d])), {
    hidden,
    outputs: density.fromNetwork,
  });
  return density.logDensity(transpose(x), withOwn(scope, told, density));
}

function withOwn(scope: Scope, told: Tensor, density: Density): Tensor {
  if (density.own === 0) return told;
  const [d, cells] = told.shape;
  const own = scope.parameter('own', [d, 1, density.own], initial.zeros);
  return concatenate([told, expand(own, [d, cells, density.own])], 2);
}

/**
 * The loss on inputs `x` (cells, nGenes), `regime` (cells) int32, `perturbed` (1, cells) 1 or, for the control, 0 (its
 * regime does not matter), and the multipliers `gamma`, `mu` `()`. Parameters besides the networks': `edges` (d, d), row i
 * the logits of the parents of i; `untouched` (nRegimes, d), the logits of not being hit; `hit` (nRegimes, d, …).
 */
export function dcdiLoss(scope: Scope, cells: number, shape: DcdiShape, penalties: DcdiPenalties): DcdiLoss {
  const { nGenes: d, nRegimes } = shape;
  const x = input('x', [cells, d], scope.dtype);
  const regime = input('regime', [cells], 'int32');
  const perturbed = input('perturbed', [1, cells], scope.dtype);
  const [gamma, mu] = ['gamma', 'mu'].map((name) => input(name, [], scope.dtype));

  const edges = scope.parameter('edges', [d, d], initial.constantly(EDGE_LOGIT));
  const others = constant(
    Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 0 : 1)),
    [d, d],
    scope.dtype,
  );
  const drawn = gumbelSigmoid(reshape(edges, [d, 1, d]), scope.noise({ kind: 'logistic' }, [d, cells, d]), {
    hard: true,
  });
  const alone = undisturbed(scope, x, mul(drawn, reshape(others, [d, 1, d])), shape);

  const hit = densityOfHits(scope, x, regime, shape);

  const untouched = scope.parameter('untouched', [nRegimes, d], initial.constantly(UNTOUCHED_LOGIT));
  const left = gumbelSigmoid(
    transpose(gather(untouched, regime)),
    scope.noise({ kind: 'logistic' }, [d, cells]),
    {
      hard: true,
    },
  );
  const touched = mul(perturbed, sub(1, left));
  const loss = neg(mean(add(alone, mul(touched, sub(hit, alone)))));

  const weights = mul(sigmoid(edges), others);
  const h = mul(cycles(weights), d > 1 ? 1 / cyclesOfFullGraph(d) : 1);
  const targetCosts = constant(Float64Array.from(penalties.targets), [nRegimes, 1], scope.dtype);
  const sparsity = add(
    mul(sum(weights), penalties.edges / d ** 2),
    sum(mul(targetCosts, sigmoid(neg(untouched)))),
  );
  const penalised = add(loss, sparsity);
  const constraint = add(mul(gamma, h), mul(mul(mu, 0.5), square(h)));
  return { loss, penalised, lagrangian: add(penalised, constraint), h: stopGradient(h) };
}

/** log p (d, cells) of the cells' genes if their regime hit them: the density of what stands apart from its mean. */
function densityOfHits(scope: Scope, x: Tensor, regime: Tensor, shape: DcdiShape): Tensor {
  const { nGenes, nRegimes, density, means, deviations } = shape;
  const parameters = scope.parameter(
    'hit',
    [nRegimes, nGenes, density.fromNetwork + density.own],
    hitAtFirst,
  );
  const ofRegime = (values: Float64Array) =>
    gather(constant(values, [nRegimes, nGenes], scope.dtype), regime);
  const deviation = ofRegime(deviations);
  const standard = div(sub(x, ofRegime(means)), deviation);
  return transpose(sub(density.logDensity(standard, gather(parameters, regime)), log(deviation)));
}

/** Not all the same: equal units of a flow would have equal derivatives, and stay equal. */
const hitAtFirst: Initialiser = initial.normal(0, 0.1);

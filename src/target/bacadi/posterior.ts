/**
 * The derivatives of BaCaDI's log posterior by the particles (Hägele et al. 2023, after DiBS, Lorch et al. 2021), as a
 * graph. A particle is z = (u, v), of which σ(α uᵢ·vⱼ) is the probability of i → j; γ, of which σ(α γ / 2) is that of a
 * target; and θ, the parameters of the likelihood and the means under intervention. With samples s of graphs and targets
 *
 *     ∇ log p(θ, D | z, γ) = ∇ log Σ_s exp log p(θ, D | G_s, I_s)
 *
 * where G_s is relaxed (a concrete variable) in the derivative by z, I_s in that by γ, and both are 0 or 1 otherwise.
 */
import {
  add,
  cast,
  clip,
  constant,
  type DType,
  exp,
  gradients,
  greater,
  identityMatrix,
  input,
  log,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  reshape,
  sigmoid,
  sizeOf,
  slice,
  split,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from '../../compute/index.js';
import type { Random } from '../../random/index.js';
import type { Environments } from './environments.js';
import { type Likelihood, logStandardNormal, type ParticleParameter } from './likelihoods.js';

/** Variances of the authors: around what the parents tell, and around the mean under intervention. */
const NOISE = 0.1;
const HIT_NOISE = 0.5;
/** Deviation of the prior of that mean. */
const HIT_MEAN_DEVIATION = 10;
/** Variance of the prior of γ. */
const TARGET_VARIANCE = 0.1;
/** Probabilities are kept so far from 0 and 1 where their logarithm is taken. */
const EDGE = 1e-8;

export interface PosteriorShape {
  readonly particles: number;
  /** Draws of graphs and targets. */
  readonly samples: number;
  /** Of these, draws that the acyclicity constraint sees. */
  readonly acyclicitySamples: number;
  /** What a target costs, λ. */
  readonly targetPenalty: number;
  /** Expected edges a gene, under the prior. */
  readonly edgesPerGene: number;
  /**
   * Whether a gene's variance around what its parents tell is learned, and that of a hit gene is 1, as that of the control;
   * else 0.1 and 0.5.
   */
  readonly learnsNoise: boolean;
  readonly dtype: DType;
}

type ByPart<T> = Readonly<Record<'z' | 'targets' | 'theta', T>>;

export interface Posterior {
  /** What the derivative by each part is of: Σ over particles of its log posterior, relaxed as that part wants it `()`. */
  readonly objectives: ByPart<Tensor>;
  /** Derivatives of the log posterior, in the inputs' shapes. */
  readonly derivatives: ByPart<Tensor>;
  /** log p(θ, D | G, I) of the drawn, discrete graphs and targets (particles, samples). */
  readonly logJoint: Tensor;
  /** log p(G, I) of the same, but for a constant; graphs with cycles cost β times their closed walks. */
  readonly logPrior: Tensor;
}

/**
 * θ of a particle: the likelihood's parameters, the means under intervention, the logarithms of the variances. Means start
 * at those of the groups: far from there, no gene seems hit, and means that no hit uses are not learned.
 */
export function thetaOf(
  { nGenes: d, nGroups, sums, counts }: Environments,
  likelihood: Likelihood,
  learnsNoise: boolean,
): readonly ParticleParameter[] {
  const centre = sums.slice(d).map((sum, at) => sum / counts[1 + Math.floor(at / d)]);
  const hitMeans = { name: 'hitMeans', shape: [nGroups, d], centre, draw: rootOfTenth };
  const logVariances = { name: 'logVariances', shape: [d], draw: () => 0 };
  return [...likelihood.parameters, hitMeans, ...(learnsNoise ? [logVariances] : [])];
}

const rootOfTenth = (random: Random) => Math.sqrt(0.1) * random.normal();

/**
 * On inputs `z` (particles, 2, d, d): u and v of every gene; `targets` (particles, nGroups, d): γ; `theta` (particles, …);
 * `graphNoise` (particles, samples, d, d) and `targetNoise` (particles, samples, nGroups, d), logistic; the temperatures
 * `alpha`, `beta` `()`.
 */
export function posterior(data: Environments, likelihood: Likelihood, shape: PosteriorShape): Posterior {
  const { nGenes: d, nGroups } = data;
  const { particles, samples, dtype } = shape;
  const parts = thetaOf(data, likelihood, shape.learnsNoise);
  const sizes = parts.map((part) => sizeOf(part.shape));
  const z = input('z', [particles, 2, d, d], dtype);
  const targets = input('targets', [particles, nGroups, d], dtype);
  const theta = input('theta', [particles, sizes.reduce((total, size) => total + size, 0)], dtype);
  const pieces = split(theta, sizes, 1).map((piece, i) => reshape(piece, [particles, ...parts[i].shape]));
  const parameters = pieces.slice(0, likelihood.parameters.length);
  const [hitMeans, learned] = pieces.slice(likelihood.parameters.length);
  const logVariances = learned ?? constant(new Float64Array(d).fill(Math.log(NOISE)), [1, d], dtype);
  const graphNoise = input('graphNoise', [particles, samples, d, d], dtype);
  const targetNoise = input('targetNoise', [particles, samples, nGroups, d], dtype);
  const [alpha, beta] = [input('alpha', [], dtype), input('beta', [], dtype)];

  const half = (k: number) => reshape(slice(z, 1, k, k + 1), [particles, d, d]);
  const others = sub(1, identityMatrix(d, dtype));
  const edgeLogits = mul(alpha, matmul(half(0), transpose(half(1), [0, 2, 1])));
  const targetLogits = mul(mul(alpha, 0.5), targets);
  const noisyGraphs = add(reshape(edgeLogits, [particles, 1, d, d]), graphNoise);
  const noisyTargets = add(reshape(targetLogits, [particles, 1, nGroups, d]), targetNoise);
  const soft = { graphs: mul(sigmoid(noisyGraphs), others), targets: sigmoid(noisyTargets) };
  const hard = {
    graphs: mul(cast(greater(noisyGraphs, 0), dtype), others),
    targets: cast(greater(noisyTargets, 0), dtype),
  };

  const disturbed = reshape(logOfHits(data, hitMeans, shape), [particles, 1, nGroups, d]);
  const counts = constant(data.counts, [1 + nGroups, 1], dtype);
  const precisions = reshape(exp(neg(logVariances)), [logVariances.shape[0], 1, 1, d]);
  const normalisers = mul(
    add(reshape(logVariances, [logVariances.shape[0], 1, 1, d]), Math.log(2 * Math.PI)),
    counts,
  );
  const undisturbed = (graphs: Tensor) =>
    mul(add(mul(likelihood.residuals(graphs, parameters), precisions), normalisers), -0.5);
  const priorOfNoise = learned ? sum(logStandardNormal(learned), 1, { keepDims: true }) : 0;
  const priorOfHitMeans = reshape(
    sub(logStandardNormal(mul(hitMeans, 1 / HIT_MEAN_DEVIATION)), Math.log(HIT_MEAN_DEVIATION)),
    [particles, 1, nGroups, d],
  );
  const joint = (graphs: Tensor, whole: Tensor, hits: Tensor): Tensor => {
    const control = sum(slice(whole, 2, 0, 1), [2, 3]);
    const alone = slice(whole, 2, 1, 1 + nGroups);
    const groups = add(alone, mul(hits, add(sub(disturbed, alone), priorOfHitMeans)));
    const prior = add(likelihood.logPrior(graphs, parameters), priorOfNoise);
    return add(add(control, sum(groups, [2, 3])), prior);
  };
  const discrete = undisturbed(hard.graphs);
  const logJoint = joint(hard.graphs, discrete, hard.targets);
  const byZ = joint(soft.graphs, undisturbed(soft.graphs), hard.targets);
  const byTargets = joint(hard.graphs, discrete, soft.targets);
  const evidence = (logs: Tensor) => sum(logSumExp(logs));

  const objectives = {
    z: add(evidence(byZ), graphPrior(z, soft.graphs, sigmoid(edgeLogits), others, beta, shape)),
    targets: add(evidence(byTargets), targetPrior(targets, soft.targets, sigmoid(targetLogits), shape)),
    theta: evidence(logJoint),
  };
  const derivatives = {
    z: gradients(objectives.z, [z])[0],
    targets: gradients(objectives.targets, [targets])[0],
    theta: gradients(objectives.theta, [theta])[0],
  };
  const logPrior = sub(
    sub(
      mul(sum(hard.graphs, [2, 3]), edgeLogOdds(d, shape)),
      mul(sum(hard.targets, [2, 3]), shape.targetPenalty + Math.log(Math.max(1, d - 1))),
    ),
    mul(beta, closedWalks(hard.graphs)),
  );
  return { objectives, derivatives, logJoint, logPrior };
}

/** Logarithm of the odds of an edge under the prior. */
function edgeLogOdds(nGenes: number, { edgesPerGene }: PosteriorShape): number {
  const density = Math.min(0.99, (2 * edgesPerGene) / Math.max(1, nGenes - 1));
  return Math.log(density / (1 - density));
}

/** Σ over a group's cells of log N(x; mean, …) for every gene, from its sums (particles, nGroups, d). */
function logOfHits(
  { nGroups, nGenes: d, counts, sums, moments }: Environments,
  means: Tensor,
  { dtype, learnsNoise }: PosteriorShape,
): Tensor {
  const variance = learnsNoise ? 1 : HIT_NOISE;
  const count = constant(counts.slice(1), [nGroups, 1], dtype);
  const total = constant(sums.slice(d), [nGroups, d], dtype);
  const ownSquares = Float64Array.from({ length: nGroups * d }, (_, at) => {
    const [e, j] = [1 + Math.floor(at / d), at % d];
    return moments[(e * d + j) * d + j];
  });
  const squares = constant(ownSquares, [nGroups, d], dtype);
  const around = add(sub(squares, mul(mul(means, total), 2)), mul(square(means), count));
  return mul(add(mul(around, 1 / variance), mul(count, Math.log(2 * Math.PI * variance))), -0.5);
}

/** log p(z): its normal prior, the expected number of edges, and β times the cycles of drawn graphs. */
function graphPrior(
  z: Tensor,
  drawn: Tensor,
  probability: Tensor,
  others: Tensor,
  beta: Tensor,
  shape: PosteriorShape,
): Tensor {
  const d = others.shape[0];
  const edges = mul(sum(mul(probability, others)), edgeLogOdds(d, shape));
  // its standard deviation is 1 / √d
  const normal = mul(sum(square(z)), -0.5 * d);
  const constraint = sum(
    mean(closedWalks(slice(drawn, 1, 0, Math.min(shape.samples, shape.acyclicitySamples))), 1),
  );
  return sub(add(edges, normal), mul(beta, constraint));
}

/** tr (1 + G / d)ᵈ − d of (…, d, d): 0 only without cycles (Yu et al. 2019). */
export function closedWalks(graphs: Tensor): Tensor {
  const d = graphs.shape[graphs.rank - 1];
  const identity = identityMatrix(d, graphs.dtype);
  let square = add(mul(graphs, 1 / d), identity);
  let power: Tensor | undefined;
  for (let left = d; left > 0; left >>= 1) {
    if (left & 1) power = power ? matmul(power, square) : square;
    if (left > 1) square = matmul(square, square);
  }
  return sub(sum(mul(power ?? identity, identity), [graphs.rank - 2, graphs.rank - 1]), d);
}

/** log p(γ): normal; Beta(1/d, 1 − 1/d) on the probabilities; λ times the drawn targets. */
function targetPrior(targets: Tensor, drawn: Tensor, probability: Tensor, shape: PosteriorShape): Tensor {
  const a = 1 / targets.shape[2];
  const inside = clip(probability, EDGE, 1 - EDGE);
  const beta = add(mul(log(inside), a - 1), mul(log(sub(1, inside)), -a));
  const sparsity = mul(sum(mean(drawn, 1)), -shape.targetPenalty);
  return add(add(sum(beta), sparsity), mul(sum(square(targets)), -0.5 / TARGET_VARIANCE));
}

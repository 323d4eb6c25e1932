/** The particles of BaCaDI on their way to the posterior. */
import {
  add,
  type DType,
  drawNoise,
  Program,
  type Runtime,
  sizeOf,
  type Values,
  valuesOf,
} from '../../compute/index.js';
import { InterruptedError, NumericalError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import type { TargetRun } from '../method.js';
import type { BacadiOptions } from './bacadi-options.js';
import type { Environments } from './environments.js';
import { denseLikelihood, type Likelihood, linearLikelihood, type ParticleParameter } from './likelihoods.js';
import { type PosteriorShape, posterior, thetaOf } from './posterior.js';
import { type Block, RmspropAscent, steinDirections } from './svgd.js';

export interface Particles {
  /** (particles, nGroups, d): probability of a target, at the last temperature. */
  readonly targets: Float64Array;
  /** (particles, d, d): probability of an edge, row the cause. */
  readonly edges: Float64Array;
  /** (particles): log p(θ, D, G, I) of the likeliest graph and targets of each, but for a constant. */
  readonly logPosterior: Float64Array;
}

/** Temperatures at the end, those of the authors after 3000 steps: α = 0.01 t, β = t. */
const LAST_ALPHA = 30;
const LAST_BETA = 3000;
/** Numbers of the largest array of a run; below this, several particles go at once. */
const MOST_NUMBERS = 2 ** 22;

const NAMES = ['z', 'targets', 'theta'] as const;
const BANDWIDTHS = { z: 5, targets: 5, theta: 500 };
type Swarm = Readonly<Record<(typeof NAMES)[number], Float64Array>>;

/** Throws InterruptedError, NumericalError where a particle is no number any more. */
export async function climb(
  runtime: Runtime,
  data: Environments,
  settings: BacadiOptions,
  { random, signal, onProgress }: Pick<TargetRun, 'random' | 'signal' | 'onProgress'>,
): Promise<Particles> {
  const { nGenes: d } = data;
  const n = settings.bacadiParticles;
  const dense = settings.bacadiLikelihood === 'dense';
  const dtype = dense ? 'float32' : 'float64';
  const likelihood = dense
    ? denseLikelihood(data, settings.bacadiUnits, dtype)
    : linearLikelihood(data, dtype);
  const parts = thetaOf(data, likelihood, settings.bacadiNoise === 'learned');
  const swarm = swarmAtFirst(data, parts, n, random.split('particles'));
  const perParticle =
    settings.bacadiSamples * d * (dense ? data.present.length * settings.bacadiUnits : d * d);
  const shape: PosteriorShape = {
    particles: Math.max(1, Math.min(n, Math.floor(MOST_NUMBERS / perParticle))),
    samples: settings.bacadiSamples,
    acyclicitySamples: settings.bacadiAcyclicitySamples,
    targetPenalty: settings.bacadiTargetPenalty,
    edgesPerGene: settings.bacadiEdges,
    learnsNoise: settings.bacadiNoise === 'learned',
    dtype,
  };
  const { derivatives } = posterior(data, likelihood, shape);
  const program = await Program.compile(runtime, {
    outputs: Object.fromEntries(NAMES.map((name) => [`by ${name}`, derivatives[name]])),
  });
  try {
    const climbing = new Slopes(program, swarm, n, shape, random.split('steps'));
    const optimisers = NAMES.map(
      (name) => new RmspropAscent(swarm[name].length, settings.bacadiLearningRate),
    );
    for (let t = 0; t < settings.bacadiSteps; t++) {
      if (signal?.aborted) throw new InterruptedError();
      const share = t / settings.bacadiSteps;
      const slopes = await climbing.at(LAST_ALPHA * share, LAST_BETA * share);
      const blocks = NAMES.map((name): Block => ({ values: swarm[name], bandwidth: BANDWIDTHS[name] }));
      steinDirections(blocks, slopes, n).forEach((direction, i) => {
        if (!direction.every(Number.isFinite))
          throw new NumericalError(`BaCaDI: a derivative by ${NAMES[i]} is no number at step ${t + 1}`);
        optimisers[i].step(swarm[NAMES[i]], direction);
      });
      onProgress?.(t + 1, settings.bacadiSteps);
    }
  } finally {
    await program.dispose();
  }
  return {
    targets: swarm.targets.map((logit) => 1 / (1 + Math.exp((-LAST_ALPHA / 2) * logit))),
    edges: edgeProbabilities(swarm.z, d),
    logPosterior: await likeliest(runtime, data, likelihood, swarm, { ...shape, particles: n, samples: 1 }),
  };
}

function swarmAtFirst(
  { nGenes: d, nGroups }: Environments,
  parts: readonly ParticleParameter[],
  n: number,
  random: Random,
): Swarm {
  const theta = parts.map(({ name, shape, draw, centre }) => {
    const size = sizeOf(shape);
    const drawn = random.split(name).fill(new Float64Array(n * size), draw);
    return { size, values: centre ? drawn.map((value, at) => value + centre[at % size]) : drawn };
  });
  const perParticle = (p: number) =>
    theta.flatMap(({ size, values }) => Array.from(values.subarray(p * size, (p + 1) * size)));
  return {
    z: random.split('z').fill(new Float64Array(n * 2 * d * d), (own) => own.normal() / Math.sqrt(d)),
    targets: random
      .split('targets')
      .fill(new Float64Array(n * nGroups * d), (own) => Math.sqrt(0.1) * own.normal()),
    theta: Float64Array.from(Array.from({ length: n }, (_, p) => perParticle(p)).flat()),
  };
}

/** Derivatives at the particles, some at a time. */
class Slopes {
  readonly #noise: Readonly<Record<string, Values>>;
  readonly #slopes: readonly Float64Array[];

  constructor(
    readonly program: Program,
    readonly swarm: Swarm,
    readonly n: number,
    readonly shape: PosteriorShape,
    readonly random: Random,
  ) {
    const noise = program.inputs.filter(({ name }) => name.endsWith('Noise'));
    this.#noise = Object.fromEntries(
      noise.map(({ name, size }) => [name, valuesOf(shape.dtype, new Float64Array(size))]),
    );
    this.#slopes = NAMES.map((name) => new Float64Array(swarm[name].length));
  }

  async at(alpha: number, beta: number): Promise<readonly Float64Array[]> {
    const { particles, dtype } = this.shape;
    for (let from = 0; from < this.n; from += particles) {
      for (const values of Object.values(this.#noise)) drawNoise({ kind: 'logistic' }, values, this.random);
      const result = await this.program.run({
        ...feedOf(this.swarm, this.n, from, particles, dtype),
        ...this.#noise,
        alpha: valuesOf(dtype, [alpha]),
        beta: valuesOf(dtype, [beta]),
      });
      NAMES.forEach((name, i) => {
        const size = this.swarm[name].length / this.n;
        const count = Math.min(particles, this.n - from);
        this.#slopes[i].set((result[`by ${name}`] as Float64Array).subarray(0, count * size), from * size);
      });
    }
    return this.#slopes;
  }
}

/** `count` of the n particles, from `from` on; behind the last one, the last one again. */
function feedOf(swarm: Swarm, n: number, from: number, count: number, dtype: DType): Record<string, Values> {
  return Object.fromEntries(
    NAMES.map((name) => {
      const size = swarm[name].length / n;
      const own = new Float64Array(count * size);
      for (let k = 0; k < count; k++) {
        const particle = Math.min(from + k, n - 1);
        own.set(swarm[name].subarray(particle * size, (particle + 1) * size), k * size);
      }
      return [name, valuesOf(dtype, own)];
    }),
  );
}

/** log p(θ, D, G, I) of the graph and targets with probability above ½ of each particle. */
async function likeliest(
  runtime: Runtime,
  data: Environments,
  likelihood: Likelihood,
  swarm: Swarm,
  shape: PosteriorShape,
): Promise<Float64Array> {
  const { nGenes: d, nGroups } = data;
  const { particles: n, dtype } = shape;
  const { logJoint, logPrior } = posterior(data, likelihood, shape);
  const program = await Program.compile(runtime, { outputs: { log: add(logJoint, logPrior) } });
  const result = await program.run({
    ...feedOf(swarm, n, 0, n, dtype),
    graphNoise: valuesOf(dtype, new Float64Array(n * d * d)),
    targetNoise: valuesOf(dtype, new Float64Array(n * nGroups * d)),
    alpha: valuesOf(dtype, [LAST_ALPHA]),
    beta: valuesOf(dtype, [LAST_BETA]),
  });
  await program.dispose();
  return Float64Array.from(result.log as Float64Array);
}

/** σ(α uᵢ·vⱼ) from z (particles, 2, d, d). */
function edgeProbabilities(z: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: z.length / 2 }, (_, at) => {
    const [particle, i, j] = [Math.floor(at / (d * d)), Math.floor(at / d) % d, at % d];
    if (i === j) return 0;
    const [u, v] = [(2 * particle * d + i) * d, ((2 * particle + 1) * d + j) * d];
    let score = 0;
    for (let k = 0; k < d; k++) score += z[u + k] * z[v + k];
    return 1 / (1 + Math.exp(-LAST_ALPHA * score));
  });
}

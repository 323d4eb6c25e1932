/**
 * How a node follows from its parents and its noise.
 *
 * The forms of DCDI's generator (Brouillard et al. 2020) and of the appendix of the paper on causal differential
 * networks; docs/methods/graph-simulator.md has the equations and what differs.
 */
import type { Random } from '../../random/index.js';

export const GRAPH_MECHANISMS = ['linear', 'polynomial', 'sigmoid', 'neural', 'neural-non-additive'] as const;
export type GraphMechanism = (typeof GRAPH_MECHANISMS)[number];

export interface NodeFunction {
  /** Writes `count` values of a node into `out`, from its parents' values and its noise, column by column. */
  fill(parents: readonly Float64Array[], noise: Float64Array, count: number, out: Float64Array): void;
  /** `(nParents)`, of 'linear'. */
  readonly weights?: Float64Array;
}

/** A function of so many parents, at least one. */
export function drawFunction(mechanism: GraphMechanism, nParents: number, random: Random): NodeFunction {
  if (mechanism === 'linear') return linear(nParents, random);
  if (mechanism === 'polynomial') return polynomial(nParents, random);
  if (mechanism === 'sigmoid') return sigmoid(nParents, random);
  return mechanism === 'neural' ? neural(nParents, random) : neuralNonAdditive(nParents, random);
}

/** Of random sign, its size uniform in [low, high). */
export function awayFromZero(low: number, high: number, random: Random): number {
  const size = low + (high - low) * random.uniform();
  return random.bernoulli(0.5) ? size : -size;
}

const weightsOf = (n: number, random: Random): Float64Array =>
  random.fill(new Float64Array(n), (r) => awayFromZero(0.25, 1, r));

/** x = Σ w_p x_p + e. */
function linear(nParents: number, random: Random): NodeFunction {
  const weights = weightsOf(nParents, random);
  return {
    weights,
    fill(parents, noise, count, out) {
      for (let i = 0; i < count; i++) out[i] = noise[i];
      for (let p = 0; p < nParents; p++) {
        const [column, weight] = [parents[p], weights[p]];
        for (let i = 0; i < count; i++) out[i] += weight * column[i];
      }
    },
  };
}

/** Beyond so many standard deviations of a parent a polynomial is constant, or values would grow without bound. */
const HELD_AT = 4;

/** x = w₀ + Σ (v_p z_p + w_p z_p²) + e, z_p the parent held at ±4. */
function polynomial(nParents: number, random: Random): NodeFunction {
  const constant = awayFromZero(0.25, 1, random);
  const slopes = weightsOf(nParents, random);
  const curvatures = weightsOf(nParents, random);
  return {
    fill(parents, noise, count, out) {
      for (let i = 0; i < count; i++) out[i] = constant + noise[i];
      for (let p = 0; p < nParents; p++) {
        const [column, slope, curvature] = [parents[p], slopes[p], curvatures[p]];
        for (let i = 0; i < count; i++) {
          const z = Math.max(-HELD_AT, Math.min(HELD_AT, column[i]));
          out[i] += z * (slope + curvature * z);
        }
      }
    },
  };
}

/** x = Σ a_p u_p / (1 + |u_p|) + e, u_p = b_p (x_p + c_p). */
function sigmoid(nParents: number, random: Random): NodeFunction {
  const curves = Array.from({ length: nParents }, () => ({
    height: 1 - Math.log(random.uniformOpen()) / 4,
    slope: awayFromZero(0.5, 2, random),
    middle: 4 * random.uniform() - 2,
  }));
  return {
    fill(parents, noise, count, out) {
      for (let i = 0; i < count; i++) out[i] = noise[i];
      curves.forEach(({ height, slope, middle }, p) => {
        const column = parents[p];
        for (let i = 0; i < count; i++) {
          const u = slope * (column[i] + middle);
          out[i] += (height * u) / (1 + Math.abs(u));
        }
      });
    },
  };
}

/** x = Σ_h v_h tanh(Σ w_hp x_p + b_h) + e, ten units. */
function neural(nParents: number, random: Random): NodeFunction {
  const network = drawNetwork(nParents, 10, random);
  return {
    fill(parents, noise, count, out) {
      for (let i = 0; i < count; i++) out[i] = noise[i];
      network(parents, count, out);
    },
  };
}

/** x = Σ_h v_h tanh(Σ w_hp x_p + u_h e + b_h), twenty units: the noise is one more input. */
function neuralNonAdditive(nParents: number, random: Random): NodeFunction {
  const network = drawNetwork(nParents + 1, 20, random);
  return {
    fill(parents, noise, count, out) {
      out.fill(0, 0, count);
      network([...parents, noise], count, out);
    },
  };
}

/** Adds a network of one hidden layer: weights N(0, 1), biases uniform within ±1 / √inputs. */
function drawNetwork(nInputs: number, nUnits: number, random: Random) {
  const inner = random.fillNormal(new Float64Array(nUnits * nInputs));
  const outer = random.fillNormal(new Float64Array(nUnits));
  const biases = random.fill(new Float64Array(nUnits), (r) => (2 * r.uniform() - 1) / Math.sqrt(nInputs));
  let sums = new Float64Array(0);
  return (inputs: readonly Float64Array[], count: number, out: Float64Array): void => {
    if (sums.length < count) sums = new Float64Array(count);
    for (let unit = 0; unit < nUnits; unit++) {
      sums.fill(biases[unit], 0, count);
      for (let p = 0; p < nInputs; p++) {
        const [column, weight] = [inputs[p], inner[unit * nInputs + p]];
        for (let i = 0; i < count; i++) sums[i] += weight * column[i];
      }
      for (let i = 0; i < count; i++) out[i] += outer[unit] * tanh(sums[i]);
    }
  };
}

/** Where the quotient reaches 1. */
const SATURATED = 4.97178686;

/**
 * tanh to four digits, by Lambert's continued fraction: many times faster than `Math.tanh`, and with the same bits on
 * every machine.
 */
export function tanh(value: number): number {
  const x = value > SATURATED ? SATURATED : value < -SATURATED ? -SATURATED : value;
  const s = x * x;
  return (x * (135135 + s * (17325 + s * (378 + s)))) / (135135 + s * (62370 + s * (3150 + s * 28)));
}

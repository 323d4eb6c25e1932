/**
 * What BaCaDI says of a gene given its parents: a linear function, or a small network. Squares of what it leaves
 * unexplained are all that is asked for; for linear functions second moments of the cells are enough.
 */
import {
  add,
  concatenate,
  constant,
  type DType,
  identityMatrix,
  matmul,
  mul,
  reshape,
  sigmoid,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from '../../compute/index.js';
import type { Random } from '../../random/index.js';
import type { Environments } from './environments.js';

/** A parameter of every particle. */
export interface ParticleParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly draw: (random: Random) => number;
  /** What a draw is added to. Default 0. */
  readonly centre?: Float64Array;
}

/** Of (particles, samples, d, d) graphs, row the cause, and parameters (particles, …). */
export interface Likelihood {
  readonly parameters: readonly ParticleParameter[];
  /** Σ over an environment's cells of squared residuals, control first (particles, samples, 1 + nGroups, d). */
  residuals(graphs: Tensor, parameters: readonly Tensor[]): Tensor;
  /** log p of the parameters that the graph uses (particles, samples). */
  logPrior(graphs: Tensor, parameters: readonly Tensor[]): Tensor;
}

/** log N(x; 0, 1). */
export const logStandardNormal = (x: Tensor): Tensor => mul(add(square(x), Math.log(2 * Math.PI)), -0.5);

/** x_j = Σ_i G_ij Θ_ij x_i, Θ ~ N(0, 1). */
export function linearLikelihood({ nGenes: d, nGroups, moments }: Environments, dtype: DType): Likelihood {
  const environments = 1 + nGroups;
  // (d², environments)
  const second = transpose(constant(moments, [environments, d * d], dtype));
  return {
    parameters: [{ name: 'weights', shape: [d, d], draw: (random) => 0.3 * random.normal() }],
    residuals(graphs, [weights]) {
      const [particles, samples] = graphs.shape;
      const told = mul(graphs, reshape(weights, [particles, 1, d, d]));
      // row j holds what x is multiplied with for the residual of j
      const residual = transpose(sub(identityMatrix(d, dtype), told), [0, 1, 3, 2]);
      const products = mul(
        reshape(residual, [particles * samples, d, d, 1]),
        reshape(residual, [particles * samples, d, 1, d]),
      );
      const squares = matmul(reshape(products, [particles * samples * d, d * d]), second);
      return transpose(reshape(squares, [particles, samples, d, environments]), [0, 1, 3, 2]);
    },
    logPrior(graphs, [weights]) {
      const [particles] = graphs.shape;
      return sum(mul(graphs, logStandardNormal(reshape(weights, [particles, 1, d, d]))), [2, 3]);
    },
  };
}

/** x_j = b_j + Σ_h v_jh σ(c_jh + Σ_i G_ij w_ijh x_i); all parameters N(0, 1). */
export function denseLikelihood(data: Environments, units: number, dtype: DType): Likelihood {
  const { nGenes: d, nControl, nGroups, groupCells, x, present } = data;
  const rows = nControl + nGroups * groupCells;
  const cells = constant(x, [rows, d], dtype);
  const weight = constant(present, [rows, 1, 1, 1], dtype);
  const xavier = (fanIn: number, fanOut: number) => (random: Random) =>
    Math.sqrt(2 / (fanIn + fanOut)) * random.normal();
  const small = (random: Random) => 0.1 * random.normal();
  return {
    parameters: [
      { name: 'first', shape: [d, d, units], draw: xavier(d, units) },
      { name: 'shift', shape: [d, units], draw: small },
      { name: 'second', shape: [d, units], draw: xavier(units, 1) },
      { name: 'offset', shape: [d], draw: small },
    ],
    residuals(graphs, [first, shift, second, offset]) {
      const [particles, samples] = graphs.shape;
      const seen = mul(
        reshape(graphs, [particles, samples, d, d, 1]),
        reshape(first, [particles, 1, d, d, units]),
      );
      // one product for all graphs: (rows, d) × (d, particles · samples · d · units)
      const flat = reshape(transpose(seen, [2, 0, 1, 3, 4]), [d, particles * samples * d * units]);
      const inner = reshape(matmul(cells, flat), [rows, particles, samples, d, units]);
      const hidden = sigmoid(add(inner, reshape(shift, [1, particles, 1, d, units])));
      const told = sum(mul(hidden, reshape(second, [1, particles, 1, d, units])), 4);
      const mean = add(told, reshape(offset, [1, particles, 1, d]));
      const squares = mul(square(sub(reshape(cells, [rows, 1, 1, d]), mean)), weight);
      const control = sum(slice(squares, 0, 0, nControl), 0, { keepDims: true });
      const perturbed = reshape(slice(squares, 0, nControl, rows), [
        nGroups,
        groupCells,
        particles,
        samples,
        d,
      ]);
      return transpose(concatenate([control, sum(perturbed, 1)]), [1, 2, 0, 3]);
    },
    logPrior(graphs, [first, shift, second, offset]) {
      const [particles] = graphs.shape;
      const used = sum(mul(graphs, reshape(sum(logStandardNormal(first), 3), [particles, 1, d, d])), [2, 3]);
      const always = add(
        sum(add(logStandardNormal(shift), logStandardNormal(second)), [1, 2]),
        sum(logStandardNormal(offset), 1),
      );
      return add(used, reshape(always, [particles, 1]));
    },
  };
}

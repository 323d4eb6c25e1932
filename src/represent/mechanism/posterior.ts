/** q(z | x): a Gaussian whose mean and covariance the encoder gives, with its samples and its divergence from a prior. */
import {
  add,
  constant,
  exp,
  linear,
  log,
  matmul,
  mul,
  type Scope,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '../../compute/index.js';
import type { Covariance } from './settings.js';

/** Added to variances, as in scvi-tools. */
const LEAST_VARIANCE = 1e-4;
const LOG_TWO_PI = Math.log(2 * Math.PI);

export interface Posterior {
  /** (nCells, latent). */
  readonly mean: Tensor;
  /** Of each latent alone (nCells, latent). */
  readonly variance: Tensor;
  /** mean + L ε for standard normal ε (nCells, latent), L Lᵀ the covariance. */
  sample(noise: Tensor): Tensor;
  /** KL(q ‖ N(prior, I)) of each cell (nCells); `prior` (nCells, latent) or 0. */
  divergence(prior: Tensor | 0): Tensor;
  /** log q of the sample that `noise` gives (nCells). */
  logDensity(noise: Tensor): Tensor;
}

/** From the last hidden layer of the encoder (nCells, hidden). */
export function posterior(scope: Scope, hidden: Tensor, latent: number, covariance: Covariance): Posterior {
  const mean = linear(scope.at('mean'), hidden, latent);
  if (covariance === 'diagonal' || latent === 1) {
    return diagonal(mean, linear(scope.at('variance'), hidden, latent));
  }
  const scale = linear(scope.at('scale'), hidden, latent);
  return full(mean, scale, linear(scope.at('mixing'), hidden, (latent * (latent - 1)) / 2));
}

function diagonal(mean: Tensor, logVariance: Tensor): Posterior {
  const variance = add(exp(logVariance), LEAST_VARIANCE);
  const logDeterminant = sum(log(variance), 1);
  return gaussian(mean, variance, logDeterminant, (noise) => mul(sqrt(variance), noise));
}

/** L with `scale` on its diagonal and `mixing` below it, row by row (nCells, latent (latent − 1) / 2). */
function full(mean: Tensor, logScale: Tensor, mixing: Tensor): Posterior {
  const scale = exp(logScale);
  const { intoRows, fromColumns } = belowDiagonal(mean.shape[1]);
  const variance = add(square(scale), matmul(square(mixing), intoRows));
  return gaussian(mean, variance, mul(sum(logScale, 1), 2), (noise) =>
    add(mul(scale, noise), matmul(mul(mixing, matmul(noise, fromColumns)), intoRows)),
  );
}

/** For the entries (i, j), i > j: which row each belongs to (nEntries, latent), and which column (latent, nEntries). */
function belowDiagonal(latent: number) {
  const entries: [row: number, column: number][] = [];
  for (let i = 1; i < latent; i++) for (let j = 0; j < i; j++) entries.push([i, j]);
  const rows = new Float32Array(entries.length * latent);
  const columns = new Float32Array(latent * entries.length);
  entries.forEach(([row, column], e) => {
    rows[e * latent + row] = 1;
    columns[column * entries.length + e] = 1;
  });
  return {
    intoRows: constant(rows, [entries.length, latent]),
    fromColumns: constant(columns, [latent, entries.length]),
  };
}

function gaussian(
  mean: Tensor,
  variance: Tensor,
  logDeterminant: Tensor,
  scaled: (noise: Tensor) => Tensor,
): Posterior {
  const latent = mean.shape[1];
  return {
    mean,
    variance,
    sample: (noise) => add(mean, scaled(noise)),
    divergence(prior) {
      const distance = square(prior === 0 ? mean : sub(mean, prior));
      return mul(sub(sum(add(variance, distance), 1), add(logDeterminant, latent)), 0.5);
    },
    logDensity: (noise) => mul(add(add(sum(square(noise), 1), logDeterminant), latent * LOG_TWO_PI), -0.5),
  };
}

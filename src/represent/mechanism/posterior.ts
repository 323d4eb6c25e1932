/** q(z | x): a Gaussian whose mean and covariance the encoder gives, with its samples and its divergence from a prior. */
import {
  add,
  concatenate,
  constant,
  type DType,
  exp,
  gather,
  integers,
  linear,
  log,
  matmul,
  mul,
  reshape,
  type Scope,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
  zeros,
} from '../../compute/index.js';
import type { Covariance } from './settings.js';

/** Added to variances, as in scvi-tools. */
const LEAST_VARIANCE = 1e-4;
const LOG_TWO_PI = Math.log(2 * Math.PI);
const nothing = (values: Float32Array | Float64Array) => void values.fill(0);

export interface Posterior {
  /** (nCells, latent). */
  readonly mean: Tensor;
  /** Of each latent alone (nCells, latent). */
  readonly variance: Tensor;
  /** Of each column of z R (nCells, latent), R (latent, latent). */
  varianceIn(basis: Tensor): Tensor;
  /** mean + L ε for standard normal ε (…, nCells, latent), L Lᵀ the covariance. */
  sample(noise: Tensor): Tensor;
  /** KL(q ‖ N(prior, I)) of each cell (nCells); `prior` (nCells, latent) or 0. */
  divergence(prior: Tensor | 0): Tensor;
  /** log q of the sample that `noise` gives (…, nCells). */
  logDensity(noise: Tensor): Tensor;
}

/** From the last hidden layer of the encoder (nCells, hidden). */
export function posterior(
  scope: Scope,
  hidden: Tensor,
  latent: number,
  covariance: Covariance,
  mixed?: Tensor,
): Posterior {
  const mean = linear(scope.at('mean'), hidden, latent);
  if (covariance === 'diagonal' || latent === 1) {
    return diagonal(mean, linear(scope.at('variance'), hidden, latent));
  }
  const scale = linear(scope.at('scale'), hidden, latent);
  // none at first: what has not been trained yet says nothing
  const mixing = linear(scope.at('mixing'), hidden, (latent * (latent - 1)) / 2, {
    weight: nothing,
    biasInit: nothing,
  });
  return full(mean, scale, mixed ? mul(mixing, mixed) : mixing);
}

function diagonal(mean: Tensor, logVariance: Tensor): Posterior {
  const variance = add(exp(logVariance), LEAST_VARIANCE);
  const logDeterminant = sum(log(variance), 1);
  return gaussian(mean, variance, logDeterminant, {
    scaled: (noise) => mul(sqrt(variance), noise),
    varianceIn: (basis) => matmul(variance, square(basis)),
  });
}

/** L with `scale` on its diagonal and `mixing` below it, row by row (nCells, latent (latent − 1) / 2). */
function full(mean: Tensor, logScale: Tensor, mixing: Tensor): Posterior {
  const scale = exp(logScale);
  const [nCells, latent] = mean.shape;
  const { intoRows, fromColumns } = belowDiagonal(latent, mean.dtype);
  const variance = add(square(scale), matmul(square(mixing), intoRows));
  return gaussian(mean, variance, mul(sum(logScale, 1), 2), {
    scaled: (noise) => add(mul(scale, noise), matmul(mul(mixing, matmul(noise, fromColumns)), intoRows)),
    // row sums of (Rᵀ L)²
    varianceIn(basis) {
      const entries = concatenate([scale, mixing, zeros([nCells, 1], mean.dtype)], 1);
      const lower = reshape(gather(entries, placesOf(latent), 1), [nCells, latent, latent]);
      return sum(square(matmul(transpose(basis), lower)), 2);
    },
  });
}

/** Where each of the entries of L (latent · latent) stands in [scale, mixing, 0]. */
function placesOf(latent: number): Tensor {
  const nMixing = (latent * (latent - 1)) / 2;
  const places = Array.from({ length: latent * latent }, (_, at) => {
    const [i, j] = [Math.floor(at / latent), at % latent];
    return i === j ? i : i > j ? latent + (i * (i - 1)) / 2 + j : latent + nMixing;
  });
  return integers(places);
}

/** For the entries (i, j), i > j: which row each belongs to (nEntries, latent), and which column (latent, nEntries). */
function belowDiagonal(latent: number, dtype: DType) {
  const entries: [row: number, column: number][] = [];
  for (let i = 1; i < latent; i++) for (let j = 0; j < i; j++) entries.push([i, j]);
  const rows = new Float32Array(entries.length * latent);
  const columns = new Float32Array(latent * entries.length);
  entries.forEach(([row, column], e) => {
    rows[e * latent + row] = 1;
    columns[column * entries.length + e] = 1;
  });
  return {
    intoRows: constant(rows, [entries.length, latent], dtype),
    fromColumns: constant(columns, [latent, entries.length], dtype),
  };
}

function gaussian(
  mean: Tensor,
  variance: Tensor,
  logDeterminant: Tensor,
  { scaled, varianceIn }: { scaled(noise: Tensor): Tensor; varianceIn(basis: Tensor): Tensor },
): Posterior {
  const latent = mean.shape[1];
  return {
    mean,
    variance,
    varianceIn,
    sample: (noise) => add(mean, scaled(noise)),
    divergence(prior) {
      const distance = square(prior === 0 ? mean : sub(mean, prior));
      return mul(sub(sum(add(variance, distance), 1), add(logDeterminant, latent)), 0.5);
    },
    logDensity: (noise) =>
      mul(add(add(sum(square(noise), noise.rank - 1), logDeterminant), latent * LOG_TWO_PI), -0.5),
  };
}

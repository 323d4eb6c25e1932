/**
 * First values of parameters, with the distributions of PyTorch (torch.nn.init), so that published settings mean the
 * same. Weights are (out, in, …) as there: `fanIn` is `in`, times the sizes behind it, and `fanOut` likewise.
 */
import { OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { graphError, type Shape, showShape } from '../graph/index.js';
import type { Initialiser } from './scope.js';

/** Every element `value`. */
export const constantly =
  (value: number): Initialiser =>
  (values) => {
    values.fill(value);
  };
export const zeros: Initialiser = constantly(0);
export const ones: Initialiser = constantly(1);

/** U(low, high). Throws OptionError unless both are finite and low ≤ high. */
export function uniform(low = 0, high = 1): Initialiser {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    throw new OptionError('uniform', `${low}, ${high}`, 'two finite bounds, the lower one first');
  }
  return (values, _shape, random) => {
    random.fill(values, () => low + (high - low) * random.uniform());
  };
}

/** N(mean, deviation²). Throws OptionError on a negative deviation. */
export function normal(mean = 0, deviation = 1): Initialiser {
  if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
    throw new OptionError('normal', `${mean}, ${deviation}`, 'a finite mean and a deviation ≥ 0');
  }
  return (values, _shape, random) => {
    random.fill(values, () => mean + deviation * random.normal());
  };
}

export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** By how much a nonlinearity shrinks deviations, torch.nn.init.calculate_gain; `slope` is that of leaky ReLU. */
export function gainOf(nonlinearity: Nonlinearity, slope = 0.01): number {
  const gains: Record<Nonlinearity, number> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + slope ** 2)),
    selu: 3 / 4,
  };
  if (!Object.hasOwn(gains, nonlinearity)) {
    throw new OptionError('nonlinearity', nonlinearity, Object.keys(gains));
  }
  return gains[nonlinearity];
}

export interface KaimingOptions {
  /** Negative slope of the leaky ReLU that follows. Default 0, a ReLU. */
  readonly a?: number;
  /** Whose variance is kept: activations (fanIn, default) or derivatives (fanOut). */
  readonly mode?: 'fanIn' | 'fanOut';
  /** Default leakyRelu with slope `a`. */
  readonly nonlinearity?: Nonlinearity;
}

/** U(±gain √(3 / fan)) (He et al. 2015). */
export const kaimingUniform = (options: KaimingOptions = {}): Initialiser =>
  scaled((shape) => Math.sqrt(3) * kaimingDeviation(shape, options), symmetric);

/** N(0, gain² / fan) (He et al. 2015). */
export const kaimingNormal = (options: KaimingOptions = {}): Initialiser =>
  scaled((shape) => kaimingDeviation(shape, options), centred);

/** U(±gain √(6 / (fanIn + fanOut))) (Glorot and Bengio 2010). */
export const xavierUniform = (gain = 1): Initialiser =>
  scaled((shape) => Math.sqrt(3) * xavierDeviation(shape, gain), symmetric);

/** N(0, 2 gain² / (fanIn + fanOut)) (Glorot and Bengio 2010). */
export const xavierNormal = (gain = 1): Initialiser =>
  scaled((shape) => xavierDeviation(shape, gain), centred);

type Draw = (random: Random, scale: number) => number;
const symmetric: Draw = (random, bound) => bound * (2 * random.uniform() - 1);
const centred: Draw = (random, deviation) => deviation * random.normal();

const scaled =
  (scaleOf: (shape: Shape) => number, draw: Draw): Initialiser =>
  (values, shape, random) => {
    const scale = scaleOf(shape);
    random.fill(values, () => draw(random, scale));
  };

function kaimingDeviation(
  shape: Shape,
  { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions,
) {
  if (mode !== 'fanIn' && mode !== 'fanOut') throw new OptionError('mode', mode, ['fanIn', 'fanOut']);
  return gainOf(nonlinearity, a) / Math.sqrt(fansOf(shape)[mode] || 1);
}

function xavierDeviation(shape: Shape, gain: number): number {
  const { fanIn, fanOut } = fansOf(shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut || 1));
}

/** What feeds and what is fed by one element. Throws GraphError on fewer than two axes. */
export function fansOf(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length < 2) {
    throw graphError('initialise', `weights ${showShape(shape)} have no fan in and out: two axes are needed`);
  }
  const field = shape.slice(2).reduce((size, n) => size * n, 1);
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}

/**
 * Rows (or columns, whichever are fewer) orthogonal to each other and of length `gain`, evenly distributed over such
 * matrices (Saxe et al. 2014); sizes behind the first one count as one. Gram–Schmidt on normal draws, each vector
 * twice, in float64.
 */
export function orthogonal(gain = 1): Initialiser {
  return (values, shape, random) => {
    if (shape.length < 2) fansOf(shape);
    const [rows] = shape;
    const columns = rows === 0 ? 0 : values.length / rows;
    const wide = rows <= columns;
    const vectors: Float64Array[] = [];
    for (let i = 0; i < Math.min(rows, columns); i++) {
      const vector = random.fillNormal(new Float64Array(Math.max(rows, columns)));
      for (let pass = 0; pass < 2; pass++) {
        for (const other of vectors) addTo(vector, -dot(vector, other), other);
        const length = Math.sqrt(dot(vector, vector));
        for (let j = 0; j < vector.length; j++) vector[j] /= length;
      }
      vectors.push(vector);
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        values[i * columns + j] = gain * (wide ? vectors[i][j] : vectors[j][i]);
      }
    }
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

function addTo(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}

/**
 * The forward pass of trained dense layers without a runtime: their weights out of a store, in float64, products by
 * `linalg`. A prediction must answer at once, and one profile is too little work to hand to a device.
 */
import type { Store } from '../compute/index.js';
import { gemm } from '../linalg/index.js';

export interface DenseLayer {
  readonly inner: number;
  readonly width: number;
  /** (width, inner). */
  readonly weight: Float64Array;
  /** (width). */
  readonly bias?: Float64Array;
  /** Slope of the activation below 0; 1 where there is none. */
  readonly slope: number;
}

export interface LayerOptions {
  /** See `DenseLayer.slope`. */
  readonly slope: number;
  /** What the batch norm after the layer adds to variances, where there is one. */
  readonly normEpsilon?: number;
}

/** Rows x (nRows, inner of the first) through `layers`: (nRows, width of the last). */
export function forward(layers: readonly DenseLayer[], x: Float64Array, nRows: number): Float64Array {
  return layers.reduce((rows, { inner, width, weight, bias, slope }) => {
    const out = gemm({ m: nRows, n: width, k: inner, a: rows, b: weight, transposeB: true });
    for (let i = 0; i < out.length; i++) {
      const value = bias ? out[i] + bias[i % width] : out[i];
      out[i] = value < 0 ? slope * value : value;
    }
    return out;
  }, x);
}

/** The layer `name` of a trained network; its batch norm, an affine map once trained, becomes part of it. */
export async function denseLayer(store: Store, name: string, options: LayerOptions): Promise<DenseLayer> {
  const [width, inner] = store.shape(`${name}.weight`);
  const values = async (of: string) =>
    store.has(`${name}.${of}`)
      ? Float64Array.from((await store.get(`${name}.${of}`)) as Float32Array)
      : undefined;
  const weight = (await values('weight'))!;
  const bias = await values('bias');
  const { slope, normEpsilon } = options;
  if (normEpsilon === undefined) return { inner, width, weight, bias, slope };
  const [gain, offset, mean, variance] = await Promise.all(
    ['norm.weight', 'norm.bias', 'norm.running_mean', 'norm.running_var'].map(
      async (of) => (await values(of))!,
    ),
  );
  const factor = gain.map((value, j) => value / Math.sqrt(variance[j] + normEpsilon));
  return {
    inner,
    width,
    weight: weight.map((value, i) => value * factor[Math.floor(i / inner)]),
    bias: offset.map((value, j) => value + ((bias?.[j] ?? 0) - mean[j]) * factor[j]),
    slope,
  };
}

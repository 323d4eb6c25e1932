/**
 * Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365) of one direction of a network's outputs, as one
 * program:
 *
 *     A_g(x) = (x_g − b_g) ∫₀¹ ∂f/∂x_g (b + α (x − b)) dα,     Σ_g A_g(x) = f(x) − f(b)
 *
 * The integral is taken by the midpoint rule: networks of ReLU have gradients in steps, on which rules of
 * higher order gain nothing.
 */
import {
  add,
  concatenate,
  constant,
  gradients,
  input,
  matmul,
  mul,
  Program,
  reshape,
  type Store,
  slice,
  sub,
  sum,
  type Tensor,
} from '../../compute/index.js';

export interface PathSizes {
  /** Points that one run takes. */
  readonly cells: number;
  readonly genes: number;
  /** Points of the path. */
  readonly steps: number;
}

/**
 * Takes `ends` (cells, genes), `baseline` (1, genes) and `direction` (outputs, 1), and gives `attribution` (cells, genes)
 * and `rise` (cells, 1), f(x) − f(b), f = `network`(x) · direction. The network must treat every row by itself, and
 * map (rows, genes) to (rows, outputs).
 */
export function pathProgram(
  store: Store,
  network: (rows: Tensor) => Tensor,
  { cells, genes, steps }: PathSizes,
): Promise<Program> {
  const ends = input('ends', [cells, genes]);
  const baseline = input('baseline', [1, genes]);
  const midpoints = Float32Array.from({ length: steps }, (_, step) => (step + 0.5) / steps);
  const way = sub(ends, baseline);
  const done = mul(constant(midpoints, [steps, 1, 1]), reshape(way, [1, cells, genes]));
  const points = add(reshape(baseline, [1, 1, genes]), done);
  // one call: a network has its parameters once
  const onPath = steps * cells;
  const all = network(concatenate([reshape(points, [onPath, genes]), ends, baseline]));
  const direction = input('direction', [all.shape[1], 1]);
  const value = matmul(all, direction);
  // rows do not see each other, so the derivative of the sum has that of each row
  const [slopes] = gradients(mul(sum(slice(value, 0, 0, onPath)), 1 / steps), [points]);
  return Program.compile(store, {
    outputs: {
      attribution: mul(way, sum(slopes, 0)),
      rise: sub(slice(value, 0, onPath, onPath + cells), slice(value, 0, onPath + cells)),
    },
  });
}

/**
 * What each ordered pair (i, j) of genes says: how gene i depends on gene j in the control and in the perturbed cells,
 * and whether j alone, with its square, explains what happened to i.
 */
import { changeOf, distanceOf } from './invariance.js';
import { kurtosisOf, type Moments } from './moments.js';

/** All (genes, genes), row i, column j. */
export interface PairEvidence {
  /** Share of the variance of i that j and its square explain. */
  readonly explained: readonly [Float64Array, Float64Array];
  /** F of the square of j beside j, for one degree of freedom. */
  readonly curvature: readonly [Float64Array, Float64Array];
  /** Of the regression of i on j and its square: see `Change`. */
  readonly coefficients: Float64Array;
  readonly variance: Float64Array;
  /** `distanceOf` of that change. */
  readonly distance: Float64Array;
}

/** Cholesky factor of the products of (1, x, x²) of every gene: 6 numbers a gene. A pivot of 0 is a column left out. */
function factors({ products, width, genes }: Moments): Float64Array {
  const out = new Float64Array(6 * genes);
  for (let j = 0; j < genes; j++) {
    const [x, q] = [1 + j, 1 + genes + j];
    const at = (a: number, b: number) => products[a * width + b];
    const l00 = Math.sqrt(at(0, 0));
    const l10 = at(x, 0) / l00;
    const l11 = root(at(x, x) - l10 * l10, at(x, x));
    const l20 = at(q, 0) / l00;
    const l21 = l11 > 0 ? (at(q, x) - l20 * l10) / l11 : 0;
    const l22 = root(at(q, q) - l20 * l20 - l21 * l21, at(q, q));
    out.set([l00, l10, l11, l20, l21, l22], 6 * j);
  }
  return out;
}

const root = (pivot: number, size: number): number => (pivot > 1e-9 * size ? Math.sqrt(pivot) : 0);

export function pairEvidence(control: Moments, perturbed: Moments, both: Moments): PairEvidence {
  const { genes, width } = control;
  const sets = [control, perturbed, both];
  const made = sets.map(factors);
  const matrix = () => new Float64Array(genes * genes);
  const out: PairEvidence = {
    explained: [matrix(), matrix()],
    curvature: [matrix(), matrix()],
    coefficients: matrix(),
    variance: matrix(),
    distance: matrix(),
  };
  const rest = [0, 0, 0];
  for (let i = 0; i < genes; i++) {
    const added = kurtosisOf([control, perturbed], i) - 1;
    for (let j = 0; j < genes; j++) {
      if (i === j) continue;
      const ij = i * genes + j;
      for (let s = 0; s < 3; s++) {
        const { products, cells } = sets[s];
        const f = made[s];
        const o = 6 * j;
        const row = (1 + i) * width;
        const c0 = products[row] / f[o];
        const c1 = f[o + 2] > 0 ? (products[row + 1 + j] - f[o + 1] * c0) / f[o + 2] : 0;
        const c2 =
          f[o + 5] > 0 ? (products[row + 1 + genes + j] - f[o + 3] * c0 - f[o + 4] * c1) / f[o + 5] : 0;
        const total = products[row + 1 + i] - c0 * c0;
        const left = Math.max(total - c1 * c1 - c2 * c2, 0);
        rest[s] = left;
        if (s === 2) continue;
        out.explained[s][ij] = total > 0 ? 1 - left / total : 0;
        const nu = cells - 3;
        out.curvature[s][ij] = left > 0 && nu > 0 ? (c2 * c2) / (left / nu) : 0;
      }
      const change = changeOf({
        control: rest[0],
        perturbed: rest[1],
        both: rest[2],
        coefficients: 3,
        controlCells: control.cells,
        perturbedCells: perturbed.cells,
        added,
      });
      out.coefficients[ij] = change.coefficients;
      out.variance[ij] = change.variance;
      out.distance[ij] = distanceOf(change);
    }
  }
  return out;
}

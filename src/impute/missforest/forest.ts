/** A random forest for regression (Breiman 2001): trees on bootstrap samples of the rows, averaged. */
import type { Random } from '../../random/index.js';
import type { Columns } from './columns.js';
import { type Nodes, predictTree, TreeGrower } from './tree.js';

export interface Forest extends Nodes {
  /** Where each tree begins. */
  readonly roots: Int32Array;
}

/**
 * As scikit-learn's `RandomForestRegressor` by default: every tree on as many rows as there are, drawn with replacement,
 * every column tried at every split, leaves of one row.
 *
 * @param y `(nRows)`
 */
export function growForest(columns: Columns, y: Float64Array, nTrees: number, random: Random): Forest {
  const { nRows } = columns;
  const grower = new TreeGrower(columns, y);
  const nodes = nodeArrays(2 * nRows * nTrees);
  const roots = new Int32Array(nTrees);
  const weights = new Int32Array(nRows);
  let next = 0;
  for (let tree = 0; tree < nTrees; tree++) {
    const stream = random.split(tree);
    weights.fill(0);
    for (let draw = 0; draw < nRows; draw++) weights[stream.integer(nRows)]++;
    roots[tree] = next;
    next = grower.grow(weights, stream, nodes, next);
  }
  return {
    roots,
    column: nodes.column.slice(0, next),
    value: nodes.value.slice(0, next),
    right: nodes.right.slice(0, next),
  };
}

export const nodeArrays = (length: number): Nodes => ({
  column: new Int32Array(length),
  value: new Float64Array(length),
  right: new Int32Array(length),
});

/** The mean of the trees' leaves for a row of all columns, one-hot ones included. */
export function predictForest(forest: Forest, row: Float64Array): number {
  let sum = 0;
  for (const root of forest.roots) sum += predictTree(forest, root, row);
  return sum / forest.roots.length;
}

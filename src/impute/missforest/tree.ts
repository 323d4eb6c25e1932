/**
 * Regression trees, grown until every leaf is pure or one row: CART (Breiman et al. 1984), with the best split by squared
 * error as in scikit-learn's `DecisionTreeRegressor`.
 *
 * Numbers are sorted once; every split divides the sorted lists in order. One-hot columns need no lists: the sums over
 * the rows of each label give all of their splits at once. With y centred in the node, a split into left and right
 * lowers the squared error by W · S² / (W_left · W_right), S the sum of weighted y on the left. Splits that are equally
 * good, as all are in a node of two rows, are drawn from evenly.
 */
import type { Random } from '../../random/index.js';
import type { Columns, LabelColumns, NumberColumn } from './columns.js';

/** Trees one after another; the left child of a node is the next node. */
export interface Nodes {
  /** The column that a node splits on; −1 for a leaf. */
  readonly column: Int32Array;
  /** Left where the column is at most this; the prediction of a leaf. */
  readonly value: Float64Array;
  readonly right: Int32Array;
}

/** Gains closer than this, relatively, are the same: rounding must not choose. */
const SAME = 1e-10;

/** Grows trees on the same columns and values; keeps its working memory. */
export class TreeGrower {
  private readonly offset: number;
  private readonly centred: Float64Array;
  private readonly weighted: Float64Array;
  private weights: Int32Array = new Int32Array();
  /** Rows of the bag, divided like the lists. */
  private readonly rows: Int32Array;
  private readonly lists: Int32Array[];
  private readonly spare: Int32Array;
  private readonly onRight: Uint8Array;
  private readonly labelSums: readonly Float64Array[];
  private readonly labelWeights: readonly Float64Array[];
  private readonly best = new BestSplit();

  /** @param y `(nRows)` */
  constructor(
    private readonly columns: Columns,
    y: Float64Array,
  ) {
    const { nRows, numbers, labels } = columns;
    this.offset = y.reduce((sum, value) => sum + value, 0) / nRows;
    this.centred = y.map((value) => value - this.offset);
    this.weighted = new Float64Array(nRows);
    this.rows = new Int32Array(nRows);
    this.lists = numbers.map(() => new Int32Array(nRows));
    this.spare = new Int32Array(nRows);
    this.onRight = new Uint8Array(nRows);
    this.labelSums = labels.map(({ count }) => new Float64Array(count));
    this.labelWeights = labels.map(({ count }) => new Float64Array(count));
  }

  /**
   * Adds one tree to `nodes` at `root` and returns where the next one begins; it takes at most 2 · (rows of positive
   * weight) − 1 nodes.
   *
   * @param weights how often each row counts, `(nRows)`, whole numbers
   */
  grow(weights: Int32Array, random: Random, nodes: Nodes, root: number): number {
    const { numbers } = this.columns;
    this.weights = weights;
    let nBag = 0;
    for (let row = 0; row < weights.length; row++) {
      this.weighted[row] = weights[row] * this.centred[row];
      if (weights[row] > 0) this.rows[nBag++] = row;
    }
    numbers.forEach(({ order }, at) => {
      const list = this.lists[at];
      let filled = 0;
      for (let i = 0; i < order.length; i++) {
        list[filled] = order[i];
        filled += Math.min(1, weights[order[i]]);
      }
    });
    let next = root;
    const waiting = [{ from: 0, to: nBag, parent: -1 }];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      const at = next++;
      if (node.parent >= 0) nodes.right[node.parent] = at;
      const middle = this.split(node.from, node.to, random, nodes, at);
      if (middle < 0) continue;
      waiting.push({ from: middle, to: node.to, parent: at }, { from: node.from, to: middle, parent: -1 });
    }
    return next;
  }

  /** Writes node `at` of the rows `from … to`; returns where its right part begins, −1 for a leaf. */
  private split(from: number, to: number, random: Random, nodes: Nodes, at: number): number {
    const { rows, weights, weighted, best } = this;
    let weight = 0;
    let sum = 0;
    for (let i = from; i < to; i++) {
      weight += weights[rows[i]];
      sum += weighted[rows[i]];
    }
    const mean = sum / weight;
    best.clear();
    if (!this.isPure(from, to)) {
      this.columns.numbers.forEach((column, k) =>
        this.bestOfNumber(column, this.lists[k], from, to, weight, mean),
      );
      this.columns.labels.forEach((labels, k) => this.bestOfLabels(labels, k, from, to, weight, mean));
    }
    if (best.count === 0) {
      nodes.column[at] = -1;
      nodes.value[at] = mean + this.offset;
      return -1;
    }
    const chosen = best.count > 1 ? random.integer(best.count) : 0;
    nodes.column[at] = best.columns[chosen];
    nodes.value[at] = best.thresholds[chosen];
    return this.divide(best.columns[chosen], best.thresholds[chosen], from, to);
  }

  private isPure(from: number, to: number): boolean {
    const { rows, centred } = this;
    for (let i = from + 1; i < to; i++) if (centred[rows[i]] !== centred[rows[from]]) return false;
    return true;
  }

  private bestOfNumber(
    { column, values }: NumberColumn,
    list: Int32Array,
    from: number,
    to: number,
    weight: number,
    mean: number,
  ): void {
    const { weights, weighted } = this;
    let leftWeight = 0;
    let leftSum = 0;
    let gain = 0;
    let last = -1;
    let value = values[list[from]];
    for (let i = from; i < to - 1; i++) {
      const row = list[i];
      leftWeight += weights[row];
      leftSum += weighted[row];
      const following = values[list[i + 1]];
      if (following > value) {
        const centred = leftSum - mean * leftWeight;
        const here = (centred * centred) / (leftWeight * (weight - leftWeight));
        if (here > gain * (1 + SAME)) {
          gain = here;
          last = i;
        }
        value = following;
      }
    }
    if (last < 0) return;
    const low = values[list[last]];
    const high = values[list[last + 1]];
    const middle = low / 2 + high / 2;
    this.best.offer(column, gain, middle < high ? middle : low);
  }

  private bestOfLabels(
    { column, count, labels }: LabelColumns,
    group: number,
    from: number,
    to: number,
    weight: number,
    mean: number,
  ): void {
    const { rows, weights, weighted } = this;
    const sums = this.labelSums[group].fill(0);
    const labelWeights = this.labelWeights[group].fill(0);
    for (let i = from; i < to; i++) {
      const row = rows[i];
      sums[labels[row]] += weighted[row];
      labelWeights[labels[row]] += weights[row];
    }
    for (let label = 0; label < count; label++) {
      const labelWeight = labelWeights[label];
      if (labelWeight === 0 || labelWeight === weight) continue;
      const centred = sums[label] - mean * labelWeight;
      this.best.offer(column + label, (centred * centred) / (labelWeight * (weight - labelWeight)), 0.5);
    }
  }

  /** Divides rows and lists, each in its order; returns where the right part begins. */
  private divide(column: number, threshold: number, from: number, to: number): number {
    const { rows, onRight, lists } = this;
    const { numbers, labels } = this.columns;
    const number = numbers.find((candidate) => candidate.column === column);
    const group = labels.find(
      (candidate) => column >= candidate.column && column < candidate.column + candidate.count,
    );
    for (let i = from; i < to; i++) {
      const row = rows[i];
      onRight[row] = number
        ? Number(number.values[row] > threshold)
        : Number(group!.labels[row] === column - group!.column);
    }
    const middle = this.divideList(rows, from, to);
    // two leaves need no lists
    const atEnd = (start: number, end: number) => end - start === 1 || this.isPure(start, end);
    if (!(atEnd(from, middle) && atEnd(middle, to))) {
      for (const list of lists) this.divideList(list, from, to);
    }
    return middle;
  }

  private divideList(list: Int32Array, from: number, to: number): number {
    const { spare, onRight } = this;
    let left = from;
    let right = 0;
    // both writes every time: which side a row goes to is not for a processor to guess
    for (let i = from; i < to; i++) {
      const row = list[i];
      const side = onRight[row];
      list[left] = row;
      spare[right] = row;
      left += 1 - side;
      right += side;
    }
    for (let i = 0; i < right; i++) list[left + i] = spare[i];
    return left;
  }
}

/** The best splits seen so far, all of the same gain; one a column. */
class BestSplit {
  count = 0;
  readonly columns: number[] = [];
  readonly thresholds: number[] = [];
  private gain = 0;

  clear(): void {
    this.count = 0;
    this.gain = 0;
  }

  offer(column: number, gain: number, threshold: number): void {
    if (!(gain > this.gain * (1 - SAME)) || gain === 0) return;
    if (gain > this.gain * (1 + SAME)) {
      this.gain = gain;
      this.count = 0;
    }
    this.columns[this.count] = column;
    this.thresholds[this.count++] = threshold;
  }
}

/** The leaf of a row in the tree that begins at `root`. */
export function predictTree({ column, value, right }: Nodes, root: number, row: Float64Array): number {
  let at = root;
  while (column[at] >= 0) at = row[column[at]] <= value[at] ? at + 1 : right[at];
  return value[at];
}

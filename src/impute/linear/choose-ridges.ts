/**
 * Ridges by the leave-one-out error, in closed form: the residual of row i when it is left out is its residual over
 * one less its leverage, so no model is fitted twice, and its squared length needs inner products only.
 */
import { gemm } from '../../linalg/index.js';
import type { Block, Design, Ridges, SparseRow } from './design.js';
import { normalMatrix, Ridge, sparseDot } from './ridge.js';

/** 0.01 … 10,000, two values a decade. */
const GRID = Array.from({ length: 13 }, (_, i) => 10 ** ((i - 4) / 2));
const START = GRID.indexOf(1);

/** What the error of any ridges is computed from. */
export class LeaveOneOut {
  private readonly normal: Float64Array;
  /** DᵀK as `(nRows, nColumns)`: one row a left-out response. */
  private readonly cross: Float64Array;
  /** DᵀK D. */
  private readonly middle: Float64Array;

  /**
   * @param table inner products of the responses, `(nRows, nRows)`
   * @param counted rows whose error counts
   */
  constructor(
    readonly design: Design,
    readonly rows: readonly SparseRow[],
    private readonly table: Float64Array,
    private readonly counted: readonly number[],
  ) {
    const [n, p] = [rows.length, design.nColumns];
    this.normal = normalMatrix(rows, p);
    this.cross = new Float64Array(n * p);
    for (let i = 0; i < n; i++) {
      for (let t = 0; t < n; t++) {
        const { columns, values } = rows[t];
        for (let at = 0; at < columns.length; at++) {
          this.cross[i * p + columns[at]] += values[at] * table[i * n + t];
        }
      }
    }
    this.middle = new Float64Array(p * p);
    for (let i = 0; i < n; i++) {
      const { columns, values } = rows[i];
      for (let at = 0; at < columns.length; at++) {
        for (let j = 0; j < p; j++) this.middle[columns[at] * p + j] += values[at] * this.cross[i * p + j];
      }
    }
  }

  /** Sum of squared leave-one-out errors over the counted rows and all genes. */
  error(ridges: Ridges): number {
    const [n, p] = [this.rows.length, this.design.nColumns];
    const { inverse } = new Ridge(this.rows, this.design.penalties(ridges), this.normal);
    const half = gemm({ m: p, n: p, k: p, a: inverse, b: this.middle });
    const spread = gemm({ m: p, n: p, k: p, a: half, b: inverse });
    let sum = 0;
    for (const i of this.counted) {
      const { columns, values } = this.rows[i];
      let leverage = 0;
      let residual = this.table[i * n + i];
      for (let at = 0; at < columns.length; at++) {
        const row = columns[at] * p;
        leverage += values[at] * sparseDot(this.rows[i], inverse, row);
        let fitted = 0;
        for (let j = 0; j < p; j++) fitted += inverse[row + j] * this.cross[i * p + j];
        residual += values[at] * (sparseDot(this.rows[i], spread, row) - 2 * fitted);
      }
      sum += residual / (1 - leverage) ** 2;
    }
    return sum;
  }
}

/**
 * The ridges of `given`, with a value from 0.01 to 10,000 for those that are `auto`: from 1 on, one block after the
 * other to where the leave-one-out error falls, until it falls no more.
 */
export function chooseRidges(
  leaveOneOut: () => LeaveOneOut,
  blocks: readonly Block[],
  given: Readonly<Record<Block, number | 'auto'>>,
): Ridges {
  const open = blocks.filter((block) => given[block] === 'auto');
  const place = { context: START, action: START, covariate: START };
  const ridges = () => {
    const value = (block: Block) => (given[block] === 'auto' ? GRID[place[block]] : (given[block] as number));
    return { context: value('context'), action: value('action'), covariate: value('covariate') };
  };
  if (open.length === 0) return ridges();
  const judge = leaveOneOut();
  let best = judge.error(ridges());
  for (let moved = true; moved; ) {
    moved = false;
    for (const block of open) {
      for (const step of [-1, 1]) {
        while (GRID[place[block] + step] !== undefined) {
          place[block] += step;
          const error = judge.error(ridges());
          if (!(error < best)) {
            place[block] -= step;
            break;
          }
          best = error;
          moved = true;
        }
      }
    }
  }
  return ridges();
}

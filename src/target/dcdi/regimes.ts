/** The cells of a screen in one table, standardised, each with its group: what causal discovery calls regimes. */
import type { DenseMatrix } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import type { TargetScreen } from '../screen.js';

export interface Regimes {
  readonly nGenes: number;
  readonly nGroups: number;
  /** (nCells, nGenes), control first. */
  readonly x: Float64Array;
  /** (nCells): index of the group, −1 for the control. */
  readonly group: Int32Array;
  /** (nGenes): 1 where the gene has one value in all cells. */
  readonly constant: Uint8Array;
}

export interface RegimeOptions {
  /** At most so many cells, drawn at random. Default all. */
  readonly controlCells?: number;
  readonly groupCells?: number;
  /** Mean and deviation of which cells become 0 and 1. */
  readonly scaledBy: 'all' | 'control';
}

/** A gene with one value in the cells that set the scale is scaled by all cells; one with one value in all is 0. */
export function regimesOf(screen: TargetScreen, options: RegimeOptions, random: Random): Regimes {
  const { control, groups, genes } = screen;
  const { controlCells = Infinity, groupCells = Infinity } = options;
  const chosen = [
    { cells: control, rows: rowsOf(control, controlCells, random.split('control')), group: -1 },
    ...groups.map(({ cells }, group) => ({
      cells,
      rows: rowsOf(cells, groupCells, random.split('group', group)),
      group,
    })),
  ];
  const nCells = chosen.reduce((total, { rows }) => total + rows.length, 0);
  const d = genes.length;
  const x = new Float64Array(nCells * d);
  const group = new Int32Array(nCells);
  let at = 0;
  for (const part of chosen) {
    for (const row of part.rows) {
      for (let j = 0; j < d; j++) x[at * d + j] = Number(part.cells.values[row * d + j]);
      group[at++] = part.group;
    }
  }
  const constant = standardise(x, d, options.scaledBy === 'control' ? chosen[0].rows.length : nCells);
  return { nGenes: d, nGroups: groups.length, x, group, constant };
}

function rowsOf({ nRows }: DenseMatrix, most: number, random: Random): ArrayLike<number> & Iterable<number> {
  return nRows <= most ? Int32Array.from({ length: nRows }, (_, i) => i) : random.sample(nRows, most).sort();
}

/** By mean and deviation of the first `nScale` rows, in place. */
function standardise(x: Float64Array, d: number, nScale: number): Uint8Array {
  const nRows = x.length / d;
  const constant = new Uint8Array(d);
  for (let j = 0; j < d; j++) {
    let scale = momentsOf(x, d, j, nScale);
    if (scale.deviation === 0) scale = momentsOf(x, d, j, nRows);
    constant[j] = scale.deviation === 0 ? 1 : 0;
    for (let i = 0; i < nRows; i++)
      x[i * d + j] = constant[j] ? 0 : (x[i * d + j] - scale.mean) / scale.deviation;
  }
  return constant;
}

/** Mean and deviation of column j over the first rows; exactly 0 where all are one value. */
function momentsOf(x: Float64Array, d: number, j: number, nRows: number) {
  const first = x[j];
  let [total, squares] = [0, 0];
  for (let i = 0; i < nRows; i++) total += x[i * d + j] - first;
  const shift = total / nRows;
  for (let i = 0; i < nRows; i++) squares += (x[i * d + j] - first - shift) ** 2;
  return { mean: first + shift, deviation: Math.sqrt(squares / nRows) };
}

/** Mean and deviation of each gene in each group (nGroups, nGenes); no deviation is below `least`. */
export function momentsOfGroups({ x, group, nGenes: d, nGroups }: Regimes, least: number) {
  const counts = new Float64Array(nGroups);
  const means = new Float64Array(nGroups * d);
  const deviations = new Float64Array(nGroups * d);
  const add = (to: Float64Array, value: (at: number, j: number, g: number) => number) =>
    group.forEach((g, cell) => {
      for (let j = 0; g >= 0 && j < d; j++) to[g * d + j] += value(cell * d + j, j, g) / counts[g];
    });
  for (const g of group) if (g >= 0) counts[g]++;
  add(means, (at) => x[at]);
  add(deviations, (at, j, g) => (x[at] - means[g * d + j]) ** 2);
  return { means, deviations: deviations.map((square) => Math.max(least, Math.sqrt(square))) };
}

/**
 * Profiles on the scale that networks learn well on, and back: y = (x − shift) / unit, with one unit for all genes so
 * that a gene which varies much still weighs much. Neither depends on the unit or the zero of the values.
 */

export interface Scaling {
  /** (nGenes). */
  readonly shift: Float64Array;
  readonly unit: number;
}

/** How the scale is chosen: least value 0 and greatest 1, or mean 0 of every gene and root mean square 1 of all. */
export type ScalingKind = 'range' | 'standard';

/** The scale of `rows` (nRows, nGenes); a unit of 1 where nothing varies. */
export function scalingOf(kind: ScalingKind, rows: Float64Array, nRows: number, nGenes: number): Scaling {
  return kind === 'range' ? rangeScaling(rows, nGenes) : standardScaling(rows, nRows, nGenes);
}

/** (x − shift) / unit of rows (nRows, nGenes). */
export const scaled = (rows: Float64Array, { shift, unit }: Scaling): Float64Array =>
  rows.map((value, i) => (value - shift[i % shift.length]) / unit);

/** shift + unit · y of rows (nRows, nGenes): takes `scaled` back. */
export const restored = (rows: Float64Array, { shift, unit }: Scaling): Float64Array =>
  rows.map((value, i) => shift[i % shift.length] + unit * value);

function rangeScaling(rows: Float64Array, nGenes: number): Scaling {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of rows) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { shift: new Float64Array(nGenes).fill(least), unit: most > least ? most - least : 1 };
}

function standardScaling(rows: Float64Array, nRows: number, nGenes: number): Scaling {
  const shift = new Float64Array(nGenes);
  for (let i = 0; i < rows.length; i++) shift[i % nGenes] += rows[i] / nRows;
  let squares = 0;
  for (let i = 0; i < rows.length; i++) squares += (rows[i] - shift[i % nGenes]) ** 2;
  const unit = Math.sqrt(squares / rows.length);
  return { shift, unit: unit > 0 ? unit : 1 };
}

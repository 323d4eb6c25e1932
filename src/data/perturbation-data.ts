/**
 * `PerturbationData`: one annotated data set in memory, in AnnData's words.
 *
 * `X` `(nObs, nVars)` with the tables `obs` and `var`, further matrices of the same shape in `layers`,
 * per-row and per-column embeddings in `obsm` and `varm`, pairwise matrices in `obsp` and `varp`, the rest in
 * `uns`. Immutable: every change makes a new object that shares what did not change.
 */
import { ShapeError } from '../errors.js';
import { type DenseMatrix, type Matrix, type NumericArray, takeCols, takeRows } from './matrix.js';
import { Table } from './table.js';

/** An n-dimensional array of `uns`, row-major; `boolean` when the values 0/1 are truth values. */
export interface NdArray {
  readonly kind: 'array';
  readonly shape: readonly number[];
  readonly values: NumericArray | readonly (string | null)[];
  readonly boolean?: boolean;
}
/** Whatever AnnData keeps in `uns`: scalars, arrays, tables, matrices, and dictionaries of them. */
export type UnsValue = null | string | number | boolean | NdArray | Table | Matrix | UnsDict;
export interface UnsDict extends ReadonlyMap<string, UnsValue> {}

/** A per-row (or per-column) annotation with its own columns: a matrix or a table. */
export type Multi = Matrix | Table;

export interface PerturbationDataParts {
  readonly X: Matrix;
  readonly obs: Table;
  readonly var: Table;
  readonly layers?: Iterable<readonly [string, Matrix]>;
  readonly obsm?: Iterable<readonly [string, Multi]>;
  readonly varm?: Iterable<readonly [string, Multi]>;
  readonly obsp?: Iterable<readonly [string, Matrix]>;
  readonly varp?: Iterable<readonly [string, Matrix]>;
  readonly uns?: Iterable<readonly [string, UnsValue]>;
  /** The matrix before filtering (AnnData's `raw`), same rows, its own columns. */
  readonly raw?: RawData;
}
export interface RawData {
  readonly X: Matrix;
  readonly var: Table;
  readonly varm?: ReadonlyMap<string, Multi>;
}

export class PerturbationData {
  readonly X: Matrix;
  readonly obs: Table;
  readonly var: Table;
  readonly layers: ReadonlyMap<string, Matrix>;
  readonly obsm: ReadonlyMap<string, Multi>;
  readonly varm: ReadonlyMap<string, Multi>;
  readonly obsp: ReadonlyMap<string, Matrix>;
  readonly varp: ReadonlyMap<string, Matrix>;
  readonly uns: UnsDict;
  readonly raw?: RawData;

  /** Throws ShapeError naming the part whose size does not agree with `obs` and `var`. */
  constructor(parts: PerturbationDataParts) {
    this.X = parts.X;
    this.obs = parts.obs;
    this.var = parts.var;
    this.layers = new Map(parts.layers);
    this.obsm = new Map(parts.obsm);
    this.varm = new Map(parts.varm);
    this.obsp = new Map(parts.obsp);
    this.varp = new Map(parts.varp);
    this.uns = new Map(parts.uns);
    this.raw = parts.raw;
    const [nObs, nVars] = [this.obs.nRows, this.var.nRows];
    expectShape('X', this.X, nObs, nVars);
    for (const [key, layer] of this.layers) expectShape(`layers['${key}']`, layer, nObs, nVars);
    for (const [key, value] of this.obsm) expectShape(`obsm['${key}']`, value, nObs);
    for (const [key, value] of this.varm) expectShape(`varm['${key}']`, value, nVars);
    for (const [key, value] of this.obsp) expectShape(`obsp['${key}']`, value, nObs, nObs);
    for (const [key, value] of this.varp) expectShape(`varp['${key}']`, value, nVars, nVars);
    if (this.raw) expectShape('raw.X', this.raw.X, nObs, this.raw.var.nRows);
  }

  get nObs(): number {
    return this.obs.nRows;
  }
  get nVars(): number {
    return this.var.nRows;
  }

  /** A copy with some parts replaced. */
  with(parts: Partial<PerturbationDataParts>): PerturbationData {
    return new PerturbationData({ ...this, ...parts });
  }

  /** The rows `rows` in that order; `obsp` is cut on both sides. */
  takeObs(rows: ArrayLike<number>): PerturbationData {
    return this.with({
      X: takeRows(this.X, rows),
      obs: this.obs.take(rows),
      layers: mapValues(this.layers, (layer) => takeRows(layer, rows)),
      obsm: mapValues(this.obsm, (value) => takeMulti(value, rows)),
      obsp: mapValues(this.obsp, (value) => takeCols(takeRows(value, rows), rows)),
      raw: this.raw && { ...this.raw, X: takeRows(this.raw.X, rows) },
    });
  }

  /** The columns (genes) `cols` in that order; `raw` keeps all of its own. */
  takeVar(cols: ArrayLike<number>): PerturbationData {
    return this.with({
      X: takeCols(this.X, cols),
      var: this.var.take(cols),
      layers: mapValues(this.layers, (layer) => takeCols(layer, cols)),
      varm: mapValues(this.varm, (value) => takeMulti(value, cols)),
      varp: mapValues(this.varp, (value) => takeCols(takeRows(value, cols), cols)),
    });
  }
}

function takeMulti(value: Multi, rows: ArrayLike<number>): Multi {
  return value instanceof Table ? value.take(rows) : takeRows(value, rows);
}

function mapValues<A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): [string, B][] {
  return [...map].map(([key, value]) => [key, change(value)]);
}

function expectShape(what: string, value: Multi, nRows: number, nCols?: number): void {
  const found = value.nRows;
  const wrongCols = nCols !== undefined && (value as DenseMatrix).nCols !== nCols;
  if (found !== nRows || wrongCols) {
    const shape = value instanceof Table ? `${value.nRows} rows` : `${value.nRows} × ${value.nCols}`;
    throw new ShapeError(what, nCols === undefined ? `${nRows} rows` : `${nRows} × ${nCols}`, shape);
  }
}

/** An open AnnData file: its tables and `uns` in memory, its matrices on disk until they are asked for. */
import { type Matrix, takeCols } from '../../data/matrix.js';
import { PerturbationData, type RawData, type UnsValue } from '../../data/perturbation-data.js';
import type { Table } from '../../data/table.js';
import type { Hdf5Reader } from '../hdf5/index.js';
import { withNotes } from '../notes.js';
import { type RowRange, rowRange } from '../row-range.js';
import { moveNeighbours, restoreCategories } from './legacy.js';
import { fitting, readMatrices, readMultis } from './read-mapping.js';
import {
  counting,
  cutRows,
  emptyMatrix,
  type MatrixSource,
  matrixSource,
  type RowRange as Range,
} from './read-matrix.js';
import { readTable } from './read-table.js';
import { readDict } from './read-uns.js';
import { type Element, Walk } from './walk.js';

/** Consecutive rows: `X` and every layer `(end - start, nVars)`. */
export interface H5adRows {
  readonly obs: Table;
  readonly X: Matrix;
  readonly layers: ReadonlyMap<string, Matrix>;
}

const PARTS = new Set('X obs var layers obsm varm obsp varp uns raw raw.X raw.var raw.varm'.split(' '));

export class H5adFile {
  readonly obs: Table;
  readonly var: Table;
  private readonly walk: Walk;
  private readonly uns: Map<string, UnsValue>;
  private readonly neighbours: [string, Matrix][];
  private readonly X: MatrixSource;
  private readonly layers: [string, MatrixSource][];

  /** Reads the tables and `uns`, and finds the matrices. Throws FormatError, FileError. */
  constructor(private readonly file: Hdf5Reader) {
    this.walk = new Walk(file.bytes);
    const [obs, variables] = [this.required('obs'), this.required('var')];
    const uns = this.part('uns');
    this.uns = uns?.kind === 'group' ? readDict(uns, this.walk) : new Map();
    const read = { obs: readTable(obs, this.walk), var: readTable(variables, this.walk) };
    const tables = restoreCategories(this.uns, read);
    this.obs = tables.obs;
    this.var = tables.var;
    this.neighbours = moveNeighbours(this.uns, this.nObs);
    this.X = this.findX();
    this.layers = readMatrices(this.part('layers'), this.nObs, this.nVars, this.walk);
    for (const key of file.root.keys()) {
      if (!PARTS.has(key)) this.walk.note(`/${key} was left out: it is no part of AnnData.`);
    }
  }

  get nObs(): number {
    return this.obs.nRows;
  }
  get nVars(): number {
    return this.var.nRows;
  }
  get layerNames(): string[] {
    return this.layers.map(([key]) => key);
  }
  /** What was left out so far, and why, in sentences. */
  get notes(): readonly string[] {
    return [...this.file.notes, ...this.walk.notes];
  }

  /**
   * The rows `[start, end)` of `obs`, `X` and the layers; nothing else is read. A CSC matrix has no rows on
   * disk and is read whole the first time. Throws OptionError when there are no such rows.
   */
  readRows(start: number, end: number): H5adRows {
    const rows = this.checkedRange({ start, end });
    return {
      obs: this.obs.take(counting(rows)),
      X: this.X.read(rows),
      layers: new Map(this.layers.map(([key, source]) => [key, source.read(rows)])),
    };
  }

  /** Everything, or everything of the rows `[start, end)`; then `obsp` is cut on both sides. */
  read(range?: RowRange): PerturbationData {
    const rows = range && this.checkedRange(range);
    const data = new PerturbationData({
      X: this.X.read(rows),
      obs: rows ? this.obs.take(counting(rows)) : this.obs,
      var: this.var,
      layers: this.layers.map(([key, source]) => [key, source.read(rows)]),
      obsm: readMultis(this.part('obsm'), this.nObs, this.walk, rows),
      varm: readMultis(this.part('varm'), this.nVars, this.walk),
      obsp: [...this.neighbours, ...this.pairwise('obsp', this.nObs)].map(([key, matrix]) => [
        key,
        rows ? takeCols(cutRows(matrix, rows), counting(rows)) : matrix,
      ]),
      varp: this.pairwise('varp', this.nVars),
      raw: this.raw(rows),
    });
    return data.with({ uns: withNotes(this.notes, this.uns) });
  }

  close(): void {
    this.file.close();
  }

  private part(key: string): Element | undefined {
    return this.file.root.get(key);
  }

  private required(key: string): Element {
    const element = this.part(key);
    if (element) return element;
    throw this.file.root.fail(`not an AnnData file: it has no '${key}'`, { expected: key });
  }

  private checkedRange(rows: RowRange): Range {
    const { start, end } = rowRange(rows, this.nObs);
    return [start, end];
  }

  private findX(): MatrixSource {
    const { nObs, nVars } = this;
    const element = this.part('X');
    if (!element || (element.kind === 'dataset' && element.shape === null)) {
      this.walk.note('There is no X; it was taken as all zero.');
      const read = (rows: Range = [0, nObs]) => emptyMatrix(rows[1] - rows[0], nVars);
      return { kind: 'csr', nRows: nObs, nCols: nVars, read };
    }
    const source = matrixSource(element);
    if (source) return fitting(element, source, nObs, nVars);
    throw element.fail('a matrix was expected here: numbers with two axes, CSR or CSC');
  }

  private pairwise(key: string, size: number): [string, Matrix][] {
    const found = readMatrices(this.part(key), size, size, this.walk);
    return found.map(([name, source]) => [name, source.read()]);
  }

  /** `raw`, a group since 0.7, up to three top-level objects before. */
  private raw(rows?: Range): RawData | undefined {
    const group = this.part('raw');
    const part = (key: string) => (group?.kind === 'group' ? group.get(key) : this.part(`raw.${key}`));
    const [X, variables] = [part('X'), part('var')];
    if (!X || !variables) return undefined;
    const table = readTable(variables, this.walk);
    const source = matrixSource(X);
    if (!source) throw X.fail('a matrix was expected here');
    return {
      X: fitting(X, source, this.nObs, table.nRows).read(rows),
      var: table,
      varm: new Map(readMultis(part('varm'), table.nRows, this.walk)),
    };
  }
}

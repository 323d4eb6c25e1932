/** An AnnData object in a zarr store, whole or by rows. */
import type { Matrix } from '../../data/matrix.js';
import { type Multi, PerturbationData, type RawData } from '../../data/perturbation-data.js';
import { Table } from '../../data/table.js';
import { FormatError, listNames } from '../../errors.js';
import type { ReadOptions } from '../format.js';
import { type Note, Notes, withNotes } from '../notes.js';
import { rowRange } from '../row-range.js';
import { asTable, type Rows, readTable, tableLength } from './columns.js';
import { isMatrix, matrixShape, readMatrix } from './matrices.js';
import { openNode, type ZarrGroup, type ZarrNode, type ZarrStore } from './node.js';
import { readDict } from './uns.js';

const PARTS = new Set('X obs var layers obsm varm obsp varp uns raw'.split(' '));

/** Throws FormatError and FileError. */
export async function readAnnData(store: ZarrStore, options: ReadOptions = {}): Promise<PerturbationData> {
  const root = await openNode(store, '/');
  if (root?.kind !== 'group') {
    const what = root ? 'a single array' : 'no zarr group';
    throw new FormatError('zarr', `is ${what}, an AnnData object was expected`, { path: store.path });
  }
  const notes = new Notes();
  const note = notes.add;
  const [obsAt, varAt] = [await tableAt(root, 'obs'), await tableAt(root, 'var')];
  const [nObs, nVars] = [await tableLength(obsAt), await tableLength(varAt)];
  const { start, end } = rowRange(options.rows, nObs);
  const rows: Rows = options.rows ? [start, end] : undefined;
  const reader = new Parts(root, note, rows, nObs, nVars);
  const uns = await root.get('uns');
  const data = {
    obs: await readTable(obsAt, note, rows),
    var: await readTable(varAt, note),
    X: await reader.X(),
    layers: await reader.matrices('layers', nObs, nVars, rows),
    obsm: await reader.multis(await root.get('obsm'), nObs, rows),
    varm: await reader.multis(await root.get('varm'), nVars),
    varp: await reader.matrices('varp', nVars, nVars),
    raw: await reader.raw(),
    uns: uns?.kind === 'group' ? await readDict(uns, note) : new Map(),
  };
  const obsp = await reader.matrices('obsp', nObs, nObs);
  for (const key of await root.keys()) {
    if (!PARTS.has(key)) note(`/${key} was left out: it is no part of AnnData.`);
  }
  const made = new PerturbationData({ ...data, uns: withNotes(notes.sentences, data.uns) });
  return made.with({ obsp: rows ? cutPairs(obsp, nObs, rows) : obsp });
}

async function tableAt(root: ZarrGroup, key: string): Promise<ZarrGroup> {
  const node = await root.get(key);
  const table = asTable(node);
  if (table) return table;
  if (node) throw node.fail('a dataframe was expected here; files older than AnnData 0.7 are not read');
  throw root.fail(`not an AnnData object: it has no '${key}'; found ${listNames(await root.keys())}`);
}

/** The pairs among the rows. */
function cutPairs(
  obsp: readonly [string, Matrix][],
  nObs: number,
  [start, end]: readonly [number, number],
): [string, Matrix][] {
  const names = Array.from({ length: nObs }, (_, i) => String(i));
  const whole = new PerturbationData({
    X: emptyMatrix(nObs, 0),
    obs: new Table(names),
    var: new Table([]),
    obsp,
  });
  return [...whole.takeObs(Int32Array.from({ length: end - start }, (_, i) => start + i)).obsp];
}

function emptyMatrix(nRows: number, nCols: number): Matrix {
  return {
    kind: 'csr',
    nRows,
    nCols,
    indptr: new Int32Array(nRows + 1),
    indices: new Int32Array(),
    values: new Float32Array(),
  };
}

/** The parts of one object that are matrices. */
class Parts {
  constructor(
    private readonly root: ZarrGroup,
    private readonly note: Note,
    private readonly rows: Rows,
    private readonly nObs: number,
    private readonly nVars: number,
  ) {}

  async X(): Promise<Matrix> {
    const node = await this.root.get('X');
    if (node) return this.matrix(node, this.nObs, this.nVars, this.rows);
    this.note('There is no X; it was taken as all zero.');
    return emptyMatrix(this.rows ? this.rows[1] - this.rows[0] : this.nObs, this.nVars);
  }

  private async matrix(
    node: ZarrNode,
    nRows: number,
    nCols: number | undefined,
    rows?: Rows,
  ): Promise<Matrix> {
    if (!isMatrix(node)) throw node.fail('a matrix was expected here: numbers with two axes, CSR or CSC');
    const [foundRows, foundCols] = matrixShape(node);
    if (foundRows !== nRows || (nCols !== undefined && foundCols !== nCols)) {
      throw node.fail(`is ${foundRows} × ${foundCols}, ${nRows} × ${nCols ?? 'any'} was expected`);
    }
    return readMatrix(node, rows);
  }

  async matrices(key: string, nRows: number, nCols: number, rows?: Rows): Promise<[string, Matrix][]> {
    const found: [string, Matrix][] = [];
    for await (const [name, node] of this.children(await this.root.get(key))) {
      if (isMatrix(node)) found.push([name, await this.matrix(node, nRows, nCols, rows)]);
      else this.leaveOut(node);
    }
    return found;
  }

  async multis(at: ZarrNode | undefined, nRows: number, rows?: Rows): Promise<[string, Multi][]> {
    const found: [string, Multi][] = [];
    for await (const [name, node] of this.children(at)) {
      const table = asTable(node);
      if (table) {
        const length = await tableLength(table);
        if (length !== nRows) throw table.fail(`has ${length} rows, ${nRows} were expected`);
        found.push([name, await readTable(table, this.note, rows)]);
      } else if (isMatrix(node)) {
        found.push([name, await this.matrix(node, nRows, undefined, rows)]);
      } else {
        this.leaveOut(node);
      }
    }
    return found;
  }

  async raw(): Promise<RawData | undefined> {
    const group = await this.root.get('raw');
    if (group?.kind !== 'group') return undefined;
    const [X, variables] = [await group.get('X'), asTable(await group.get('var'))];
    if (!X || !variables) return undefined;
    const table = await readTable(variables, this.note);
    const varm = new Map(await this.multis(await group.get('varm'), table.nRows));
    return { X: await this.matrix(X, this.nObs, table.nRows, this.rows), var: table, varm };
  }

  private async *children(at: ZarrNode | undefined): AsyncGenerator<[string, ZarrNode]> {
    if (at?.kind !== 'group') return;
    for (const key of await at.keys()) {
      const node = await at.get(key);
      if (node) yield [key, node];
    }
  }

  private leaveOut(node: ZarrNode): void {
    const what = node.encoding ? `the encoding '${node.encoding}' is not read here` : 'it is no matrix';
    this.note(`${node.path} was left out: ${what}.`);
  }
}

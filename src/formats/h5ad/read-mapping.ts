/** `layers`, `obsm`, `varm`, `obsp`, `varp`: names and the matrices or tables behind them. */
import type { Matrix, NumericArray } from '../../data/matrix.js';
import type { Multi } from '../../data/perturbation-data.js';
import type { Hdf5Array, Hdf5Dataset } from '../hdf5/index.js';
import { isReadable } from './read-column.js';
import { counting, cutRows, type MatrixSource, matrixSource, type RowRange } from './read-matrix.js';
import { isTable, readTable } from './read-table.js';
import { type Element, encodingOf, type Walk } from './walk.js';

/** The matrices of a mapping, not read yet, each of exactly that shape. Throws FormatError. */
export function readMatrices(
  at: Element | undefined,
  nRows: number,
  nCols: number,
  walk: Walk,
): [string, MatrixSource][] {
  return [...elements(at, walk)].flatMap(([name, element]): [string, MatrixSource][] => {
    const source = matrixSource(element);
    if (source) return [[name, fitting(element, source, nRows, nCols)]];
    leaveOut(element, walk);
    return [];
  });
}

/** The matrices and tables of a mapping of `nRows` rows, only `rows` of each when given. */
export function readMultis(
  at: Element | undefined,
  nRows: number,
  walk: Walk,
  rows?: RowRange,
): [string, Multi][] {
  if (at?.kind === 'dataset') return readFields(at, nRows, walk, rows);
  return [...elements(at, walk)].flatMap(([name, element]): [string, Multi][] => {
    if (isTable(element)) {
      const table = readTable(element, walk);
      if (table.nRows !== nRows) throw element.fail(`has ${table.nRows} rows, ${nRows} were expected`);
      return [[name, rows ? table.take(counting(rows)) : table]];
    }
    const source = matrixSource(element);
    if (source) return [[name, fitting(element, source, nRows, source.nCols).read(rows)]];
    leaveOut(element, walk);
    return [];
  });
}

/** The source, when its shape is the expected one. Throws FormatError. */
export function fitting(element: Element, source: MatrixSource, nRows: number, nCols: number): MatrixSource {
  if (source.nRows === nRows && source.nCols === nCols) return source;
  if (element.kind === 'dataset' && element.shape?.length === 1 && nRows === 1 && source.nRows === nCols) {
    // a single row is written as a plain list by old versions
    return { ...source, nRows, nCols, read: () => ({ ...source.read(), nRows, nCols }) };
  }
  const [expected, found] = [`${nRows} × ${nCols}`, `${source.nRows} × ${source.nCols}`];
  throw element.fail(`is ${found}, ${expected} was expected`, { expected, found });
}

/** Names and elements; a group without an encoding is a part of names that contain '/'. */
function* elements(at: Element | undefined, walk: Walk, prefix = ''): Generator<[string, Element]> {
  if (at?.kind !== 'group') return;
  for (const [name, child] of walk.children(at)) {
    if (child.kind === 'group' && encodingOf(child) === '' && !child.text('h5sparse_format')) {
      yield* elements(child, walk, `${prefix}${name}/`);
    } else {
      yield [prefix + name, child];
    }
  }
}

/** Before 0.7: one record a row, one field of several numbers a matrix. */
function readFields(dataset: Hdf5Dataset, nRows: number, walk: Walk, rows?: RowRange): [string, Multi][] {
  if (dataset.type.kind !== 'compound' || !isReadable(dataset.type)) {
    throw dataset.fail('a group of matrices was expected here');
  }
  const fields = dataset.read().values as ReadonlyMap<string, Hdf5Array>;
  return [...fields].flatMap(([name, { shape, values }]): [string, Multi][] => {
    if (!ArrayBuffer.isView(values) || shape.length > 2) {
      walk.note(`${dataset.path}: the field '${name}' was left out, it is no matrix.`);
      return [];
    }
    if (shape[0] !== nRows) throw dataset.fail(`has ${shape[0]} rows, ${nRows} were expected`);
    const matrix: Matrix = { kind: 'dense', nRows, nCols: shape[1] ?? 1, values: values as NumericArray };
    return [[name, rows ? cutRows(matrix, rows) : matrix]];
  });
}

function leaveOut(element: Element, walk: Walk): void {
  const what =
    element.kind === 'dataset'
      ? `it has ${element.shape?.length ?? 0} axes or no numbers`
      : `the encoding '${encodingOf(element)}' is not read here`;
  walk.note(`${element.path} was left out: ${what}.`);
}

/** Where AnnData kept things before 0.7, moved to where they are now (as anndata's own reader does). */
import type { Matrix, NumericArray } from '../../data/matrix.js';
import type { UnsValue } from '../../data/perturbation-data.js';
import { type CategoricalColumn, Table } from '../../data/table.js';
import { fromCodes } from './read-column.js';
import { without } from './read-uns.js';

const SUFFIX = '_categories';

/** `uns['<column>_categories']` names the codes of an integer column of `obs` or `var`. */
export function restoreCategories(
  uns: Map<string, UnsValue>,
  tables: { obs: Table; var: Table },
): { obs: Table; var: Table } {
  const changed = { ...tables };
  for (const [key, value] of [...uns]) {
    const categories = textList(value);
    if (!key.endsWith(SUFFIX) || !categories) continue;
    const name = key.slice(0, -SUFFIX.length);
    for (const axis of ['obs', 'var'] as const) {
      const column = toCategorical(changed[axis], name, categories);
      if (!column) continue;
      changed[axis] = replaceColumn(changed[axis], name, column);
      uns.delete(key);
    }
  }
  return changed;
}

function textList(value: UnsValue): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  const isList = value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'array';
  if (!isList || value.shape.length !== 1) return undefined;
  return Array.isArray(value.values) ? (value.values as readonly string[]) : Array.from(value.values, String);
}

function toCategorical(
  table: Table,
  name: string,
  categories: readonly string[],
): CategoricalColumn | undefined {
  const column = table.columns.get(name);
  const isCodes = column?.kind === 'numeric' && !(column.values instanceof Float64Array);
  return isCodes ? fromCodes(column.values, categories, false) : undefined;
}

/** The same table, the column in its old place. */
function replaceColumn(table: Table, name: string, column: CategoricalColumn): Table {
  const columns = [...table.columns].map(([key, old]) => [key, key === name ? column : old] as const);
  return new Table(table.index, columns, table.indexName);
}

/** Neighbour graphs stood in `uns['neighbors']`; now they are pairwise matrices in `obsp`. */
export function moveNeighbours(uns: Map<string, UnsValue>, nObs: number): [string, Matrix][] {
  const moved: [string, Matrix][] = [];
  for (const key of ['distances', 'connectivities']) {
    const neighbors = uns.get('neighbors');
    if (!(neighbors instanceof Map)) return moved;
    const matrix = asMatrix(neighbors.get(key));
    if (matrix?.nRows !== nObs || matrix.nCols !== nObs) continue;
    moved.push([key, matrix]);
    uns.set('neighbors', without(neighbors, key));
  }
  return moved;
}

function asMatrix(value: UnsValue | undefined): Matrix | undefined {
  if (value === null || typeof value !== 'object' || !('kind' in value)) return undefined;
  if (value.kind !== 'array') return value;
  const { shape, values } = value;
  if (shape.length !== 2 || !ArrayBuffer.isView(values)) return undefined;
  return { kind: 'dense', nRows: shape[0]!, nCols: shape[1]!, values: values as NumericArray };
}

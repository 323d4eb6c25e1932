/**
 * What a parquet file says about itself beside its columns (key-value metadata): our own entry `mechanist`,
 * which makes re-reading exact, and pandas' entry `pandas`, from which the index is known.
 *
 * Source of the latter: https://pandas.pydata.org/docs/development/developer.html (storing pandas DataFrame
 * objects in Apache Parquet format).
 */
import * as v from 'valibot';
import type { Column, Table } from '../../data/table.js';

/** Name of the index column, as pandas names one without a name. */
export const INDEX_COLUMN = '__index_level_0__';
export const OWN_KEY = 'mechanist';
export const PANDAS_KEY = 'pandas';

const NumberType = v.picklist([
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Uint8Array',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
]);
export type NumberType = v.InferOutput<typeof NumberType>;

const ObsColumn = v.object({
  name: v.string(),
  kind: v.picklist(['numeric', 'boolean', 'string', 'categorical']),
  /** Of numeric columns. */
  type: v.optional(NumberType),
  /** Was there a mask of missing values? */
  nullable: v.optional(v.boolean()),
  categories: v.optional(v.array(v.string())),
  ordered: v.optional(v.boolean()),
  categoryType: v.optional(v.picklist(['integer', 'float', 'boolean'])),
});
export type ObsColumn = v.InferOutput<typeof ObsColumn>;

const MatrixColumns = v.object({
  /** `null` for X, else the layer's name. */
  layer: v.nullable(v.string()),
  type: NumberType,
  sparse: v.boolean(),
});
export type MatrixColumns = v.InferOutput<typeof MatrixColumns>;

const OwnNotes = v.object({
  version: v.literal(1),
  indexName: v.nullable(v.string()),
  /** In the file: the index, these, then the genes of each matrix. */
  obs: v.array(ObsColumn),
  matrices: v.pipe(v.array(MatrixColumns), v.minLength(1)),
  genes: v.array(v.string()),
});
export type OwnNotes = v.InferOutput<typeof OwnNotes>;

/** Our own notes if they are there, are understood and fit a file of `nColumns` columns. */
export function parseOwnNotes(text: string | undefined, nColumns: number): OwnNotes | undefined {
  const parsed = v.safeParse(OwnNotes, parseJson(text));
  if (!parsed.success) return undefined;
  const { obs, matrices, genes } = parsed.output;
  return 1 + obs.length + matrices.length * genes.length === nColumns ? parsed.output : undefined;
}

const PandasNotes = v.object({ index_columns: v.array(v.unknown()), columns: v.array(v.unknown()) });
const PandasColumn = v.object({
  name: v.nullable(v.string()),
  field_name: v.string(),
  pandas_type: v.string(),
  metadata: v.nullish(v.looseObject({ ordered: v.optional(v.boolean()) })),
});

export interface PandasNotes {
  /** Columns that are the index; ranges, which have no column, left out. */
  readonly index: readonly string[];
  readonly indexName?: string;
  /** Categorical columns, and whether their categories are ordered. */
  readonly categorical: ReadonlyMap<string, boolean>;
}

export function parsePandasNotes(text: string | undefined): PandasNotes {
  const parsed = v.safeParse(PandasNotes, parseJson(text));
  if (!parsed.success) return { index: [], categorical: new Map() };
  const columns = parsed.output.columns.flatMap((column) => {
    const found = v.safeParse(PandasColumn, column);
    return found.success ? [found.output] : [];
  });
  const index = parsed.output.index_columns.filter((name) => typeof name === 'string');
  const described = columns.find((column) => column.field_name === index[0]);
  return {
    index,
    indexName: described?.name ?? undefined,
    categorical: new Map(
      columns
        .filter((column) => column.pandas_type === 'categorical')
        .map((column) => [column.field_name, column.metadata?.ordered ?? false]),
    ),
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** What our notes keep of a column's kind. */
export function describeColumn(name: string, column: Column): ObsColumn {
  switch (column.kind) {
    case 'numeric':
      return {
        name,
        kind: 'numeric',
        type: column.values.constructor.name as NumberType,
        nullable: column.mask !== undefined,
      };
    case 'boolean':
      return { name, kind: 'boolean', nullable: column.mask !== undefined };
    case 'string':
      return { name, kind: 'string' };
    case 'categorical': {
      const { categories, ordered, categoryType } = column;
      return { name, kind: 'categorical', categories: [...categories], ordered, categoryType };
    }
  }
}

/** The `pandas` entry: the index and the annotations; pandas takes the types of the rest from the file. */
export function pandasNotes(obs: Table, physical: readonly string[]): string {
  const types = { numeric: 'float64', boolean: 'bool', string: 'unicode', categorical: 'unicode' };
  const columns = [...obs.columns].map(([name, { kind }], k) => ({
    name,
    field_name: physical[k],
    pandas_type: types[kind],
    numpy_type: kind === 'numeric' ? 'float64' : kind === 'boolean' ? 'bool' : 'object',
    metadata: null,
  }));
  const index = {
    name: obs.indexName ?? null,
    field_name: INDEX_COLUMN,
    pandas_type: 'unicode',
    numpy_type: 'object',
    metadata: null,
  };
  return JSON.stringify({
    index_columns: [INDEX_COLUMN],
    column_indexes: [],
    columns: [...columns, index],
    creator: { library: 'mechanist', version: '1' },
    pandas_version: '1.5.3',
  });
}

/**
 * Which columns of a parquet file are the row names, annotations and genes: as our own notes say; else the
 * index as pandas' notes say and the rest by the rule of text tables, on the types of the file.
 */
import { FormatError, listNames } from '../../errors.js';
import { type ColumnKinds, findLayout } from '../table/layout.js';
import type { Footer } from './footer.js';
import {
  type MatrixColumns,
  type ObsColumn,
  OWN_KEY,
  PANDAS_KEY,
  parseOwnNotes,
  parsePandasNotes,
} from './notes.js';
import { type ValueKind, valueKind } from './obs-columns.js';

/** `findLayout` asks for a delimiter; on names without quotes it has no influence. */
const COMMA = 44;

export interface ParquetLayout {
  /** Position of the column of row names, −1 when the rows are only numbered. */
  readonly index: number;
  readonly indexName?: string;
  readonly obs: readonly { readonly column: number; readonly notes: Partial<ObsColumn> & { name: string } }[];
  /** X first; the genes of each are consecutive columns of `columns`. */
  readonly matrices: readonly (MatrixColumns & { readonly columns: readonly number[] })[];
  readonly genes: readonly string[];
}

/**
 * Throws FormatError for columns of a kind that a table cannot hold, and where there are no genes.
 * `firstIsDistinct`: are the values of this column all there and all different?
 */
export async function findParquetLayout(
  footer: Footer,
  firstIsDistinct: (column: number) => Promise<boolean>,
  path: string,
): Promise<ParquetLayout> {
  const kinds = footer.columns.map(valueKind);
  const unread = footer.columns.filter((_, k) => kinds[k] === undefined).map((column) => column.name);
  if (unread.length > 0) {
    throw new FormatError('parquet', `columns of a type that is not read: ${listNames(unread)}`, {
      path,
      where: 'schema',
      expected: 'numbers, text, booleans, dates',
    });
  }
  const own = parseOwnNotes(footer.keys.get(OWN_KEY), footer.columns.length);
  if (own && ownTypesHold(own.obs, own.matrices.length * own.genes.length, kinds)) {
    const { obs, genes } = own;
    return {
      index: 0,
      indexName: own.indexName ?? undefined,
      obs: obs.map((notes, k) => ({ column: 1 + k, notes })),
      matrices: own.matrices.map((matrix, m) => ({
        ...matrix,
        columns: genes.map((_, j) => 1 + obs.length + m * genes.length + j),
      })),
      genes,
    };
  }
  return foreignLayout(footer, kinds, firstIsDistinct, path);
}

/** Notes copied by another program onto other columns are not followed. */
function ownTypesHold(obs: readonly ObsColumn[], nGenes: number, kinds: readonly ValueKind[]): boolean {
  const wanted = { numeric: 'number', boolean: 'boolean', string: 'text', categorical: 'text' };
  return (
    kinds[0] === 'text' &&
    obs.every(({ kind }, k) => kinds[1 + k] === wanted[kind]) &&
    kinds.slice(kinds.length - nGenes).every((kind) => kind === 'number')
  );
}

async function foreignLayout(
  footer: Footer,
  kinds: readonly ValueKind[],
  firstIsDistinct: (column: number) => Promise<boolean>,
  path: string,
): Promise<ParquetLayout> {
  const pandas = parsePandasNotes(footer.keys.get(PANDAS_KEY));
  const names = footer.columns.map((column) => column.name);
  const levels = pandas.index.map((name) => names.indexOf(name)).filter((k) => k >= 0);
  // an index of one level names the rows; the levels of a longer one are annotations
  const index = levels.length === 1 ? levels[0]! : -1;
  const rest = names.map((_, k) => k).filter((k) => k !== index);
  const distinct = index < 0 && rest.length > 0 && (await firstIsDistinct(rest[0]!));
  const types: ColumnKinds = {
    kind: (k) => (kinds[rest[k]!] === 'number' && !levels.includes(rest[k]!) ? 'numbers' : 'text'),
    firstIsDistinct: distinct,
    quotesMeanText: false,
  };
  const header = rest.map((k) => ({ name: names[k]!, quoted: false }));
  const layout = findLayout(header, types, COMMA, { format: 'parquet', path, where: 'schema' });
  const named = index < 0 && layout.rowNames >= 0 ? rest[layout.rowNames]! : index;
  const annotations = layout.annotations.map((k) => rest[k]!).filter((k) => k !== named);
  const genes = layout.genes.map((k) => rest[k]!);
  const narrow = genes.every((k) => footer.columns[k]!.type === 'FLOAT');
  return {
    index: named,
    indexName: index >= 0 ? pandas.indexName : named >= 0 ? names[named] || undefined : undefined,
    obs: annotations.map((column) => {
      const name = names[column]!;
      const ordered = pandas.categorical.get(name);
      return {
        column,
        notes: { name, ...(ordered !== undefined && { kind: 'categorical' as const, ordered }) },
      };
    }),
    matrices: [
      { layer: null, type: narrow ? 'Float32Array' : 'Float64Array', sparse: false, columns: genes },
    ],
    genes: genes.map((k) => names[k]!),
  };
}

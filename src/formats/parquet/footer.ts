/**
 * A parquet file's footer, checked: a flat table, every declared size within the file. What passes here is
 * safe to allocate for.
 */
import type { ColumnMetaData, FileMetaData, SchemaElement } from 'hyparquet/src/types.js';
import { FormatError, listNames } from '../../errors.js';

/** One column of one row group. */
export interface Chunk {
  readonly meta: ColumnMetaData;
  /** Bytes of the file. */
  readonly start: number;
  readonly end: number;
}
export interface RowGroup {
  readonly firstRow: number;
  readonly nRows: number;
  /** One a column, in the order of the schema. */
  readonly chunks: readonly Chunk[];
}
export interface Footer {
  readonly columns: readonly SchemaElement[];
  readonly nRows: number;
  readonly groups: readonly RowGroup[];
  readonly keys: ReadonlyMap<string, string | undefined>;
}

/** No encoding packs more values than this into a byte that anybody writes. */
const MAX_VALUES_PER_BYTE = 65536;

/** Throws FormatError naming the column or row group. `dataEnd`: where the footer begins in the file. */
export function checkFooter(metadata: FileMetaData, dataEnd: number, path: string): Footer {
  const fail = (message: string, where = 'footer') => new FormatError('parquet', message, { path, where });
  const [root, ...columns] = metadata.schema;
  const nested = columns.filter((column) => column.num_children || column.repetition_type === 'REPEATED');
  if (nested.length > 0) {
    const names = listNames(nested.map((column) => column.name));
    throw fail(`columns of lists or structures are not read (${names}); write one column a gene`, 'schema');
  }
  if (!root || root.num_children !== columns.length || columns.some((column) => !column.type)) {
    throw fail('the schema does not make sense; the file is corrupt', 'schema');
  }
  let firstRow = 0;
  const groups = metadata.row_groups.map((group, g): RowGroup => {
    const nRows = wholeNumber(group.num_rows);
    const where = `row group ${g}`;
    if (nRows === undefined) throw fail(`a number of rows of ${group.num_rows}`, where);
    if (group.columns.length !== columns.length) {
      throw fail(`${group.columns.length} columns where the schema has ${columns.length}`, where);
    }
    const chunks = group.columns.map((column, k): Chunk => {
      const meta = column.meta_data;
      const name = columns[k]!.name;
      const at = `${where}, column '${name}'`;
      if (!meta || column.file_path) throw fail('the data is in another file or encrypted', at);
      if (meta.path_in_schema.length !== 1 || meta.path_in_schema[0] !== name) {
        throw fail(`its data is called ${listNames(meta.path_in_schema)}; the file is corrupt`, at);
      }
      const start = wholeNumber(meta.dictionary_page_offset || meta.data_page_offset) ?? -1;
      const length = wholeNumber(meta.total_compressed_size) ?? -1;
      if (start < 4 || length < 0 || start + length > dataEnd) {
        throw fail(
          `bytes ${start} … ${start + length} of a file with ${dataEnd}; it is cut short or corrupt`,
          at,
        );
      }
      if (Number(meta.num_values) !== nRows || nRows > length * MAX_VALUES_PER_BYTE) {
        throw fail(`${meta.num_values} values in ${length} bytes where the row group has ${nRows} rows`, at);
      }
      return { meta, start, end: start + length };
    });
    firstRow += nRows;
    return { firstRow: firstRow - nRows, nRows, chunks };
  });
  if (Number(metadata.num_rows) !== firstRow) {
    throw fail(`declares ${metadata.num_rows} rows, its row groups have ${firstRow}`);
  }
  const keys = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  return { columns, nRows: firstRow, groups, keys };
}

function wholeNumber(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/**
 * Writing parquet row group by row group: the index, the annotations, then one column a gene (and one a gene
 * and layer). What it holds is noted in the file, so that it is read back exactly.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { SchemaElement } from 'hyparquet/src/types.js';
import type { ColumnSource, ParquetWriter, Writer } from 'hyparquet-writer';
import type { NumericArray } from '../../data/matrix.js';
import { Table } from '../../data/table.js';
import { FormatError, listNames, ShapeError } from '../../errors.js';
import { fileError } from '../files.node.js';
import type { RowBlock, RowSink } from '../format.js';
import {
  describeColumn,
  INDEX_COLUMN,
  type MatrixColumns,
  type ObsColumn,
  OWN_KEY,
  type OwnNotes,
  PANDAS_KEY,
  pandasNotes,
} from './notes.js';
import { obsElement, obsValues, physicalType } from './obs-columns.js';

export interface ParquetHeader {
  readonly genes: readonly string[];
  readonly nRows: number;
  /** X first, then the layers. */
  readonly matrices: readonly MatrixColumns[];
}

export class ParquetSink implements RowSink {
  private parquet?: ParquetWriter;
  private obsNotes: ObsColumn[] = [];
  private obs = new Table([]);
  private names: string[] = [];
  private nRows = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly header: ParquetHeader,
  ) {}

  static async create(path: string, header: ParquetHeader): Promise<ParquetSink> {
    try {
      return new ParquetSink(path, await open(path, 'wx'), header);
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** One row group. Throws ShapeError when the block does not fit what came before it. */
  async append({ obs, X, layers }: RowBlock): Promise<void> {
    const parquet = await this.opened(obs);
    this.check(obs);
    if (obs.nRows === 0) return;
    const columnData: ColumnSource[] = [{ name: INDEX_COLUMN, data: [...obs.index] }];
    for (const column of obs.columns.values()) {
      columnData.push({ name: this.names[columnData.length]!, data: obsValues(column) });
    }
    for (const { layer } of this.header.matrices) {
      const values = layer === null ? X : layers?.get(layer);
      this.checkValues(layer, values, obs.nRows);
      for (let j = 0; j < this.header.genes.length; j++) {
        const data = geneColumn(values!, obs.nRows, this.header.genes.length, j);
        columnData.push({ name: this.names[columnData.length]!, data, encoding: 'PLAIN', statistics: false });
      }
    }
    await this.inFile(() => parquet.write({ columnData, rowGroupSize: obs.nRows, pageSize: 0 }));
    this.nRows += obs.nRows;
  }

  async finish(): Promise<void> {
    if (this.nRows !== this.header.nRows) {
      throw new ShapeError(this.path, `${this.header.nRows} rows`, `${this.nRows}`);
    }
    const parquet = await this.opened(this.obs);
    const own: OwnNotes = {
      version: 1,
      indexName: this.obs.indexName ?? null,
      obs: this.obsNotes,
      matrices: [...this.header.matrices],
      genes: [...this.header.genes],
    };
    parquet.kvMetadata = [
      { key: PANDAS_KEY, value: pandasNotes(this.obs, this.names.slice(1)) },
      { key: OWN_KEY, value: JSON.stringify(own) },
    ];
    await this.inFile(async () => {
      await parquet.finish();
      await this.handle.sync();
    });
    await this.handle.close();
  }

  async abort(): Promise<void> {
    await this.handle.close();
  }

  /** The writer, made when the first block says which annotations there are. */
  private async opened(obs: Table): Promise<ParquetWriter> {
    if (this.parquet) return this.parquet;
    const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
    this.obs = obs.take([]);
    this.obsNotes = [...obs.columns].map(([name, column]) => describeColumn(name, column));
    const { genes, matrices } = this.header;
    const wanted = [
      INDEX_COLUMN,
      ...obs.names,
      ...matrices.flatMap(({ layer }) => genes.map((gene) => (layer === null ? gene : `${layer}:${gene}`))),
    ];
    this.names = distinct(wanted);
    const elements: Omit<SchemaElement, 'name'>[] = [
      { type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' },
      ...[...obs.columns.values()].map(obsElement),
      ...matrices.flatMap(({ type }) => genes.map(() => geneElement(type))),
    ];
    const schema = elements.map((element, k) => ({ ...element, name: this.names[k]! }));
    const writer = new ByteWriter() as Writer & { index: number };
    writer.flush = async () => {
      const bytes = writer.getBytes();
      for (let done = 0; done < bytes.length; ) {
        done += (await this.handle.write(bytes, done, bytes.length - done)).bytesWritten;
      }
      writer.index = 0;
    };
    writer.finish = () => writer.flush!();
    this.parquet = new ParquetWriter({
      writer,
      schema: [{ name: 'schema', num_children: schema.length }, ...schema],
    });
    return this.parquet;
  }

  private check(obs: Table): void {
    const found = [...obs.columns].map(([name, column]) => describeColumn(name, column));
    const shape = (notes: readonly ObsColumn[]) =>
      notes.map(({ name, kind, type }) => `${name} (${type ?? kind})`);
    const [expected, here] = [shape(this.obsNotes), shape(found)];
    if (expected.join('\0') !== here.join('\0')) {
      throw new ShapeError('columns of the block', listNames(expected), listNames(here));
    }
    this.obsNotes = this.obsNotes.map((notes, k) => ({
      ...notes,
      nullable: notes.nullable || found[k]!.nullable,
      categories: notes.categories && [...new Set([...notes.categories, ...found[k]!.categories!])],
    }));
  }

  private checkValues(layer: string | null, values: NumericArray | undefined, nRows: number): void {
    const nGenes = this.header.genes.length;
    if (values?.length === nRows * nGenes) return;
    const what = layer === null ? 'X of the block' : `layer '${layer}' of the block`;
    throw new ShapeError(what, `${nRows} × ${nGenes} values`, values ? `${values.length}` : 'nothing');
  }

  /** What the writer throws is our doing, what the file system throws is the disk's. */
  private async inFile(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const error = fileError(cause, this.path);
      if (error !== cause) throw error;
      throw new FormatError('parquet', `cannot be written: ${error.message}`, { path: this.path }, { cause });
    }
  }
}

function geneElement(type: MatrixColumns['type']): Omit<SchemaElement, 'name'> {
  return { type: physicalType(type), repetition_type: 'REQUIRED' };
}

function geneColumn(values: NumericArray, nRows: number, nGenes: number, j: number): ColumnSource['data'] {
  if (values instanceof Uint32Array) {
    return BigInt64Array.from({ length: nRows }, (_, i) => BigInt(values[i * nGenes + j]!));
  }
  const Type =
    values instanceof Float32Array
      ? Float32Array
      : values instanceof Float64Array
        ? Float64Array
        : Int32Array;
  const column = new Type(nRows);
  for (let i = 0; i < nRows; i++) column[i] = values[i * nGenes + j]!;
  return column;
}

/** The names with a number put to those that were there before: a file cannot have two of one name. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const all = new Set(names);
  return names.map((name) => {
    let own = name;
    for (let n = 1; taken.has(own) || (own !== name && all.has(own)); n++) own = `${name}.${n}`;
    taken.add(own);
    return own;
  });
}

/** Groups, datasets and attributes of a file open for reading. See `hdf5.ts` for how they are used. */
import type { NumericArray } from '../../data/matrix.js';
import { listNames, nearest } from '../../errors.js';
import { typeName, typeOf } from './datatype.js';
import { decoder } from './decode.js';
import type { Hdf5Array, Hdf5Filter, Hdf5Type, Selection } from './hdf5.js';
import { checkDeclaredSize } from './limits.js';
import { type Block, pieces, product } from './pieces.js';
import type { Session } from './session.js';
import { StringBudget } from './text.js';
import type { Metadata } from './wasm.js';

/** One piece of a read; larger when a chunk is larger, so that no chunk is unpacked more than once. */
const PIECE_BYTES = 2 ** 25;
const LARGEST_PIECE_BYTES = 2 ** 29;

/** h5py's fast compression; the plugin fails (1.14.6) without the settings that h5py leaves out for text. */
const LZF = 32000;

/** What an attribute holds: one value, or a list. Text, or numbers; truth values as `boolean`. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly boolean[]
  | NumericArray;

export class Hdf5Reader {
  readonly root: Hdf5Group;
  constructor(private readonly session: Session) {
    this.root = new Hdf5Group(session, '/');
  }
  get path(): string {
    return this.session.path;
  }
  /** Size of the file in bytes. */
  get bytes(): number {
    return this.session.fileBytes;
  }
  /** Sentences for the user about what was read so far. */
  get notes(): string[] {
    const names = [...this.session.latin1];
    return names.length > 0 ? [`Text that is not UTF-8 was read as Latin-1: ${listNames(names)}.`] : [];
  }
  close(): void {
    this.session.close();
  }
}

/** What groups and datasets share: a place and attributes. */
abstract class Hdf5Node {
  constructor(
    protected readonly session: Session,
    /** Absolute path within the file. */
    readonly path: string,
  ) {}

  /** The last part of the path. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  get root(): Hdf5Group {
    return new Hdf5Group(this.session, '/');
  }

  /** Where the object stands in the file: two paths with one address are one object. */
  get address(): string {
    return this.session.call(this.path, (wasm, file) =>
      Array.from(wasm.create_object_reference(file, this.path)).join('.'),
    );
  }

  attrNames(): string[] {
    return this.session.call(this.path, (wasm, file) => wasm.get_attribute_names(file, this.path));
  }

  /** The attribute as a plain value; `undefined` when there is none or it is empty (null dataspace). */
  attr(name: string): AttributeValue | undefined {
    if (!this.attrNames().includes(name)) return undefined;
    const where = `${this.path} attribute '${name}'`;
    const metadata = this.session.call(where, (wasm, file) =>
      wasm.get_attribute_metadata(file, this.path, name),
    );
    if (metadata.shape === null) return undefined;
    const type = typeOf(metadata);
    const length = product(metadata.shape);
    const bytes = length * metadata.size;
    if (bytes > this.session.fileBytes) throw this.fail(`attribute '${name}' is larger than the file`);
    const context = { session: this.session, where, budget: new StringBudget(this.session.fileBytes) };
    const values = decoder(type, length, context);
    this.session.withMemory(where, bytes, (pointer, wasm, file) => {
      wasm.get_attribute_data(file, this.path, name, BigInt(pointer));
      values.take(wasm.HEAPU8, pointer, length, metadata.size);
    });
    const found = values.finish();
    if (found instanceof Map) throw this.fail(`attribute '${name}' of type ${typeName(type)} is not read`);
    const list = found as readonly string[] | NumericArray;
    if (type.kind === 'boolean') {
      const truths = Array.from(list as Uint8Array, (value) => value === 1);
      return metadata.shape.length === 0 ? truths[0]! : truths;
    }
    return metadata.shape.length === 0 ? list[0]! : list;
  }

  /** The attribute as text, `undefined` when it is missing or something else. */
  text(name: string): string | undefined {
    const value = this.attr(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** A FormatError about this object. */
  fail(message: string, details: { expected?: string; found?: string } = {}): Error {
    return this.session.damaged(message, this.path, details);
  }
}

export class Hdf5Group extends Hdf5Node {
  readonly kind = 'group';

  /** Names of the links, in the library's order (by name unless the file tracks creation). */
  keys(): string[] {
    return this.session.call(this.path, (wasm, file) => wasm.get_names(file, this.path, false));
  }

  /** The child (a path may go through several groups), `undefined` when there is none. */
  get(key: string): Hdf5Group | Hdf5Dataset | undefined {
    const path = `${this.path}/${key}`.replace(/\/+/g, '/');
    const type = this.session.call(path, (wasm, file) => wasm.get_type(file, path));
    if (type === this.session.wasm.H5G_GROUP) return new Hdf5Group(this.session, path);
    if (type === this.session.wasm.H5G_DATASET) return new Hdf5Dataset(this.session, path);
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** The child group. Throws FormatError when it is missing or not a group. */
  group(key: string): Hdf5Group {
    const child = this.get(key);
    if (child instanceof Hdf5Group) return child;
    throw this.unexpected(key, 'group', child);
  }

  /** The child dataset. Throws FormatError when it is missing or not a dataset. */
  dataset(key: string): Hdf5Dataset {
    const child = this.get(key);
    if (child instanceof Hdf5Dataset) return child;
    throw this.unexpected(key, 'dataset', child);
  }

  private unexpected(key: string, expected: string, child: Hdf5Node | undefined): Error {
    if (child) return child.fail(`a ${expected} was expected here, found a ${otherKind(expected)}`);
    const keys = this.keys();
    const near = nearest(key, keys);
    const hint = near ? `; did you mean '${near}'?` : '';
    const found = listNames(keys);
    return this.fail(`has no ${expected} '${key}'; found ${found}${hint}`, { expected: key, found });
  }
}

const otherKind = (kind: string): string => (kind === 'group' ? 'dataset' : 'group');

export class Hdf5Dataset extends Hdf5Node {
  readonly kind = 'dataset';
  private known: { metadata: Metadata; type: Hdf5Type; filters: readonly Hdf5Filter[] } | undefined;

  /** Extents, `[]` for a scalar, `null` for an empty dataset (null dataspace). */
  get shape(): readonly number[] | null {
    return this.header.metadata.shape;
  }
  get type(): Hdf5Type {
    return this.header.type;
  }
  get chunks(): readonly number[] | null {
    return this.header.metadata.chunks;
  }
  get filters(): readonly Hdf5Filter[] {
    return this.header.filters;
  }

  private get header() {
    this.known ??= this.session.call(this.path, (wasm, file) => {
      const metadata = wasm.get_dataset_metadata(file, this.path);
      const filters = metadata.chunks ? wasm.get_dataset_filters(file, this.path) : [];
      return { metadata, type: typeOf(metadata), filters };
    });
    return this.known;
  }

  /**
   * Reads the selection, of any type. A null dataspace is an array of no values with shape `[0]`.
   * Throws FormatError for a type that is not read, a damaged or impossible dataset, FileError 'memory'.
   */
  read(selection: Selection = {}): Hdf5Array {
    const { metadata, type, filters } = this.header;
    checkDeclaredSize(this.session, this.path, metadata, filters);
    if (filters.some(({ id, cd_values }) => id === LZF && cd_values.length < 3)) {
      throw this.fail(
        'its lzf compression lacks the chunk size and cannot be unpacked; write it again with gzip',
      );
    }
    const { offset, count } = this.block(metadata.shape ?? [0], selection);
    const length = product(count);
    const { session, path } = this;
    const budget = new StringBudget(session.fileBytes);
    const values = decoder(type, length, { session, where: path, budget });
    const size = metadata.size;
    for (const piece of pieces({ offset, count }, this.pieceLength(count), metadata.chunks?.[0])) {
      const inPiece = product(piece.count);
      session.withMemory(path, inPiece * size, (pointer, wasm, file) => {
        const [counts, offsets] = [piece.count.map(BigInt), piece.offset.map(BigInt)];
        const scalar = counts.length === 0;
        const strides = counts.map(() => 1n);
        const status = wasm.get_dataset_data(
          file,
          path,
          scalar ? null : counts,
          scalar ? null : offsets,
          scalar ? null : strides,
          BigInt(pointer),
        );
        if (status < 0) throw this.fail('the values cannot be read; the file is damaged or cut off');
        values.take(wasm.HEAPU8, pointer, inPiece, size);
      });
    }
    const inner = type.kind === 'array' ? type.shape : [];
    return { shape: [...count, ...inner], type, values: values.finish() };
  }

  /** The selection as numbers, row-major; truth values are 0 and 1. FormatError when it holds something else. */
  numbers(selection: Selection = {}): NumericArray {
    const { kind } = this.type.kind === 'array' ? this.type.base : this.type;
    if (kind === 'integer' || kind === 'float' || kind === 'boolean' || kind === 'enum') {
      return this.read(selection).values as NumericArray;
    }
    throw this.fail(`numbers were expected, found ${typeName(this.type)}`);
  }

  /** The selection as text. FormatError when it holds something else. */
  strings(selection: Selection = {}): readonly string[] {
    if (this.type.kind === 'string') return this.read(selection).values as readonly string[];
    throw this.fail(`text was expected, found ${typeName(this.type)}`);
  }

  private block(shape: readonly number[], { rows, columns }: Selection): Block {
    const offset = shape.map(() => 0);
    const count = [...shape];
    for (const [axis, range] of [rows, columns].entries()) {
      if (!range) continue;
      const [start, end] = range;
      const extent = shape[axis];
      if (extent === undefined || start < 0 || end < start || end > extent) {
        const name = axis === 0 ? 'rows' : 'columns';
        throw this.fail(`${name} ${start} to ${end} were asked for, there are ${extent ?? 0}`);
      }
      offset[axis] = start;
      count[axis] = end - start;
    }
    return { offset, count };
  }

  private pieceLength(count: readonly number[]): number {
    const { metadata } = this.header;
    const rows = metadata.chunks?.[0] ?? 1;
    const slab = rows * product(count.slice(1)) * metadata.size;
    const bytes = Math.min(Math.max(PIECE_BYTES, slab), LARGEST_PIECE_BYTES);
    return Math.max(1, Math.floor(bytes / metadata.size));
  }
}

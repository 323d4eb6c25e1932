/** A file open for writing: groups, numbers, text, truth values, attributes. See `hdf5.ts` for the use. */
import type { NumericArray } from '../../data/matrix.js';
import { DataError, ShapeError } from '../../errors.js';
import { ATTRIBUTE_ROOM, PLACEHOLDER, type TruthValue } from './booleans.js';
import { defaultChunks } from './chunks.js';
import { pieces, product } from './pieces.js';
import { Hdf5Rows, type RowsOptions } from './rows.js';
import type { Session } from './session.js';
import { TypeClass } from './wasm.js';

export type Hdf5Writable = NumericArray | BigInt64Array | BigUint64Array;

export interface WriteOptions {
  /** Default: one axis. `[]` for a scalar (one value). */
  readonly shape?: readonly number[];
  /** Extents of a chunk; default: the whole in one run of bytes, or chosen when gzip or size ask for chunks. */
  readonly chunks?: readonly number[];
  /** Deflate level 1 to 9; default: none, which is several times faster. */
  readonly gzip?: number;
}

/** Larger datasets are chunked and written in pieces. */
const PIECE_BYTES = 2 ** 25;

export class Hdf5Writer {
  private readonly groups = new Set(['']);
  private readonly booleansToMake: TruthValue[] = [];

  constructor(
    private readonly session: Session,
    /** Makes the booleans in the closed file. */
    private readonly makeBooleans: (booleans: readonly TruthValue[]) => void,
  ) {}

  get path(): string {
    return this.session.path;
  }

  /** Makes a group with its parents; one that is there is left as it is. */
  group(path: string): void {
    const clean = path.replace(/^\/+|\/+$/g, '');
    if (this.groups.has(clean)) return;
    this.parentsOf(clean);
    this.session.call(clean, (wasm, file) => wasm.create_group(file, clean, false));
    this.groups.add(clean);
  }

  /** Writes numbers `(…shape)`, row-major, with the type of the array. Throws ShapeError, FileError. */
  numbers(path: string, values: Hdf5Writable, options: WriteOptions = {}): void {
    const shape = options.shape ?? [values.length];
    if (product(shape) !== values.length) {
      throw new ShapeError(path, `${product(shape)} values (${shape.join(' × ')})`, `${values.length}`);
    }
    const large = values.byteLength > PIECE_BYTES || options.gzip !== undefined;
    const chunks =
      shape.length === 0
        ? undefined
        : (options.chunks ??
          (large ? defaultChunks(shape, values.BYTES_PER_ELEMENT, options.gzip ?? 0) : undefined));
    if (!chunks || values.length === 0) {
      this.create(path, bytesOf(values), shape, shape, null, elementType(values), 0);
      return;
    }
    this.createEmpty(path, shape, chunks, values, options.gzip ?? 0);
    const slab = chunks[0]! * product(shape.slice(1)) * values.BYTES_PER_ELEMENT;
    const limit = Math.max(PIECE_BYTES, slab) / values.BYTES_PER_ELEMENT;
    let at = 0;
    for (const piece of pieces({ offset: shape.map(() => 0), count: shape }, limit, chunks[0])) {
      const length = product(piece.count);
      this.put(path, values.subarray(at, at + length), piece.offset, piece.count);
      at += length;
    }
  }

  /** Writes UTF-8 text of variable length. Throws DataError for text with a NUL, which HDF5 cannot hold. */
  strings(path: string, values: readonly string[], options: { shape?: readonly number[] } = {}): void {
    const shape = options.shape ?? [values.length];
    if (product(shape) !== values.length) {
      throw new ShapeError(path, `${product(shape)} values (${shape.join(' × ')})`, `${values.length}`);
    }
    this.parentsOf(path);
    this.withText(path, values, (pointers, wasm, file) =>
      wasm.create_dataset(
        file,
        path,
        BigInt(pointers),
        shape.map(BigInt),
        shape.map(BigInt),
        null,
        ...TEXT,
        0,
        [],
        false,
      ),
    );
  }

  /** Writes truth values, 0 or 1 each, as h5py does. */
  booleans(path: string, values: Uint8Array, options: WriteOptions = {}): void {
    this.numbers(
      path,
      Int8Array.from(values, (value) => (value ? 1 : 0)),
      options,
    );
    const { name, bytes } = PLACEHOLDER;
    this.fixedText(path, name, bytes);
    this.booleansToMake.push({ address: this.addressOf(path) });
  }

  /**
   * Sets an attribute of a group or dataset (`''` is the root): whole numbers as int64, others as float64,
   * truth values as h5py does, lists of text also when empty, typed arrays as they are.
   */
  attr(
    path: string,
    name: string,
    value: string | number | boolean | readonly string[] | Hdf5Writable,
  ): void {
    const where = `${path} attribute '${name}'`;
    const target = path === '' ? '/' : path;
    if (typeof value === 'boolean') {
      this.fixedText(target, name, ATTRIBUTE_ROOM);
      this.booleansToMake.push({ address: this.addressOf(target), attribute: { name, value } });
      return;
    }
    if (typeof value === 'string' || Array.isArray(value)) {
      const texts = typeof value === 'string' ? [value] : (value as readonly string[]);
      const shape = typeof value === 'string' ? [] : [BigInt(texts.length)];
      this.checkAttributeSize(where, 16 * texts.length);
      this.withText(where, texts, (pointers, wasm, file) =>
        wasm.create_attribute(file, target, name, BigInt(pointers), shape, ...TEXT),
      );
      return;
    }
    const scalar = typeof value === 'number';
    const values = scalar ? numberCell(value) : (value as Hdf5Writable);
    this.checkAttributeSize(where, values.byteLength);
    this.withBytes(where, bytesOf(values), (pointer, wasm, file) =>
      wasm.create_attribute(
        file,
        target,
        name,
        BigInt(pointer),
        scalar ? [] : [BigInt(values.length)],
        ...elementType(values),
      ),
    );
  }

  /** A matrix `(nRows, nCols)` that is written block by block in bounded memory. */
  rows(path: string, options: RowsOptions): Hdf5Rows {
    return new Hdf5Rows(this, path, options);
  }

  /** Makes a chunked dataset without values, to be filled with `put`. `like` gives the type. */
  createEmpty(
    path: string,
    shape: readonly number[],
    chunks: readonly number[],
    like: Hdf5Writable,
    gzip: number,
  ): void {
    // the library writes all values at creation: made with no rows, then enlarged
    const none = shape.with(0, 0);
    this.create(path, new Uint8Array(), none, shape, chunks, elementType(like), gzip);
    this.session.call(path, (wasm, file) => wasm.resize_dataset(file, path, shape.map(BigInt)));
  }

  /** Writes a block of a dataset made before. */
  put(path: string, values: Hdf5Writable, offset: readonly number[], count: readonly number[]): void {
    this.withBytes(path, bytesOf(values), (pointer, wasm, file) =>
      wasm.set_dataset_data(
        file,
        path,
        count.map(BigInt),
        offset.map(BigInt),
        count.map(() => 1n),
        BigInt(pointer),
      ),
    );
  }

  /** Completes the file. Throws FileError when the last bytes cannot be written. */
  close(): void {
    this.session.close();
    this.makeBooleans(this.booleansToMake);
  }

  /** Closes without completing; errors are of no interest any more. */
  abort(): void {
    try {
      this.session.close();
    } catch {
      // the file is given up, whatever went wrong first has been reported
    }
  }

  private create(
    path: string,
    bytes: Uint8Array,
    shape: readonly number[],
    maxShape: readonly number[],
    chunks: readonly number[] | null,
    type: [number, number, boolean, boolean],
    gzip: number,
  ): void {
    this.parentsOf(path);
    const [filter, level]: [number, number[]] = gzip > 0 ? [1, [gzip]] : [0, []];
    this.withBytes(path, bytes, (pointer, wasm, file) =>
      wasm.create_dataset(
        file,
        path,
        BigInt(pointer),
        shape.map(BigInt),
        maxShape.map(BigInt),
        chunks?.map(BigInt) ?? null,
        ...type,
        filter,
        level,
        false,
      ),
    );
  }

  private parentsOf(path: string): void {
    const end = path.lastIndexOf('/');
    if (end > 0) this.group(path.slice(0, end));
  }

  private fixedText(path: string, name: string, size: number): void {
    this.withBytes(path, new Uint8Array(size), (pointer, wasm, file) =>
      wasm.create_attribute(file, path, name, BigInt(pointer), [], TypeClass.string, size, false, false),
    );
  }

  /** Address of an object's header: that is what an object reference holds, little-endian. */
  private addressOf(path: string): number {
    return this.session.call(path, (wasm, file) =>
      Array.from(wasm.create_object_reference(file, path)).reduceRight((sum, byte) => sum * 256 + byte, 0),
    );
  }

  private checkAttributeSize(where: string, bytes: number): void {
    // an attribute is one message of an object header, whose length has 16 bits
    if (bytes > 64000) {
      throw new DataError(`${where}: ${bytes} bytes do not fit into an HDF5 attribute (64,000 at most)`);
    }
  }

  private withBytes<T>(
    where: string,
    bytes: Uint8Array,
    work: (pointer: number, wasm: Session['wasm'], file: bigint) => T,
  ): T {
    return this.session.withMemory(where, bytes.length, (pointer, wasm, file) => {
      wasm.HEAPU8.set(bytes, pointer);
      return work(pointer, wasm, file);
    });
  }

  /** Calls `work` with an array of pointers to NUL-terminated UTF-8. */
  private withText<T>(
    where: string,
    values: readonly string[],
    work: (pointers: number, wasm: Session['wasm'], file: bigint) => T,
  ): T {
    for (const [i, value] of values.entries()) {
      if (value.includes('\0')) {
        throw new DataError(`${where}: text ${i} has a NUL character, which HDF5 text cannot hold`);
      }
    }
    const encoded = new TextEncoder().encode(`${values.join('\0')}\0`);
    return this.session.withMemory(where, 4 * values.length, (pointers, wasm) =>
      this.withBytes(where, encoded, (start, _, file) => {
        const view = new DataView(wasm.HEAPU8.buffer);
        let at = 0;
        for (let i = 0; i < values.length; i++) {
          view.setUint32(pointers + 4 * i, start + at, true);
          at = encoded.indexOf(0, at) + 1;
        }
        return work(pointers, wasm, file);
      }),
    );
  }
}

const TEXT: [number, number, boolean, boolean] = [TypeClass.string, 4, false, true];

function elementType(values: Hdf5Writable): [number, number, boolean, boolean] {
  const size = values.BYTES_PER_ELEMENT;
  if (values instanceof Float32Array || values instanceof Float64Array)
    return [TypeClass.float, size, true, false];
  const signed = /^(Big)?Int/.test(values.constructor.name);
  return [TypeClass.integer, size, signed, false];
}

function bytesOf(values: Hdf5Writable): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function numberCell(value: number): Hdf5Writable {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
    ? BigInt64Array.of(BigInt(value))
    : Float64Array.of(value);
}

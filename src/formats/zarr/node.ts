/**
 * Groups and arrays of a zarr store, versions 2 and 3, read-only: zarrita knows the metadata and the codecs,
 * the slicing is ours because it checks sizes before it allocates, chunks before they are copied, and reads
 * along the first axis no more than is asked for.
 */
import type * as Zarrita from 'zarrita';
import type { NumericArray } from '../../data/matrix.js';
import { FormatError, isMechanistError, listNames, nearest } from '../../errors.js';
import {
  type ChunkValues,
  copyBlock,
  kindOf,
  type Output,
  outputOf,
  plainValues,
  product,
} from './blocks.js';
import { boundCodecs } from './codecs.js';

/** Where the keys are: a folder, later perhaps an archive or a server. */
export interface ZarrStore {
  /** For messages. */
  readonly path: string;
  /** The bytes of a key (`/obs/.zattrs`), `undefined` where there is nothing. Throws FileError. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Names of groups and arrays directly below. */
  list(key: string): Promise<string[]>;
  /** Number of files and bytes below a key. */
  usage(key: string): Promise<{ files: number; bytes: number }>;
}

export type ZarrNode = ZarrGroup | ZarrArray;

/** Values row-major; text `null` never, truth values 0 and 1. */
export interface ZarrValues {
  readonly shape: readonly number[];
  readonly kind: ReturnType<typeof kindOf>;
  readonly values: NumericArray | readonly string[];
}

const UNSAFE = 'whole numbers beyond ±2^53';

/** Was this thrown because of whole numbers that a double cannot hold? */
export function isUnsafeInteger(error: unknown): boolean {
  return isMechanistError(error, 'FormatError') && (error as FormatError).details.found === UNSAFE;
}

/** Values that may be had without anything on disk (missing chunks are the fill value). */
const MAX_UNBACKED = 2 ** 27;
const MAX_VALUES_PER_BYTE = 65536;
const SMALL = 2 ** 20;

abstract class Node {
  readonly attrs: Readonly<Record<string, unknown>>;

  constructor(
    protected readonly store: ZarrStore,
    /** Absolute, `/` for the root. */
    readonly path: string,
    attrs: unknown,
  ) {
    this.attrs = typeof attrs === 'object' && attrs !== null ? { ...attrs } : {};
  }

  get encoding(): string {
    const encoding = this.attrs['encoding-type'];
    return typeof encoding === 'string' ? encoding : '';
  }

  /** A FormatError about this place. */
  fail(message: string, options?: ErrorOptions): FormatError {
    return new FormatError('zarr', message, { path: this.store.path, where: this.path }, options);
  }
}

export class ZarrGroup extends Node {
  readonly kind = 'group';

  /** Names of the children, sorted. */
  async keys(): Promise<string[]> {
    return (await this.store.list(this.path)).sort();
  }

  /** The child (a path may go through several groups), `undefined` when there is none. */
  get(key: string): Promise<ZarrNode | undefined> {
    return openNode(this.store, `${this.path === '/' ? '' : this.path}/${key}`);
  }

  /** The child array. Throws FormatError when it is missing or a group. */
  async array(key: string): Promise<ZarrArray> {
    const child = await this.get(key);
    if (child?.kind === 'array') return child;
    if (child) throw child.fail('an array was expected here, found a group');
    const keys = await this.keys();
    const near = nearest(key, keys);
    throw this.fail(
      `has no array '${key}'; found ${listNames(keys)}${near ? `; did you mean '${near}'?` : ''}`,
    );
  }
}

export class ZarrArray extends Node {
  readonly kind = 'array';

  /** The node at an absolute path of the same store. */
  sibling(path: string): Promise<ZarrNode | undefined> {
    return openNode(this.store, path);
  }

  constructor(
    store: ZarrStore,
    path: string,
    private readonly zarr: Zarrita.Array<Zarrita.DataType, Zarrita.Readable>,
  ) {
    super(store, path, zarr.attrs);
    const isExtent = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
    const { shape, chunks } = zarr;
    if (
      !shape.every(isExtent) ||
      !chunks.every((n) => isExtent(n) && n > 0) ||
      chunks.length !== shape.length
    ) {
      throw this.fail(`a shape of ${shape.join(' × ')} in chunks of ${chunks.join(' × ')} makes no sense`);
    }
  }

  get shape(): readonly number[] {
    return this.zarr.shape;
  }
  get dtype(): string {
    return this.zarr.dtype;
  }
  get isText(): boolean {
    return kindOf(this.dtype) === 'string';
  }

  /** The values, or those of `rows` along the first axis. Reads the chunks that hold them, no others. */
  async read(rows?: readonly [start: number, end: number]): Promise<ZarrValues> {
    const start = this.shape.map((_, axis) => (axis === 0 ? (rows?.[0] ?? 0) : 0));
    const end = this.shape.map((extent, axis) => (axis === 0 ? (rows?.[1] ?? extent) : extent));
    const shape = end.map((to, axis) => to - start[axis]!);
    const size = product(shape);
    const chunkShape = this.zarr.chunks;
    const first = start.map((from, axis) => Math.floor(from / chunkShape[axis]!));
    const last = end.map((to, axis) => Math.ceil(to / chunkShape[axis]!));
    const grid = size === 0 ? [] : [...this.coordinates(first, last)];
    await this.checkSize(size, grid.length, product(chunkShape));
    const out: Output = outputOf(this.dtype, size);
    for (const coordinates of grid) {
      const values = await this.chunk(coordinates);
      const origin = coordinates.map((c, axis) => c * chunkShape[axis]!);
      copyBlock(values, { origin, shape: chunkShape }, out, { start, shape });
    }
    return { shape, kind: kindOf(this.dtype), values: this.narrowed(out) };
  }

  /** Numbers, wherever they are stored; truth values 0 and 1. Throws FormatError for text. */
  async numbers(rows?: readonly [start: number, end: number]): Promise<NumericArray> {
    const { values } = await this.read(rows);
    if (ArrayBuffer.isView(values)) return values as NumericArray;
    throw this.fail('numbers were expected here, found text');
  }

  async strings(rows?: readonly [start: number, end: number]): Promise<readonly string[]> {
    const { values } = await this.read(rows);
    if (!ArrayBuffer.isView(values)) return values as readonly string[];
    throw this.fail('text was expected here, found numbers');
  }

  /** Refuses sizes that nothing on disk speaks for. */
  private async checkSize(size: number, nChunks: number, chunkSize: number): Promise<void> {
    if (size <= SMALL && chunkSize <= SMALL && nChunks <= 1000) return;
    const { files, bytes } = await this.store.usage(this.path);
    const most = MAX_UNBACKED + bytes * MAX_VALUES_PER_BYTE;
    if (size > most || chunkSize > most || nChunks > 100_000 + 4 * files) {
      throw this.fail(
        `declares ${this.shape.join(' × ')} values in chunks of ${this.zarr.chunks.join(' × ')}, but holds ` +
          `${bytes} bytes in ${files} files`,
      );
    }
  }

  private *coordinates(first: readonly number[], last: readonly number[]): Generator<number[]> {
    const nChunks = product(last.map((to, axis) => to - first[axis]!));
    if (nChunks > 2 ** 24) throw this.fail(`${nChunks} chunks; rewrite it with larger ones`);
    const at = [...first];
    for (let k = 0; k < nChunks; k++) {
      yield [...at];
      for (let axis = at.length - 1; axis >= 0 && ++at[axis]! >= last[axis]!; axis--) at[axis] = first[axis]!;
    }
  }

  private async chunk(coordinates: number[]): Promise<ChunkValues> {
    const where = `chunk ${coordinates.join('.') || '0'}`;
    let values: ChunkValues;
    try {
      const { data, stride } = await this.zarr.getChunk(coordinates);
      values = { data: plainValues(data), stride };
    } catch (cause) {
      throw this.wrapped(cause, where);
    }
    const found = values.data.length;
    const expected = product(this.zarr.chunks);
    if (found !== expected) {
      throw this.fail(
        `${where} holds ${found} values, ${expected} were declared; it is cut short or corrupt`,
      );
    }
    return values;
  }

  private wrapped(cause: unknown, where: string): Error {
    if (isMechanistError(cause)) return cause;
    const codec = (cause as { codec?: unknown }).codec;
    const unknown = (cause as { _tag?: unknown })._tag === 'UnknownCodecError';
    const why = unknown
      ? `the codec '${String(codec).replace('numcodecs.', '')}' is not known; rewrite the data with gzip, blosc, zstd or lz4`
      : `cannot be decoded: ${reason(cause)}`;
    return this.fail(`${where} ${why}`, { cause });
  }

  private narrowed(out: Output): NumericArray | readonly string[] {
    if (this.dtype !== 'int64' && this.dtype !== 'uint64') return out;
    const numbers = out as Float64Array;
    if (numbers.some((value) => !Number.isSafeInteger(value))) {
      const details = { path: this.store.path, where: this.path, found: UNSAFE };
      throw new FormatError('zarr', `has ${UNSAFE}, which would lose digits`, details);
    }
    const narrow = Int32Array.from(numbers);
    return narrow.every((value, k) => value === numbers[k]) ? narrow : numbers;
  }
}

/** The node at `path`, `undefined` where there is none. Throws FormatError for metadata that make no sense. */
export async function openNode(store: ZarrStore, path: string): Promise<ZarrNode | undefined> {
  const zarrita = await import('zarrita');
  boundCodecs(zarrita.registry as unknown as Parameters<typeof boundCodecs>[0]);
  const key = (name: string) => `${path === '/' ? '' : path}/${name}`;
  const readable = { get: (k: string) => store.get(k) } as Zarrita.Readable;
  const location = new zarrita.Location(readable, path as `/${string}`);
  try {
    const isV3 = (await store.get(key('zarr.json'))) !== undefined;
    if (isV3) {
      const node = await zarrita.open.v3(location);
      return node.kind === 'array' ? arrayAt(store, path, node) : new ZarrGroup(store, path, node.attrs);
    }
    if (await store.get(key('.zarray'))) {
      return arrayAt(store, path, await zarrita.open.v2(location, { kind: 'array' }));
    }
    if (!(await store.get(key('.zgroup')))) return undefined;
    return new ZarrGroup(store, path, (await zarrita.open.v2(location, { kind: 'group' })).attrs);
  } catch (cause) {
    if (isMechanistError(cause)) throw cause;
    throw new FormatError(
      'zarr',
      `its metadata cannot be read: ${reason(cause)}`,
      { path: store.path, where: path },
      { cause },
    );
  }
}

function arrayAt(
  store: ZarrStore,
  path: string,
  node: Zarrita.Array<Zarrita.DataType, Zarrita.Readable>,
): ZarrArray {
  return new ZarrArray(store, path, node);
}

/** What a library threw, which need not be an Error: wasm throws numbers. */
function reason(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return cause instanceof Error ? cause.message + inner : `code ${String(cause)}`;
}

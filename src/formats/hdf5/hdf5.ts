/**
 * HDF5, a thin and safe layer over h5wasm (the HDF5 C library compiled to WebAssembly).
 *
 * Why a layer: h5wasm hands out garbage after a failed read, cannot read 2 GiB at once, gives 64-bit integers
 * as BigInt, leaks variable-length strings, trusts every size a file declares and cannot write truth values.
 * Here every failure is a FormatError or FileError with the path and the HDF5 object, sizes are checked
 * against the file before memory is taken, and large reads and writes go in pieces.
 *
 * Reading (`hdf5.node.ts`, `openHdf5`):
 *
 *     const file = await openHdf5(path, { format: 'h5ad' });
 *     try {
 *       const X = file.root.dataset('X');              // FormatError when missing or a group
 *       X.shape; X.type; X.chunks; X.filters;
 *       X.numbers({ rows: [0, 100] });                 // NumericArray, row-major
 *       X.numbers({ rows: [0, 100], columns: [5, 9] });
 *       file.root.group('obs').dataset('name').strings();
 *       file.root.group('obs').attr('encoding-type');  // undefined when absent
 *       file.root.get('raw');                          // Hdf5Group | Hdf5Dataset | undefined
 *       file.root.dataset('table').read();             // any type, see Hdf5Array
 *     } finally { file.close(); }
 *
 * Writing (`createHdf5`):
 *
 *     const file = await createHdf5(path);
 *     try {
 *       file.group('obs');                             // parents are made where missing
 *       file.numbers('X', values, { shape: [n, m], gzip: 4 });
 *       file.strings('obs/_index', names);
 *       file.booleans('obs/flag', bytes);              // bool for h5py, see booleans.ts
 *       file.attr('obs', 'column-order', ['flag']);
 *       const rows = file.rows('layers/counts', { nRows: n, nCols: m, dtype: 'float32' });
 *       rows.append(block); rows.finish();             // bounded memory
 *       file.close();                                  // only now the file is complete
 *     } catch (error) { file.abort(); throw error; }
 *
 * Numbers: 64-bit integers come as Int32Array or Uint32Array when they fit, else as Float64Array, else (beyond
 * 2^53) FormatError. Half floats come as Float32Array, truth values as Uint8Array of 0 and 1. Text is UTF-8;
 * what is not is read as Latin-1, see `notes`. gzip, shuffle, lzf, lz4, blosc, blosc2, zstd, bitshuffle and bzip2 filters
 * are read; the plugins are loaded by the HDF5 library only when a dataset needs one.
 */
import type { NumericArray } from '../../data/matrix.js';

export type Hdf5Type =
  | { readonly kind: 'integer'; readonly size: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly size: number }
  /** h5py's enum of FALSE = 0 and TRUE = 1. */
  | { readonly kind: 'boolean'; readonly size: number }
  | {
      readonly kind: 'enum';
      readonly size: number;
      readonly signed: boolean;
      readonly members: ReadonlyMap<string, number>;
    }
  | {
      readonly kind: 'string';
      readonly size: number;
      readonly variable: boolean;
      readonly spacePadded: boolean;
    }
  | { readonly kind: 'compound'; readonly size: number; readonly members: readonly Hdf5Member[] }
  | {
      readonly kind: 'array';
      readonly size: number;
      readonly shape: readonly number[];
      readonly base: Hdf5Type;
    }
  | { readonly kind: 'reference'; readonly size: number; readonly region: boolean }
  /** Variable-length lists, bit fields, opaque bytes, times: not read. `name` says which. */
  | { readonly kind: 'other'; readonly size: number; readonly name: string };

export interface Hdf5Member {
  readonly name: string;
  readonly offset: number;
  readonly type: Hdf5Type;
}

/** Numbers, strings (also the paths that references point to), or one array a member of a compound type. */
export type Hdf5Values = NumericArray | readonly string[] | ReadonlyMap<string, Hdf5Array>;

/** What was read: `shape` `[]` for a scalar (one value); array types append their own dimensions. */
export interface Hdf5Array {
  readonly shape: readonly number[];
  readonly type: Hdf5Type;
  readonly values: Hdf5Values;
}

/** Part of a dataset: `[start, end)` along the first and the second axis. Default: all. */
export interface Selection {
  readonly rows?: readonly [start: number, end: number];
  readonly columns?: readonly [start: number, end: number];
}

export interface Hdf5Filter {
  /** Registered number: 1 gzip, 2 shuffle, 32000 lzf, 32001 blosc, 32015 zstd, … */
  readonly id: number;
  readonly name: string;
  /** The filter's own settings, as numbers. */
  readonly cd_values: readonly number[];
}

/** The bytes every HDF5 file begins with (or has at 512, 1024, … after a user block). */
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Do these first bytes of a file hold an HDF5 signature where one may be? */
export function isHdf5(head: Uint8Array): boolean {
  for (let at = 0; at + SIGNATURE.length <= head.length; at = at === 0 ? 512 : at * 2) {
    if (SIGNATURE.every((byte, i) => head[at + i] === byte)) return true;
  }
  return false;
}

/**
 * Does every one of these link names occur in the first bytes? A guess for `Format.matches`: the names of the
 * root group stand near the beginning of nearly every file, but nothing guarantees it.
 */
export function mentions(head: Uint8Array, names: readonly string[]): boolean {
  let text = '';
  for (let i = 0; i < head.length; i += 8192) text += String.fromCharCode(...head.subarray(i, i + 8192));
  // a v1 heap ends names with NUL, a v2 link message has the length before the name
  return names.every(
    (name) => text.includes(`\0${name}\0`) || text.includes(`${String.fromCharCode(name.length)}${name}`),
  );
}

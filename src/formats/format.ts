/**
 * What a file format is: one object that knows its extensions, recognises its bytes, reads and writes.
 *
 * Adding a format is one folder with a `Format` in it and one line in `registry.node.ts`; the command line,
 * `convert`, the documentation and the checker that runs every format through round trips and hostile files
 * find it there.
 */
import type { NumericArray } from '../data/matrix.js';
import type { PerturbationData } from '../data/perturbation-data.js';
import type { Column, Table } from '../data/table.js';

export interface ReadOptions {
  /** Read only these observations, `start` inclusive, `end` exclusive; by slice where the format allows. */
  readonly rows?: { readonly start: number; readonly end: number };
  /** Tables that go with a loose Matrix Market file: one row a cell, one row a gene. */
  readonly cells?: string;
  readonly genes?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface WriteOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is known of a path before it is read. */
export interface Probe {
  readonly path: string;
  readonly isDirectory: boolean;
  /** The first 64 KiB, gunzipped when they are gzip; empty for a directory. */
  readonly head: Uint8Array;
  readonly gzipped: boolean;
  /** Names in the directory. */
  readonly entries: readonly string[];
}

/** What a streaming writer has to know before the first row. */
export interface SinkHeader {
  /** One row a gene. */
  readonly var: Table;
  /** How many rows will come in all. */
  readonly nRows: number;
  readonly dtype: 'float32' | 'float64';
  /** Names of the extra matrices that come with each block. */
  readonly layers?: readonly string[];
  readonly uns?: PerturbationData['uns'];
}

/** Some consecutive rows, `X` and every layer `(obs.nRows, nVars)` row-major. */
export interface RowBlock {
  readonly obs: Table;
  readonly X: NumericArray;
  readonly layers?: ReadonlyMap<string, NumericArray>;
}

/** Takes rows as they come, so that a result larger than memory can be written. */
export interface RowSink {
  append(block: RowBlock): Promise<void>;
  /** Complete and close the file. */
  finish(): Promise<void>;
  /** Close without completing; the file is not usable. */
  abort(): Promise<void>;
}

export interface Format {
  readonly name: string;
  /** For people: "AnnData (HDF5)". */
  readonly title: string;
  /** Lower case with the dot, longest first: `['.h5ad']`, `['.csv.gz', '.csv']`. */
  readonly extensions: readonly string[];
  /** Do these bytes look like this format? Called in registry order; the first that says yes reads. */
  matches(probe: Probe): boolean;
  /** Throws FileError and FormatError. */
  read?(path: string, options?: ReadOptions): Promise<PerturbationData>;
  /**
   * Writes to exactly `path`, which does not exist: the caller gives a temporary name and renames it, see
   * `writeAtomically`. Parts of the data that the format cannot hold are returned as sentences for the user.
   */
  write?(path: string, data: PerturbationData, options?: WriteOptions): Promise<string[]>;
  /** Can rows that come block by block bring layers? Otherwise each layer becomes a file of its own. */
  readonly streamsLayers?: boolean;
  /** Open `path` (a temporary name, as for `write`) for rows that come block by block. */
  openSink?(path: string, header: SinkHeader): Promise<RowSink>;
}

/** Names the columns of `obs` blocks must agree on from block to block. */
export type ObsColumns = ReadonlyMap<string, Column>;

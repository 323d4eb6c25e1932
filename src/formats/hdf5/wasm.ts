/**
 * The part of h5wasm's WebAssembly module that we call, typed. h5wasm's own classes are not used: they keep
 * one module for the whole process, so that one damaged file would spoil every later one.
 */

/** What h5wasm tells of a type, a dataset or an attribute (`hdf5_util_helpers.d.ts`). */
export interface Metadata {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  readonly vlen: boolean;
  readonly strpad?: number;
  readonly ref_type?: 'object' | 'region';
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly compound_type?: { readonly members: readonly (Metadata & { name: string; offset: number })[] };
  readonly array_type?: Metadata;
  /** `null`: the dataspace is null, there is no value at all. */
  readonly shape: number[] | null;
  readonly chunks: number[] | null;
  readonly virtual_sources?: readonly unknown[];
  readonly total_size: number;
}

/** An open file of the library's C runtime. */
export interface Stream {
  readonly fd: number;
  /** Node's descriptor. */
  readonly nfd: number;
  readonly position: number;
}

type Sizes = readonly bigint[];
type TypeArguments = [typeClass: number, size: number, signed: boolean, variable: boolean];

export interface Wasm {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  readonly H5F_ACC_RDONLY: number;
  readonly H5F_ACC_TRUNC: number;
  readonly H5G_GROUP: number;
  readonly H5G_DATASET: number;
  readonly FS: {
    readonly streams: readonly (Stream | null | undefined)[];
    close(stream: Stream): void;
    read(
      stream: Stream,
      buffer: Uint8Array | Int8Array,
      offset: number,
      length: number,
      position?: number,
    ): number;
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  activate_throwing_error_handler(): number;
  insert_plugin_search_path(path: string, index: number): number;
  open(path: string, mode: number, trackOrder: boolean): bigint;
  close_file(file: bigint): number;
  flush(file: bigint): number;
  get_type(file: bigint, path: string): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_dataset_metadata(file: bigint, path: string): Metadata;
  get_dataset_filters(file: bigint, path: string): { id: number; name: string; cd_values: number[] }[];
  get_dataset_data(
    file: bigint,
    path: string,
    count: Sizes | null,
    offset: Sizes | null,
    strides: Sizes | null,
    pointer: bigint,
  ): number;
  set_dataset_data(
    file: bigint,
    path: string,
    count: Sizes,
    offset: Sizes,
    strides: Sizes,
    pointer: bigint,
  ): number;
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Metadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_referenced_name(file: bigint, reference: Uint8Array, isObject: boolean): string | null;
  create_object_reference(file: bigint, path: string): ArrayLike<number>;
  create_group(file: bigint, path: string, trackOrder: boolean): number;
  create_dataset(
    file: bigint,
    path: string,
    pointer: bigint,
    shape: Sizes,
    maxShape: Sizes,
    chunks: Sizes | null,
    ...rest: [...TypeArguments, compression: number, options: number[], trackOrder: boolean]
  ): number;
  resize_dataset(file: bigint, path: string, shape: Sizes): number;
  create_attribute(
    file: bigint,
    path: string,
    name: string,
    pointer: bigint,
    shape: Sizes,
    ...type: TypeArguments
  ): number;
}

/** HDF5's type classes (`H5T_class_t`). */
export const TypeClass = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enumeration: 8,
  sequence: 9,
  array: 10,
} as const;

/** Boxes of values on a grid: copying what a chunk and a selection have in common. */
import type * as Zarrita from 'zarrita';
import type { NumericArray } from '../../data/matrix.js';

/** Where values are gathered. */
export type Output = NumericArray | string[];
/** A decoded chunk, with its strides in values. */
export interface ChunkValues {
  readonly data: ArrayLike<unknown>;
  readonly stride: readonly number[];
}

/** What the values of a zarr type are. */
export function kindOf(dtype: string): 'number' | 'boolean' | 'string' {
  if (dtype === 'bool') return 'boolean';
  return /^(string|v2:)/.test(dtype) ? 'string' : 'number';
}

/** Room for `size` values: 64-bit integers as doubles, text as strings. */
export function outputOf(dtype: string, size: number): Output {
  const types: Record<string, new (n: number) => NumericArray> = {
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
    float32: Float32Array,
    bool: Uint8Array,
  };
  if (kindOf(dtype) === 'string') return new Array<string>(size).fill('');
  return new (types[dtype] ?? Float64Array)(size);
}

/** zarrita's arrays of truth values and of fixed-length text as plain ones. */
export function plainValues(data: Zarrita.Chunk<Zarrita.DataType>['data']): ArrayLike<unknown> {
  if (Array.isArray(data) || ArrayBuffer.isView(data)) return data as ArrayLike<unknown>;
  const boxed = data as unknown as { length: number; get(k: number): unknown };
  return Array.from({ length: boxed.length }, (_, k) => boxed.get(k));
}

/** Copies what a chunk and the output share; both are boxes on the same grid. */
export function copyBlock(
  { data, stride }: ChunkValues,
  chunk: { readonly origin: readonly number[]; readonly shape: readonly number[] },
  out: Output,
  box: { readonly start: readonly number[]; readonly shape: readonly number[] },
): void {
  const nAxes = box.shape.length;
  const target = out as unknown[];
  const isText = Array.isArray(out);
  const put = (to: number, from: number) => {
    target[to] = isText ? String(data[from] ?? '') : Number(data[from]);
  };
  const isPlain =
    !isText && ArrayBuffer.isView(data) && !(data instanceof BigInt64Array || data instanceof BigUint64Array);
  const walk = (axis: number, from: number, to: number): void => {
    const origin = chunk.origin[axis]!;
    const begin = Math.max(origin, box.start[axis]!);
    const end = Math.min(origin + chunk.shape[axis]!, box.start[axis]! + box.shape[axis]!);
    const step = product(box.shape.slice(axis + 1));
    const fromBegin = from + (begin - origin) * stride[axis]!;
    const toBegin = to + (begin - box.start[axis]!) * step;
    const isLast = axis === nAxes - 1;
    if (isLast && isPlain && stride[axis] === 1) {
      (out as Float64Array).set((data as Float64Array).subarray(fromBegin, fromBegin + end - begin), toBegin);
      return;
    }
    for (let k = 0; k < end - begin; k++) {
      if (isLast) put(toBegin + k, fromBegin + k * stride[axis]!);
      else walk(axis + 1, fromBegin + k * stride[axis]!, toBegin + k * step);
    }
  };
  if (nAxes === 0) put(0, 0);
  else walk(0, 0, 0);
}

export function product(extents: readonly number[]): number {
  return extents.reduce((a, b) => a * b, 1);
}

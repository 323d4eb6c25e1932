/**
 * Symbolic tensors: a value that is not there yet, with a static shape and type, and how it is computed.
 *
 * A graph is whatever can be reached from its outputs; there is no container. Each node is one operator of ONNX,
 * and carries its own derivative as a function that builds more graph (after micrograd), so derivatives can be
 * differentiated again. Numbers (`id`) grow with time: sorting by them is a topological order.
 */
import { GraphError } from '../../errors.js';
import { ARRAYS, type ArrayOf, type DType, isFloat, takes, type Values, valuesOf } from './dtype.js';

export type Shape = readonly number[];
export type Attribute = number | string | readonly number[];

/** Given the derivative by this node, the derivatives by each of its inputs; `undefined` where there is none. */
export type Backward = (gradient: Tensor) => readonly (Tensor | undefined)[];

export interface NodeParts {
  /** An ONNX operator ('MatMul'), or one of ours: Input, Constant, StopGradient, CustomGradient, Part. */
  readonly op: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly inputs?: readonly Tensor[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** How the derivative goes back; without it none does. */
  readonly backward?: Backward;
  /** Of a constant. */
  readonly values?: Values;
  readonly name?: string;
}

let created = 0;

export class Tensor {
  readonly id: number = created++;
  readonly op: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly inputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly backward?: Backward;
  readonly values?: Values;
  /** What a viewer shows: the name of an input, else the scopes around the call. */
  readonly name: string;

  /** Throws GraphError on a shape that is not of whole numbers ≥ 0, and on types that the operator does not take. */
  constructor(parts: NodeParts) {
    checkShape(parts.op, parts.shape);
    const odd = parts.inputs?.[0] && !takes(parts.op, parts.inputs[0].dtype) && parts.inputs[0];
    if (odd) throw graphError(wordOf(parts.op), `of ${odd}`);
    this.op = parts.op;
    this.shape = parts.shape;
    this.dtype = parts.dtype;
    this.inputs = parts.inputs ?? [];
    this.attributes = parts.attributes ?? {};
    this.backward = parts.backward;
    this.values = parts.values;
    this.name = parts.name ?? scopes.join('/');
  }

  get rank(): number {
    return this.shape.length;
  }
  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
  toString(): string {
    return `${this.dtype} ${showShape(this.shape)}`;
  }
}

const scopes: string[] = [];

/** Names what `build` makes: its nodes are shown under `name/` in a viewer. */
export function named<T>(name: string, build: () => T): T {
  scopes.push(name);
  try {
    return build();
  } finally {
    scopes.pop();
  }
}

/** A value fed at every run. Throws GraphError on an empty name and a shape that is not of whole numbers ≥ 0. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  if (name === '') throw graphError('input', 'without a name');
  checkShape(`input '${name}'`, shape);
  return new Tensor({ op: 'Input', name, shape: [...shape], dtype });
}

/**
 * Fixed values, row-major; a shape of `[]` is a scalar. Throws GraphError when they do not fill the shape,
 * or are no numbers of the type (int32 and int64 take whole ones only).
 */
export function constant(values: ArrayLike<number> | Values, shape: Shape, dtype: DType = 'float32'): Tensor {
  checkShape('constant', shape);
  if (values.length !== sizeOf(shape)) {
    throw graphError('constant', `${values.length} values do not fill ${showShape(shape)}`);
  }
  const limit = WHOLE_LIMITS[dtype];
  if (limit !== undefined && !(values instanceof ARRAYS[dtype])) {
    const odd = Array.from(values, Number).find(
      (value) => !Number.isInteger(value) || Math.abs(value) > limit,
    );
    if (odd !== undefined) throw graphError('constant', `${odd} is no ${dtype}`);
  }
  const own = values instanceof ARRAYS[dtype] ? values.slice() : valuesOf(dtype, Array.from(values, Number));
  return new Tensor({ op: 'Constant', shape: [...shape], dtype, values: own as ArrayOf[DType] });
}

const WHOLE_LIMITS: Partial<Record<DType, number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };

export const scalar = (value: number, dtype: DType = 'float32'): Tensor => constant([value], [], dtype);

/** A list of whole numbers, as axes and shapes are given to operators. */
export const integers = (list: readonly number[]): Tensor => constant(list, [list.length], 'int64');

/** The number that a scalar constant holds, `undefined` for everything else. */
export function knownScalar(x: Tensor): number | undefined {
  return x.op === 'Constant' && x.size === 1 ? Number(x.values![0]) : undefined;
}

export const sizeOf = (shape: Shape): number => shape.reduce((size, n) => size * n, 1);
export const showShape = (shape: Shape): string => `(${shape.join(', ')})`;
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** `cumSum` of the operator CumSum. */
export const wordOf = (op: string): string => op[0].toLowerCase() + op.slice(1);

function checkShape(operation: string, shape: Shape): void {
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw graphError(operation, `sizes must be whole numbers ≥ 0, found ${showShape(shape)}`);
  }
}

/** A GraphError that points at the line outside this room which asked for `operation`. */
export function graphError(operation: string, trouble: string): GraphError {
  const { stackTraceLimit } = Error;
  // the caller may stand far below the operations that others are made of
  Error.stackTraceLimit = 50;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return new GraphError(operation, trouble, lineOfCaller(stack));
}

const THIS_ROOM = new URL('..', import.meta.url).href;

function lineOfCaller(stack: string): string {
  const frames = stack.split('\n').filter((line) => /:\d+:\d+\)?$/.test(line));
  const place = (frame: string) =>
    frame.match(/(?:\(|at |@)((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:).*:\d+):\d+\)?$/)?.[1] ?? '';
  const room = THIS_ROOM.replace(/^file:\/\//, '');
  const outside = frames
    .map(place)
    .find((at) => at !== '' && (!at.includes(room) || /\.test\.[jt]s:/.test(at)));
  return outside?.replace(/^file:\/\//, '') ?? '';
}

/** `axis` counted from the front; negative ones count from the end. Throws GraphError outside the rank. */
export function axisOf(operation: string, axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && front >= 0 && front < rank) return front;
  throw graphError(operation, `axis ${axis} of a tensor with ${rank} axes`);
}

/** Throws GraphError unless x is of floats. */
export function checkFloat(operation: string, x: Tensor): void {
  if (!isFloat(x.dtype)) throw graphError(operation, `of ${x}: floats are needed; use cast`);
}

/** Throws GraphError unless all have the first one's type; returns it. */
export function sameType(operation: string, tensors: readonly Tensor[]): DType {
  const odd = tensors.find((tensor) => tensor.dtype !== tensors[0].dtype);
  if (odd) throw graphError(operation, `types differ: ${tensors.map(String).join(' and ')}; use cast`);
  return tensors[0].dtype;
}

/**
 * Bytes in the library's memory to values. A decoder takes records piece by piece, so that a large dataset is
 * never twice in memory; a compound type is one decoder a member over the same bytes, which makes columns.
 */
import type { NumericArray } from '../../data/matrix.js';
import { type FormatError, isMechanistError } from '../../errors.js';
import { typeName } from './datatype.js';
import type { Hdf5Array, Hdf5Type, Hdf5Values } from './hdf5.js';
import type { Session } from './session.js';
import { type StringBudget, TextGatherer } from './text.js';

export interface Decoder {
  /** `count` records of `stride` bytes from `pointer` on; this value begins `offset` bytes into each. */
  take(heap: Uint8Array, pointer: number, count: number, stride: number): void;
  finish(): Hdf5Values;
}

/** What a decoder needs to know of its surroundings. */
export interface Context {
  readonly session: Session;
  readonly where: string;
  readonly budget: StringBudget;
}

const SAFE = 'integers up to 2^53';

/** Did a read fail only because integers are too large for a number (and not because of damage)? */
export function isUnsafeInteger(error: unknown): boolean {
  return isMechanistError(error, 'FormatError') && (error as FormatError).details.expected === SAFE;
}

/** A decoder for `length` values of `type`. Throws FormatError for a type that is not read. */
export function decoder(type: Hdf5Type, length: number, context: Context): Decoder {
  const { session, where } = context;
  switch (type.kind) {
    case 'integer':
    case 'enum':
      return type.size === 8
        ? wideIntegers(type.signed, length, context)
        : plain(type, allocate(context, length, integerArray(type.size, type.signed, context)));
    case 'boolean':
      return plain({ size: 1 }, allocate(context, length, Uint8Array));
    case 'float':
      if (type.size === 2) return halfFloats(allocate(context, length, Float32Array));
      if (type.size === 4) return plain(type, allocate(context, length, Float32Array));
      if (type.size === 8) return plain(type, allocate(context, length, Float64Array));
      break;
    case 'string':
      return text(type.variable ? undefined : type.size, type.spacePadded, context);
    case 'compound':
      return compound(type.members, length, context);
    case 'array': {
      const inner = type.shape.reduce((product, extent) => product * extent, 1);
      const base = decoder(type.base, length * inner, context);
      return {
        take(heap, pointer, count, stride) {
          if (stride === type.size) base.take(heap, pointer, count * inner, type.base.size);
          else for (let i = 0; i < count; i++) base.take(heap, pointer + i * stride, inner, type.base.size);
        },
        finish: () => base.finish(),
      };
    }
    case 'reference':
      if (!type.region) return references(type.size, context);
      break;
  }
  throw session.damaged(`values of type ${typeName(type)} are not read`, where);
}

type ArrayMaker<T> = new (length: number) => T;

function allocate<T>(context: Context, length: number, Maker: ArrayMaker<T>): T {
  try {
    return new Maker(length);
  } catch (cause) {
    throw context.session.outOfMemory(length * 8, context.where, cause);
  }
}

function integerArray(size: number, signed: boolean, { session, where }: Context): ArrayMaker<NumericArray> {
  if (size === 1) return signed ? Int8Array : Uint8Array;
  if (size === 2) return signed ? Int16Array : Uint16Array;
  if (size === 4) return signed ? Int32Array : Uint32Array;
  throw session.damaged(`integers of ${size} bytes are not read`, where);
}

/** Numbers that stand in memory as a typed array holds them. */
function plain({ size }: { size: number }, values: NumericArray): Decoder {
  const bytes = new Uint8Array(values.buffer);
  let at = 0;
  return {
    take(heap, pointer, count, stride) {
      if (stride === size) bytes.set(heap.subarray(pointer, pointer + count * size), at);
      else {
        for (let i = 0; i < count; i++) {
          for (let b = 0; b < size; b++) bytes[at + i * size + b] = heap[pointer + i * stride + b]!;
        }
      }
      at += count * size;
    },
    finish: () => values,
  };
}

/** 64-bit integers, exact to 2^53, narrowed to 32 bits when all fit. */
function wideIntegers(signed: boolean, length: number, context: Context): Decoder {
  const values = allocate(context, length, Float64Array);
  let at = 0;
  let [least, most] = [0, 0];
  return {
    take(heap, pointer, count, stride) {
      const view = new DataView(heap.buffer);
      for (let i = 0; i < count; i++) {
        const place = pointer + i * stride;
        const high = signed ? view.getInt32(place + 4, true) : view.getUint32(place + 4, true);
        const value = high * 4294967296 + view.getUint32(place, true);
        if (value < least) least = value;
        else if (value > most) most = value;
        values[at++] = value;
      }
      if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) {
        const found = String(Number.isSafeInteger(most) ? least : most);
        const message = `holds the integer ${found}, beyond 2^53, which a number cannot hold exactly`;
        throw context.session.damaged(message, context.where, { expected: SAFE, found });
      }
    },
    finish() {
      const fitsSigned = least >= -2147483648 && most <= 2147483647;
      if (fitsSigned) return copyInto(allocate(context, length, Int32Array), values);
      if (least === 0 && most <= 4294967295) return copyInto(allocate(context, length, Uint32Array), values);
      return values;
    },
  };
}

function copyInto<T extends NumericArray>(target: T, values: NumericArray): T {
  target.set(values);
  return target;
}

/** IEEE 754 binary16. */
function halfFloats(values: Float32Array): Decoder {
  let at = 0;
  return {
    take(heap, pointer, count, stride) {
      for (let i = 0; i < count; i++) {
        const bits = heap[pointer + i * stride]! | (heap[pointer + i * stride + 1]! << 8);
        const exponent = (bits >> 10) & 31;
        const fraction = bits & 1023;
        const sign = bits & 0x8000 ? -1 : 1;
        if (exponent === 31) values[at++] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
        else if (exponent === 0) values[at++] = sign * fraction * 2 ** -24;
        else values[at++] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
      }
    },
    finish: () => values,
  };
}

/** Strings: of `size` bytes, or behind pointers which are freed here (`size` undefined). */
function text(size: number | undefined, spacePadded: boolean, context: Context): Decoder {
  const values: string[][] = [];
  const { wasm, latin1 } = context.session;
  return {
    take(heap, pointer, count, stride) {
      const view = new DataView(heap.buffer);
      const gatherer = new TextGatherer();
      for (let i = 0; i < count; i++) {
        const place = pointer + i * stride;
        const start = size === undefined ? view.getUint32(place, true) : place;
        const end = size === undefined ? (start === 0 ? 0 : heap.length) : place + size;
        const bytes = gatherer.add(heap, start, end, size !== undefined && spacePadded);
        if (size !== undefined) continue;
        context.budget.spend(bytes, context);
        if (start !== 0) wasm._free(start);
      }
      values.push(gatherer.finish());
      if (gatherer.nLatin1 > 0) latin1.add(context.where);
    },
    // flat() is slow, and nearly always there is one piece
    finish: () => (values.length === 1 ? values[0]! : values.flat()),
  };
}

/** References to objects, as the absolute paths of what they point to. */
function references(size: number, { session, where }: Context): Decoder {
  const values: string[] = [];
  return {
    take(heap, pointer, count, stride) {
      // looking one up can move the library's memory, so all are copied first
      const bytes = heap.slice(pointer, pointer + count * stride);
      for (let i = 0; i < count; i++) {
        const reference = bytes.subarray(i * stride, i * stride + size);
        values.push(
          session.call(where, (wasm, file) => wasm.get_referenced_name(file, reference, true)) ?? '',
        );
      }
    },
    finish: () => values,
  };
}

type Members = Extract<Hdf5Type, { kind: 'compound' }>['members'];

function compound(members: Members, length: number, context: Context): Decoder {
  const columns = members.map((member) => ({ member, column: decoder(member.type, length, context) }));
  return {
    take(heap, pointer, count, stride) {
      for (const { member, column } of columns) column.take(heap, pointer + member.offset, count, stride);
    },
    finish() {
      const named = columns.map(({ member, column }): [string, Hdf5Array] => {
        const inner = member.type.kind === 'array' ? member.type.shape : [];
        return [member.name, { shape: [length, ...inner], type: member.type, values: column.finish() }];
      });
      return new Map(named);
    },
  };
}

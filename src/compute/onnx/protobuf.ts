/**
 * The wire format of Protocol Buffers, as much as ONNX needs: varints, length-delimited fields and 32-bit floats
 * (protobuf.dev, "Encoding"). Messages are built from the inside out as lists of byte chunks, joined once.
 */
export type Field = readonly Uint8Array[];

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const tag = (field: number, wireType: number) => varint((field << 3) | wireType);

/** A whole number; negative ones take ten bytes. */
export const integer = (field: number, value: number | bigint): Field => [tag(field, VARINT), varint(value)];

export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [tag(field, FIXED32), bytes];
}

export const bytes = (field: number, value: Uint8Array): Field => [
  tag(field, BYTES),
  varint(value.length),
  value,
];

export const text = (field: number, value: string): Field => bytes(field, new TextEncoder().encode(value));

/** A message inside a message. */
export function message(field: number, ...parts: readonly Field[]): Field {
  const chunks = parts.flat();
  const length = chunks.reduce((size, chunk) => size + chunk.length, 0);
  return [tag(field, BYTES), varint(length), ...chunks];
}

export function join(...parts: readonly Field[]): Uint8Array {
  const chunks = parts.flat();
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/**
 * The safetensors format: eight bytes with the length of a JSON header, the header (name → type, shape, offsets), then
 * the values, row-major and little-endian, without gaps (github.com/huggingface/safetensors, README "Format"). Nothing
 * in it is ever executed, and everything that is declared is checked against the bytes before anything is allocated.
 */
import { FormatError } from '../../errors.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './half.js';
import { duplicateKey } from './json.js';

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export type SafeType = keyof typeof ARRAYS;
export type SafeValues =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

export interface SafeTensor {
  readonly type: SafeType;
  readonly shape: readonly number[];
  /** Row-major; booleans are bytes 0 and 1. */
  readonly values: SafeValues;
}

export interface SafeFile {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** Free texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Types without an array in JavaScript, read as float32. */
const HALVES = { F16: float16ToFloat32, BF16: bfloat16ToFloat32 } as const;
const HEADER_LIMIT = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

/** The file with these tensors; wide types come first, so that all stay aligned. Throws FormatError on a tensor whose values do not fill its shape. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const order = [...tensors].sort(([a, { type: s }], [b, { type: t }]) => {
    const width = ARRAYS[t].BYTES_PER_ELEMENT - ARRAYS[s].BYTES_PER_ELEMENT;
    return width || (a < b ? -1 : 1);
  });
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  for (const [name, { type, shape, values }] of order) {
    const size = shape.reduce((product, n) => product * n, 1);
    if (name === METADATA || values.length !== size || !(values instanceof ARRAYS[type])) {
      const found = `${values.constructor.name} of ${values.length}`;
      throw refusal(`tensor '${name}' cannot be written`, name, `${type} (${shape})`, found);
    }
    header.push([name, { dtype: type, shape, data_offsets: [end, end + values.byteLength] }]);
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(objectText(header));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const [, { values }] of order) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/** An object with these members, in their order; a literal would move names that look like numbers to the front. */
const objectText = (members: readonly [string, unknown][]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

/** Reads a file; the arrays are copies. F16 and BF16 become F32. Throws FormatError, which says what is wrong where. */
export function readSafetensors(bytes: Uint8Array): SafeFile {
  const { header, start } = readHeader(bytes);
  const metadata = metadataOf(header[METADATA]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => entryOf(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const trouble = begin < covered ? 'overlaps the tensor before it' : 'leaves a gap before it';
      throw refusal(`tensor '${name}' ${trouble}`, name, `begins at ${covered}`, `begins at ${begin}`);
    }
    covered = end;
  }
  const available = bytes.length - start;
  if (covered !== available) {
    throw refusal('the tensors do not fill the file', 'values', `${covered} bytes`, `${available} bytes`);
  }
  const tensors = new Map<string, SafeTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    tensors.set(name, {
      shape,
      ...valuesOf(type, new Uint8Array(bytes.subarray(start + begin, start + end)), name),
    });
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw refusal('too short for safetensors', 'offset 0', 'at least 8 bytes', `${bytes.length} bytes`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(HEADER_LIMIT, bytes.length - LENGTH_BYTES);
  if (length > BigInt(most)) {
    throw refusal('the header is longer than the file or 100 MB', 'offset 0', `≤ ${most}`, String(length));
  }
  const start = LENGTH_BYTES + Number(length);
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(LENGTH_BYTES, start),
    );
    header = JSON.parse(text);
  } catch (cause) {
    throw new FormatError('safetensors', 'the header is not JSON', { where: 'header' }, { cause });
  }
  if (!isObject(header)) throw refusal('the header is no JSON object', 'header', 'an object', typeof header);
  const twice = duplicateKey(text);
  if (twice !== undefined) throw refusal(`'${twice}' stands twice in the header`, 'header', 'once', 'twice');
  return { header, start };
}

interface Entry {
  readonly name: string;
  readonly type: SafeType | keyof typeof HALVES;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function entryOf(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (isObject(entry) ? entry : {}) as Record<string, unknown>;
  const type = dtype as Entry['type'];
  if (typeof dtype !== 'string' || !(Object.hasOwn(ARRAYS, type) || Object.hasOwn(HALVES, type))) {
    const known = [...Object.keys(ARRAYS), ...Object.keys(HALVES)].join(', ');
    throw refusal(`tensor '${name}' has a type that cannot be read`, name, known, String(dtype));
  }
  if (!isSizes(shape))
    throw refusal(`tensor '${name}' has no shape`, name, 'sizes ≥ 0', JSON.stringify(shape));
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    throw refusal(`tensor '${name}' has no offsets`, name, '[begin, end]', JSON.stringify(offsets));
  }
  const [begin, end] = offsets;
  const width = type in HALVES ? 2 : ARRAYS[type as SafeType].BYTES_PER_ELEMENT;
  const size = shape.reduce((product, n) => product * n, width);
  if (size !== end - begin) {
    const found = `${end - begin} bytes`;
    throw refusal(
      `tensor '${name}' ${type} (${shape}) does not fit its offsets`,
      name,
      `${size} bytes`,
      found,
    );
  }
  return { name, type, shape, begin, end };
}

/** `bytes` are the tensor's own. Every platform that runs JavaScript today is little-endian, as the file is. */
function valuesOf(
  type: Entry['type'],
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Pick<SafeTensor, 'type' | 'values'> {
  if (type === 'F16' || type === 'BF16') {
    return { type: 'F32', values: HALVES[type](new Uint16Array(bytes.buffer)) };
  }
  if (type === 'BOOL' && bytes.some((byte) => byte > 1)) {
    throw refusal(`tensor '${name}' holds a boolean that is neither 0 nor 1`, name, '0 or 1', 'another byte');
  }
  return { type, values: new ARRAYS[type](bytes.buffer) };
}

function metadataOf(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string')) {
    throw refusal('the metadata are not texts by name', METADATA, 'an object of strings', typeof value);
  }
  return value as Record<string, string>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

const refusal = (message: string, where: string, expected: string, found: string) =>
  new FormatError('safetensors', `${message}: expected ${expected}, found ${found}`, {
    where,
    expected,
    found,
  });

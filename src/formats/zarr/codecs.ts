/**
 * zarrita's codecs with a bound on what they may unpack: a chunk cannot become more than its declared size,
 * whatever its bytes claim. Registered once, in place of zarrita's own.
 */
import type { DataType } from 'zarrita';

/** Text has no declared size: what a chunk of it may unpack to. */
const MAX_TEXT_BYTES = 2 ** 29;
/** What checksums, lengths and headers may add to the values. */
const SLACK_BYTES = 65536;

interface ChunkMeta {
  readonly dataType: DataType;
  readonly shape: readonly number[];
}
interface BytesCodec {
  readonly kind?: string;
  encode(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
  decode(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
interface CodecEntry {
  fromConfig(configuration: unknown, meta: ChunkMeta): BytesCodec;
}
type Registry = Map<string, () => CodecEntry | Promise<CodecEntry>>;

/** Size that the header of a compressed chunk declares; `undefined` where it has none. */
const DECLARED: Record<string, (bytes: Uint8Array) => number | undefined> = {
  // https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst
  blosc: (bytes) => littleEndian(bytes, 4, 4),
  // numcodecs puts the length in front
  lz4: (bytes) => littleEndian(bytes, 0, 4),
  zstd: zstdContentSize,
};

let done = false;

/** Puts the bounds in front of the codecs of zarrita's registry. */
export function boundCodecs(registry: Registry): void {
  if (done) return;
  done = true;
  for (const name of Object.keys(DECLARED)) {
    const load = registry.get(name);
    if (!load) continue;
    const bounded = async () => checking(name, await load());
    registry.set(name, bounded);
    registry.set(`numcodecs.${name}`, bounded);
  }
  for (const [name, format] of [
    ['gzip', 'gzip'],
    ['zlib', 'deflate'],
  ] as const) {
    registry.set(name, () => inflating(format));
    registry.set(`numcodecs.${name}`, () => inflating(format));
  }
}

function checking(name: string, codec: CodecEntry): CodecEntry {
  return {
    fromConfig(configuration, meta) {
      const inner = codec.fromConfig(configuration ?? {}, meta);
      const limit = largest(meta);
      return {
        kind: inner.kind,
        encode: (data) => inner.encode(data),
        async decode(data) {
          const declared = DECLARED[name]!(data);
          if (declared === undefined || declared > limit) {
            throw new RangeError(`${name} data of ${declared ?? 'unknown'} bytes where at most ${limit} fit`);
          }
          return inner.decode(data);
        },
      };
    },
  };
}

/** gzip or zlib through the platform's stream, given up at the limit. */
function inflating(format: CompressionFormat): CodecEntry {
  return {
    fromConfig: (_, meta) => ({
      kind: 'bytes_to_bytes',
      encode: () => Promise.reject(new Error(`${format} is only read`)),
      decode: (data) => inflate(data, format, largest(meta)),
    }),
  };
}

async function inflate(data: Uint8Array, format: CompressionFormat, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Blob([data as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  for (;;) {
    const { value, done: ended } = await reader.read();
    if (ended) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new RangeError(`${format} data of more than the ${limit} bytes that fit`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function largest({ dataType, shape }: ChunkMeta): number {
  const width = bytesPerValue(dataType);
  return width === undefined ? MAX_TEXT_BYTES : shape.reduce((a, b) => a * b, 1) * width + SLACK_BYTES;
}

/** `undefined` for text of any length. */
export function bytesPerValue(type: string): number | undefined {
  const fixed = /^v2:([US])(\d+)$/.exec(type);
  if (fixed) return Number(fixed[2]) * (fixed[1] === 'U' ? 4 : 1);
  const bits = /^(?:u?int|float)(\d+)$/.exec(type)?.[1];
  return bits ? Number(bits) / 8 : type === 'bool' ? 1 : undefined;
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (bytes.length < at + length) return undefined;
  let value = 0;
  for (let k = length - 1; k >= 0; k--) value = value * 256 + bytes[at + k]!;
  return value;
}

/** RFC 8878, 3.1.1.1: the frame header may give the size of what is in it. */
function zstdContentSize(bytes: Uint8Array): number | undefined {
  if (littleEndian(bytes, 0, 4) !== 0xfd2fb528) return undefined;
  const descriptor = bytes[4] ?? 0;
  const single = (descriptor >> 5) & 1;
  const sizeBytes = [single, 2, 4, 8][descriptor >> 6]!;
  if (sizeBytes === 0) return undefined;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const size = littleEndian(bytes, at, sizeBytes);
  return size === undefined ? undefined : size + (sizeBytes === 2 ? 256 : 0);
}

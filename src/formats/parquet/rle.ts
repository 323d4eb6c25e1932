/**
 * Parquet's hybrid of runs and bit-packed groups, which holds definition levels, dictionary positions and
 * truth values. Our own because hyparquet's writes past the end of its output on runs longer than declared,
 * so that one wrong byte can take all memory.
 *
 * Source: https://parquet.apache.org/docs/file-format/data-pages/encodings (RLE / Bit-Packing Hybrid).
 */

/**
 * The first `count` values of `width` bits each. Throws RangeError when `bytes` ends before.
 */
export function decodeHybrid(bytes: Uint8Array, width: number, count: number): Int32Array {
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  const values = new Int32Array(count);
  const at = { position: 0 };
  let filled = 0;
  while (filled < count) {
    const head = readVarint(bytes, at);
    if (head & 1) {
      const nInGroups = Math.min((head >>> 1) * 8, count - filled);
      unpack(bytes, at.position, width, values, filled, nInGroups);
      at.position += (head >>> 1) * width;
      filled += nInGroups;
    } else {
      const length = Math.min(head >>> 1, count - filled);
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= byteAt(bytes, at.position++) << shift;
      values.fill(value, filled, filled + length);
      filled += length;
    }
  }
  return values;
}

/** `n` values of `width` bits, least significant first, from byte `start` on. */
function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  out: Int32Array,
  from: number,
  n: number,
): void {
  if (start + Math.ceil((n * width) / 8) > bytes.length) throw new RangeError('bit-packed values cut short');
  let bit = 0;
  for (let k = 0; k < n; k++) {
    let value = 0;
    for (let taken = 0; taken < width; ) {
      const inByte = Math.min(8 - (bit & 7), width - taken);
      value |= ((bytes[start + (bit >> 3)]! >> (bit & 7)) & ((1 << inByte) - 1)) << taken;
      taken += inByte;
      bit += inByte;
    }
    out[from + k] = value;
  }
}

/** An unsigned LEB128 number of at most 32 bits. */
function readVarint(bytes: Uint8Array, at: { position: number }): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = byteAt(bytes, at.position++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
  throw new RangeError('a run length of more than 32 bits');
}

function byteAt(bytes: Uint8Array, position: number): number {
  if (position >= bytes.length) throw new RangeError('runs cut short');
  return bytes[position]!;
}

/**
 * Keeps the HDF5 library from running forever on a damaged global heap (where variable-length text stands).
 *
 * The library walks the objects of a heap collection by their sizes and never ends when a free-space object
 * says 0 (seen with 1.10 and 1.14). So every read that brings in a collection is looked at before the library
 * gets it, and the walk is done here first. Layout: HDF5 File Format Specification 3.0, III.E.
 */
import type { Stream, Wasm } from './wasm.js';

const HEADER_BYTES = 16;
const SIGNATURE = [0x47, 0x43, 0x4f, 0x4c];

/** Puts the check into the file functions of an instance; `fileBytes` tells the size of an open file. */
export function guardHeaps(fs: Wasm['FS'], fileBytes: (stream: Stream) => number): void {
  const read = fs.read.bind(fs);
  fs.read = (stream, buffer, offset, length, position) => {
    const at = position ?? stream.position;
    const count = read(stream, buffer, offset, length, position);
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, count);
    if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return count;
    const size = collectionSize(bytes);
    let collection = bytes.subarray(0, size);
    if (size > count) {
      // only its beginning was asked for: the rest has to be looked at as well, as far as the file goes
      if (size > fileBytes(stream) - at) return count;
      collection = new Uint8Array(size);
      read(stream, collection, 0, size, at);
    }
    if (!isWalkable(collection)) throw new Error(`the text heap at byte ${at} is damaged`);
    return count;
  };
}

/** As the library has it: its sizes have 32 bits, so that a damaged upper half goes unseen. */
function collectionSize(bytes: Uint8Array): number {
  return bytes.length < HEADER_BYTES ? 0 : view(bytes).getUint32(8, true);
}

/** Do the objects of a collection follow each other to its end? */
export function isWalkable(collection: Uint8Array): boolean {
  const data = view(collection);
  let at = HEADER_BYTES;
  while (at + HEADER_BYTES <= collection.length) {
    const isFree = data.getUint16(at, true) === 0;
    const size = wide(data, at + 8);
    const step = isFree ? size : HEADER_BYTES + Math.ceil(size / 8) * 8;
    if (step < HEADER_BYTES || at + step > collection.length) return false;
    at += step;
  }
  return true;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit number without sign; near enough above 2^53, where no size is right anyway. */
function wide(data: DataView, at: number): number {
  return data.getUint32(at + 4, true) * 4294967296 + data.getUint32(at, true);
}

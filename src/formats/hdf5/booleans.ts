/**
 * Truth values as h5py knows them: an HDF5 enumeration FALSE = 0, TRUE = 1 over int8, which h5wasm cannot make.
 *
 * How: the value is first written as plain int8 (a dataset) or text (an attribute) with room for the longer
 * type description, and when the file is closed the description is rewritten in place. The files we write
 * have version 1 object headers, a list of messages without checksums, so this is exact and safe:
 *
 * - a dataset gets a placeholder attribute whose message is as long as an enumeration's datatype message. It
 *   becomes the datatype message; the message of the int8 type becomes a NIL message (free space);
 * - an attribute is written as text of 33 bytes: description 8 and value 33 bytes take the room of the
 *   enumeration's 40 and a value of 1 byte.
 *
 * The header is found through the library (an object reference is its address), its messages are parsed, and
 * anything unexpected is an error. Layout: HDF5 File Format Specification 3.0, IV.A.1.a, IV.A.2.d, IV.A.2.m.
 */

/** The placeholder of a boolean dataset: a text attribute of 8 bytes, its message 40 bytes long. */
export const PLACEHOLDER = { name: 'boolean', bytes: 8 };
/** Length of the text that makes room for a boolean attribute. */
export const ATTRIBUTE_ROOM = 33;

/** Reads and writes the closed file. */
export interface Bytes {
  read(position: number, length: number): Uint8Array;
  write(position: number, bytes: Uint8Array): void;
}

/** A boolean to make: an object header's address, and the attribute with its value unless it is a dataset. */
export interface TruthValue {
  readonly address: number;
  readonly attribute?: { readonly name: string; readonly value: boolean };
}

const MESSAGE = { nil: 0x00, datatype: 0x03, attribute: 0x0c, continuation: 0x10 };
const CONSTANT = 1;

/** Version 1 enumeration of 2 members, 1 byte: base int8, names padded to 8, values; padded to 40 bytes. */
const ENUM_BYTES = 38;
const ENUM = (() => {
  const bytes = new Uint8Array(40);
  bytes.set([0x18, 2, 0, 0, 1, 0, 0, 0]);
  bytes.set([0x10, 0x08, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0], 8);
  bytes.set(new TextEncoder().encode('FALSE'), 20);
  bytes.set(new TextEncoder().encode('TRUE'), 28);
  bytes.set([0, 1], 36);
  return bytes;
})();
/** Version 1 dataspace of rank 0. */
const SCALAR = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);

interface Message {
  readonly type: number;
  /** Of its 8-byte prefix. */
  readonly position: number;
  readonly data: Uint8Array;
}

/** Rewrites one object header. Throws Error when it is not as it was written. */
export function makeBoolean(file: Bytes, { address, attribute }: TruthValue): void {
  const messages = readMessages(file, address);
  const wanted = attribute?.name ?? PLACEHOLDER.name;
  const room = messages.find((message) => message.type === MESSAGE.attribute && nameOf(message) === wanted);
  if (!room) throw new Error(`object header at ${address}: no attribute '${wanted}'`);
  if (attribute) {
    replace(file, room, MESSAGE.attribute, 0, attributeData(room, attribute.value));
    return;
  }
  const datatype = messages.find((message) => message.type === MESSAGE.datatype);
  if (!datatype || room.data.length !== ENUM.length) {
    throw new Error(`object header at ${address}: not the header of a boolean dataset`);
  }
  replace(file, room, MESSAGE.datatype, CONSTANT, ENUM);
  replace(file, datatype, MESSAGE.nil, 0, new Uint8Array(datatype.data.length));
}

function readMessages(file: Bytes, address: number): Message[] {
  const prefix = view(file.read(address, 16));
  if (prefix.getUint8(0) !== 1) throw new Error(`object header at ${address}: not version 1`);
  const messages: Message[] = [];
  const blocks = [{ position: address + 16, length: prefix.getUint32(8, true) }];
  for (const { position, length } of blocks) {
    const bytes = file.read(position, length);
    const block = view(bytes);
    for (let at = 0; at + 8 <= length; ) {
      const size = block.getUint16(at + 2, true);
      const type = block.getUint16(at, true);
      const data = bytes.subarray(at + 8, at + 8 + size);
      messages.push({ type, position: position + at, data });
      if (type === MESSAGE.continuation) {
        const next = view(data);
        blocks.push({
          position: Number(next.getBigUint64(0, true)),
          length: Number(next.getBigUint64(8, true)),
        });
      }
      at += 8 + size;
    }
  }
  return messages;
}

/** The name in a version 1 attribute message: 8 bytes of sizes, then the name with its NUL. */
function nameOf({ data }: Message): string {
  const size = view(data).getUint16(2, true);
  return data[0] === 1 ? new TextDecoder().decode(data.subarray(8, 8 + size - 1)) : '';
}

function attributeData({ data }: Message, value: boolean): Uint8Array {
  const nameSize = view(data).getUint16(2, true);
  const typeAt = 8 + Math.ceil(nameSize / 8) * 8;
  const valueAt = typeAt + ENUM.length + SCALAR.length;
  if (valueAt >= data.length) throw new Error('the attribute has no room for a boolean');
  const bytes = new Uint8Array(data.length);
  bytes.set(data.subarray(0, typeAt));
  view(bytes).setUint16(4, ENUM_BYTES, true);
  bytes.set(ENUM, typeAt);
  bytes.set(SCALAR, typeAt + ENUM.length);
  bytes[valueAt] = value ? 1 : 0;
  return bytes;
}

function replace(file: Bytes, message: Message, type: number, flags: number, data: Uint8Array): void {
  const bytes = new Uint8Array(8 + data.length);
  view(bytes).setUint16(0, type, true);
  view(bytes).setUint16(2, data.length, true);
  bytes[4] = flags;
  bytes.set(data, 8);
  file.write(message.position, bytes);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** From what h5wasm tells of a type to our own `Hdf5Type`. */
import type { Hdf5Type } from './hdf5.js';
import { type Metadata, TypeClass } from './wasm.js';

const UNREAD: Readonly<Record<number, string>> = {
  [TypeClass.time]: 'time',
  [TypeClass.bitfield]: 'bit field',
  [TypeClass.opaque]: 'opaque bytes',
  [TypeClass.sequence]: 'variable-length lists',
};

export function typeOf(metadata: Metadata): Hdf5Type {
  const { size, signed } = metadata;
  switch (metadata.type) {
    case TypeClass.integer:
      return { kind: 'integer', size, signed };
    case TypeClass.float:
      return { kind: 'float', size };
    case TypeClass.string:
      return { kind: 'string', size, variable: metadata.vlen, spacePadded: metadata.strpad === 2 };
    case TypeClass.enumeration: {
      const members = new Map(Object.entries(metadata.enum_type?.members ?? {}));
      const truth = members.size === 2 && members.get('FALSE') === 0 && members.get('TRUE') === 1;
      return truth && size === 1 ? { kind: 'boolean', size } : { kind: 'enum', size, signed, members };
    }
    case TypeClass.compound: {
      const found = metadata.compound_type?.members ?? [];
      const members = found.map((member) => ({
        name: member.name,
        offset: member.offset,
        type: typeOf(member),
      }));
      const orders = found.flatMap(byteOrders);
      if (orders.includes('big') && orders.includes('little'))
        return { kind: 'other', size, name: 'records of mixed byte order' };
      return { kind: 'compound', size, members };
    }
    case TypeClass.array: {
      const base = metadata.array_type!;
      return { kind: 'array', size, shape: base.shape ?? [], base: typeOf(base) };
    }
    case TypeClass.reference:
      return { kind: 'reference', size, region: metadata.ref_type !== 'object' };
    default:
      return { kind: 'other', size, name: UNREAD[metadata.type] ?? `type class ${metadata.type}` };
  }
}

/** The library turns a record to little-endian when all its numbers are big-endian, otherwise none of them. */
function byteOrders(member: Metadata): ('big' | 'little')[] {
  if (member.type === TypeClass.array) return byteOrders(member.array_type!);
  const isNumber = [TypeClass.integer, TypeClass.float, TypeClass.enumeration].some((c) => c === member.type);
  if (!isNumber) return [];
  return [member.littleEndian ? 'little' : 'big'];
}

/** For messages: "int64", "text", "compound of a, b". */
export function typeName(type: Hdf5Type): string {
  switch (type.kind) {
    case 'integer':
      return `${type.signed ? 'int' : 'uint'}${type.size * 8}`;
    case 'float':
      return `float${type.size * 8}`;
    case 'string':
      return 'text';
    case 'compound':
      return `compound of ${type.members.map((member) => member.name).join(', ')}`;
    case 'array':
      return `array of ${typeName(type.base)}`;
    case 'other':
      return type.name;
    default:
      return type.kind;
  }
}

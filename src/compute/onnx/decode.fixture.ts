/** For tests: reads a model back, by the published field numbers, independently of the writer. */
export interface Decoded {
  readonly nodes: { readonly op: string; readonly inputs: string[]; readonly outputs: string[] }[];
  readonly constants: string[];
  readonly inputs: string[];
  readonly outputs: string[];
}

interface Entry {
  readonly field: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of one message, in order. */
export function fieldsOf(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const kind = tag & 7;
    if (kind === 0) entries.push({ field: tag >> 3, value: varint() });
    else {
      const length = kind === 5 ? 4 : Number(varint());
      entries.push({ field: tag >> 3, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return entries;
}

const all = (bytes: Uint8Array, field: number) =>
  fieldsOf(bytes)
    .filter((entry) => entry.field === field)
    .map(({ value }) => value as Uint8Array);
const texts = (bytes: Uint8Array, field: number) =>
  all(bytes, field).map((value) => new TextDecoder().decode(value));

/** ModelProto.graph 7; GraphProto: node 1, initializer 5, input 11, output 12. */
export function decode(model: Uint8Array): Decoded {
  const [graph] = all(model, 7);
  return {
    nodes: all(graph, 1).map((node) => ({
      op: texts(node, 4)[0],
      inputs: texts(node, 1),
      outputs: texts(node, 2),
    })),
    constants: all(graph, 5).flatMap((tensor) => texts(tensor, 8)),
    inputs: all(graph, 11).flatMap((value) => texts(value, 1)),
    outputs: all(graph, 12).flatMap((value) => texts(value, 1)),
  };
}

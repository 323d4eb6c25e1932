/**
 * Writes a graph as an ONNX model (onnx.proto3 of ONNX 1.16, IR version 10, operator set 20): what ONNX Runtime
 * executes, and what any other program that reads ONNX can. Field numbers are those of the published schema.
 */
import { GraphError } from '../../errors.js';
import { type DType, ONNX_TYPES } from '../graph/dtype.js';
import { type Attribute, graphError, type Shape, type Tensor } from '../graph/tensor.js';
import { bytes, type Field, float, integer, join, message, text } from './protobuf.js';
import { simplified } from './simplify.js';

const IR_VERSION = 10;
const OPERATOR_SET = 20;

export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** The inputs that the results really need, in the order of their making. */
  readonly inputs: readonly Tensor[];
  /** Names of the results, in the order of `outputs`. */
  readonly outputs: readonly string[];
}

/**
 * The model that computes `outputs`, by name. `inputs` that nothing needs are left out. Throws GraphError on two
 * inputs of one name, an output named as an input, or a name that holds NUL.
 */
export function writeOnnx(outputs: Readonly<Record<string, Tensor>>, name = 'mechanist'): OnnxModel {
  const standIn = simplified(Object.values(outputs));
  const nodes = [...new Set(standIn.values())].sort((a, b) => a.id - b.id);
  const inputs = nodes.filter((node) => node.op === 'Input');
  const names = new Names(inputs.map((node) => node.name));
  const idOf = (node: Tensor) => names.of(standIn.get(node)!);
  const copies = Object.entries(outputs).filter(
    ([output, tensor]) => !names.give(standIn.get(tensor)!, output),
  );

  // outputs of an operator beside its first one are nodes of their own here
  const partsOf = new Map<Tensor, Tensor[]>();
  for (const part of nodes.filter(({ op }) => op === 'Part')) {
    const producer = standIn.get(part.inputs[0])!;
    partsOf.set(producer, [...(partsOf.get(producer) ?? []), part]);
  }
  const body: Field[] = [];
  const constants: Field[] = [];
  for (const node of nodes) {
    if (node.op === 'Constant') constants.push(tensorProto(idOf(node), node));
    else if (node.op !== 'Input' && node.op !== 'Part')
      body.push(nodeProto(node, idOf, partsOf.get(node) ?? []));
  }
  for (const [output, tensor] of copies) {
    body.push(message(1, text(1, idOf(tensor)), text(2, output), text(3, output), text(4, 'Identity')));
  }
  const graph = message(
    7,
    ...body,
    text(2, name),
    ...constants,
    ...inputs.map((node) => valueInfo(11, node.name, node)),
    ...Object.entries(outputs).map(([output, tensor]) => valueInfo(12, output, tensor)),
  );
  const bytesOfModel = join(
    integer(1, IR_VERSION),
    text(2, 'mechanist'),
    graph,
    message(8, text(1, ''), integer(2, OPERATOR_SET)),
  );
  return { bytes: bytesOfModel, inputs, outputs: Object.keys(outputs) };
}

/** One name a value: `scope/Operator`, with a number where needed. */
class Names {
  readonly #taken = new Set<string>();
  readonly #ofNode = new Map<Tensor, string>();
  readonly #counts = new Map<string, number>();

  constructor(inputs: readonly string[]) {
    for (const name of inputs) this.claim(name);
  }

  claim(name: string): void {
    // runtimes take names as C texts
    if (name.includes('\0')) {
      throw graphError(
        'writeOnnx',
        `the name ${JSON.stringify(name)} of an input or output holds the character NUL`,
      );
    }
    if (this.#taken.has(name)) {
      throw new GraphError('writeOnnx', `two inputs or outputs are named '${name}'`, '');
    }
    this.#taken.add(name);
  }

  /** Names a node as the output it is; false where it has a name already and must be copied to get another. */
  give(node: Tensor, output: string): boolean {
    this.claim(output);
    if (node.op === 'Input' || node.op === 'Constant' || this.#ofNode.has(node)) return false;
    this.#ofNode.set(node, output);
    return true;
  }

  of(node: Tensor): string {
    if (node.op === 'Input') return node.name;
    const known = this.#ofNode.get(node);
    if (known !== undefined) return known;
    const base = node.op === 'Constant' ? constantName(node) : [node.name, node.op].filter(Boolean).join('/');
    let name = base;
    while (this.#taken.has(name)) {
      const count = (this.#counts.get(base) ?? 0) + 1;
      this.#counts.set(base, count);
      name = `${base}_${count}`;
    }
    this.#taken.add(name);
    this.#ofNode.set(node, name);
    return name;
  }
}

/** Small constants are named by their value, large ones by where they come from. */
function constantName({ size, values, dtype, name }: Tensor): string {
  return size <= 4
    ? `[${Array.from(values as ArrayLike<unknown>, String).join(',')}]:${dtype}`
    : name || `constant:${dtype}`;
}

function nodeProto(node: Tensor, idOf: (node: Tensor) => string, parts: readonly Tensor[]): Field {
  const name = idOf(node);
  const most = Math.max(0, ...parts.map((part) => part.attributes.index as number));
  const extra = Array.from({ length: most }, (_, i) => {
    const part = parts.find((other) => other.attributes.index === i + 1);
    return text(2, part ? idOf(part) : '');
  });
  return message(
    1,
    ...node.inputs.map((input) => text(1, idOf(input))),
    text(2, name),
    ...extra,
    text(3, name),
    text(4, node.op),
    ...Object.entries(node.attributes).map(([key, value]) => attributeProto(node.op, key, value)),
  );
}

/** AttributeProto.type: 1 float, 2 int, 3 string, 7 ints. */
function attributeProto(op: string, key: string, value: Attribute): Field {
  const entry = (...parts: Field[]) => message(5, text(1, key), ...parts);
  if (key === 'to') return entry(integer(3, ONNX_TYPES[value as DType]), integer(20, 2));
  if (typeof value === 'string') return entry(text(4, value), integer(20, 3));
  if (typeof value !== 'number') return entry(...value.map((n) => integer(8, n)), integer(20, 7));
  return FLOATS.has(`${op}.${key}`)
    ? entry(float(2, value), integer(20, 1))
    : entry(integer(3, value), integer(20, 2));
}

/** Attributes that are floats even where their value is whole. */
const FLOATS: ReadonlySet<string> = new Set([
  'LeakyRelu.alpha',
  'LayerNormalization.epsilon',
  'Gemm.alpha',
  'Gemm.beta',
]);

function tensorProto(name: string, { shape, dtype, values }: Tensor): Field {
  if (!values) throw graphError('writeOnnx', `constant '${name}' without values`);
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(
    5,
    ...shape.map((n) => integer(1, n)),
    integer(2, ONNX_TYPES[dtype]),
    text(8, name),
    bytes(9, raw),
  );
}

function valueInfo(field: number, name: string, { shape, dtype }: { shape: Shape; dtype: DType }): Field {
  const dimensions = shape.map((n) => message(1, integer(1, n)));
  return message(
    field,
    text(1, name),
    message(2, message(1, integer(1, ONNX_TYPES[dtype]), message(2, ...dimensions))),
  );
}

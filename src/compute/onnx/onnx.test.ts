import { describe, expect, it } from 'vitest';
import { testRuntime } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import * as g from '../graph/index.js';
import { decode, fieldsOf } from './decode.fixture.js';
import { writeOnnx } from './index.js';
import { bytes, float, integer, join, message, text } from './protobuf.js';

describe('the wire format', () => {
  // protobuf.dev/programming-guides/encoding: the examples of the page, and Python's struct.pack('<f', 1.5)
  it.each([
    ['150 as field 1', integer(1, 150), '08 96 01'],
    ['−2 as field 1', integer(1, -2), '08 fe ff ff ff ff ff ff ff ff 01'],
    ['0', integer(3, 0), '18 00'],
    ['a field above 15', integer(20, 1), 'a0 01 01'],
    ['2⁴⁰', integer(1, 2n ** 40n), '08 80 80 80 80 80 20'],
    ['"testing" as field 2', text(2, 'testing'), '12 07 74 65 73 74 69 6e 67'],
    ['a message of field 3', message(3, integer(1, 150)), '1a 03 08 96 01'],
    ['1.5', float(2, 1.5), '15 00 00 c0 3f'],
    ['no bytes', bytes(9, new Uint8Array(0)), '4a 00'],
  ])('%s', (_what, field, expected) => {
    expect(Array.from(join(field), (byte) => byte.toString(16).padStart(2, '0')).join(' ')).toBe(expected);
  });

  it('is read back', () => {
    const read = fieldsOf(join(integer(1, 300), text(2, 'é'), integer(15, 1)));
    expect(read.map(({ field }) => field)).toEqual([1, 2, 15]);
    expect(read[0].value).toBe(300n);
    expect(new TextDecoder().decode(read[1].value as Uint8Array)).toBe('é');
  });
});

/** A small training step. */
function network() {
  const x = g.input('x', [4, 3]);
  const w = g.input('w', [2, 3]);
  const h = g.named('encoder', () => g.named('first', () => g.relu(g.affine(x, w))));
  const loss = g.mean(g.square(h));
  return { outputs: { loss, gradient: gradients(loss, [w])[0] }, x, w, h };
}

describe('writeOnnx', () => {
  it('gives the same bytes for the same graph, built again', () => {
    const first = writeOnnx(network().outputs).bytes;
    g.exp(g.input('between', [7]));
    expect(writeOnnx(network().outputs).bytes).toEqual(first);
  });

  it('names values once, by scope and operator', () => {
    const { nodes, constants, inputs, outputs } = decode(writeOnnx(network().outputs).bytes);
    const names = [...nodes.flatMap((node) => node.outputs), ...constants, ...inputs];
    expect(new Set(names).size).toBe(names.length);
    expect(inputs).toEqual(['x', 'w']);
    expect(outputs).toEqual(['loss', 'gradient']);
    expect(names).toContain('encoder/first/Gemm');
    expect(names.some((name) => name.startsWith('gradient/encoder/first/'))).toBe(true);
    for (const { inputs: sources } of nodes) for (const source of sources) expect(names).toContain(source);
  });

  it('writes equal nodes once, and 0 and −0 as two', async () => {
    const x = g.input('x', [2]);
    const twice = g.add(g.exp(g.mul(x, 2)), g.exp(g.mul(x, 2)));
    expect(decode(writeOnnx({ twice }).bytes).nodes.map(({ op }) => op)).toEqual(['Mul', 'Exp', 'Add']);
    const zeros = { plus: g.reciprocal(g.constant([0], [1])), minus: g.reciprocal(g.constant([-0], [1])) };
    const model = writeOnnx(zeros);
    const results = await (await (await testRuntime()).session(model.bytes)).run({}, floats('plus', 'minus'));
    expect(results.plus.data).toEqual(Float32Array.of(Number.POSITIVE_INFINITY));
    expect(results.minus.data).toEqual(Float32Array.of(Number.NEGATIVE_INFINITY));
  });

  it('leaves out what no result needs, and what only steers derivatives', () => {
    const x = g.input('x', [2]);
    const unused = g.exp(g.input('unused', [2]));
    const y = g.customGradient(g.stopGradient(g.mul(x, 2)), [unused], (d) => [d]);
    const model = writeOnnx({ y: g.add(y, 1) });
    expect(decode(model.bytes).nodes.map(({ op }) => op)).toEqual(['Mul', 'Add']);
    expect(model.inputs).toEqual([x]);
  });

  it('writes the statistics of layer norm as outputs of one node', () => {
    const x = g.input('x', [4, 3]);
    const y = g.layerNorm(x, g.ones([3]), g.zeros([3]));
    const { nodes } = decode(writeOnnx({ d: gradients(g.sum(g.square(y)), [x])[0] }).bytes);
    expect(nodes.filter(({ op }) => op === 'Part')).toEqual([]);
    expect(
      nodes.filter(({ op }) => op === 'LayerNormalization').map(({ outputs }) => outputs.length),
    ).toEqual([3]);
  });

  it('lets an output have an operator’s name, two names, or be an input or a constant', async () => {
    const x = g.input('x', [1]);
    const y = g.add(x, 1);
    const outputs = { Add: y, again: y, same: x, five: g.constant([5], [1]), Mul: g.mul(y, 2) };
    const session = await (await testRuntime()).session(writeOnnx(outputs).bytes);
    const runtime = await testRuntime();
    const feeds = { x: runtime.tensor('float32', Float32Array.of(1), [1]) };
    const results = await session.run(feeds, floats(...Object.keys(outputs)));
    const found = Object.values(results).map(({ data }) => (data as Float32Array)[0]);
    expect(found).toEqual([2, 2, 1, 5, 4]);
  });

  it('refuses two inputs of one name, and an output named as an input', () => {
    const two = g.add(g.input('x', [1]), g.input('x', [1]));
    expect(() => writeOnnx({ two })).toThrow(/two inputs or outputs are named 'x'/);
    expect(() => writeOnnx({ x: g.exp(g.input('x', [1])) })).toThrow(/named 'x'/);
  });

  it('refuses names that hold NUL', () => {
    const nul = expect.objectContaining({
      tag: 'GraphError',
      message: expect.stringMatching(/"x\\u0000".*NUL/),
    });
    expect(() => writeOnnx({ y: g.exp(g.input('x\0', [1])) })).toThrow(nul);
    expect(() => writeOnnx({ 'x\0': g.exp(g.input('y', [1])) })).toThrow(nul);
  });
});

const runtime = await testRuntime();
const floats = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, runtime.tensor('float32', new Float32Array(1), [1])]));

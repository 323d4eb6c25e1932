import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, type SafeTensor, writeSafetensors } from './safetensors.js';

const HALVES =
  'gQAAAAAAAAB7ImgiOiB7ImR0eXBlIjogIkYxNiIsICJzaGFwZSI6IFs3XSwgImRhdGFfb2Zmc2V0cyI6IFswLCAxNF19LCAiYiI6IHsiZHR5cGUiOiAiQkYxNiIsICJzaGFwZSI6IFsyLCAyXSwgImRhdGFfb2Zmc2V0cyI6IFsxNCwgMjJdfX0APADB/3sBAGYuAHwAgIA/IMBhf8w9';

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** A file with this header, padded, and so many bytes of values. */
function file(header: unknown, bytes = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const whole = new Uint8Array(8 + text.length + bytes);
  new DataView(whole.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  whole.set(text, 8);
  return whole;
}

const entry = (dtype: string, shape: unknown, from: number, to: number) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('round trip', () => {
  const all: [string, SafeTensor][] = [
    ['f64', { type: 'F64', shape: [2], values: Float64Array.of(Math.PI, -0) }],
    ['f32', { type: 'F32', shape: [1, 3], values: Float32Array.of(1, Number.NaN, -Infinity) }],
    ['i64', { type: 'I64', shape: [], values: BigInt64Array.of(-(2n ** 63n)) }],
    ['u64', { type: 'U64', shape: [1], values: BigUint64Array.of(2n ** 64n - 1n) }],
    ['i32', { type: 'I32', shape: [1], values: Int32Array.of(-5) }],
    ['u32', { type: 'U32', shape: [1], values: Uint32Array.of(2 ** 32 - 1) }],
    ['i16', { type: 'I16', shape: [1], values: Int16Array.of(-5) }],
    ['u16', { type: 'U16', shape: [1], values: Uint16Array.of(65535) }],
    ['i8', { type: 'I8', shape: [3], values: Int8Array.of(-5, 0, 5) }],
    ['u8', { type: 'U8', shape: [1], values: Uint8Array.of(255) }],
    ['bool', { type: 'BOOL', shape: [2], values: Uint8Array.of(1, 0) }],
    ['empty', { type: 'F32', shape: [0, 7], values: new Float32Array() }],
    ['10', { type: 'F32', shape: [1], values: Float32Array.of(10) }],
    ['__proto__', { type: 'F32', shape: [1], values: Float32Array.of(1) }],
    ['"é\\', { type: 'F32', shape: [1], values: Float32Array.of(2) }],
  ];

  it('keeps every type, odd names and metadata', () => {
    const metadata = { format: 'mechanist', note: 'ü "quoted"' };
    const read = readSafetensors(writeSafetensors(new Map(all), metadata));
    expect(read.metadata).toEqual(metadata);
    expect([...read.tensors.keys()].sort()).toEqual(all.map(([name]) => name).sort());
    for (const [name, tensor] of all) expect(read.tensors.get(name)).toEqual(tensor);
  });

  it('aligns the header to eight bytes and every tensor to its type', () => {
    const bytes = writeSafetensors(new Map([...all].reverse()));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { data_offsets: number[] }
    >;
    for (const [name, { values }] of all) {
      expect(header[name].data_offsets[0] % values.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  it('of a file without tensors', () => {
    expect(readSafetensors(writeSafetensors(new Map())).tensors.size).toBe(0);
  });

  it('of any tensors', () => {
    const tensor = fc
      .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), fc.integer())
      .map(([shape, seed]): SafeTensor => {
        const size = shape.reduce((product, n) => product * n, 1);
        return {
          type: 'F32',
          shape,
          values: Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i)),
        };
      });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tensor), (tensors) => {
        const map = new Map(Object.entries(tensors));
        const read = readSafetensors(writeSafetensors(map)).tensors;
        expect([...read].sort()).toEqual([...map].sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe('files of others', () => {
  it('reads float16 and bfloat16 as float32', () => {
    /*
     * import numpy as np, struct, json, base64
     * h = np.array([1, -2.5, 65504, 6e-8, 0.1, np.inf, -0.0], 'float16').tobytes()
     * b = (np.array([1, -2.5, 3e38, 0.1], 'float32').view('uint32') >> 16).astype('uint16').tobytes()
     * j = json.dumps({'h': {'dtype': 'F16', 'shape': [7], 'data_offsets': [0, 14]},
     *                 'b': {'dtype': 'BF16', 'shape': [2, 2], 'data_offsets': [14, 22]}}).encode()
     * base64.b64encode(struct.pack('<Q', len(j)) + j + h + b)
     */
    const read = readSafetensors(fromBase64(HALVES)).tensors;
    const h = [1, -2.5, 65504, 2 ** -24, 0.0999755859375, Infinity, -0];
    expect(read.get('h')).toEqual({ type: 'F32', shape: [7], values: Float32Array.from(h) });
    const b = [1, -2.5, 2.9907629905160607e38, 0.099609375];
    expect(read.get('b')).toEqual({ type: 'F32', shape: [2, 2], values: Float32Array.from(b) });
  });

  it('reads tensors that are not aligned, in a file that begins anywhere in its buffer', () => {
    const header = { a: entry('U8', [1], 0, 1), b: entry('F32', [1], 1, 5) };
    const whole = file(header, 5);
    new DataView(whole.buffer).setFloat32(whole.length - 4, 1.5, true);
    const shifted = new Uint8Array(whole.length + 3);
    shifted.set(whole, 3);
    const read = readSafetensors(shifted.subarray(3));
    expect(read.tensors.get('b')?.values).toEqual(Float32Array.of(1.5));
  });
});

describe('hostile files are refused', () => {
  const good = { a: entry('F32', [2], 0, 8) };
  it.each<[string, Uint8Array, RegExp]>([
    ['no bytes', new Uint8Array(), /too short/],
    ['seven bytes', new Uint8Array(7), /too short/],
    ['an empty header', new Uint8Array(8), /not JSON/],
    ['a header beyond the file', file(good, 8, 1000n), /longer than the file/],
    ['a header of 2^63 bytes', file(good, 8, 2n ** 63n), /longer than the file/],
    ['no JSON', file('{"a": ', 8), /not JSON/],
    ['bytes that are no UTF-8', file('{"\u0000"}', 0).map((b) => (b === 0x22 ? 0xff : b)), /not JSON|longer/],
    ['a list', file([], 0), /no JSON object/],
    ['null', file('null', 0), /no JSON object/],
    ['a tensor that is a number', file({ a: 1 }, 0), /type that cannot be read/],
    ['an unknown type', file({ a: entry('F8_E4M3', [1], 0, 1) }, 1), /type that cannot be read.*F32/],
    ['a type of the prototype', file({ a: entry('toString', [1], 0, 1) }, 1), /type that cannot be read/],
    ['a negative size', file({ a: entry('F32', [-2], 0, 8) }, 8), /no shape/],
    ['a size that is no number', file({ a: entry('F32', ['2'], 0, 8) }, 8), /no shape/],
    [
      'sizes whose product is not exact',
      file({ a: entry('U8', [2 ** 52, 2 ** 52], 0, 8) }, 8),
      /does not fit/,
    ],
    ['a size that overflows', file({ a: entry('U8', [2 ** 53], 0, 8) }, 8), /no shape/],
    ['offsets that go back', file({ a: entry('F32', [2], 8, 0) }, 8), /no offsets/],
    ['three offsets', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8, 8] } }, 8), /no offsets/],
    ['a wrong size', file({ a: entry('F32', [3], 0, 8) }, 8), /does not fit its offsets.*12 bytes.*8 bytes/],
    ['values beyond the file', file({ a: entry('F32', [2 ** 40], 0, 2 ** 42) }, 8), /do not fill the file/],
    ['bytes left over', file(good, 9), /do not fill the file.*8 bytes.*9 bytes/],
    ['an overlap', file({ ...good, b: entry('F32', [2], 4, 12) }, 12), /'b' overlaps/],
    ['a gap', file({ ...good, b: entry('F32', [1], 12, 16) }, 16), /'b' leaves a gap/],
    [
      'a tensor twice',
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      /'a' stands twice/,
    ],
    [
      'a key twice',
      file('{"a":{"dtype":"F32","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      /'dtype' stands twice/,
    ],
    ['metadata that are no texts', file({ __metadata__: { a: 1 } }, 0), /metadata/],
    ['a boolean of 2', file({ a: entry('BOOL', [1], 0, 1) }, 1).with(-1, 2), /neither 0 nor 1/],
  ])('%s', (_name, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes)).toThrow(expect.objectContaining({ tag: 'FormatError' }));
  });

  it('with any byte changed: read, or refused with a FormatError', () => {
    const whole = writeSafetensors(
      new Map([['w', { type: 'F32', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) } as SafeTensor]]),
      { note: 'x' },
    );
    for (let i = 0; i < whole.length; i++) {
      for (const byte of [0, 0x22, 0x39, 0x7b, 0xff]) {
        try {
          readSafetensors(whole.with(i, byte));
        } catch (error) {
          expect(error).toMatchObject({ tag: 'FormatError' });
        }
      }
    }
  });
});

describe('what cannot be written is refused', () => {
  it.each<[string, SafeTensor]>([
    ['w', { type: 'F32', shape: [3], values: Float32Array.of(1) }],
    ['w', { type: 'F64', shape: [1], values: Float32Array.of(1) }],
    ['__metadata__', { type: 'F32', shape: [1], values: Float32Array.of(1) }],
  ])('%s %o', (name, tensor) => {
    expect(() => writeSafetensors(new Map([[name, tensor]]))).toThrow(/cannot be written/);
  });
});

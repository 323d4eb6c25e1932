import { describe, expect, it } from 'vitest';
import { testRuntime } from '../check.fixture.node.js';
import { add, constant, gather, input, mul, sum, type Tensor } from '../graph/index.js';
import { nodeRuntime } from './node.node.js';
import { Program } from './program.js';
import { programsByShape } from './shapes.js';
import { Store } from './store.js';

const counter = input('counter', [2]);
const x = input('x', [2]);

async function counting(): Promise<{ store: Store; program: Program }> {
  const store = new Store(await testRuntime());
  store.set(counter, Float32Array.of(0, 10));
  const next = add(counter, x);
  return { store, program: await Program.compile(store, { outputs: { next }, updates: [[counter, next]] }) };
}

describe('Program', () => {
  it('gives outputs that are the caller’s own', async () => {
    const { store, program } = await counting();
    const first = await program.run({ x: Float32Array.of(1, 1) });
    (first.next as Float32Array).fill(99);
    const second = await program.run({ x: Float32Array.of(1, 1) });
    expect(second.next).toEqual(Float32Array.of(2, 12));
    expect(await store.get('counter')).toEqual(Float32Array.of(2, 12));
    expect(first.next).toEqual(Float32Array.of(99, 99));
  });

  it('runs calls one after the other', async () => {
    const { store, program } = await counting();
    const runs = Array.from({ length: 20 }, () => program.run({ x: Float32Array.of(1, 2) }));
    const results = await Promise.all(runs);
    expect(results.map(({ next }) => next[0])).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(await store.get('counter')).toEqual(Float32Array.of(20, 50));
  });

  it('shares a store: updates of two programs at once are all kept', async () => {
    const { store, program } = await counting();
    const doubling = await Program.compile(store, { outputs: {}, updates: [[counter, mul(counter, 2)]] });
    const feed = { x: Float32Array.of(1, 0) };
    await Promise.all([program.run(feed), doubling.run(), program.run(feed), doubling.run(), doubling.run()]);
    // ((0 + 1) · 2 + 1) · 2 · 2
    expect(await store.get('counter')).toEqual(Float32Array.of(12, 80));
  });

  it.each<[string, Record<string, Float32Array | Int32Array>, RegExp]>([
    ['missing', {}, /no values for input 'x', float32 \(2\)/],
    ['unknown', { x: new Float32Array(2), y: new Float32Array(1) }, /input 'y' is not needed.*takes 'x'/],
    ['kept in the store', { x: new Float32Array(2), counter: new Float32Array(2) }, /'counter' is kept/],
    ['of another type', { x: new Int32Array(2) }, /'x' is float32 \(2\), found Int32Array of 2/],
    ['of another size', { x: new Float32Array(3) }, /found Float32Array of 3/],
    ['null', { x: null as never }, /'x' is float32 \(2\), found null/],
    ['a number', { x: 5 as never }, /'x' is float32 \(2\), found number/],
    ['one of inputs that are null', null as never, /the inputs are null/],
  ])('refuses an input that is %s', async (_what, inputs, message) => {
    const { store, program } = await counting();
    const run = program.run(inputs);
    await expect(run).rejects.toMatchObject({ tag: 'GraphError', message: expect.stringMatching(message) });
    expect(await store.get('counter')).toEqual(Float32Array.of(0, 10));
    expect((await program.run({ x: Float32Array.of(1, 1) })).next).toEqual(Float32Array.of(1, 11));
  });

  it('leaves the store as it was when the runtime fails', async () => {
    const { store } = await counting();
    const at = input('at', [2], 'int64');
    const next = add(counter, gather(input('table', [3]), at));
    const program = await Program.compile(store, { outputs: { next }, updates: [[counter, next]] });
    const table = Float32Array.of(1, 2, 3);
    const run = program.run({ table, at: BigInt64Array.of(0n, 3n) });
    await expect(run).rejects.toMatchObject({ tag: 'NumericalError' });
    expect(await store.get('counter')).toEqual(Float32Array.of(0, 10));
    expect((await program.run({ table, at: BigInt64Array.of(0n, 2n) })).next).toEqual(Float32Array.of(1, 13));
  });

  it('says at compile time what does not fit the store', async () => {
    const { store } = await counting();
    const compile = (updates: [Tensor, Tensor][], outputs: Record<string, Tensor> = {}) =>
      Program.compile(store, { outputs, updates });
    await expect(compile([])).rejects.toThrow(/without outputs/);
    await expect(compile([[x, x]])).rejects.toThrow(/state 'x' has no value/);
    await expect(compile([[counter, sum(counter)]])).rejects.toThrow(/float32 \(\).*float32 \(2\)/);
    await expect(
      compile([
        [counter, x],
        [counter, x],
      ]),
    ).rejects.toThrow(/two updates of 'counter'/);
    await expect(compile([[counter, x]], { 'counter⁺': x })).rejects.toMatchObject({
      tag: 'GraphError',
      message: expect.stringMatching(/output is named 'counter⁺'/),
    });
    const other = input('counter', [2], 'float64');
    await expect(compile([], { y: add(other, 1) })).rejects.toThrow(
      /float64 \(2\), the store has float32 \(2\)/,
    );
  });

  it('refuses to run on a value of another shape or type than it was compiled for', async () => {
    const { store, program } = await counting();
    const feed = { x: Float32Array.of(1, 1) };
    for (const other of [input('counter', [1, 2]), input('counter', [2], 'float64')]) {
      store.set(other, other.dtype === 'float32' ? new Float32Array(2) : new Float64Array(2));
      await expect(program.run(feed)).rejects.toMatchObject({
        tag: 'GraphError',
        message: expect.stringContaining(`'counter' is float32 (2), the store has ${other}`),
      });
    }
    store.set(input('counter', [2]), Float32Array.of(3, 4));
    expect((await program.run(feed)).next).toEqual(Float32Array.of(4, 5));
  });

  it('is disposed of once, after its runs', async () => {
    const { program } = await counting();
    const run = program.run({ x: Float32Array.of(1, 1) });
    await Promise.all([program.dispose(), program.dispose()]);
    expect((await run).next).toEqual(Float32Array.of(1, 11));
    await expect(program.run({ x: Float32Array.of(1, 1) })).rejects.toThrow(/disposed/);
  });

  it('gives the same bits from run to run, with two threads', async () => {
    const runtime = await nodeRuntime({ threads: 2 });
    const values = Float32Array.from({ length: 300_000 }, (_, i) => Math.sin(i));
    const program = await Program.compile(runtime, { outputs: { y: sum(input('v', [300_000])) } });
    const first = (await program.run({ v: values })).y;
    for (let i = 0; i < 5; i++) expect((await program.run({ v: values })).y).toEqual(first);
  });
});

describe('Store', () => {
  it('copies in and out', async () => {
    const store = new Store(await testRuntime());
    const values = Float32Array.of(1, 2);
    store.set(counter, values);
    values.fill(7);
    const out = await store.get('counter');
    (out as Float32Array).fill(8);
    expect(await store.get('counter')).toEqual(Float32Array.of(1, 2));
  });

  it('refuses unknown names, other sizes and types, and values set under a running program', async () => {
    const { store, program } = await counting();
    await expect(store.get('lost')).rejects.toMatchObject({ tag: 'OptionError' });
    expect(() => store.set(counter, new Float32Array(3))).toThrow(/Float32Array of 3 for 'counter'/);
    expect(() => store.set(counter, new Float64Array(2))).toThrow(/Float64Array of 2/);
    const run = program.run({ x: Float32Array.of(1, 1) });
    await Promise.resolve();
    await Promise.resolve();
    expect(() => store.replace('counter', new Float32Array(2))).toThrow(/while a program runs/);
    await run;
    store.replace('counter', Float32Array.of(5, 5));
    expect(await store.get('counter')).toEqual(Float32Array.of(5, 5));
  });

  it('lets no value overtake a run that was asked for before', async () => {
    const { store, program } = await counting();
    const run = program.run({ x: Float32Array.of(1, 1) });
    expect(() => store.set(counter, Float32Array.of(5, 5))).toThrow(/while a program runs or waits/);
    expect((await run).next).toEqual(Float32Array.of(1, 11));
    const failed = program.run({});
    await expect(failed).rejects.toThrow(/no values/);
    const disposed = program.dispose();
    store.set(counter, Float32Array.of(5, 5));
    await disposed;
    expect(await store.get('counter')).toEqual(Float32Array.of(5, 5));
  });

  it('gives values in the order of the runs asked for around them', async () => {
    const { store, program } = await counting();
    const found: Promise<unknown>[] = [];
    for (let i = 0; i < 3; i++) {
      found.push(store.get('counter'));
      void program.run({ x: Float32Array.of(1, 2) });
    }
    found.push(store.get('counter'));
    expect(await Promise.all(found)).toEqual([0, 1, 2, 3].map((i) => Float32Array.of(i, 10 + 2 * i)));
  });

  it('is disposed of after the runs asked for, and refuses others', async () => {
    const { store, program } = await counting();
    const run = program.run({ x: Float32Array.of(1, 1) });
    store.dispose();
    store.dispose();
    const late = [program.run({ x: Float32Array.of(1, 1) }), store.get('counter')];
    for (const refused of late) {
      await expect(refused).rejects.toMatchObject({
        tag: 'GraphError',
        message: expect.stringMatching(/store was disposed of/),
      });
    }
    expect(() => store.set(counter, new Float32Array(2))).toThrow(/store was disposed of/);
    expect((await run).next).toEqual(Float32Array.of(1, 11));
    await program.dispose();
    expect(store.names).toEqual([]);
  });
});

describe('programsByShape', () => {
  it('compiles once a shape, and keeps the ones used last', async () => {
    const built: number[] = [];
    const programs = programsByShape(async (n: number) => {
      built.push(n);
      return Program.compile(await testRuntime(), {
        outputs: { y: sum(constant(new Float32Array(n), [n])) },
      });
    }, 2);
    const first = await programs(1);
    expect(await programs(1)).toBe(first);
    await programs(2);
    await programs(1);
    await programs(3);
    await programs(1);
    await programs(2);
    expect(built).toEqual([1, 2, 3, 2]);
  });

  it('tries again after a failure', async () => {
    let fail = true;
    const programs = programsByShape(async () => {
      if (fail) throw new Error('not yet');
      return Program.compile(await testRuntime(), { outputs: { y: constant([1], [1]) } });
    });
    await expect(programs([1, 2])).rejects.toThrow('not yet');
    fail = false;
    expect((await (await programs([1, 2])).run()).y).toEqual(Float32Array.of(1));
    expect(() => programsByShape(async () => Promise.reject(), 0)).toThrow(/most/);
  });
});

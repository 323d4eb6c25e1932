import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { testRuntime } from '../check.fixture.node.js';
import * as g from '../graph/index.js';
import { Scope } from '../nn/index.js';
import { Store } from '../run/index.js';
import { exportOnnx } from './export.js';

/** tanh(x Wᵀ + b) + noise, the noise in training only. */
function network(training: boolean) {
  const scope = new Scope({ training });
  const x = g.input('batch.x', [2, 3]);
  const weight = scope.parameter('weight', [2, 3], (values) => values.set([1, 2, 3, -1, 0.5, 0]));
  const bias = scope.parameter('bias', [2], (values) => values.set([0.1, -0.2]));
  const hidden = g.tanh(g.affine(x, weight, bias));
  return { scope, x, y: training ? g.add(hidden, scope.noise({ kind: 'normal' }, [2, 2])) : hidden };
}

async function stored(scope: Scope): Promise<Store> {
  const store = new Store(await testRuntime());
  scope.initialise(store, Random.fromSeed(1));
  return store;
}

describe('a part of a network as ONNX', () => {
  it('runs in plain ONNX Runtime under its own names, with the values of the store', async () => {
    const { scope, x, y } = network(false);
    const model = await exportOnnx({ latent: y, same: x }, { counts: x }, await stored(scope));
    const session = await ort.InferenceSession.create(model.bytes);
    expect(session.inputNames).toEqual(['counts']);
    // parameters keep their names for a viewer
    expect(new TextDecoder('latin1').decode(model.bytes)).toContain('weight');
    expect(session.outputNames).toEqual(['latent', 'same']);
    const values = Float32Array.of(0.1, 0.2, 0.3, -1, 0, 1);
    const { latent, same } = await session.run({ counts: new ort.Tensor('float32', values, [2, 3]) });
    expect(latent.dims).toEqual([2, 2]);
    const expected = [0.1 + 0.4 + 0.9 + 0.1, -0.1 + 0.1 - 0.2, -1 + 3 + 0.1, 1 - 0.2].map(Math.tanh);
    expected.forEach((value, i) => {
      expect(latent.data[i]).toBeCloseTo(value, 6);
    });
    expect(same.data).toEqual(values);
  });

  it('holds the values at the time of the export', async () => {
    const { scope, x, y } = network(false);
    const store = await stored(scope);
    const model = await exportOnnx({ y }, { x }, store);
    store.replace('bias', Float32Array.of(100, 100));
    const session = await ort.InferenceSession.create(model.bytes);
    const zeros = new ort.Tensor('float32', new Float32Array(6), [2, 3]);
    expect((await session.run({ x: zeros })).y.data[0]).toBeCloseTo(Math.tanh(0.1), 6);
  });

  it('is refused where noise is left, naming it', async () => {
    const { scope, x, y } = network(true);
    const store = await stored(scope);
    await expect(exportOnnx({ y }, { x }, store)).rejects.toThrow(
      /'noise\.normal\.0', float32 \(2, 2\), is an input without a value; .*training: false/,
    );
  });

  it('is refused where an input is not named, or not needed', async () => {
    const { scope, x, y } = network(false);
    const store = await stored(scope);
    await expect(exportOnnx({ y }, {}, store)).rejects.toThrow(/'batch\.x'/);
    await expect(exportOnnx({ y }, { x, z: g.input('z', []) }, store)).rejects.toThrow(/'z' is no input/);
    await expect(exportOnnx({ y }, { hidden: y }, store)).rejects.toThrow(/'hidden' is no input/);
  });
});

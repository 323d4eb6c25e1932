import { describe, expect, it } from 'vitest';
import { constant, gradients, input, Program, Scope, Store, sum, type Tensor } from '../../compute/index.js';
import { nodeRuntime } from '../../compute/index.node.js';
import { Random } from '../../random/index.js';
import { reversed } from './adversary.js';
import { causalVariables, envScm } from './models/env-scm.js';
import { environmentSettings } from './models.js';
import { sparseShift } from './networks.js';
import { invariancePenalty, placeOf } from './objective.js';

async function value(output: Tensor, scope = new Scope(), fixed: Record<string, number[]> = {}) {
  const store = new Store(await nodeRuntime({ threads: 1 }));
  scope.initialise(store, Random.fromSeed(1));
  for (const [name, values] of Object.entries(fixed)) store.replace(name, Float32Array.from(values));
  const program = await Program.compile(store, { outputs: { output } });
  const found = Array.from((await program.run()).output, Number);
  await program.dispose();
  return found;
}

describe('the penalty of decoders that environments would scale', () => {
  const [x, y] = [
    [1, 2, -1, 0.5, 3, 1],
    [0.8, 1.5, -1.2, 0.1, 2, 2],
  ];
  const logNoise = [0.3, -0.2];
  /** Mean over the profiles of environment `rows` of ½ Σ (x − w x̂)² / σ² over genes, divided by their number. */
  const risk = (rows: number[], w: number) =>
    rows.reduce(
      (total, i) =>
        total +
        [0, 1].reduce(
          (sum, g) => sum + (0.5 * (x[2 * i + g] - w * y[2 * i + g]) ** 2) / Math.exp(logNoise[g]),
          0,
        ),
      0,
    ) /
    rows.length /
    2;

  it('is the squared slope of the risk of each environment, by finite differences', async () => {
    const slope = (rows: number[]) => (risk(rows, 1 + 1e-5) - risk(rows, 1 - 1e-5)) / 2e-5;
    const expected = (2 * slope([0, 2]) ** 2 + slope([1]) ** 2) / 3;
    const table = (values: number[]) => constant(values, [3, 2]);
    const labels = constant([4, 7, 4], [3], 'int64');
    const [found] = await value(invariancePenalty(table(x), table(y), constant(logNoise, [2]), labels));
    expect(found).toBeCloseTo(expected, 5);
  });
});

it('a reversed tensor is itself, and its derivatives have the other sign', async () => {
  const x = input('x', [2]);
  const y = sum(reversed(x));
  const store = new Store(await nodeRuntime({ threads: 1 }));
  store.set(x, Float32Array.of(2, 3));
  const program = await Program.compile(store, { outputs: { y, slope: gradients(y, [x])[0] } });
  const { y: total, slope } = await program.run();
  expect([total[0], ...slope]).toEqual([5, -1, -1]);
});

describe('shifts', () => {
  const settings = environmentSettings('env-vae', {
    latent: 3,
    environmentWidths: [],
    temperature: 0.01,
    leastTemperature: 0,
  });
  const sizes = { genes: 4, descriptors: 1, environments: 2 };
  it('are one of the latents’, where the temperature is low', async () => {
    const scope = new Scope();
    const shift = sparseShift(placeOf(scope, settings, sizes), constant([1], [1, 1]));
    const fixed = { 'shift.weight': [1, -2, 0.5], 'shift.bias': [0, 0, 0] };
    const found = await value(shift, scope, fixed);
    expect(found.map((shifted) => Math.round(shifted * 1e9) / 1e9)).toEqual([0, -2, 0]);
  });
  it('are weighted by a softmax of their sizes, where it is 1', async () => {
    const scope = new Scope();
    const shift = sparseShift(placeOf(scope, { ...settings, temperature: 1 }, sizes), constant([1], [1, 1]));
    const a = [1, -2, 0.5];
    const total = a.reduce((sum, v) => sum + Math.exp(Math.abs(v)), 0);
    const found = await value(shift, scope, { 'shift.weight': a, 'shift.bias': [0, 0, 0] });
    found.forEach((v, i) => {
      expect(v).toBeCloseTo((a[i] * Math.exp(Math.abs(a[i]))) / total, 6);
    });
  });
});

describe('causal variables', () => {
  const settings = environmentSettings('env-scm', { latent: 3 });
  const place = (scope: Scope) => placeOf(scope, settings, { genes: 4, descriptors: 1, environments: 2 });
  const z = () => constant([1, 2, 3], [1, 3]);
  // a_10 = 0.5, a_20 = −1, a_21 = 2, b_21 = 3; what stands on and above the diagonal does not count
  const effects = [9, 9, 9, 0.5, 9, 9, -1, 2, 9];
  const bends = [9, 9, 9, 0, 9, 9, 0, 3, 9];
  it('follow from one another', async () => {
    const scope = new Scope();
    const c1 = 2 + 0.5;
    const fixed = { effects, bends, gate_logits: new Array(9).fill(1) };
    const found = await value(causalVariables(place(scope), z()), scope, fixed);
    [1, c1, 3 - 1 + 2 * c1 + 3 * Math.tanh(c1)].forEach((expected, i) => {
      expect(found[i]).toBeCloseTo(expected, 5);
    });
  });
  it('are noises where gates are closed', async () => {
    const scope = new Scope();
    const fixed = { effects, bends, gate_logits: new Array(9).fill(-1) };
    expect(await value(causalVariables(place(scope), z()), scope, fixed)).toEqual([1, 2, 3]);
  });
  it('have effects where gates are open, of causes in columns', async () => {
    const scope = new Scope();
    const fixed = { effects, bends, gate_logits: [1, 1, 1, 1, 1, 1, 1, -1, 1] };
    const { straight, bent } = envScm.causes!(place(scope));
    expect(await value(straight, scope, fixed)).toEqual([0, 0, 0, 0.5, 0, 0, -1, 0, 0]);
    expect(await value(bent, scope, fixed)).toEqual(new Array(9).fill(0));
  });
});

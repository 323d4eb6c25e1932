import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { testRuntime } from '../check.fixture.node.js';
import { add, constant, input, mul, slice, square, sub, sum, type Values, valuesOf } from '../graph/index.js';
import { Scope } from '../nn/index.js';
import { simplified } from '../onnx/simplify.js';
import { Program, Store } from '../run/index.js';
import * as o from './index.js';

/**
 * Two parameters that pull at each other: Σ a (p − ¼)² + ½ (Σ q − p₀)⁴, in torch
 *
 *   p = torch.tensor([1.0, -2.0, 0.5]); q = torch.tensor([[0.3, -0.7]]); a = torch.tensor([3.0, 0.2, 1e-3])
 *   loss = (a*(p-0.25)**2).sum() + ((q.sum()-p[0])**4)*0.5
 *
 * in float64, `steps` times loss.backward(), (clip_grad…), optimiser.step(), (scheduler.step()); then p and q.
 */
async function train(
  by: o.Optimiser,
  steps = 8,
  dtype: 'float32' | 'float64' = 'float64',
  shapeOfQ = [1, 2],
): Promise<number[]> {
  const scope = new Scope({ training: true, dtype });
  const from = (numbers: number[]) => (values: Float32Array | Float64Array) => values.set(numbers);
  const p = scope.parameter('p', [3], from([1, -2, 0.5]));
  const q = scope.parameter('q', shapeOfQ, from([0.3, -0.7]));
  const pull = sum(mul(square(sub(p, 0.25)), constant([3, 0.2, 1e-3], [3], dtype)));
  const gap = sub(sum(q), sum(slice(p, 0, 0, 1)));
  const loss = add(pull, mul(square(square(gap)), 0.5));
  o.minimise(loss, scope, by);
  const store = await stored(scope);
  const program = await Program.compile(store, { outputs: { loss }, updates: scope.updates });
  for (let i = 0; i < steps; i++) await program.run();
  await program.dispose();
  return [...Array.from(await store.get('p'), Number), ...Array.from(await store.get('q'), Number)];
}

async function stored(scope: Scope): Promise<Store> {
  const store = new Store(await testRuntime());
  scope.initialise(store, Random.fromSeed(0));
  return store;
}

const cases: [string, () => o.Optimiser, number[]][] = [
  [
    'torch.optim.SGD(lr=0.01)',
    () => o.sgd({ learningRate: 0.01 }),
    [0.5841373772321697, -1.928999976191234, 0.499960002799888, 0.466521277540971, -0.5334787224590289],
  ],
  [
    'torch.optim.SGD(lr=0.01, momentum=0.9, weight_decay=0.1)',
    () => o.sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 0.1 }),
    [-0.1918821756720992, -1.692834932921616, 0.48557028901119187, 0.8315504492811739, -0.13987257177265064],
  ],
  [
    'torch.optim.SGD(lr=0.01, momentum=0.9, nesterov=True)',
    () => o.sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true }),
    [-0.05771516350015495, -1.7055600388178866, 0.4998306900427477, 0.7765318727891407, -0.22346812721085937],
  ],
  [
    'torch.optim.Adam(lr=0.1)',
    () => o.adam({ learningRate: 0.1 }),
    [0.32612759565824695, -1.2105091198795996, 0.15378048115186818, 0.8416707579110037, -0.15832924208899624],
  ],
  [
    'torch.optim.Adam(lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2)',
    () => o.adam({ learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 }),
    [0.3506966933917398, -1.2169446229186938, -0.11516389675672634, 0.773716702136778, -0.19381943066626556],
  ],
  [
    'torch.optim.AdamW(lr=0.1)',
    () => o.adamW({ learningRate: 0.1 }),
    [0.3217338770534438, -1.1975959790072659, 0.15408158687146786, 0.8362602429152322, -0.15576770115471184],
  ],
  [
    "torch.optim.AdamW([{'params': [p], 'weight_decay': 0, 'lr': 0.05}, {'params': [q]}], lr=0.1, weight_decay=0.3)",
    () =>
      o.adamW({
        learningRate: 0.1,
        weightDecay: 0.3,
        groups: [{ ...o.noDecayOnVectors, learningRateFactor: 0.5 }],
      }),
    [0.6391082900213712, -1.6022187870174502, 0.17153237985266984, 0.7398981239836522, -0.043845235454043466],
  ],
  [
    'torch.optim.RMSprop(lr=0.05)',
    () => o.rmsprop({ learningRate: 0.05 }),
    [0.27635428372996523, -0.3225133065087963, 0.2502946829201189, 0.7810826918545078, -0.21891730814549212],
  ],
  [
    'torch.optim.RMSprop(lr=0.02, alpha=0.9, eps=1e-4, momentum=0.5, centered=True, weight_decay=0.1)',
    () =>
      o.rmsprop({
        learningRate: 0.02,
        alpha: 0.9,
        epsilon: 1e-4,
        momentum: 0.5,
        centred: true,
        weightDecay: 0.1,
      }),
    [0.5534379977726038, -1.3825153032354556, 0.04471678455808519, 0.5963195526967209, -0.3922816104509748],
  ],
  [
    'torch.nn.utils.clip_grad_norm_([p, q], 0.5); torch.optim.Adam(lr=0.1)',
    () => o.adam({ learningRate: 0.1, clipNorm: 0.5 }),
    [0.20656518489464237, -1.2258850604842293, 0.2950246194333868, 0.8924138982689698, -0.10758610173103021],
  ],
  [
    'torch.nn.utils.clip_grad_norm_([p, q], 0.5); torch.optim.SGD(lr=0.01, momentum=0.9, weight_decay=0.1)',
    () => o.sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 0.1, clipNorm: 0.5 }),
    [0.8573151757904172, -1.93166969598521, 0.4857053397507229, 0.35167570548032306, -0.6197473155735015],
  ],
  [
    'torch.nn.utils.clip_grad_value_([p, q], 0.3); torch.optim.SGD(lr=0.01, momentum=0.9, weight_decay=0.1)',
    () => o.sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 0.1, clipValue: 0.3 }),
    [0.8856920842152985, -1.8571151052691237, 0.48557028901119187, 0.3771578431546733, -0.5942651778991511],
  ],
  [
    'torch.optim.Adam(lr=0.1) under torch.optim.lr_scheduler.CosineAnnealingLR(opt, 8, eta_min=0.01)',
    () => o.adam({ learningRate: 0.1, schedule: o.cosineSchedule(8, 0.1) }),
    [0.558897645269185, -1.5178482318779618, 0.15478299363180903, 0.6831913670462063, -0.3168086329537937],
  ],
];

const largestError = (found: number[], expected: number[]) =>
  Math.max(...found.map((value, i) => Math.abs(value - expected[i]) / Math.abs(expected[i])));

describe('eight steps agree with PyTorch 1.13', () => {
  it.each(cases)('float64: %s', async (_call, by, expected) => {
    expect(largestError(await train(by()), expected)).toBeLessThan(1e-12);
  });
  // one case has a group of vectors, to which q would then belong
  const ofAnyShape = cases.filter(([call]) => !call.includes('params'));
  it.each(ofAnyShape)('two vectors, which step side by side: %s', async (_call, by, expected) => {
    expect(largestError(await train(by(), 8, 'float64', [2]), expected)).toBeLessThan(1e-12);
  });
  it.each(cases)('float32: %s', async (_call, by, expected) => {
    // an element near zero is the difference of larger ones
    expect(largestError(await train(by(), 8, 'float32'), expected)).toBeLessThan(3e-6);
  });
});

describe('the bias correction 1 − βᵗ keeps its digits in float32', () => {
  it.each([1, 2, 7, 100, 5_000, 1e6])('at step %d', async (step) => {
    const moved = async (dtype: 'float32' | 'float64') => {
      const scope = new Scope({ dtype });
      const p = scope.parameter('p', [1], () => undefined);
      o.adam().step(scope, [p], [constant([0.3], [1], dtype)]);
      const store = await stored(scope);
      store.replace('optimiser.step', valuesOf(dtype, [step - 1]));
      const program = await Program.compile(store, { outputs: {}, updates: scope.updates });
      await program.run();
      return Number((await store.get('p'))[0]);
    };
    // moments that start now are divided by the correction of a late step: closed form in float64
    const [beta1, beta2] = [0.9, 0.999];
    const mean = (0.3 * (1 - beta1)) / -Math.expm1(step * Math.log(beta1));
    const root = Math.sqrt((0.09 * (1 - beta2)) / -Math.expm1(step * Math.log(beta2)));
    const expected = (-1e-3 * mean) / (root + 1e-8);
    expect(Math.abs((await moved('float64')) / expected - 1)).toBeLessThan(1e-13);
    expect(Math.abs((await moved('float32')) / expected - 1)).toBeLessThan(1e-6);
  });
});

async function rates(schedule: o.Schedule, steps: number[], dtype: 'float32' | 'float64'): Promise<number[]> {
  const step = input('step', [], dtype);
  const program = await Program.compile(await testRuntime(), { outputs: { rate: schedule(step) } });
  const found: number[] = [];
  for (const t of steps) {
    const feeds: Record<string, Values> = program.inputs.length ? { step: valuesOf(dtype, [t]) } : {};
    found.push(Number((await program.run(feeds)).rate[0]));
  }
  return found;
}

describe('schedules agree with torch.optim.lr_scheduler', () => {
  const schedules: [string, o.Schedule, number[]][] = [
    ['constant', o.constantSchedule, [1, 1, 1]],
    ['StepLR(opt, 3, 0.5)', o.stepSchedule(3, 0.5), [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]],
    ['ExponentialLR(opt, 0.9)', o.exponentialSchedule(0.9), [1, 0.9, 0.81, 0.729, 0.6561, 0.59049]],
    [
      'CosineAnnealingLR(opt, 5, 0.1), then its end',
      o.cosineSchedule(5, 0.1),
      [1, 0.9140576474687263, 0.6890576474687263, 0.41094235253127365, 0.1859423525312737, 0.1, 0.1, 0.1],
    ],
    ['LinearLR(opt, total_iters=4)', o.linearSchedule(4), [1 / 3, 0.5, 2 / 3, 5 / 6, 1, 1, 1]],
    [
      'SequentialLR(opt, [LinearLR(opt, start_factor=0.25, total_iters=3), CosineAnnealingLR(opt, 4)], [3])',
      o.warmUp(3, o.cosineSchedule(4), 0.25),
      [0.25, 0.5, 0.75, 1, 0.8535533905932737, 0.5, 0.14644660940672627, 0],
    ],
    ['the same: warmUpCosine', o.warmUpCosine(3, 7), [0.25, 0.5, 0.75, 1, 0.8535533905932737, 0.5]],
  ];
  it.each(schedules)('%s', async (_call, schedule, expected) => {
    const steps = expected.map((_, i) => i);
    const exact = await rates(schedule, steps, 'float64');
    const single = await rates(schedule, steps, 'float32');
    expected.forEach((rate, i) => {
      expect(exact[i]).toBeCloseTo(rate, 14);
      expect(single[i]).toBeCloseTo(rate, 6);
    });
  });
});

describe('parameter groups', () => {
  it('gives vectors of each group their own rate', async () => {
    const groups = [{ match: ({ name }: { name: string }) => name === 'q', learningRateFactor: 0 }];
    const after = await train(o.adam({ learningRate: 0.1, groups }), 1, 'float64', [2]);
    expect(after.slice(3)).toEqual([0.3, -0.7]);
    // the first step of Adam goes as far as the learning rate
    expect(after.slice(0, 2).map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.9, -1.9]);
  });

  it('leaves frozen parameters as they are, without state for them', async () => {
    const by = o.adam({ learningRate: 0.1, groups: [{ match: ({ name }) => name === 'p', frozen: true }] });
    const after = await train(by);
    expect(after.slice(0, 3)).toEqual([1, -2, 0.5]);
    expect(after[3]).not.toBe(0.3);
    const scope = new Scope();
    const [p, q] = ['p', 'q'].map((name) => scope.parameter(name, [2], () => undefined));
    by.step(scope, [p, q], [q, p]);
    expect([...scope.owned.keys()].filter((name) => name.startsWith('optimiser.'))).toEqual([
      'optimiser.step',
      'optimiser.q.first',
      'optimiser.q.second',
    ]);
    expect(scope.updates.has(p)).toBe(false);
  });

  it('refuses to train nothing', () => {
    const scope = new Scope();
    const p = scope.parameter('p', [2], () => undefined);
    const frozen = o.sgd({ learningRate: 1, groups: [{ match: () => true, frozen: true }] });
    expect(() => frozen.step(scope, [p], [p])).toThrow(/no parameter to train/);
    expect(() => o.adam().step(scope, [p], [])).toThrow(/1 parameters and 0 gradients/);
  });
});

describe('the passes over a parameter', () => {
  it.each<[string, o.Optimiser, number]>([
    ['SGD', o.sgd({ learningRate: 0.1 }), 2],
    ['SGD with momentum', o.sgd({ learningRate: 0.1, momentum: 0.9 }), 4],
    ['Adam', o.adam(), 10],
    ['AdamW', o.adamW(), 11],
    ['Adam with clipping by norm', o.adam({ clipNorm: 1 }), 11],
    ['RMSprop', o.rmsprop(), 8],
  ])('%s', (_name, by, passes) => {
    const scope = new Scope();
    const p = scope.parameter('p', [7], () => undefined);
    by.step(scope, [p], [input('g', [7])]);
    const nodes = simplified([...scope.updates.values()]);
    const overAll = [...new Set(nodes.values())].filter(({ op, shape }) => op !== 'Input' && shape[0] === 7);
    expect(overAll).toHaveLength(passes);
  });
});

describe('what a step tells', () => {
  it('is the learning rate and the length of the gradients before clipping', async () => {
    const scope = new Scope({ dtype: 'float64' });
    const [p, q] = ['p', 'q'].map((name) => scope.parameter(name, [2], () => undefined));
    const slopes = [constant([3, 0], [2], 'float64'), constant([0, -4], [2], 'float64')];
    const by = o.sgd({ learningRate: 0.5, schedule: o.exponentialSchedule(0.1), clipNorm: 1 });
    const { learningRate, gradientNorm } = by.step(scope, [p, q], slopes);
    const store = await stored(scope);
    const program = await Program.compile(store, {
      outputs: { learningRate, gradientNorm },
      updates: scope.updates,
    });
    const told = await program.run();
    expect([told.learningRate[0], told.gradientNorm[0]]).toEqual([0.5, 5]);
    expect((await program.run()).learningRate[0]).toBeCloseTo(0.05, 15);
  });
});

describe('numbers out of range are refused', () => {
  it.each<[string, () => unknown]>([
    ['learningRate', () => o.adam({ learningRate: -1 })],
    ['learningRate', () => o.sgd({ learningRate: Number.NaN })],
    ['beta1', () => o.adam({ beta1: 1 })],
    ['beta2', () => o.adamW({ beta2: -0.1 })],
    ['epsilon', () => o.adam({ epsilon: -1e-8 })],
    ['weightDecay', () => o.adamW({ weightDecay: Infinity })],
    ['weightDecay', () => o.adamW({ groups: [{ match: () => true, weightDecay: -1 }] })],
    ['learningRateFactor', () => o.adamW({ groups: [{ match: () => true, learningRateFactor: -1 }] })],
    ['clipNorm', () => o.adam({ clipNorm: 0 })],
    ['clipValue', () => o.adam({ clipValue: -1 })],
    ['nesterov', () => o.sgd({ learningRate: 1, nesterov: true })],
    ['alpha', () => o.rmsprop({ alpha: 1 })],
    ['every', () => o.stepSchedule(0)],
    ['factor', () => o.exponentialSchedule(0)],
    ['steps', () => o.cosineSchedule(1.5)],
    ['end', () => o.cosineSchedule(3, 2)],
    ['total', () => o.warmUpCosine(5, 5)],
  ])('%s', (option, make) => {
    expect(make).toThrow(expect.objectContaining({ tag: 'OptionError', option }));
  });
});

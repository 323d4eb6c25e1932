import { describe, expect, it } from 'vitest';
import { GraphError, OptionError } from '../../errors.js';
import { fixed } from '../check.fixture.node.js';
import { constant, input, leakyRelu, ones, sigmoid, tanh, zeros } from '../graph/index.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { film } from './film.js';
import { expectClose, expectLayerGradient, runLayer, wave } from './layer.fixture.node.js';
import { linear } from './linear.js';
import { mlp } from './mlp.js';
import { batchNorm, layerNorm } from './normalise.js';
import { Scope } from './scope.js';

const indices = constant([1, 2, 3, 1], [2, 2], 'int64');

describe('derivatives by inputs and parameters agree with central differences', () => {
  const cases: [string, Parameters<typeof expectLayerGradient>[0], number[][]][] = [
    ['linear', (s, [x]) => linear(s, x, 2), [[2, 2, 3]]],
    ['linear without bias', (s, [x]) => linear(s, x, 2, { bias: false }), [[3]]],
    ['layerNorm', (s, [x]) => layerNorm(s, x), [[2, 4]]],
    ['batchNorm', (s, [x]) => batchNorm(s, x), [[2, 2, 3]]],
    ['dropout', (s, [x]) => dropout(s, x, 0.4), [[3, 4]]],
    ['embedding', (s) => embedding(s, indices, 4, 3), []],
    [
      'film',
      (s, [x, c]) => film(s, x, c),
      [
        [2, 2, 3],
        [2, 2],
      ],
    ],
    [
      'film, one scale a layer',
      (s, [x, c]) => film(s, x, c, { per: 'layer', around: 0 }),
      [
        [2, 3],
        [2, 2],
      ],
    ],
    [
      'mlp, batch norm and dropout',
      (s, [x]) => mlp(s, x, { widths: [4, 3], activation: tanh, norm: 'batch', dropout: 0.3 }),
      [[5, 2]],
    ],
    [
      'mlp, layer norm, finished',
      (s, [x]) => mlp(s, x, { widths: [4, 3], activation: sigmoid, norm: 'layer', finish: true }),
      [[2, 2]],
    ],
  ];
  it.each(cases)('%s, training', (_name, build, shapes) =>
    expectLayerGradient(build, shapes, { training: true }),
  );
  it.each(cases)('%s, evaluation', (_name, build, shapes) => expectLayerGradient(build, shapes));
});

describe('agreement with PyTorch; S(*shape, salt) = sin(1.7 i + salt)', () => {
  it('layerNorm', async () => {
    const { y } = await runLayer((scope) => layerNorm(scope, fixed(wave(6), [2, 3])), {
      weights: { weight: wave(3, 1), bias: wave(3, 2) },
    });
    // m = torch.nn.LayerNorm(3); m.weight.data = S(3, 1); m.bias.data = S(3, 2); m(S(2, 3))
    expectClose(
      y,
      [
        0.525463493521703, 0.06308441334952691, 0.11335985948379065, -0.26432898246596226,
        -0.3183503365359911, -1.629100919415581,
      ],
    );
  });

  it('batchNorm: three steps, then evaluation', async () => {
    const weights = { weight: wave(3, 1), bias: wave(3, 2), running_mean: [0, 0, 0], running_var: [1, 1, 1] };
    const x = input('x', [4, 3], 'float64');
    const trained = await runLayer((scope) => batchNorm(scope, x), {
      training: true,
      weights,
      runs: 3,
      inputs: (run) => ({ x: Float64Array.from(wave(12, run)) }),
    });
    // m = torch.nn.BatchNorm1d(3); m.weight.data = S(3, 1); m.bias.data = S(3, 2)
    // for i in range(3): y = m(S(4, 3, i))
    expectClose(
      trained.y,
      [
        1.808609982947285, -1.1614173350535646, 0.027728331301348892, 1.6153718402972932,
        -0.30705937483212753, 0.16427481412449682, 0.4503407082033099, -0.010389540917505475,
        -1.0966542028543582, -0.23713282414516149, -0.6404783128307758, -2.186406892795436,
      ],
    );
    const running_mean = await trained.values('running_mean');
    const running_var = await trained.values('running_var');
    expectClose(running_mean, [-0.03763287849176955, 0.05007981051931343, 0.02472786277021631]);
    expectClose(running_var, [0.8962018149115324, 0.886809509543858, 0.897374045012233]);
    const { y } = await runLayer((scope) => batchNorm(scope, x), {
      weights: { ...weights, running_mean, running_var },
      inputs: () => ({ x: Float64Array.from(wave(12, 9)) }),
    });
    // m.eval(); m(S(4, 3, 9))
    expectClose(
      y,
      [
        1.3090638383925843, -0.9867169523997358, -0.5815687938919102, 1.830994885917915, -0.5942744297433742,
        0.23212861156473788, 1.2479070458361863, -0.14994231498781688, -0.1734035796611189,
        0.2851875471158963, -0.20648953814379845, -1.2936652695917654,
      ],
    );
  });

  it('batchNorm with another momentum and epsilon', async () => {
    const run = await runLayer(
      (scope) => batchNorm(scope, fixed(wave(10), [5, 2]), { epsilon: 1e-3, momentum: 0.01 }),
      { training: true },
    );
    // m = torch.nn.BatchNorm1d(2, eps=1e-3, momentum=.01); m(S(5, 2)); m.running_mean, m.running_var
    expectClose(await run.values('running_mean'), [0.0007957187527494608, 0.0012858814032836135]);
    expectClose(await run.values('running_var'), [0.9937644361109158, 0.9973373390351409]);
  });

  it('mlp', async () => {
    const build = (scope: Scope) =>
      mlp(scope, fixed(wave(4), [2, 2]), {
        widths: [3, 2],
        activation: leakyRelu,
        norm: 'layer',
        finalActivation: sigmoid,
      });
    const { y } = await runLayer(build, {
      weights: {
        '0.weight': wave(6),
        '0.bias': wave(3, 1),
        '0.norm.weight': wave(3, 2),
        '0.norm.bias': wave(3, 3),
        '1.weight': wave(6, 4),
        '1.bias': wave(2, 5),
      },
    });
    // m = Sequential(Linear(2, 3), LayerNorm(3), LeakyReLU(), Linear(3, 2), Sigmoid())
    // for i, p in enumerate(m.parameters()): p.data = S(*p.shape, i)
    // m(S(2, 2))
    expectClose(y, [0.1753358564711599, 0.6956333165382415, 0.46744537211582465, 0.6027224251631563]);
  });
});

it('mlp: the last layer is linear, unless it is finished like the others', async () => {
  const x = fixed([-1, 2], [1, 2]);
  const weights = { '0.weight': [1, 0, 0, 1], '0.bias': [0, 0] };
  const run = async (finish: boolean) =>
    (await runLayer((s) => mlp(s, x, { widths: [2], finish }), { weights })).y;
  expect(await run(false)).toEqual([-1, 2]);
  expect(await run(true)).toEqual([0, 2]);
});

describe('first values of linear', () => {
  it('weights and biases within 1/√in, as torch.nn.Linear', async () => {
    const { scope, values } = await runLayer((s) => linear(s, ones([1, 400], 'float64'), 300));
    expect([...scope.owned.keys()]).toEqual(['weight', 'bias']);
    for (const name of ['weight', 'bias']) {
      const drawn = await values(name);
      const variance = drawn.reduce((total, w) => total + w * w, 0) / drawn.length;
      expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(0.05);
      // that of U(±b) is b²/3; its own deviation is b²/3 √(4 / 5n)
      expect(Math.abs(variance / (0.05 ** 2 / 3) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / drawn.length));
    }
  });
});

describe('dropout', () => {
  it('keeps the mean: kept elements are divided by 1 − p, the others zero', async () => {
    const { y } = await runLayer((s) => dropout(s, ones([200, 100], 'float64'), 0.3), { training: true });
    const kept = y.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([1 / 0.7]));
    expect(Math.abs(kept.length / 20_000 - 0.7)).toBeLessThan(4 * Math.sqrt(0.21 / 20_000));
  });
  it('drops nothing in evaluation, at 0 nothing, at 1 everything', async () => {
    const x = ones([2, 2], 'float64');
    expect(dropout(new Scope(), x, 0.9)).toBe(x);
    expect(dropout(new Scope({ training: true }), x, 0)).toBe(x);
    expect((await runLayer((s) => dropout(s, x, 1), { training: true })).y).toEqual([0, 0, 0, 0]);
  });
  it('refuses what is no probability', () => {
    expect(() => dropout(new Scope(), ones([1]), 1.5)).toThrow(OptionError);
    expect(() => dropout(new Scope(), ones([1]), Number.NaN)).toThrow(/probability from 0 to 1/);
  });
});

describe('embedding', () => {
  it('looks up rows', async () => {
    const { y } = await runLayer((s) => embedding(s, indices, 4, 2), { weights: { weight: wave(8) } });
    const row = (i: number) => wave(8).slice(2 * i, 2 * i + 2);
    expect(y).toEqual([1, 2, 3, 1].flatMap(row));
  });
  it('padding starts at zero and is not trained', async () => {
    const { values } = await runLayer((s) => embedding(s, indices, 4, 2, { padding: 1 }));
    const weight = await values('weight');
    expect(weight.slice(2, 4)).toEqual([0, 0]);
    expect(weight.filter((w) => w === 0)).toHaveLength(2);
    const { gradients } = await import('../grad/index.js');
    const { square, sum } = await import('../graph/index.js');
    const { y } = await runLayer(
      (s) => {
        const found = embedding(s, indices, 4, 2, { padding: 1 });
        return gradients(sum(square(found)), s.parameters)[0];
      },
      { weights: { weight: wave(8) } },
    );
    // e = Embedding(4, 2, padding_idx=1); e.weight.data = S(4, 2)
    // (e(torch.tensor([[1, 2], [3, 1]])) ** 2).sum().backward(); e.weight.grad
    expectClose(
      y,
      [0, 0, 0, 0, 0.9882267022772163, 1.5969742252469805, -1.3997493751870846, -1.2362742244740665],
    );
  });
  it('refuses a padding that is no row', () => {
    expect(() => embedding(new Scope(), indices, 4, 2, { padding: 4 })).toThrow(GraphError);
  });
});

describe('film', () => {
  const x = fixed(wave(6), [2, 3]);
  const c = fixed([2, -1], [2, 1]);
  it('scales and shifts each feature', async () => {
    const { y } = await runLayer((s) => film(s, x, c), {
      weights: {
        'scale.weight': [1, 2, 3],
        'scale.bias': [0, 0, 1],
        'shift.weight': [0, 1, 0],
        'shift.bias': [5, 0, 0],
      },
    });
    const expected = wave(6).map((value, i) => {
      const [known, feature] = [i < 3 ? 2 : -1, i % 3];
      return value * (1 + known * (feature + 1) + (feature === 2 ? 1 : 0)) + [5, known, 0][feature];
    });
    expectClose(y, expected);
  });
  it('has one scale and shift a layer', async () => {
    const { y, scope } = await runLayer((s) => film(s, x, c, { per: 'layer', around: 0 }), {
      weights: { 'scale.weight': [3], 'scale.bias': [1], 'shift.weight': [2], 'shift.bias': [0] },
    });
    expect(scope.parameters.map(({ shape }) => shape)).toEqual([[1, 1], [1], [1, 1], [1]]);
    expectClose(
      y,
      wave(6).map((value, i) => (i < 3 ? 7 * value + 4 : -2 * value - 2)),
    );
  });
});

describe('sizes of zero and one', () => {
  it.each([
    ['linear, no rows', (s: Scope) => linear(s, zeros([0, 3], 'float64'), 2), []],
    ['linear, no outputs', (s: Scope) => linear(s, zeros([2, 3], 'float64'), 0), []],
    [
      'linear, one of each',
      (s: Scope) => linear(s, ones([1], 'float64'), 1, { bias: false, weight: (w) => void w.fill(3) }),
      [3],
    ],
    ['layerNorm, no rows', (s: Scope) => layerNorm(s, zeros([0, 3], 'float64')), []],
    ['layerNorm, one feature', (s: Scope) => layerNorm(s, fixed([7], [1, 1])), [0]],
    [
      'batchNorm of one row in evaluation',
      (s: Scope) => batchNorm(s, fixed([3], [1, 1]), { epsilon: 0 }),
      [3],
    ],
    ['mlp without layers', (s: Scope) => mlp(s, fixed([3], [1, 1]), { widths: [] }), [3]],
    ['embedding of nothing', (s: Scope) => embedding(s, constant([], [0], 'int64'), 4, 2), []],
  ] as const)('%s', async (_name, build, expected) => {
    expect((await runLayer(build)).y).toEqual(expected);
  });
});

describe('errors name both shapes and the line that asked', () => {
  const here = /layers\.test\.ts:\d+/;
  const messageOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(GraphError);
      return (error as Error).message;
    }
    throw new Error('nothing was thrown');
  };
  it('a layer asked for twice with other sizes', () => {
    const scope = new Scope();
    linear(scope, ones([2, 3]), 4);
    const message = messageOf(() => linear(scope, ones([2, 5]), 4));
    expect(message).toMatch(here);
    expect(message).toContain('(4, 3)');
    expect(message).toContain('(4, 5)');
  });
  it('film of batches that differ', () => {
    const message = messageOf(() => film(new Scope(), ones([2, 3]), ones([4, 5])));
    expect(message).toMatch(here);
    expect(message).toMatch(/\(2, 3\).*\(4, 5\)/);
  });
  it('batch norm of a single row in training', () => {
    expect(messageOf(() => batchNorm(new Scope({ training: true }), ones([1, 3])))).toMatch(/\(1, 3\).*two/);
  });
  it('a scalar has no features', () => {
    expect(messageOf(() => linear(new Scope(), constant([1], []), 2))).toMatch(here);
  });
  it('options', () => {
    expect(() => mlp(new Scope(), ones([1, 1]), { widths: [1], norm: 'bach' as 'batch' })).toThrow(
      /did you mean 'batch'/,
    );
    expect(() => film(new Scope(), ones([1, 1]), ones([1, 1]), { per: 'each' as 'layer' })).toThrow(
      OptionError,
    );
    expect(() => batchNorm(new Scope(), ones([1, 1]), { momentum: 2 })).toThrow(OptionError);
  });
});

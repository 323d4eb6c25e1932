import { describe, expect, it } from 'vitest';
import { GraphError } from '../../errors.js';
import { fixed } from '../check.fixture.node.js';
import { constant, gather, ones, type Tensor, zeros } from '../graph/index.js';
import { type AttentionOptions, multiHeadAttention } from './attention.js';
import { expectClose, expectLayerGradient, type LayerOptions, runLayer, wave } from './layer.fixture.node.js';
import { Scope } from './scope.js';

const x = fixed(wave(24), [2, 3, 4]);
const weights = {
  in_proj_weight: wave(48),
  in_proj_bias: wave(12, 1),
  'out_proj.weight': wave(16, 2),
  'out_proj.bias': wave(4, 3),
};
const bools = (values: number[], shape: number[]) => constant(values, shape, 'bool');

async function attend(
  query: Tensor,
  options: Partial<AttentionOptions> = {},
  layer: LayerOptions = { weights },
) {
  return (await runLayer((scope) => multiHeadAttention(scope, query, { heads: 2, ...options }), layer)).y;
}

describe('agreement with torch.nn.MultiheadAttention; S(*shape, salt) = sin(1.7 i + salt)', () => {
  // m = torch.nn.MultiheadAttention(4, 2, batch_first=True); x = S(2, 3, 4)
  // for i, p in enumerate(m.parameters()): p.data = S(*p.shape, i)
  it('of itself: m(x, x, x)[0]', async () => {
    expectClose(
      await attend(x),
      [
        2.2019454284887225, 2.219483049831833, 3.653611312554483, 3.900709342747776, 2.2260749569494287,
        2.0683024003918664, 3.3666096296686487, 3.552852906533502, 2.2332788167775828, 1.9654372235875528,
        3.1805443167243705, 3.332188651107996, 2.540786176097507, 0.6546186377354777, 0.5937921797170442,
        0.14517560481763847, 2.5102892367258445, 0.6792995477176453, 0.6672041614848003, 0.24814308025645926,
        2.5629972596271267, 0.8303697195363167, 0.8771761950752579, 0.46217122653217346,
      ],
    );
  });

  it('with masks: m(x, x, x, key_padding_mask=…, attn_mask=torch.triu(torch.ones(3, 3), 1).bool())[0]', async () => {
    const keyPadding = bools([0, 1, 0, 0, 0, 1], [2, 3]);
    const mask = bools([0, 1, 1, 0, 0, 1, 0, 0, 0], [3, 3]);
    expectClose(
      await attend(x, { keyPadding, mask }),
      [
        1.9817735695168306, 1.7001373904949852, 2.970747545823315, 3.23269491199081, 1.9817735695168306,
        1.7001373904949852, 2.970747545823315, 3.23269491199081, 2.234869321888006, 1.9129579239891814,
        3.0877030688816665, 3.2232360549555814, 2.5229995778871963, 1.2802891919371906, 1.6994915971448614,
        1.442089647801941, 2.5552936876976897, 0.9523154783813688, 1.0969184404020815, 0.7223121809090728,
        2.5501331043951154, 1.045482411221277, 1.2640772188938685, 0.919800093090569,
      ],
    );
  });

  it('of other keys and values: MultiheadAttention(4, 2, kdim=3, vdim=5), m(x, S(2, 2, 3, 1), S(2, 2, 5, 2))[0]', async () => {
    const key = fixed(wave(12, 1), [2, 2, 3]);
    const value = fixed(wave(20, 2), [2, 2, 5]);
    const apart = {
      q_proj_weight: wave(16),
      k_proj_weight: wave(12, 1),
      v_proj_weight: wave(20, 2),
      in_proj_bias: wave(12, 3),
      'out_proj.weight': wave(16, 4),
      'out_proj.bias': wave(4, 5),
    };
    expectClose(
      await attend(x, { key, value }, { weights: apart }),
      [
        -1.374640822566465, -1.0781303906201936, -1.3082832656633276, -2.902899005220142, -1.5829971473816546,
        -0.8838898067167063, -0.7621823885085862, -2.1475821249712874, -1.5305902430896081,
        -0.3762384454767632, 0.06811234606872318, -1.2115211692268533, 1.4924063147473614, 1.705888153848494,
        0.6655070683197475, -2.254900824005574, 0.9704756296438181, 0.9732191675933103, -0.08652340239152301,
        -2.8298586455563437, 0.5245001257151182, 0.3230639732156154, -0.7710344871225642, -3.369927889542256,
      ],
    );
  });

  it('first values: in_proj xavier_uniform over (3 width, width), biases zero', async () => {
    const run = await runLayer((s) => multiHeadAttention(s, zeros([1, 64], 'float64'), { heads: 4 }));
    const drawn = await run.values('in_proj_weight');
    const bound = Math.sqrt(6 / (64 + 192));
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...drawn.map(Math.abs))).toBeGreaterThan(0.99 * bound);
    expect(new Set([...(await run.values('in_proj_bias')), ...(await run.values('out_proj.bias'))])).toEqual(
      new Set([0]),
    );
  });
});

describe('derivatives', () => {
  const cases: [string, Parameters<typeof expectLayerGradient>[0], number[][]][] = [
    ['of itself', (s, [q]) => multiHeadAttention(s, q, { heads: 2 }), [[2, 3, 4]]],
    [
      'of others, masked, scaled',
      (s, [q, k, v]) =>
        multiHeadAttention(s, q, {
          heads: 2,
          key: k,
          value: v,
          keyPadding: bools([0, 1, 0], [3]),
          mask: bools([0, 0, 1, 1, 1, 1], [2, 3]),
          scaling: 0.3,
        }),
      [
        [2, 4],
        [3, 4],
        [3, 2],
      ],
    ],
    [
      'without biases, dropping weights',
      (s, [q]) => multiHeadAttention(s, q, { heads: 1, bias: false, dropout: 0.4 }),
      [[3, 2]],
    ],
  ];
  it.each(cases)('%s', (_name, build, shapes) => expectLayerGradient(build, shapes, { training: true }));
});

describe('invariances', () => {
  const order = constant([2, 0, 1], [3], 'int64');
  const permuted = (tensor: Tensor) => gather(tensor, order, 1);

  it('the order of keys does not matter', async () => {
    expectClose(await attend(x, { key: permuted(x) }), await attend(x, { key: x }));
  });
  it('masked keys have no influence', async () => {
    const keyPadding = bools([0, 1, 0, 0, 0, 1], [2, 3]);
    const values = wave(24);
    for (const [key, value] of [
      [4, 1e6],
      [7, -1e6],
      [20, 1e6],
      [23, 5],
    ])
      values[key] = value;
    expectClose(
      await attend(x, { key: fixed(values, [2, 3, 4]), keyPadding }),
      await attend(x, { key: x, keyPadding }),
    );
  });
  it('without the masked keys the result is the same', async () => {
    const two = fixed([...wave(24).slice(0, 4), ...wave(24).slice(8, 12)], [1, 2, 4]);
    const first = fixed(wave(24).slice(0, 12), [1, 3, 4]);
    expectClose(
      await attend(first, { keyPadding: bools([0, 1, 0], [1, 3]) }),
      await attend(first, { key: two }),
    );
  });
  it('a query that sees no key gets the bias of the output, not NaN', async () => {
    const y = await attend(x, { keyPadding: bools([1, 1, 1, 0, 0, 0], [2, 3]) });
    expectClose(y.slice(0, 12), [...wave(4, 3), ...wave(4, 3), ...wave(4, 3)]);
    expectClose(y.slice(12), (await attend(x)).slice(12));
  });
  it('a mask for each head', async () => {
    // head 0 sees all, head 1 nothing: as if its values were zero
    const mask = bools(
      [0, 0, 0, 1, 1, 1].flatMap((hidden) => [hidden, hidden, hidden]),
      [2, 3, 3],
    );
    const silent = { ...weights, in_proj_weight: [...wave(48)], in_proj_bias: [...wave(12, 1)] };
    silent.in_proj_weight.fill(0, 40, 48);
    silent.in_proj_bias.fill(0, 10, 12);
    expectClose(await attend(x, { mask }), await attend(x, {}, { weights: silent }));
  });
});

describe('sizes and errors', () => {
  it('one query, one key: the value itself, projected', async () => {
    const one = fixed(wave(4), [1, 4]);
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const plain = {
      in_proj_weight: [...wave(32), ...identity],
      in_proj_bias: new Array(12).fill(0),
      'out_proj.weight': identity,
      'out_proj.bias': [0, 0, 0, 0],
    };
    expectClose(await attend(one, {}, { weights: plain }), wave(4));
  });
  it('no queries', async () => {
    expect(await attend(zeros([2, 0, 4], 'float64'), { key: x })).toEqual([]);
  });
  it('heads that do not divide the width, and shapes that do not fit', () => {
    const ask = (query: Tensor, options: AttentionOptions) => () =>
      multiHeadAttention(new Scope(), query, options);
    expect(ask(ones([3, 4]), { heads: 3 })).toThrow(
      /3 heads do not divide a width of 4 .*attention\.test\.ts:\d+/,
    );
    expect(ask(ones([3, 4]), { heads: 0 })).toThrow(GraphError);
    expect(ask(ones([2, 3, 4]), { heads: 2, key: ones([5, 3, 4]) })).toThrow(/\(2, 3, 4\), \(5, 3, 4\)/);
    expect(ask(ones([4]), { heads: 2 })).toThrow(GraphError);
    expect(ask(ones([3, 4]), { heads: 2, keyPadding: bools([0, 0], [2]) })).toThrow(
      /keyPadding .*\(2\).*\(3, 4\)/,
    );
  });
});

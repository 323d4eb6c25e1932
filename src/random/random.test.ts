import { describe, expect, it } from 'vitest';
import { childKey, keyOfSeed } from './key.js';
import { Random, type RandomState } from './random.js';
import { threefry4x32 } from './threefry.js';

const words = (random: Random, n: number) => Array.from({ length: n }, () => random.nextUint32());

describe('streams', () => {
  it('give block k of the stream as Threefry of the counter k', () => {
    const out = new Uint32Array(4);
    const expected: number[] = [];
    for (let k = 0; k < 3; k++) {
      threefry4x32(keyOfSeed(5), k, 0, 0, 0, out);
      expected.push(...out);
    }
    expect(words(Random.fromSeed(5), 12)).toEqual(expected);
  });

  it('repeat for the same seed and differ between small seeds in half of their bits', () => {
    expect(words(Random.fromSeed(7), 100)).toEqual(words(Random.fromSeed(7), 100));
    for (let seed = 0; seed < 20; seed++) {
      const a = words(Random.fromSeed(seed), 64);
      const b = words(Random.fromSeed(seed + 1), 64);
      let different = 0;
      a.forEach((word, i) => {
        for (let x = (word ^ b[i]) >>> 0; x; x &= x - 1) different++;
      });
      // 2048 bits, standard deviation 22.6.
      expect(Math.abs(different - 1024)).toBeLessThan(5 * 22.7);
    }
  });

  it('use all 53 bits of a seed', () => {
    const low = Random.fromSeed(1).nextUint32();
    expect(Random.fromSeed(1 + 2 ** 32).nextUint32()).not.toBe(low);
    expect(Random.fromSeed(Number.MAX_SAFE_INTEGER).nextUint32()).not.toBe(low);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuse the seed %s', (seed) => {
    expect(() => Random.fromSeed(seed)).toThrowError(expect.objectContaining({ tag: 'OptionError' }));
  });
});

describe('split', () => {
  it('does not depend on what was drawn, and leaves the parent alone', () => {
    const parent = Random.fromSeed(1);
    const early = words(parent.split('fold', 2), 8);
    words(parent, 5);
    expect(words(parent.split('fold', 2), 8)).toEqual(early);
    const undisturbed = Random.fromSeed(1);
    words(undisturbed, 5);
    expect(words(parent, 4)).toEqual(words(undisturbed, 4));
  });

  it('takes labels one after another', () => {
    expect(words(Random.fromSeed(1).split('a', 1, 'b'), 4)).toEqual(
      words(Random.fromSeed(1).split('a').split(1).split('b'), 4),
    );
  });

  it('gives a different key to every label, near misses included', () => {
    const root = keyOfSeed(0);
    const labels = ['', '\0', 'a', 'a\0', 'ab', 'abcdefghijkl', 'abcdefghijklm', 'abcdefghijkl\0', 'é', '1'];
    const keys = [
      root,
      ...labels.map((label) => childKey(root, label)),
      childKey(childKey(root, 'a'), 'b'),
      childKey(childKey(root, 'b'), 'a'),
      ...[0, 1, -1, 2 ** 32, 2 ** 32 + 1, -(2 ** 32)].map((label) => childKey(root, label)),
    ];
    expect(new Set(keys.map(String)).size).toBe(keys.length);
  });

  it('refuses a label that is not whole', () => {
    expect(() => Random.fromSeed(0).split(0.5)).toThrowError(expect.objectContaining({ tag: 'OptionError' }));
  });

  it('makes streams that do not correlate, with each other or with the parent', () => {
    const n = 20_000;
    const parent = Random.fromSeed(3);
    const streams = [parent, ...Array.from({ length: 7 }, (_, i) => parent.split('stream', i))];
    const draws = streams.map((stream) => stream.fillNormal(new Float64Array(n)));
    for (let a = 0; a < draws.length; a++) {
      for (let b = 0; b < a; b++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += draws[a][i] * draws[b][i];
        expect(Math.abs(sum) / Math.sqrt(n)).toBeLessThan(4.5);
      }
    }
  });
});

describe('state', () => {
  it.each([0, 1, 3, 4, 5, 8, 1001])('comes back through JSON after %i words', (drawn) => {
    const random = Random.fromSeed(9).split('x');
    words(random, drawn);
    const state = JSON.parse(JSON.stringify(random.state())) as RandomState;
    expect(state.drawn).toBe(drawn);
    expect(words(Random.fromState(state), 9)).toEqual(words(random, 9));
  });

  it('counts on beyond 2^32 blocks', () => {
    const { key } = Random.fromSeed(0).state();
    const near = (drawn: number) => Random.fromState({ generator: 'threefry4x32-20', key, drawn });
    const across = words(near(2 ** 34 - 4), 8);
    expect(across.slice(4)).toEqual(words(near(2 ** 34), 4));
    expect(across.slice(4)).not.toEqual(words(Random.fromSeed(0), 4));
  });

  it.each([
    null,
    {},
    { generator: 'mt19937', key: [1, 2, 3, 4], drawn: 0 },
    { generator: 'threefry4x32-20', key: [1, 2, 3], drawn: 0 },
    { generator: 'threefry4x32-20', key: [1, 2, 3, -4], drawn: 0 },
    { generator: 'threefry4x32-20', key: [1, 2, 3, 4], drawn: -1 },
    { generator: 'threefry4x32-20', key: [1, 2, 3, 4] },
  ])('refuses %j', (state) => {
    expect(() => Random.fromState(state as unknown as RandomState)).toThrowError(
      expect.objectContaining({ tag: 'OptionError' }),
    );
  });
});

describe('integer, shuffle, permutation, sample', () => {
  it('draws every value equally often', () => {
    const random = Random.fromSeed(11);
    const counts = new Float64Array(6);
    for (let i = 0; i < 60_000; i++) counts[random.integer(6)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(20.5); // scipy.stats.chi2.ppf(.999, 5)
  });

  it('has no modulo bias for large bounds', () => {
    // With the plain remainder, 2/3 of the draws below 3·2^30 would fall in the lowest third.
    const random = Random.fromSeed(12);
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (random.integer(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(5 * 81.7);
    for (let i = 0; i < 100; i++) expect(Number.isSafeInteger(random.integer(2 ** 53 - 1))).toBe(true);
    expect(random.integer(1)).toBe(0);
    let top = 0;
    for (let i = 0; i < 4000; i++) if (random.integer(2 ** 50) >= 2 ** 49) top++;
    expect(Math.abs(top - 2000)).toBeLessThan(5 * 31.7);
  });

  it('reaches all 24 orders of four things equally often', () => {
    const random = Random.fromSeed(13);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.7); // scipy.stats.chi2.ppf(.999, 23)
  });

  it('samples without repeats, each thing equally often in each place', () => {
    const random = Random.fromSeed(14);
    const counts = new Float64Array(10);
    for (let i = 0; i < 20_000; i++) {
      const drawn = random.sample(5, 2);
      expect(drawn[0]).not.toBe(drawn[1]);
      counts[drawn[0]]++;
      counts[5 + drawn[1]]++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 4000) ** 2 / 4000, 0);
    expect(chiSquare).toBeLessThan(26.1); // scipy.stats.chi2.ppf(.999, 8)
    expect([...random.sample(6, 6)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(random.sample(2_000_000_000, 3).length).toBe(3);
  });

  it('handles nothing and one thing', () => {
    const random = Random.fromSeed(0);
    expect([...random.permutation(0)]).toEqual([]);
    expect([...random.permutation(1)]).toEqual([0]);
    expect([...random.sample(0, 0)]).toEqual([]);
    expect(random.shuffle([])).toEqual([]);
    expect(random.shuffle(['a'])).toEqual(['a']);
    expect(random.fillNormal(new Float64Array(0)).length).toBe(0);
  });

  it('shuffles in place, keeping what is there', () => {
    const array = Array.from({ length: 50 }, (_, i) => `${i}`);
    const shuffled = Random.fromSeed(4).shuffle(array);
    expect(shuffled).toBe(array);
    expect([...array].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 50 }, (_, i) => `${i}`),
    );
  });

  it.each([0, 0.3, 0.9, 1])('fills with 1 with probability %d, a word a draw', (p) => {
    const random = Random.fromSeed(6);
    random.nextUint32();
    const drawn = words(Random.fromState(random.state()), 100_000);
    const mask = random.fillBernoulli(new Float32Array(100_000), p);
    expect([...mask]).toEqual(drawn.map((word) => (word < p * 2 ** 32 ? 1 : 0)));
    expect(random.state().drawn).toBe(100_001);
    const frequency = mask.reduce((sum, one) => sum + one, 0) / mask.length;
    expect(Math.abs(frequency - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / mask.length));
  });

  it.each<[string, (random: Random) => unknown]>([
    ['integer(0)', (r) => r.integer(0)],
    ['integer(1.5)', (r) => r.integer(1.5)],
    ['integer(NaN)', (r) => r.integer(Number.NaN)],
    ['permutation(-1)', (r) => r.permutation(-1)],
    ['permutation(2^31)', (r) => r.permutation(2 ** 31)],
    ['sample(3, 4)', (r) => r.sample(3, 4)],
    ['sample(3, -1)', (r) => r.sample(3, -1)],
    ['bernoulli(1.1)', (r) => r.bernoulli(1.1)],
    ['bernoulli(NaN)', (r) => r.bernoulli(Number.NaN)],
    ['fillBernoulli(NaN)', (r) => r.fillBernoulli(new Float32Array(1), Number.NaN)],
    ['gamma(0)', (r) => r.gamma(0)],
    ['gamma(NaN)', (r) => r.gamma(Number.NaN)],
    ['gamma(Infinity)', (r) => r.gamma(Number.POSITIVE_INFINITY)],
    ['poisson(-1)', (r) => r.poisson(-1)],
    ['poisson(NaN)', (r) => r.poisson(Number.NaN)],
    ['negativeBinomial(-1, 1)', (r) => r.negativeBinomial(-1, 1)],
    ['negativeBinomial(1, NaN)', (r) => r.negativeBinomial(1, Number.NaN)],
  ])('%s is refused', (_, draw) => {
    expect(() => draw(Random.fromSeed(0))).toThrowError(expect.objectContaining({ tag: 'OptionError' }));
  });
});

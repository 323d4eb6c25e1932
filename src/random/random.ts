/**
 * `Random`: a stream of random numbers with a name.
 *
 * Every random choice in the package comes from a stream reached from the user's seed by names,
 * `Random.fromSeed(seed).split('evaluate', 'fold', 3)`. A stream depends on its names only, never on what was
 * drawn elsewhere, so results do not depend on the order of work or on the number of threads.
 */
import { OptionError } from '../errors.js';
import type { Bits } from './bits.js';
import { fillBlocks, MOST_BLOCKS } from './blocks.js';
import { gamma, negativeBinomial, poisson } from './counts.js';
import { childKey, keyOfSeed } from './key.js';
import { gumbel, normal } from './normal.js';
import { integer, permutation, sample, shuffle } from './order.js';
import type { Words4 } from './threefry.js';

/** Where a stream stands, as plain JSON; `drawn` counts 32-bit words. */
export interface RandomState {
  readonly generator: 'threefry4x32-20';
  readonly key: readonly number[];
  readonly drawn: number;
}

type FloatArray = Float32Array | Float64Array;

export class Random implements Bits {
  readonly #key: Words4;
  /** Words made ahead; more at a time the longer the stream is used, as most streams give a few only. */
  #words = new Uint32Array(4);
  /** Number of the block after these; 2^53 blocks are more than any machine draws. */
  #next = 0;
  /** How many of `#words` were given out; all of them at first, as nothing is made. */
  #used = 4;

  private constructor(key: Words4) {
    this.#key = key;
  }

  /** The root stream of a seed, a whole number in [0, 2^53). Throws OptionError. */
  static fromSeed(seed: number): Random {
    return new Random(keyOfSeed(seed));
  }

  /** The stream that `state()` was called on, at the same place. Throws OptionError on anything else. */
  static fromState(state: RandomState): Random {
    const words = Array.isArray(state?.key) ? (state.key as number[]) : [];
    const keyFits =
      words.length === 4 && words.every((word) => Number.isInteger(word) && word === word >>> 0);
    const { generator, drawn } = state ?? {};
    if (generator !== 'threefry4x32-20' || !keyFits || !Number.isSafeInteger(drawn) || drawn < 0) {
      throw new OptionError('random state', JSON.stringify(state), 'a saved state of threefry4x32-20');
    }
    const stream = new Random([words[0], words[1], words[2], words[3]]);
    stream.#next = Math.floor(drawn / 4);
    if (drawn % 4 > 0) {
      stream.#refill();
      stream.#used = drawn % 4;
    }
    return stream;
  }

  state(): RandomState {
    return {
      generator: 'threefry4x32-20',
      key: [...this.#key],
      drawn: this.#next * 4 - (this.#words.length - this.#used),
    };
  }

  /**
   * The independent stream named by `labels` under this one; unaffected by what was drawn from either.
   * `split('a', 1)` is `split('a').split(1)`. Labels are strings or whole numbers. Throws OptionError.
   */
  split(...labels: (string | number)[]): Random {
    return new Random(labels.reduce<Words4>(childKey, this.#key));
  }

  #refill(): void {
    const ahead = this.#next === 0 ? 1 : Math.min(4 * (this.#words.length / 4), MOST_BLOCKS);
    if (this.#words.length !== 4 * ahead) this.#words = new Uint32Array(4 * ahead);
    fillBlocks(this.#key, this.#next, this.#words);
    this.#next += ahead;
    this.#used = 0;
  }

  /** Uniform on 0 … 2^32 − 1. */
  nextUint32(): number {
    if (this.#used === this.#words.length) this.#refill();
    return this.#words[this.#used++];
  }

  /** Uniform on [0, 1): a multiple of 2^−53. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    return (high * 2 ** 26 + (this.nextUint32() >>> 6)) * 2 ** -53;
  }

  /** Uniform on (0, 1): an odd multiple of 2^−53. */
  uniformOpen(): number {
    const high = this.nextUint32() >>> 5;
    return (high * 2 ** 25 + (this.nextUint32() >>> 7) + 0.5) * 2 ** -52;
  }

  /** N(0, 1). */
  normal(): number {
    return normal(this);
  }

  /** Standard Gumbel, cdf exp(−exp(−x)). */
  gumbel(): number {
    return gumbel(this);
  }

  /** Gamma with this shape > 0 and scale 1. Throws OptionError. */
  gamma(shape: number): number {
    return gamma(this, shape);
  }

  /** Poisson, mean ≥ 0. Throws OptionError. */
  poisson(mean: number): number {
    return poisson(this, mean);
  }

  /** Negative binomial with variance `mean + dispersion · mean²`, both ≥ 0. Throws OptionError. */
  negativeBinomial(mean: number, dispersion: number): number {
    return negativeBinomial(this, mean, dispersion);
  }

  /** True with probability `p`. Throws OptionError outside [0, 1]. */
  bernoulli(p: number): boolean {
    if (!(p >= 0 && p <= 1)) throw new OptionError('probability', p, 'a number from 0 to 1');
    return this.uniform() < p;
  }

  /** Uniform on 0 … n − 1. Throws OptionError. */
  integer(n: number): number {
    return integer(this, n);
  }

  /** 0 … n − 1 in random order. Throws OptionError. */
  permutation(n: number): Int32Array {
    return permutation(this, n);
  }

  /** `k` different numbers of 0 … n − 1 in random order. Throws OptionError. */
  sample(n: number, k: number): Int32Array {
    return sample(this, n, k);
  }

  /** Shuffles in place and returns the same array. */
  shuffle<T extends { length: number; [i: number]: unknown }>(array: T): T {
    return shuffle(this, array);
  }

  /** Fills with uniform [0, 1) draws, rounded to the array's precision; returns the same array. */
  fillUniform<T extends FloatArray>(out: T): T {
    return this.fill(out, () => this.uniform());
  }

  /**
   * Fills with 1 with probability `p`, to a multiple of 2^−32, else 0; one word a draw. Returns the same array. Throws
   * OptionError outside [0, 1].
   */
  fillBernoulli<T extends FloatArray>(out: T, p: number): T {
    if (!(p >= 0 && p <= 1)) throw new OptionError('probability', p, 'a number from 0 to 1');
    const threshold = Math.round(p * 2 ** 32);
    for (let done = 0; done < out.length; ) {
      if (this.#used === this.#words.length) this.#refill();
      const words = this.#words;
      const from = this.#used;
      const count = Math.min(words.length - from, out.length - done);
      for (let i = 0; i < count; i++) out[done + i] = words[from + i] < threshold ? 1 : 0;
      this.#used += count;
      done += count;
    }
    return out;
  }

  /** Fills with N(0, 1) draws; returns the same array. */
  fillNormal<T extends FloatArray>(out: T): T {
    for (let i = 0; i < out.length; i++) out[i] = normal(this);
    return out;
  }

  /** Fills with what `draw` gives: `random.fill(counts, () => random.poisson(3))`. */
  fill<T extends { length: number; [i: number]: number }>(out: T, draw: (random: this) => number): T {
    for (let i = 0; i < out.length; i++) out[i] = draw(this);
    return out;
  }
}

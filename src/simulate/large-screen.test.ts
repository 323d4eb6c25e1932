import { describe, expect, it } from 'vitest';
import { OptionError } from '../errors.js';
import { Random } from '../random/index.js';
import { drawHeavyAvailability } from './heavy-availability.js';
import { type LargeScreenOptions, simulateLargeScreen } from './large-screen.js';

function countsOf(keys: Int32Array, n: number): Int32Array {
  const counts = new Int32Array(n);
  for (const key of keys) counts[key]++;
  return counts;
}

describe('simulateLargeScreen', () => {
  it('meets the counts of CMAP exactly', () => {
    const screen = simulateLargeScreen({ genes: 2 });
    expect(screen.pairContext.length).toBe(120_000);
    const contexts = countsOf(screen.pairContext, 71);
    const actions = countsOf(screen.pairAction, 20_369);
    expect(Math.max(...contexts)).toBe(15_805);
    expect(Math.min(...contexts)).toBeGreaterThan(0);
    expect(actions[screen.control]).toBe(70);
    const treatments = actions.filter((_, action) => action !== screen.control).sort();
    expect(treatments[0]).toBe(1);
    expect(treatments.at(-1)).toBe(64);
    expect(treatments.at(-2)).toBeLessThan(64);
    // Most actions in few contexts, some in many.
    expect(treatments[Math.floor(treatments.length / 2)]).toBeLessThanOrEqual(8);
    expect(treatments.filter((count) => count > 40).length).toBeGreaterThan(30);
  });

  const size: LargeScreenOptions = { contexts: 10, actions: 100, genes: 20 };

  it('gives sorted pairs, each once, and sorted names', () => {
    const screen = simulateLargeScreen(size);
    const keys = Array.from(screen.pairContext, (context, i) => context * 100 + screen.pairAction[i]);
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
    expect([...screen.actions].sort()).toEqual(screen.actions);
    expect(screen.actions[screen.control]).toBe('DMSO');
    expect(new Set(screen.actions).size).toBe(100);
    expect(new Set(screen.pairAction).size).toBe(100);
  });

  it('shows the truth without noise, and departs from it by the noise of the mean', () => {
    const clean = simulateLargeScreen({ ...size, noise: 0 });
    const noisy = simulateLargeScreen({ ...size, noise: 0.4, replicates: [4, 4] });
    const out = new Float64Array(20);
    let squares = 0;
    for (let pair = 0; pair < clean.pairContext.length; pair++) {
      clean.model.profile(clean.pairContext[pair], clean.pairAction[pair], out);
      for (let gene = 0; gene < 20; gene++) {
        expect(Math.abs(clean.profiles[pair * 20 + gene] / out[gene] - 1)).toBeLessThan(1e-6);
        squares += Math.log((noisy.profiles[pair * 20 + gene] - 40) / (out[gene] - 40)) ** 2;
      }
    }
    // 0.4 / √4 = .2, and the mean of the logarithm is −.2² / 2.
    expect(Math.sqrt(squares / clean.profiles.length)).toBeCloseTo(Math.hypot(0.2, 0.02), 2);
  });

  it('repeats for the same seed', () => {
    expect(simulateLargeScreen(size).profiles).toEqual(simulateLargeScreen({ ...size, seed: 0 }).profiles);
    expect(simulateLargeScreen({ ...size, seed: 5 }).profiles).not.toEqual(
      simulateLargeScreen(size).profiles,
    );
  });

  it.each<LargeScreenOptions>([
    { contexts: 1, actions: 1, genes: 1 },
    { contexts: 1, actions: 5, genes: 1 },
    { contexts: 2, actions: 1, genes: 1 },
    { contexts: 2, actions: 2, genes: 1 },
    { contexts: 3, actions: 200, genes: 1 },
    { contexts: 200, actions: 3, genes: 1 },
    { contexts: 4, actions: 10, genes: 1, pairs: 25, largestContext: 10 },
  ])('works at %j', (options) => {
    const screen = simulateLargeScreen(options);
    expect(screen.profiles.length).toBe(screen.pairContext.length);
    expect(screen.profiles.every(Number.isFinite)).toBe(true);
    expect(countsOf(screen.pairAction, screen.actions.length)).not.toContain(0);
  });

  it.each<LargeScreenOptions>([
    { ...size, contexts: 0 },
    { ...size, pairs: 5 },
    { ...size, pairs: 1001 },
    { ...size, largestContext: 101 },
    { ...size, controlContexts: 11 },
    { ...size, widestAction: 0 },
    { ...size, widestAction: 2, pairs: 400 },
    { ...size, replicates: [2, 1] },
    { ...size, noise: -1 },
    { ...size, control: 'compound-7' },
    { genes: 1e6 },
  ])('refuses %j', (options) => {
    expect(() => simulateLargeScreen(options)).toThrowError(OptionError);
  });
});

it('drawHeavyAvailability leaves no action out, however few the pairs', () => {
  for (let seed = 0; seed < 5; seed++) {
    const counts = { contexts: 6, actions: 80, control: 3, largestContext: 30, controlContexts: 5 };
    const { pairAction } = drawHeavyAvailability(
      { ...counts, pairs: 5 + 79 + 1, widestAction: 2 },
      Random.fromSeed(seed),
    );
    expect(new Set(pairAction).size).toBe(80);
  }
});

/** `ntk` against the authors' formula in NumPy, against closed forms, and where it has to give way. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { fingerprintColumn } from '../../data/fingerprint/index.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError, OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { imputerOptions } from '../options.js';
import { Training } from '../training.js';
import { tangentKernel } from './kernel.js';
import { ntk } from './ntk.js';
import type { NtkPrior } from './ntk-options.js';

const gappy = (c: number, a: number) => a === 0 || (c + 2 * a) % 5 !== 0;
const screen = (seed = 1) =>
  factorScreen({ nContexts: 8, nActions: 9, nGenes: 30, rank: 4, noise: 0.3, observed: gappy, seed }).tensor;
const make = (tensor: OutcomeTensor, given: Parameters<typeof imputerOptions>[0] = {}) =>
  ntk.create(tensor, imputerOptions(given));
const fitOf = (tensor: OutcomeTensor, given = {}, hidden: number[] = []) => {
  const fitted = make(tensor, given).fit(new Training(tensor, hidden));
  if (fitted instanceof Promise) throw new Error('fitted at once');
  return fitted;
};
const treated = (tensor: OutcomeTensor) => [...tensor.treatedPairs()];

const python = '/usr/bin/python3';
const hasNumpy = (() => {
  try {
    execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasNumpy)("the authors' formula in NumPy (bench/peers/ntk.py)", () => {
  it('gives the same to 1e-8, one pair left out at a time and in folds', () => {
    const tensor = screen();
    const pairs = treated(tensor);
    const reference = 'context-001';
    const single = pairs.map((_, i) => [i]);
    const folds = [0, 1, 2].map((k) => pairs.flatMap((_, i) => (i % 3 === k ? [i] : [])));
    const expected = numpy(tensor, pairs, reference, [...single, ...folds]);
    const imputer = make(tensor, { ntkReference: reference });
    let row = 0;
    for (const fold of [...single, ...folds]) {
      const fitted = imputer.fit(
        new Training(
          tensor,
          fold.map((i) => pairs[i]),
        ),
      );
      if (fitted instanceof Promise) throw new Error('fitted at once');
      for (const i of fold) {
        const [context, action] = [tensor.pairContext[pairs[i]], tensor.pairAction[pairs[i]]];
        const control = tensor.profile(tensor.pair(context, tensor.control));
        const effect = fitted.predict(context, action).profile.map((x, g) => x - control[g]);
        expect(relativeDifference(effect, expected(row++))).toBeLessThan(1e-8);
      }
    }
  });
});

function numpy(
  tensor: OutcomeTensor,
  pairs: readonly number[],
  reference: string,
  folds: readonly (readonly number[])[],
): (row: number) => Float64Array {
  const folder = mkdtempSync(join(tmpdir(), 'ntk-'));
  const p = tensor.nGenes;
  const effects = new Float64Array(pairs.length * p);
  pairs.forEach((pair, i) => {
    const control = tensor.profile(tensor.pair(tensor.pairContext[pair], tensor.control));
    effects.set(
      tensor.profile(pair).map((x, g) => x - control[g]),
      i * p,
    );
  });
  const [input, out] = [join(folder, 'effects'), join(folder, 'out')];
  writeFileSync(input, new Uint8Array(effects.buffer));
  const requests = [
    {
      op: 'load',
      profiles: input,
      n: pairs.length,
      genes: p,
      contexts: pairs.map((pair) => tensor.contexts[tensor.pairContext[pair]]),
      actions: pairs.map((pair) => tensor.actions[tensor.pairAction[pair]]),
      reference,
    },
    { op: 'folds', folds, out },
  ];
  execFileSync(python, ['bench/peers/ntk.py'], {
    input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
  });
  const bytes = readFileSync(out);
  rmSync(folder, { recursive: true });
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return (row) => values.subarray(row * p, (row + 1) * p);
}

describe('closed forms', () => {
  it.each([1, 2, 4])('without a prior all effects weigh the same, depth %s', (depth) => {
    // K = κ(0) 11ᵀ + (κ(1) − κ(0)) I, so every weight is κ(0) / (κ(1) − κ(0) + n κ(0))
    const tensor = screen();
    const kernel = tangentKernel(depth);
    const pairs = treated(tensor);
    const weight = kernel(0) / (kernel(1) - kernel(0) + pairs.length * kernel(0));
    const { context, action } = [...tensor.missingPairs()][0];
    const expected = tensor.profile(tensor.pair(context, 0)).slice();
    for (const pair of pairs) {
      const control = tensor.profile(tensor.pair(tensor.pairContext[pair], 0));
      for (let g = 0; g < expected.length; g++)
        expected[g] += weight * (tensor.profile(pair)[g] - control[g]);
    }
    const { profile } = fitOf(tensor, { ntkPrior: 'identity', ntkDepth: depth }).predict(context, action);
    expect(relativeDifference(profile, expected)).toBeLessThan(1e-12);
  });

  it('two visible effects of two actions: two equations', () => {
    // (0, 1) and (1, 2) are visible. Two pairs of one action have ξ = 1 / (1 + w²), of two actions ξ = 0:
    // [κ(1) κ(0); κ(0) κ(1)] v = [κ(0), κ(ξ)] for the target (0, 2)
    const tensor = factorScreen({ nContexts: 2, nActions: 3, nGenes: 4, rank: 2 }).tensor;
    const [one, other, hidden] = [tensor.pair(0, 1), tensor.pair(1, 2), tensor.pair(1, 1)];
    const given = { ntkPrior: 'one-hot-action', ntkIdentity: 2 } as const;
    const { profile, explain } = fitOf(tensor, given, [hidden, tensor.pair(0, 2)]).predict(0, 2);
    const kernel = tangentKernel(1);
    const [diagonal, apart, same] = [kernel(1), kernel(0), kernel(1 / 5)];
    const determinant = diagonal ** 2 - apart ** 2;
    const first = (diagonal * apart - apart * same) / determinant;
    const second = (diagonal * same - apart ** 2) / determinant;
    const effect = (pair: number, g: number) =>
      tensor.profile(pair)[g] - tensor.profile(tensor.pair(tensor.pairContext[pair], 0))[g];
    const control = tensor.profile(tensor.pair(0, 0));
    const expected = control.map((x, g) => x + first * effect(one, g) + second * effect(other, g));
    expect(relativeDifference(profile, expected)).toBeLessThan(1e-13);
    const weights = explain().donors.map(({ weight }) => weight);
    expect(weights[0]).toBeCloseTo(second, 13);
    expect(weights[1]).toBeCloseTo(first, 13);
  });

  it('a ridge shrinks effects towards none', () => {
    const tensor = screen();
    const { context, action } = [...tensor.missingPairs()][0];
    const control = tensor.profile(tensor.pair(context, 0));
    const { profile } = fitOf(tensor, { ntkRidge: 1e9 }).predict(context, action);
    expect(relativeDifference(profile, control)).toBeLessThan(1e-6);
  });
});

describe('planted truth', () => {
  /** Effects that are a smooth function of what is known of the action, times a strength of the context. */
  function planted(): { tensor: OutcomeTensor; truth: (c: number, a: number) => Float64Array } {
    const { nContexts, nActions, nGenes, width } = { nContexts: 6, nActions: 41, nGenes: 12, width: 3 };
    const random = Random.fromSeed(9).split('planted');
    const known = random.fillNormal(new Float64Array(nActions * width));
    // the prior is brought to length 1: what is known must be in the direction
    for (let a = 0; a < nActions; a++) {
      const length = Math.hypot(...known.subarray(a * width, (a + 1) * width));
      for (let j = 0; j < width; j++) known[a * width + j] /= length;
    }
    const map = random.fillNormal(new Float64Array(nGenes * width));
    const truth = (c: number, a: number) =>
      Float64Array.from({ length: nGenes }, (_, g) => {
        let value = 0;
        for (let j = 0; j < width && a > 0; j++) value += map[g * width + j] * known[a * width + j];
        return 5 + c + (1 + 0.1 * c) * value;
      });
    const pairs: [number, number][] = [];
    for (let c = 0; c < nContexts; c++) {
      for (let a = 0; a < nActions; a++) if (a === 0 || a < nActions - 1) pairs.push([c, a]);
    }
    const tensor = new OutcomeTensor({
      contexts: Array.from({ length: nContexts }, (_, c) => `c${c}`),
      actions: Array.from({ length: nActions }, (_, a) => `a${String(a).padStart(2, '0')}`),
      genes: Array.from({ length: nGenes }, (_, g) => `g${g}`),
      control: 0,
      profiles: Float64Array.from(pairs.flatMap(([c, a]) => [...truth(c, a)])),
      pairContext: Int32Array.from(pairs, ([c]) => c),
      pairAction: Int32Array.from(pairs, ([, a]) => a),
      replicates: new Int32Array(pairs.length).fill(1),
      features: {
        actions: { columns: ['x', 'y', 'z'], values: known, known: new Uint8Array(nActions).fill(1) },
      },
    });
    return { tensor, truth };
  }

  it('an action that was measured nowhere is known by its features', () => {
    const { tensor, truth } = planted();
    const given = {
      ntkPrior: 'features',
      ntkIdentity: 0.05,
      ntkUnit: 'norm',
      ntkContextWeight: 0.1,
    } as const;
    const made = fitOf(tensor, given).predict(2, 40);
    expect(made.fallback).toBe('');
    const [control, expected] = [truth(2, 0), truth(2, 40)];
    let [error, size] = [0, 0];
    expected.forEach((x, g) => {
      error += (made.profile[g] - x) ** 2;
      size += (x - control[g]) ** 2;
    });
    expect(error / size).toBeLessThan(0.1);
    // without features nothing of it is known
    expect(fitOf(tensor).predict(2, 40).fallback).toBe('mean-over-actions');
  });
});

describe('leaving one out', () => {
  it.each<NtkPrior>(['reference', 'reference-one-hot', 'one-hot', 'random'])(
    '%s: the shared factor changes nothing, to the bit',
    (ntkPrior) => {
      const tensor = screen();
      const shared = make(tensor, { ntkPrior });
      for (const pair of treated(tensor)) {
        const training = new Training(tensor, [pair]);
        const [context, action] = [tensor.pairContext[pair], tensor.pairAction[pair]];
        const [a, b] = [shared, make(tensor, { ntkPrior })].map((imputer) => {
          const fitted = imputer.fit(training);
          if (fitted instanceof Promise) throw new Error('fitted at once');
          return fitted.predict(context, action);
        });
        expect(Array.from(a.profile)).toEqual(Array.from(b.profile));
        expect(a.fallback).toBe('');
      }
    },
  );
});

describe('solvers', () => {
  it('EigenPro comes to what Cholesky gives', () => {
    const tensor = screen();
    const given = { ntkPrior: 'one-hot', ntkIdentity: 1 } as const;
    const exact = fitOf(tensor, given);
    const descent = fitOf(tensor, { ...given, ntkSolver: 'eigenpro', ntkEpochs: 300 });
    for (const { context, action } of tensor.missingPairs()) {
      const expected = exact.predict(context, action).profile;
      expect(relativeDifference(descent.predict(context, action).profile, expected)).toBeLessThan(1e-4);
    }
    expect(descent.predict(0, 5).explain().notes.join()).toContain('eigenpro');
  });

  it('pairs of the same prior are kept solvable, and it says so', () => {
    const tensor = screen();
    // every pair of an action has the same prior, and nothing keeps them apart
    const fitted = fitOf(tensor, { ntkPrior: 'one-hot-action', ntkIdentity: 0 });
    const { profile, explain } = fitted.predict(0, 5);
    expect(profile.every(Number.isFinite)).toBe(true);
    expect(explain().notes.join()).toContain('too alike');
    // equal rows share the weight of their mean: the prediction is as good as with a small identity
    const near = fitOf(tensor, { ntkPrior: 'one-hot-action', ntkIdentity: 1e-3 }).predict(0, 5);
    expect(relativeDifference(profile, near.profile)).toBeLessThan(0.05);
  });
});

describe('what it cannot know', () => {
  it('a context without a control has no effects', () => {
    const full = screen();
    const control = full.pair(3, 0);
    const fitted = fitOf(full, {}, [control]);
    const missing = [...full.missingPairs()].find(({ context }) => context === 3)!;
    const made = fitted.predict(missing.context, missing.action);
    expect(made.fallback).toBe('mean-over-actions');
    expect(made.explain().notes.join()).toContain('no control');
    expect(fitted.predict(0, 5).explain().trainedOn).not.toContain('context-003');
    expect(
      fitOf(full, { ntkSubtract: 'none' }, [control]).predict(missing.context, missing.action).fallback,
    ).toBe('');
  });

  it('names an unknown reference, and side information that was not given', () => {
    const tensor = screen();
    expect(() => make(tensor, { ntkReference: 'context-0001' })).toThrow(OptionError);
    expect(() => make(tensor, { ntkPrior: 'fingerprint' })).toThrow(/--smiles/);
    expect(() => make(tensor, { ntkPrior: 'features' })).toThrow(DataError);
  });

  it('a reference of which nothing is visible describes no action', () => {
    const tensor = screen();
    const hidden = [...tensor.pairsOfContext[4]].filter((pair) => tensor.pairAction[pair] !== 0);
    const made = fitOf(tensor, { ntkReference: 'context-004' }, hidden).predict(0, 5);
    expect(made.fallback).toBe('mean-over-actions');
    expect(made.explain().notes.join()).toContain('nothing is known of the action');
    // unasked, another context takes its place
    expect(fitOf(tensor, {}, hidden).predict(0, 5).fallback).toBe('');
  });

  it('a visible pair is answered by its own profile', () => {
    const tensor = screen();
    const pair = tensor.pair(2, 3);
    expect(relativeDifference(fitOf(tensor).predict(2, 3).profile, tensor.profile(pair))).toBeLessThan(1e-10);
  });

  it('the mean stands in for an action that the reference lacks', () => {
    const tensor = screen();
    const lacking = [...tensor.missingPairs()].find(({ context }) => context === 1)!;
    const made = fitOf(tensor, { ntkReference: 'context-001' }).predict(2, lacking.action);
    expect(made.fallback).toBe('');
    expect(made.explain().notes.join()).toContain('the mean of the others stands in');
  });

  it('the fingerprint prior takes the columns of fingerprints only', () => {
    const plain = screen();
    const n = plain.nActions;
    const bits = Float64Array.from({ length: n * 4 }, (_, at) => Number((at * 7) % 3 === 0));
    const known = new Uint8Array(n).fill(1);
    const columns = [0, 1, 2, 3].map(fingerprintColumn);
    const withBits = new OutcomeTensor({ ...plain, features: { actions: { columns, values: bits, known } } });
    const more = Float64Array.from({ length: n * 5 }, (_, at) =>
      at % 5 === 4 ? 1000 * at : bits[Math.floor(at / 5) * 4 + (at % 5)],
    );
    const withMore = new OutcomeTensor({
      ...plain,
      features: { actions: { columns: [...columns, 'dose'], values: more, known } },
    });
    const [a, b] = [withBits, withMore].map((tensor) =>
      fitOf(tensor, { ntkPrior: 'fingerprint' }).predict(0, 5),
    );
    expect(Array.from(a.profile)).toEqual(Array.from(b.profile));
    const c = fitOf(withMore, { ntkPrior: 'features' }).predict(0, 5);
    expect(relativeDifference(c.profile, a.profile)).toBeGreaterThan(1e-6);
  });
});

it('explains by the greatest weights, which make the prediction', () => {
  const tensor = screen();
  const why = fitOf(tensor).predict(0, 5).explain();
  expect(why.donors).toHaveLength(20);
  const sizes = why.donors.map(({ weight }) => Math.abs(weight));
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  expect(why.donors[0].name).toMatch(/^\(context-\d+, action-\d+\)$/);
  expect(why.solver).toBe('cholesky');
});

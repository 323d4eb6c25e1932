/** Every imputer of the registry through the same invariants: what no estimator of this task may break. */
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../test/support/factor-screen.js';
import { testResources } from '../../test/support/resources.js';
import { OutcomeTensor, type OutcomeTensorParts } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import { defaultImputerOptions, type ImputerDescriptor, imputers, Training } from './index.js';

/** A noisy screen with gaps: context 0 lacks actions 5 and 6, context 1 lacks 7; every third pair elsewhere. */
const gappy = (c: number, a: number) =>
  a === 0 || !((c === 0 && (a === 5 || a === 6)) || (c === 1 && a === 7) || (c > 2 && (c + 2 * a) % 5 === 0));
const noisy = () =>
  factorScreen({ nContexts: 7, nActions: 9, nGenes: 25, rank: 4, noise: 0.2, observed: gappy }).tensor;

const fitted = async (imputer: ImputerDescriptor, tensor: OutcomeTensor, hidden: number[] = []) =>
  imputer.create(tensor, quickOptions, testResources).fit(new Training(tensor, hidden));

/** Enough for the invariants, which hold after any number of steps. */
const quickOptions = { ...defaultImputerOptions, missforestTrees: 10, aeWidth: 32, aeEpochs: 5 };

function changed(tensor: OutcomeTensor, parts: Partial<OutcomeTensorParts>): OutcomeTensor {
  return new OutcomeTensor({ ...tensor, ...parts });
}

describe.each(imputers.map((imputer) => [imputer.name, imputer] as const))('%s', (name, imputer) => {
  it('never looks at a hidden pair: the prediction is the same bits whatever the truth is', async () => {
    const tensor = noisy();
    const pair = tensor.pair(2, 4);
    const before = (await fitted(imputer, tensor, [pair])).predict(2, 4).profile.slice();
    const profiles = tensor.profiles.slice();
    profiles.fill(1e7, pair * 25, (pair + 1) * 25);
    const after = (await fitted(imputer, changed(tensor, { profiles }), [pair])).predict(2, 4);
    expect(Array.from(after.profile)).toEqual(Array.from(before));
  });

  it('is the same on every run', async () => {
    const [a, b] = await Promise.all(
      [0, 1].map(async () => (await fitted(imputer, noisy())).predict(0, 5).profile),
    );
    expect(Array.from(a)).toEqual(Array.from(b));
  });

  it.skipIf(imputer.dependsOn?.geneOrder)('follows a permutation of the genes', async () => {
    const tensor = noisy();
    const order = Array.from({ length: 25 }, (_, g) => (g * 7) % 25);
    const profiles = new Float64Array(tensor.profiles.length);
    for (let pair = 0; pair < tensor.nPairs; pair++) {
      order.forEach((from, to) => (profiles[pair * 25 + to] = tensor.profiles[pair * 25 + from]));
    }
    const plain = (await fitted(imputer, tensor)).predict(0, 5).profile;
    const moved = (await fitted(imputer, changed(tensor, { profiles }))).predict(0, 5).profile;
    expect(
      relativeDifference(
        moved,
        Float64Array.from(order, (from) => plain[from]),
      ),
    ).toBeLessThan(1e-9);
  });

  it.skipIf(imputer.dependsOn?.unit)('follows a change of unit and of zero: a x + b', async () => {
    const tensor = noisy();
    const plain = (await fitted(imputer, tensor)).predict(0, 5).profile;
    const profiles = tensor.profiles.map((value) => 2.5 * value - 40);
    const scaled = (await fitted(imputer, changed(tensor, { profiles }))).predict(0, 5).profile;
    expect(
      relativeDifference(
        scaled,
        plain.map((value) => 2.5 * value - 40),
      ),
    ).toBeLessThan(1e-9);
  });

  it('does not care in which order contexts and actions are stored', async () => {
    // relabel so that the order of names is kept, but every pair sits elsewhere in memory
    const tensor = noisy();
    const order = Array.from({ length: tensor.nPairs }, (_, pair) => tensor.nPairs - 1 - pair);
    const profiles = new Float64Array(tensor.profiles.length);
    order.forEach((from, to) => profiles.set(tensor.profile(from), to * 25));
    const turned = changed(tensor, {
      profiles,
      pairContext: Int32Array.from(order, (pair) => tensor.pairContext[pair]),
      pairAction: Int32Array.from(order, (pair) => tensor.pairAction[pair]),
    });
    const [plain, other] = await Promise.all(
      [tensor, turned].map(async (t) => (await fitted(imputer, t)).predict(0, 5).profile),
    );
    expect(relativeDifference(other, plain)).toBeLessThan(1e-9);
  });

  it('answers for every missing pair with finite numbers, and says what answered', async () => {
    const tensor = noisy();
    const imputed = await fitted(imputer, tensor);
    for (const { context, action } of tensor.missingPairs()) {
      const prediction = imputed.predict(context, action);
      expect(prediction.profile.every(Number.isFinite)).toBe(true);
      expect(prediction.fallback).toBe('');
      const why = prediction.explain();
      expect([why.method, why.context, why.action]).toEqual([
        name,
        tensor.contexts[context],
        tensor.actions[action],
      ]);
    }
  });

  it('marks what it cannot know: unseen context, unseen action, both', async () => {
    const imputed = await fitted(imputer, noisy());
    for (const [context, action] of [
      [-1, 3],
      [2, -1],
      [-1, -1],
    ]) {
      const { profile, fallback } = imputed.predict(context, action);
      expect(profile.every(Number.isFinite)).toBe(true);
      const own = {
        'mean-over-actions': action === -1 && context >= 0,
        'mean-over-contexts': context === -1 && action >= 0,
      };
      expect(fallback === '').toBe(own[name as keyof typeof own] ?? false);
    }
  });

  it('predicts many as it predicts one', async () => {
    const tensor = noisy();
    const imputed = await fitted(imputer, tensor);
    const targets = [...tensor.missingPairs(), { context: -1, action: 2 }];
    imputed.predictMany?.(targets, (at, { profile, donors, fallback }) => {
      const one = imputed.predict(targets[at].context, targets[at].action);
      expect(relativeDifference(profile, one.profile)).toBeLessThan(1e-10);
      expect([donors, fallback]).toEqual([one.donors, one.fallback]);
    });
  });

  it.each([
    ['one context', { nContexts: 1, nActions: 4, nGenes: 5 }],
    ['one action', { nContexts: 4, nActions: 1, nGenes: 5 }],
    ['one gene', { nContexts: 4, nActions: 4, nGenes: 1 }],
    ['two by two', { nContexts: 2, nActions: 2, nGenes: 3 }],
  ])('survives %s', async (_, size) => {
    const { tensor } = factorScreen({ ...size, rank: 1, noise: 0.1 });
    for (let pair = 0; pair < tensor.nPairs; pair++) {
      const predict = async () =>
        (await fitted(imputer, tensor, [pair])).predict(tensor.pairContext[pair], tensor.pairAction[pair])
          .profile;
      if (tensor.nPairs === 1) await expect(predict()).rejects.toThrow(DataError);
      else expect((await predict()).every(Number.isFinite)).toBe(true);
    }
  });

  it('refuses when nothing is left to learn from', async () => {
    const { tensor } = factorScreen({ nContexts: 1, nActions: 1, nGenes: 3, rank: 1 });
    await expect(fitted(imputer, tensor, [0]).then((made) => made.predict(0, 0))).rejects.toThrow(DataError);
  });
});

describe('planted truth', () => {
  it.each(['si-a', 'si-c', 'si-tandem'])('%s recovers an exact factor model', async (name) => {
    // si-c needs contexts that combine into each other: with as many contexts as ranks of the unfolding there
    // is an exact combination only for more genes × actions than unknowns, so its screen is the transposed one
    const imputer = imputers.find((candidate) => candidate.name === name)!;
    const observed = (c: number, a: number) => !(c === 0 && a === 7);
    const byAction = factorScreen({ nContexts: 6, nActions: 8, nGenes: 40, rank: 3, observed });
    const screen = name === 'si-c' ? transposedFactorScreen() : byAction;
    const prediction = (await fitted(imputer, screen.tensor)).predict(0, 7);
    const tolerance = name === 'si-tandem' ? 0.05 : 1e-8;
    expect(relativeDifference(prediction.profile, screen.truth(0, 7))).toBeLessThan(tolerance);
  });
});

/** x^{ca} = V^a u^c: contexts are combinations of three others. */
function transposedFactorScreen() {
  const screen = factorScreen({ nContexts: 8, nActions: 8, nGenes: 40, rank: 3 });
  const truth = (context: number, action: number) => screen.truth(action, context);
  const pairs: [number, number][] = [];
  for (let c = 0; c < 8; c++) for (let a = 0; a < 8; a++) if (!(c === 0 && a === 7)) pairs.push([c, a]);
  const profiles = new Float64Array(pairs.length * 40);
  pairs.forEach(([c, a], pair) => profiles.set(truth(c, a), pair * 40));
  const tensor = changed(screen.tensor, {
    profiles,
    pairContext: Int32Array.from(pairs, ([c]) => c),
    pairAction: Int32Array.from(pairs, ([, a]) => a),
    replicates: new Int32Array(pairs.length).fill(1),
  });
  return { tensor, truth };
}

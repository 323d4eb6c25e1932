/** What works in a latent space: groups of networks, arithmetic, alignment, and refusals; `latent-si` beside it. */
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { testResources } from '../../../test/support/resources.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import type { LatentSpace } from '../../represent/index.js';
import { imputerNamed, imputerOptions, Training } from '../index.js';
import { alignmentOf, alignments } from './alignment.js';
import { LatentScreens } from './latent-screens.js';

/** Genes as they are: arithmetic can be checked by hand. */
const identity = (nGenes: number): LatentSpace => ({
  nGenes,
  width: nGenes,
  encode: (profiles) => profiles.slice(),
  decode: (latents) => latents.slice(),
  notes: ['identity'],
});

const screen = (more = {}) => factorScreen({ nContexts: 5, nActions: 7, nGenes: 6, rank: 2, ...more });

/** xᶜᵃ = αᶜ + βᵃ: what one arithmetic of shifts gets right exactly. */
function additive(observed: (c: number, a: number) => boolean = () => true) {
  const { tensor, truth } = screen({ observed });
  const sum = (c: number, a: number) =>
    truth(c, 0).map((value, g) => value + truth(0, a)[g] - truth(0, 0)[g]);
  const profiles = new Float64Array(tensor.profiles.length);
  for (let pair = 0; pair < tensor.nPairs; pair++) {
    profiles.set(sum(tensor.pairContext[pair], tensor.pairAction[pair]), pair * tensor.nGenes);
  }
  return { tensor: new OutcomeTensor({ ...tensor, profiles }), truth: sum };
}

describe('the networks of a screen', () => {
  /** Trainings there were, each as the profiles that it saw. */
  function counting(tensor: OutcomeTensor, groups = 4) {
    const trainings: string[][] = [];
    const profileText = (values: Float64Array) => Array.from(values).join();
    const screens = new LatentScreens(tensor, { latentGroups: groups, seed: 0 }, async (rows, nRows) => {
      trainings.push(
        Array.from({ length: nRows }, (_, i) =>
          profileText(rows.subarray(i * tensor.nGenes, (i + 1) * tensor.nGenes)),
        ),
      );
      return identity(tensor.nGenes);
    });
    return { screens, trainings, profileText };
  }

  it('are one a group in leave-one-out, each without its pairs and with every control', async () => {
    const { tensor } = screen();
    const { screens, trainings, profileText } = counting(tensor);
    for (const pair of tensor.treatedPairs()) await screens.of(new Training(tensor, [pair]));
    expect(trainings.length).toBe(4);
    for (const pair of tensor.treatedPairs()) {
      const text = profileText(tensor.profile(pair));
      expect(trainings.filter((rows) => !rows.includes(text)).length).toBe(1);
    }
    for (const pair of tensor.pairsOfAction[0]) {
      expect(trainings.every((rows) => rows.includes(profileText(tensor.profile(pair))))).toBe(true);
    }
  });

  it('see everything where nothing is hidden, just the visible where pairs of several groups are', async () => {
    const { tensor } = screen();
    const { screens, trainings } = counting(tensor);
    await screens.of(new Training(tensor));
    const hidden = Array.from(tensor.treatedPairs());
    await screens.of(new Training(tensor, hidden));
    await screens.of(new Training(tensor, hidden));
    await screens.of(new Training(tensor, [tensor.pair(2, 0)]));
    expect(trainings.map((rows) => rows.length)).toEqual([35, 5, 34]);
  });

  it('depend on names, not on how pairs are stored', async () => {
    const { tensor } = screen();
    const order = Array.from({ length: tensor.nPairs }, (_, pair) => tensor.nPairs - 1 - pair);
    const profiles = new Float64Array(tensor.profiles.length);
    order.forEach((from, to) => profiles.set(tensor.profile(from), to * tensor.nGenes));
    const turned = new OutcomeTensor({
      ...tensor,
      profiles,
      pairContext: Int32Array.from(order, (pair) => tensor.pairContext[pair]),
      pairAction: Int32Array.from(order, (pair) => tensor.pairAction[pair]),
    });
    const rowsOf = async (of: OutcomeTensor) => {
      const { screens, trainings } = counting(of);
      await screens.of(new Training(of, [of.pair(1, 3)]));
      return trainings[0];
    };
    expect(await rowsOf(turned)).toEqual(await rowsOf(tensor));
  });
});

describe('arithmetic of latents', () => {
  it.each(['control', 'shared'] as const)(
    'recovers an additive screen, shifted from %s',
    async (latentReference) => {
      const { tensor, truth } = additive((c, a) => !(c === 1 && a === 4) && !(c === 3 && a > 4));
      const options = imputerOptions({ latentReference, styleComponents: 6 });
      const fitted = await imputerNamed('style-transfer').create(tensor, options).fit(new Training(tensor));
      for (const { context, action } of tensor.missingPairs()) {
        const { profile, donors } = fitted.predict(context, action);
        expect(relativeDifference(profile, truth(context, action))).toBeLessThan(1e-9);
        expect(donors).toBe(4);
      }
    },
  );

  it('is the fixed effect where the control is the reference and nothing is lost', async () => {
    const { tensor } = screen({ noise: 0.5 });
    const hidden = new Training(tensor, [tensor.pair(2, 3)]);
    const options = imputerOptions({ latentReference: 'control', styleComponents: 6 });
    const [style, fixed] = await Promise.all(
      ['style-transfer', 'fixed-effect'].map(async (name) =>
        (await imputerNamed(name).create(tensor, options).fit(hidden)).predict(2, 3),
      ),
    );
    expect(relativeDifference(style.profile, fixed.profile)).toBeLessThan(1e-9);
  });

  it('answers by an average, and says why, where no other context will do', async () => {
    const { tensor } = screen({ observed: (c: number, a: number) => c === 0 || a !== 5 });
    const fitted = await imputerNamed('style-transfer')
      .create(tensor, imputerOptions({}))
      .fit(new Training(tensor, [tensor.pair(0, 5)]));
    const prediction = fitted.predict(0, 5);
    expect(prediction.fallback).toBe('mean-over-actions');
    expect(prediction.explain().notes[0]).toMatch(/no other context has the action/);
  });

  it('predicts a visible pair from the other contexts, never from itself', async () => {
    const { tensor, truth } = additive();
    const fitted = await imputerNamed('style-transfer')
      .create(tensor, imputerOptions({ styleComponents: 6 }))
      .fit(new Training(tensor));
    // asked before and after another action of the context: what is kept between calls must not matter
    for (const action of [2, 3, 2]) {
      const { profile, donors, explain } = fitted.predict(1, action);
      expect(donors).toBe(4);
      expect(explain().donors.map(({ name }) => name)).not.toContain(tensor.contexts[1]);
      expect(relativeDifference(profile, truth(1, action))).toBeLessThan(1e-9);
    }
  });
});

describe('alignment of signatures', () => {
  const tensor = new OutcomeTensor({
    contexts: ['p', 'q', 'r'],
    actions: ['control', 'drug', 'elsewhere'],
    genes: ['x', 'y'],
    control: 0,
    // signatures of the drug: (1, 0), (1, 1), (0, 2); r has the only profile of 'elsewhere'
    profiles: Float64Array.of(1, 1, 2, 1, 5, 5, 6, 6, 0, 0, 0, 2, 3, 3),
    pairContext: Int32Array.of(0, 0, 1, 1, 2, 2, 2),
    pairAction: Int32Array.of(0, 1, 0, 1, 0, 1, 2),
    replicates: new Int32Array(7).fill(1),
  });
  /** Only the second gene counts in this embedding. */
  const latents = new OutcomeTensor({
    ...tensor,
    genes: ['z'],
    profiles: Float64Array.from({ length: 7 }, (_, pair) => tensor.profile(pair)[1]),
  });

  it('is the mean cosine over pairs of contexts; a signature of length zero has none', () => {
    const [found] = alignments(new Training(tensor), latents);
    expect(found).toMatchObject({ action: 'drug', nContexts: 3, embedding: 1 });
    expect(found.original).toBeCloseTo((Math.SQRT1_2 + 0 + Math.SQRT1_2) / 3, 14);
    expect(alignments(new Training(tensor), latents).length).toBe(1);
  });

  it('sees visible pairs only', () => {
    const training = new Training(tensor, [tensor.pair(1, 1)]);
    expect(alignmentOf(training, latents, 1)).toMatchObject({ nContexts: 2, original: 0 });
    expect(alignmentOf(new Training(tensor, [1, 3]), latents, 1)).toBeNull();
  });
});

describe('networks', () => {
  const quick = { aeWidth: 128, aeEpochs: 300, aeLearningRate: 5e-3, aeStop: 0.001 };

  it.each(['autoencoder', 'latent-si'])(
    '%s knows more than the average of a planted screen',
    async (name) => {
      const { tensor, truth } = screen({ nContexts: 8, nActions: 9, nGenes: 30, noise: 0.05 });
      const training = new Training(tensor, [tensor.pair(2, 3)]);
      const predict = async (method: string) =>
        (
          await imputerNamed(method).create(tensor, imputerOptions(quick), testResources).fit(training)
        ).predict(2, 3);
      const [own, average] = [await predict(name), await predict('mean-over-actions')];
      const error = (profile: Float64Array) =>
        Math.hypot(...truth(2, 3).map((value, g) => value - profile[g]));
      expect(error(own.profile)).toBeLessThan((name === 'latent-si' ? 0.5 : 1) * error(average.profile));
      expect(own.explain().notes.join()).toMatch(/autoencoder 30–128–30 trained on \d+ profiles.*group/);
    },
  );

  it.each([
    ['vae', /variational autoencoder/],
    ['autoencoder', /autoencoder 6–16–6/],
  ] as const)('style-transfer trains in the space %s', async (styleSpace, note) => {
    const { tensor } = screen();
    const options = imputerOptions({ styleSpace, styleEpochs: 2, aeWidth: 16, aeEpochs: 5 });
    const imputer = imputerNamed('style-transfer').create(tensor, options, testResources);
    const prediction = (await imputer.fit(new Training(tensor))).predict(0, 1);
    expect(prediction.profile.every(Number.isFinite)).toBe(true);
    expect(prediction.explain().notes[0]).toMatch(note);
  });

  it.each(['autoencoder', 'latent-si'])('%s says that it needs a runtime', (name) => {
    expect(() => imputerNamed(name).create(screen().tensor, imputerOptions())).toThrow(/given no runtime/);
  });

  it('refuses to shift from a control that there is none of', () => {
    const tensor = new OutcomeTensor({ ...screen().tensor, control: -1 });
    const create = () =>
      imputerNamed('style-transfer').create(tensor, imputerOptions({ latentReference: 'control' }));
    expect(create).toThrow(/the screen has none; use --latent-reference shared/);
  });
});

import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../compute/index.node.js';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { environmentModels, environmentSettings } from './models.js';
import type { EnvironmentProfiles } from './profiles.js';
import type { EnvironmentSettings } from './settings.js';
import { environmentTrainer } from './train.js';
import { EnvironmentRepresentation } from './trained.js';

const [GENES, LATENT, ENVIRONMENTS, EACH] = [12, 3, 19, 30];

/** Genes mix 3 latents linearly; environment e > 0 moves latent (e − 1) mod 3 by −4 to 4, six of them each; 0 moves none. */
function planted() {
  const random = Random.fromSeed(3);
  const mixing = random.split('mixing').fillNormal(new Float64Array(GENES * LATENT));
  const descriptors = new Float64Array(ENVIRONMENTS * LATENT);
  for (let e = 1; e < ENVIRONMENTS; e++)
    descriptors[e * LATENT + ((e - 1) % 3)] = [1, -1, 0.5, -0.5, 0.75, -0.75][Math.floor((e - 1) / 3)];
  const values = new Float32Array(ENVIRONMENTS * EACH * GENES);
  const labels = new Int32Array(ENVIRONMENTS * EACH);
  const noise = random.split('latents').fillNormal(new Float64Array(labels.length * LATENT));
  for (let i = 0; i < labels.length; i++) {
    labels[i] = i % ENVIRONMENTS;
    for (let g = 0; g < GENES; g++)
      for (let k = 0; k < LATENT; k++)
        values[i * GENES + g] +=
          mixing[g * LATENT + k] * (noise[i * LATENT + k] + 4 * descriptors[labels[i] * LATENT + k]);
  }
  const X = dense(labels.length, GENES, values);
  return { X, labels, descriptors, columns: ['a', 'b', 'c'] };
}

const small: Partial<EnvironmentSettings> = {
  latent: 3,
  encoderWidths: [32],
  decoderWidths: [32],
  environmentWidths: [16],
  adversaryWidths: [16],
  epochs: 30,
  klWarmUp: 2,
  batchSize: 32,
  learningRate: 5e-3,
  temperatureDecay: 0.995,
  patience: null,
};

async function trained(model: string, given: Partial<EnvironmentSettings> = {}, validation = [18]) {
  const profiles = planted();
  const runtime = await nodeRuntime({ threads: 1 });
  const settings = environmentSettings(model, { ...small, ...given });
  const random = Random.fromSeed(1);
  const { trainer, scale } = await environmentTrainer(runtime, {
    model,
    settings,
    profiles,
    validation,
    random,
  });
  const result = await trainer.fit();
  const names = result.store.names.filter((name) => !name.startsWith('optimiser.'));
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const name of names)
    weights.set(name, {
      shape: result.store.shape(name),
      values: (await result.store.get(name)) as Float32Array,
    });
  const representation = new EnvironmentRepresentation(
    runtime,
    {
      model,
      settings,
      genes: Array.from({ length: GENES }, (_, g) => `g${g}`),
      columns: profiles.columns,
      environments: ENVIRONMENTS,
      scale,
    },
    weights,
  );
  await trainer.dispose();
  return { ...result, weights, representation, profiles };
}

describe('every model', () => {
  it.each(environmentModels.map(({ name }) => name))(
    '%s learns, and says nothing that is not finite',
    async (name) => {
      const { history, representation, profiles } = await trained(name);
      for (const row of history)
        for (const value of Object.values(row)) expect(Number.isFinite(value)).toBe(true);
      expect(history.at(-1)!['train.error']).toBeLessThan(0.3 * (history[0]['train.error'] as number));
      const again = await representation.reconstruct(profiles.X, ofProfiles(profiles));
      expect(meanSquare(again, profiles.X.values)).toBeLessThan(0.3 * variance(profiles.X.values));
      await representation.dispose();
    },
  );

  // the last version of the authors' program never trains the network of environments
  it.each(environmentModels.map(({ name }) => name))('%s: every weight is trained', async (name) => {
    const [before, after] = [await trained(name, { epochs: 0 }), await trained(name, { epochs: 3 })];
    for (const [weight, { values }] of after.weights)
      expect(meanSquare(values, before.weights.get(weight)!.values), weight).toBeGreaterThan(0);
    for (const { representation } of [before, after]) await representation.dispose();
  });
});

const ofProfiles = ({ labels, descriptors }: ReturnType<typeof planted>) =>
  Float64Array.from(
    { length: labels.length * LATENT },
    (_, i) => descriptors[labels[Math.floor(i / LATENT)] * LATENT + (i % LATENT)],
  );
const meanSquare = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((total, value, i) => total + (value - b[i]) ** 2, 0) / a.length;
const variance = (values: ArrayLike<number>) => {
  const mean = Array.from(values).reduce((total, value) => total + value, 0) / values.length;
  return meanSquare(values, new Float64Array(values.length).fill(mean));
};

describe('models whose environments shift latents', () => {
  it.each(['env-vae', 'env-translation'])('%s finds which latent is shifted', async (name) => {
    const { representation, profiles } = await trained(name, { epochs: 60 }, []);
    const shifts = (await representation.shifts(profiles.descriptors))!;
    const largest = Array.from({ length: ENVIRONMENTS }, (_, e) => {
      const row = Array.from(shifts.slice(e * LATENT, (e + 1) * LATENT), Math.abs);
      return row.indexOf(Math.max(...row));
    });
    const namings = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const right = namings.map(
      (names) => largest.slice(1).filter((found, i) => found === names[i % 3]).length,
    );
    // of 18; the best of six namings has 8 or 9 by chance
    expect(Math.max(...right)).toBeGreaterThanOrEqual(15);
    await representation.dispose();
  });

  it.each(['env-vae', 'env-translation', 'cvae', 'env-scm'])(
    '%s predicts environments from what describes them',
    async (name) => {
      const { representation, profiles } = await trained(name, {}, []);
      const predicted = await representation.predict(profiles.descriptors, {
        samples: 40,
        random: Random.fromSeed(5),
      });
      const truth = means(profiles);
      expect(meanSquare(predicted, truth)).toBeLessThan(0.15 * variance(truth));
      await representation.dispose();
    },
  );

  it('env-scm gives up edges that cost too much, and keeps those that cost nothing', async () => {
    const edges = async (edgePrice: number) => {
      const { representation } = await trained('env-scm', { edgePrice, learningRate: 1e-3, epochs: 30 });
      const { straight } = (await representation.causes())!;
      await representation.dispose();
      return straight.filter((weight) => weight !== 0).length;
    };
    expect(await edges(0)).toBeGreaterThan(0);
    expect(await edges(1e6)).toBe(0);
  });

  it('has the temperature at its least after 70 % of the steps, where nobody says how it falls', async () => {
    const { weights } = await trained('env-vae', {
      epochs: 5,
      temperatureDecay: null,
      leastTemperature: 0.2,
    });
    expect(weights.get('temperature')!.values[0]).toBeCloseTo(0.2, 5);
    const low = await trained('env-vae', {
      epochs: 1,
      temperature: 0.05,
      temperatureDecay: null,
      leastTemperature: 0.2,
    });
    expect(low.weights.get('temperature')!.values[0]).toBeCloseTo(0.05, 6);
  });

  it('lets the temperature fall while it trains, and nowhere else', async () => {
    const { weights, history } = await trained('env-vae', { leastTemperature: 0.5 });
    const steps = history.length * Math.ceil((18 * EACH) / 32);
    expect(weights.get('temperature')!.values[0]).toBeCloseTo(Math.max(0.5, 0.995 ** steps), 5);
    const longer = await trained('env-vae', { epochs: 2, leastTemperature: 0 });
    expect(longer.weights.get('temperature')!.values[0]).toBeCloseTo(
      0.995 ** (2 * Math.ceil((18 * EACH) / 32)),
      5,
    );
  });
});

/** Mean profile of each environment (ENVIRONMENTS, GENES). */
function means({ X, labels }: ReturnType<typeof planted>): Float64Array {
  const out = new Float64Array(ENVIRONMENTS * GENES);
  labels.forEach((label, i) => {
    for (let g = 0; g < GENES; g++) out[label * GENES + g] += X.values[i * GENES + g] / EACH;
  });
  return out;
}

it('environments that are left out are not seen', async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const weightsWith = async (value: number) => {
    const profiles = planted();
    profiles.labels.forEach((label, i) => {
      if (label === 17) (profiles.X.values as Float32Array).fill(value, i * GENES, (i + 1) * GENES);
    });
    const settings = environmentSettings('env-vae', { ...small, epochs: 2 });
    const { trainer } = await environmentTrainer(runtime, {
      ...{ model: 'env-vae', settings, profiles, validation: [18], leftOut: [17] },
      random: Random.fromSeed(1),
    });
    const { store } = await trainer.fit();
    const found = await store.get('output.weight');
    await trainer.dispose();
    return found;
  };
  expect(await weightsWith(1e3)).toEqual(await weightsWith(-5));
});

it('same seed, same bits', async () => {
  const [a, b] = [await trained('env-scm', { epochs: 2 }), await trained('env-scm', { epochs: 2 })];
  for (const [name, { values }] of a.weights) expect(b.weights.get(name)!.values).toEqual(values);
});

describe('what cannot be trained on is refused', () => {
  const profiles = planted();
  const withValue = (value: number) => {
    const values = profiles.X.values.slice() as Float32Array;
    values[GENES + 2] = value;
    return { ...profiles, X: dense(profiles.X.nRows, GENES, values) };
  };
  it.each<[string, Partial<EnvironmentProfiles>, RegExp]>([
    ['a missing value', withValue(Number.NaN), /profile 1, gene 2 is NaN/],
    ['an infinite one', withValue(Infinity), /profile 1, gene 2 is Infinity/],
    ['no descriptors', { columns: [], descriptors: new Float64Array(0) }, /no descriptors/],
    [
      'a missing descriptor',
      { descriptors: profiles.descriptors.map((v, i) => (i === 4 ? Number.NaN : v)) },
      /'b' of environment 1 is NaN/,
    ],
    [
      'an environment that is not described',
      { labels: profiles.labels.map(() => 99) },
      /of environment 99; there are 19/,
    ],
    ['too few labels', { labels: new Int32Array(3) }, /labels.*570/],
    ['no profile', { X: dense(0, GENES), labels: new Int32Array(0) }, /0 profiles/],
  ])('%s', async (_, odd, message) => {
    const runtime = await nodeRuntime({ threads: 1 });
    const training = {
      model: 'env-vae',
      settings: environmentSettings('env-vae', small),
      random: Random.fromSeed(0),
    };
    await expect(
      environmentTrainer(runtime, { ...training, profiles: { ...profiles, ...odd } }),
    ).rejects.toThrow(message);
  });
  it('environments that all validate', async () => {
    await expect(trained('env-vae', {}, [...Array(ENVIRONMENTS).keys()])).rejects.toThrow(
      /none is left to train/,
    );
  });
  it('a model that is not there', () => {
    expect(() => environmentSettings('env-var')).toThrow(/env-vae/);
  });
});

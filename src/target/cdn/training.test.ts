import { beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, readCheckpoint, writeCheckpoint } from '../../compute/index.js';
import { nodeRuntime } from '../../compute/index.node.js';
import { Random } from '../../random/index.js';
import { calibrate, calibrationError, probabilityOf, reliabilityOf } from './calibration.js';
import { drawExamples } from './mixture.js';
import { CDN_DEFAULTS, type CdnSettings } from './settings.js';
import { CDN_TRAINING, CdnTrainer, type CdnTraining, checkTraining, drawBatch } from './training.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

const toy: CdnTraining = {
  ...CDN_TRAINING,
  settings: { ...CDN_DEFAULTS, width: 8, blocks: 1, heads: 2 },
  epochs: 2,
  batches: 2,
  sizes: [5, 8],
  genesPerBatch: 12,
  random: Random.fromSeed(11),
};

async function trained(training: CdnTraining, epochs: number, from?: Uint8Array) {
  const trainer = await CdnTrainer.create(runtime, training, from && readCheckpoint(from));
  const controller = new AbortController();
  const ended = await trainer.fit({
    signal: controller.signal,
    onEpoch: ({ epoch }) => {
      if (epoch === epochs) controller.abort();
    },
  });
  const checkpoint = writeCheckpoint(await trainer.checkpoint());
  const history = trainer.history.map(({ seconds: _, drawing_seconds: __, ...row }) => row);
  await trainer.dispose();
  return { checkpoint, history, ended };
}

const weightsIn = (checkpoint: Uint8Array) => [...readCheckpoint(checkpoint).current];

describe('CdnTrainer', () => {
  it('goes on from a checkpoint to the same bits', async () => {
    const whole = await trained(toy, 2);
    const half = await trained(toy, 1);
    expect(half.history).toHaveLength(1);
    expect(half.ended).toBe('interrupted');
    expect(weightsIn(half.checkpoint)).not.toEqual(weightsIn(whole.checkpoint));
    const rest = await trained(toy, 2, half.checkpoint);
    expect(rest.history).toEqual(whole.history);
    expect(weightsIn(rest.checkpoint)).toEqual(weightsIn(whole.checkpoint));
  });

  it.each([
    { variant: 'axial', marginals: 'both' },
    { variant: 'mlp' },
    { marginals: 'fci' },
  ] as Partial<CdnSettings>[])('trains %o', async (part) => {
    const settings = { ...toy.settings, ...part };
    const { history } = await trained({ ...toy, settings, epochs: 1 }, 2);
    expect(history).toHaveLength(1);
    expect(history[0]['fresh.targets']).toBeGreaterThan(0);
  });

  it('learns', async () => {
    const longer = { ...toy, epochs: 4, batches: 6, learningRate: 0.01 };
    const { history } = await trained(longer, 4);
    expect(history[3]['fresh.targets']).toBeLessThan(0.8 * history[0]['fresh.targets']);
    expect(history[3]['fresh.edges']).toBeLessThan(history[0]['fresh.edges']);
  });

  it('refuses what cannot be trained', () => {
    expect(() => checkTraining({ ...CDN_TRAINING, sizes: [] })).toThrow('sizes');
    expect(() => checkTraining({ ...CDN_TRAINING, sizes: [1] })).toThrow('from 2 to 1000');
    expect(() => checkTraining({ ...CDN_TRAINING, epochs: 0 })).toThrow('epochs');
    expect(() => checkTraining({ ...CDN_TRAINING, learningRate: -1 })).toThrow('learning rate');
  });
});

describe('the mixture', () => {
  it('has examples of every number of genes, their hits among them, and some with none', () => {
    let [untouched, all] = [0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const genes = [2, 3, 5, 9, 25][seed % 5];
      for (const { evidence, hit, graph } of drawExamples(Random.fromSeed(seed), genes, 6)) {
        expect(evidence.nodes.every(Number.isFinite)).toBe(true);
        expect(evidence.pairs.every(Number.isFinite)).toBe(true);
        expect(hit).toHaveLength(genes);
        expect(graph.every((parents) => parents.every((j) => j >= 0 && j < genes))).toBe(true);
        all++;
        if (!hit.includes(1)) untouched++;
      }
    }
    expect(untouched / all).toBeGreaterThan(0.1);
    expect(untouched / all).toBeLessThan(0.35);
  });

  it('is drawn from the stream alone', () => {
    const [first, second] = [1, 1].map(() => drawBatch(Random.fromSeed(2), toy));
    expect(second).toEqual(first);
    expect(new Set(first.map(({ evidence }) => evidence.genes)).size).toBe(1);
  });
});

it('reliabilityOf has what was said above 0.2, and what came true', () => {
  const found = reliabilityOf([0.1, 0.25, 0.35, 0.4, 0.9, 1, 0.2], [1, 0, 1, 0, 1, 1, 1]);
  expect(found.map(({ from, to, genes }) => [from, to, genes])).toEqual([
    [0.2, 0.4, 3],
    [0.4, 0.6, 0],
    [0.6, 0.8, 0],
    [0.8, 1, 2],
  ]);
  expect(found[0].said).toBeCloseTo(1 / 3, 12);
  expect(found[0].hit).toBeCloseTo(1 / 3, 12);
  expect([found[1].said, found[1].hit]).toEqual([0, 0]);
  expect([found[3].said, found[3].hit]).toEqual([0.95, 1]);
});

describe('calibrate', () => {
  const random = Random.fromSeed(1);
  const logits = Array.from({ length: 4000 }, () => 3 * random.normal());
  const hits = logits.map((logit) =>
    random.uniform() < probabilityOf(logit, { slope: 0.5, intercept: -1 }) ? 1 : 0,
  );

  it('finds the line that made the hits', () => {
    const { slope, intercept } = calibrate(logits, hits);
    expect(slope).toBeGreaterThan(0.45);
    expect(slope).toBeLessThan(0.55);
    expect(Math.abs(intercept + 1)).toBeLessThan(0.15);
    const error = (line: { slope: number; intercept: number }) =>
      calibrationError(
        logits.map((logit) => probabilityOf(logit, line)),
        hits,
      );
    expect(error({ slope, intercept })).toBeLessThan(0.03);
    expect(error({ slope: 1, intercept: 0 })).toBeGreaterThan(0.1);
  });

  it('leaves logits as they are where there is nothing to learn from', () => {
    expect(calibrate([1, -2], [0, 0])).toEqual({ slope: 1, intercept: 0 });
    const { slope, intercept } = calibrate([5, 6, -5, -6], [1, 1, 0, 0]);
    expect(Number.isFinite(slope + intercept)).toBe(true);
  });
});

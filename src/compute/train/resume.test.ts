import { describe, expect, it } from 'vitest';
import { adam } from '../optim/index.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { bits, fitted, plane, random, regression, variational } from './training.fixture.node.js';
import type { Training } from './training.js';

describe('resuming gives the bits of a run that was not interrupted', () => {
  it('after every epoch, through the bytes of a file', async () => {
    const whole = bits((await fitted(variational())).checkpoint);
    let from: Checkpoint | undefined;
    for (let epochs = 1; epochs <= 4; epochs++) {
      const { checkpoint } = await fitted(variational({ epochs }), {}, from);
      from = readCheckpoint(writeCheckpoint(checkpoint));
    }
    expect(bits(from!)).toEqual(whole);
  });

  it.each([1, 4, 5, 8])('after step %d, in the middle of an epoch', async (steps) => {
    const whole = bits((await fitted(variational())).checkpoint);
    const stop = new AbortController();
    let done = 0;
    const onProgress = () => {
      if (++done === steps) stop.abort();
    };
    const { trained, checkpoint } = await fitted(variational(), { signal: stop.signal, onProgress });
    expect(trained).toMatchObject({ interrupted: true, ended: 'interrupted' });
    expect(checkpoint.position.step).toBe(steps);
    const { checkpoint: end } = await fitted(variational(), {}, readCheckpoint(writeCheckpoint(checkpoint)));
    expect(bits(end)).toEqual(whole);
  });

  it('keeps early stopping and the best weights', async () => {
    const training = variational({
      epochs: 30,
      optimiser: adam({ learningRate: 0.3 }),
      monitor: { metric: 'valid.error', patience: 3, cumulative: true },
    });
    const { trained, checkpoint: whole } = await fitted(training);
    expect(trained.ended).toBe('patience');
    const { checkpoint } = await fitted({ ...training, epochs: 2 });
    const end = await fitted(training, {}, readCheckpoint(writeCheckpoint(checkpoint)));
    expect(bits(end.checkpoint)).toEqual(bits(whole));
    expect(end.trained.epoch).toBe(trained.epoch);
  });

  it('refuses a checkpoint of another training', async () => {
    const { checkpoint } = await fitted(variational({ epochs: 1 }));
    const resumed = (options: Partial<Training>) => fitted(variational(options), {}, checkpoint);
    await expect(resumed({ batchSize: 8 })).rejects.toThrow(/batchSize: '8' is not 16, with which/);
    const rows = Array.from({ length: 18 }, (_, i) => i);
    await expect(resumed({ validation: rows })).rejects.toMatchObject({ option: 'trainFingerprint' });
    await expect(resumed({ random })).rejects.toMatchObject({ tag: 'OptionError', option: 'random' });
    const other = { build: regression, data: plane(90), scalars: {} };
    await expect(resumed(other)).rejects.toMatchObject({ tag: 'OptionError', option: 'weights' });
  });
});

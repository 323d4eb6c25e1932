import { describe, expect, it } from 'vitest';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../compute/index.js';
import { bits } from '../../compute/train/training.fixture.node.js';
import { type Fit, fitted, knownCells } from './mechanism.fixture.node.js';

const cells = knownCells({ cellsPerPerturbation: 20 });

describe('a run that was stopped and goes on has the same bits', () => {
  const run = async (model: string, fit: Fit) => (await fitted(model, { cells, ...fit })).checkpoint;
  const stored = (checkpoint: Checkpoint) => readCheckpoint(writeCheckpoint(checkpoint));

  const stopAfter = (steps: number) => {
    const stop = new AbortController();
    let done = 0;
    const onProgress = () => {
      if (++done === steps) stop.abort();
    };
    return { signal: stop.signal, onProgress };
  };

  it.each([
    ['svae+', 'in the middle of an epoch', 9],
    // 6 batches an epoch; the prior changes after 2, 4 and 5 epochs
    ['svae-bayes', 'before the first look at the shifts', 11],
    ['svae-bayes', 'just before it', 12],
    ['svae-bayes', 'just after it', 13],
    ['svae-bayes', 'before the last epoch ends', 30],
  ])('%s: %s', async (name, _, steps) => {
    const changed = { epochs: 5, klWarmUp: 2, dropout: 0.1 };
    const whole = bits(await run(name, { changed }));
    const half = await run(name, { changed, options: stopAfter(steps) });
    expect(half.position.step).toBe(steps);
    expect(bits(await run(name, { changed, from: stored(half) }))).toEqual(whole);
  });

  it('early stopping goes on counting', async () => {
    const changed = { epochs: 60, klWarmUp: 1, patience: 2, learningRate: 0.05 };
    const { trained, checkpoint } = await fitted('vae', { cells, changed });
    expect(trained.ended).toBe('patience');
    const from = stored(await run('vae', { changed, options: stopAfter(14) }));
    expect(bits(await run('vae', { changed, from }))).toEqual(bits(checkpoint));
  });
});

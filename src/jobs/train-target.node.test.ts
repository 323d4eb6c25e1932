import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dense } from '../data/index.js';
import { Random } from '../random/index.js';
import { cdn } from '../target/cdn/cdn.js';
import { CDN_DEFAULTS, CDN_TRAINING } from '../target/cdn/index.js';
import { targetOptions } from '../target/index.js';
import { trainedNetwork } from '../target/index.node.js';
import { nodeResources } from './resources.node.js';
import { type TrainTargetRequest, trainTarget } from './train-target.node.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-target-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const request = (more: Partial<TrainTargetRequest> = {}): TrainTargetRequest => ({
  out: join(folder, 'network'),
  settings: { ...CDN_DEFAULTS, width: 8, blocks: 1, heads: 2 },
  training: { ...CDN_TRAINING, epochs: 2, batches: 1, sizes: [5], genesPerBatch: 10 },
  validation: 2,
  seed: 3,
  threads: 1,
  version: '0',
  ...more,
});

const bytesOf = (name: string) => readFile(join(folder, 'network', name));
const history = async () =>
  (await bytesOf('history.csv'))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').slice(0, 5).join());

describe('trainTarget', () => {
  it('writes a network that cdn takes, and goes on where it was interrupted to the same bits', async () => {
    const result = await trainTarget(request());
    const [weights, rows] = [await bytesOf('weights.safetensors'), await history()];
    expect(result.epochs).toBe(2);
    expect(rows[0]).toBe('epoch,fresh.targets,fresh.edges,valid.map,valid.auc');
    expect(rows).toHaveLength(3);
    const config = JSON.parse((await bytesOf('config.json')).toString());
    expect(config.settings.learned.slope).toBe(result.calibration.slope);
    expect(config.settings.run.seed).toBe(3);
    expect(config.settings.learned.genesScored).toBe(10);
    expect(config.settings.learned.reliability).toEqual(result.calibration.reliability);

    const random = Random.fromSeed(0);
    const cells = (count: number) => dense(count, 3, random.fillNormal(new Float64Array(3 * count)));
    const screen = { genes: ['a', 'b', 'c'], control: cells(40), groups: [{ name: 'p', cells: cells(30) }] };
    const options = targetOptions(cdn, { cdnWeights: request().out });
    const run = { random, runtime: nodeResources(1).runtime, trained: trainedNetwork };
    const [scores] = await cdn.score(screen, options, run);
    expect(scores.score.every(Number.isFinite)).toBe(true);
    expect(scores.probability?.every((p) => p >= 0 && p <= 1)).toBe(true);

    const controller = new AbortController();
    const stopped = request({
      overwrite: true,
      signal: controller.signal,
      onEpoch: () => controller.abort(),
    });
    await expect(trainTarget(stopped)).rejects.toThrow('interrupted after epoch 1 of 2');
    expect(await bytesOf('weights.safetensors')).not.toEqual(weights);
    await trainTarget(request({ resume: true }));
    expect(await bytesOf('weights.safetensors')).toEqual(weights);
    expect(await history()).toEqual(rows);
  });

  it('leaves what is there alone, and goes on with the same training only', async () => {
    await expect(trainTarget(request({ resume: true }))).rejects.toThrow('nothing to resume');
    const short = request({ training: { ...request().training, epochs: 1 } });
    await trainTarget(short);
    await expect(trainTarget(short)).rejects.toThrow('--overwrite');
    await expect(trainTarget({ ...short, resume: true, seed: 4 })).rejects.toThrow('other settings');
  });

  it('begins from another network', async () => {
    const training = { ...request().training, epochs: 1 };
    await trainTarget(request({ training }));
    const first = await bytesOf('weights.safetensors');
    const from = request().out;
    const begun = request({
      from,
      out: join(folder, 'more'),
      training: { ...training, learningRate: 0 },
      seed: 9,
    });
    await trainTarget(begun);
    expect(await readFile(join(folder, 'more', 'weights.safetensors'))).toEqual(first);
    const settings = { ...begun.settings, width: 16 };
    await expect(trainTarget({ ...begun, settings, overwrite: true })).rejects.toThrow(
      /width: '16' is not '8'/,
    );
  });

  it('refuses settings before it makes a folder', async () => {
    const settings = { ...request().settings, heads: 3 };
    await expect(trainTarget(request({ settings }))).rejects.toThrow('a divisor of the width 8');
    await expect(trainTarget(request({ validation: 1 }))).rejects.toThrow('one to score');
    await expect(trainTarget(request({ device: 'tpu' }))).rejects.toThrow('--device');
    await expect(trainTarget(request({ from: join(folder, 'nowhere') }))).rejects.toThrow('no such file');
    expect(await readdir(folder)).toEqual([]);
  });
});

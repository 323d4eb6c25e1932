import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { loadCheckpoint, loadModel, saveModel } from './files.node.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

const weights = new Map([
  ['w', { shape: [2, 1], values: Float32Array.of(1.5, -2) }],
  ['count', { shape: [], values: BigInt64Array.of(3n) }],
]);
const checkpoint: Checkpoint = {
  setting: {
    rows: 10,
    trainRows: 8,
    trainFingerprint: 123,
    batchSize: 4,
    dropLast: false,
    shuffle: true,
    dtype: 'float32',
    random: Random.fromSeed(1).state(),
  },
  position: {
    epoch: 2,
    batch: 1,
    step: 5,
    sums: { loss: 0.1, odd: -Infinity },
    learningRate: 1e-3,
    seconds: 0.5,
  },
  history: [{ epoch: 1, 'train.loss': 1 / 3, 'valid.odd': Number.NaN }],
  monitor: { best: 'Infinity', bestEpoch: 1, waited: 2 },
  current: weights,
  best: new Map([['w', { shape: [2, 1], values: Float32Array.of(7, 8) }]]),
};
const config = { model: 'vae', settings: { latent: 2 }, features: ['a', 'b'] };
const { history } = checkpoint;

/** `checkpoint` as version 1 stored it; never change it. */
const VERSION_1 =
  'CAMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtZWNoYW5pc3QuY2hlY2twb2ludCI6IntcImZvcm1hdFZlcnNpb25cIjoxLFwi' +
  'c2V0dGluZ1wiOntcInJvd3NcIjoxMCxcInRyYWluUm93c1wiOjgsXCJ0cmFpbkZpbmdlcnByaW50XCI6MTIzLFwiYmF0Y2hT' +
  'aXplXCI6NCxcImRyb3BMYXN0XCI6ZmFsc2UsXCJzaHVmZmxlXCI6dHJ1ZSxcImR0eXBlXCI6XCJmbG9hdDMyXCIsXCJyYW5k' +
  'b21cIjp7XCJnZW5lcmF0b3JcIjpcInRocmVlZnJ5NHgzMi0yMFwiLFwia2V5XCI6WzY1ODE2MjU2MSwyNjIyNTczMzUwLDI0' +
  'OTI2MDY5NDQsOTU4NTQyNTc0XSxcImRyYXduXCI6MH19LFwicG9zaXRpb25cIjp7XCJlcG9jaFwiOjIsXCJiYXRjaFwiOjEs' +
  'XCJzdGVwXCI6NSxcInN1bXNcIjp7XCJsb3NzXCI6MC4xLFwib2RkXCI6XCItSW5maW5pdHlcIn0sXCJsZWFybmluZ1JhdGVc' +
  'IjowLjAwMSxcInNlY29uZHNcIjowLjV9LFwiaGlzdG9yeVwiOlt7XCJlcG9jaFwiOjEsXCJ0cmFpbi5sb3NzXCI6MC4zMzMz' +
  'MzMzMzMzMzMzMzMzLFwidmFsaWQub2RkXCI6XCJOYU5cIn1dLFwibW9uaXRvclwiOntcImJlc3RcIjpcIkluZmluaXR5XCIs' +
  'XCJiZXN0RXBvY2hcIjoxLFwid2FpdGVkXCI6Mn19In0sImNvdW50Ijp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOltdLCJkYXRh' +
  'X29mZnNldHMiOlswLDhdfSwiYmVzdC53Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDFdLCJkYXRhX29mZnNldHMiOls4' +
  'LDE2XX0sInciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMV0sImRhdGFfb2Zmc2V0cyI6WzE2LDI0XX19IAMAAAAAAAAA' +
  'AADgQAAAAEEAAMA/AAAAwA==';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'mechanist-model-')), 'model');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

describe('a checkpoint', () => {
  it('comes back bit by bit, with numbers that are not finite', () => {
    expect(readCheckpoint(writeCheckpoint(checkpoint))).toEqual(checkpoint);
    const early = { ...checkpoint, best: null, monitor: null, history: [] };
    expect(readCheckpoint(writeCheckpoint(early))).toEqual(early);
  });

  it('of version 1 is read', () => {
    const bytes = Uint8Array.from(atob(VERSION_1), (letter) => letter.charCodeAt(0));
    expect(readCheckpoint(bytes)).toEqual(checkpoint);
  });

  /** The checkpoint with its state changed. */
  function changed(change: (state: Record<string, never>) => unknown): Uint8Array {
    const { tensors, metadata } = readSafetensors(writeCheckpoint(checkpoint));
    const state = change(JSON.parse(metadata['mechanist.checkpoint']) as Record<string, never>);
    return writeSafetensors(tensors, { 'mechanist.checkpoint': JSON.stringify(state) });
  }

  it.each<[string, () => Uint8Array, RegExp]>([
    ['weights only', () => writeSafetensors(new Map()), /weights only/],
    [
      'a newer version',
      () => changed((state) => ({ ...state, formatVersion: 2 })),
      /version 2 cannot be read/,
    ],
    ['null', () => changed(() => null), /version undefined/],
    ['no place', () => changed(({ position: _, ...state }) => state), /lacks where the run stands/],
    [
      'a negative step',
      () => changed((s) => ({ ...s, position: { ...(s.position as object), step: -1 } })),
      /lacks/,
    ],
    ['a history of texts', () => changed((state) => ({ ...state, history: ['x'] })), /lacks numbers/],
    ['a history that is none', () => changed((state) => ({ ...state, history: {} })), /lacks the history/],
    ...[
      3,
      { best: 1, bestEpoch: -5, waited: 0 },
      { best: 1, bestEpoch: 3, waited: 0 },
      { best: 1, bestEpoch: 1, waited: -1e9 },
      { best: 1, bestEpoch: 1, waited: 3 },
      { best: 'x', bestEpoch: 1, waited: 0 },
      { best: 'NaN', bestEpoch: 1, waited: 0 },
      { best: null, bestEpoch: 1, waited: 0 },
      { best: 1, bestEpoch: 0, waited: 0 },
    ].map((monitor): [string, () => Uint8Array, RegExp] => [
      `early stopping ${JSON.stringify(monitor)}`,
      () => changed((state) => ({ ...state, monitor })),
      /lacks the state of early/,
    ]),
    [
      'a type no network has',
      () => {
        const { metadata } = readSafetensors(writeCheckpoint(checkpoint));
        return writeSafetensors(
          new Map([['w', { type: 'I8', shape: [1], values: Int8Array.of(1) }]]),
          metadata,
        );
      },
      /'w' is I8, which no network has/,
    ],
  ])('is refused: %s', (_name, bytes, message) => {
    expect(() => readCheckpoint(bytes())).toThrow(message);
    expect(() => readCheckpoint(bytes())).toThrow(expect.objectContaining({ tag: 'FormatError' }));
  });
});

describe('a folder', () => {
  it('comes back, and holds no other files', async () => {
    await saveModel(folder, { config, weights, checkpoint, history });
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'history.csv',
      'weights.safetensors',
    ]);
    expect(await loadModel(folder)).toEqual({ config, weights, checkpoint });
    expect(await readFile(join(folder, 'history.csv'), 'utf8')).toBe(
      'epoch,train.loss,valid.odd\n1,0.3333333333333333,NaN\n',
    );
  });

  it('is replaced file by file', async () => {
    await saveModel(folder, { config, weights });
    await saveModel(folder, { config: { ...config, model: 'ivae' } });
    expect(await loadModel(folder)).toMatchObject({ config: { model: 'ivae' }, checkpoint: null });
  });

  it('says what is missing', async () => {
    await expect(loadModel(folder)).rejects.toMatchObject({ tag: 'FileError', trouble: 'missing' });
    await expect(loadCheckpoint(folder)).rejects.toThrow(/checkpoint\.safetensors: no such file/);
  });

  it('names the damaged file', async () => {
    await saveModel(folder, { config, weights, checkpoint });
    await truncate(join(folder, 'weights.safetensors'), 90);
    await expect(loadModel(folder)).rejects.toThrow(/weights\.safetensors.*/);
    await expect(loadModel(folder)).rejects.toMatchObject({ tag: 'FormatError' });
    await writeFile(join(folder, 'config.json'), 'x');
    await expect(loadModel(folder)).rejects.toThrow(/config\.json: is not JSON/);
  });

  it('cannot be a file', async () => {
    await writeFile(folder, '');
    const saved = saveModel(folder, { config });
    await expect(saved).rejects.toMatchObject({ tag: 'FileError', trouble: 'not-a-directory' });
  });

  it('leaves nothing behind where a name is taken by a folder', async () => {
    await saveModel(join(folder, 'config.json'), {});
    await expect(saveModel(folder, { config })).rejects.toMatchObject({ tag: 'FileError' });
    expect(await readdir(folder)).toEqual(['config.json']);
  });
});

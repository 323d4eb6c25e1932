/**
 * A checkpoint: everything that a training run needs to go on as if it had never stopped. One safetensors file;
 * parameters, statistics and the optimiser's state under their names in the store, the best ones under `best.`, and
 * where the run stands as JSON in the metadata.
 */
import { FormatError, OptionError } from '../../errors.js';
import type { RandomState } from '../../random/index.js';
import type { Numbers } from './averages.js';
import { type History, type PackedRow, packRow, unpackRow } from './history.js';
import { isMonitorState, type MonitorState } from './monitor.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { safeTensors, type Weights, weightsFrom } from './weights.js';

export const CHECKPOINT_VERSION = 1;
const KEY = 'mechanist.checkpoint';
const BEST = 'best.';

/** Where in an epoch a run stands. */
export interface Position {
  /** From 0. */
  readonly epoch: number;
  /** Batches of this epoch that are done. */
  readonly batch: number;
  /** Steps done over all epochs. */
  readonly step: number;
  /** Over the rows of this epoch so far: Σ result · rows, by name. */
  readonly sums: Numbers;
  /** Of the last step. */
  readonly learningRate: number;
  readonly seconds: number;
}

/** What must be the same for a run to go on bit by bit. */
export interface Setting {
  readonly rows: number;
  readonly trainRows: number;
  /** Tells which rows train, from `fingerprintOf`. */
  readonly trainFingerprint: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly shuffle: boolean;
  readonly dtype: 'float32' | 'float64';
  readonly random: RandomState;
}

export interface Checkpoint {
  readonly setting: Setting;
  readonly position: Position;
  readonly history: History;
  readonly monitor: MonitorState | null;
  readonly current: Weights;
  readonly best: Weights | null;
}

/** JSON in the metadata of the file. */
interface Packed {
  readonly formatVersion: number;
  readonly setting: Setting;
  readonly position: Omit<Position, 'sums' | 'learningRate'> & { sums: PackedRow; learningRate: number };
  readonly history: readonly PackedRow[];
  readonly monitor: MonitorState | null;
}

/**
 * Throws OptionError unless `checkpoint` is of a training with this setting, naming what differs; FormatError where it
 * stands beyond the `batches` of an epoch.
 */
export function checkSetting(checkpoint: Checkpoint, setting: Setting, batches: number): void {
  const text = (value: unknown) => JSON.stringify(value);
  for (const [name, value] of Object.entries(setting)) {
    const saved = checkpoint.setting[name as keyof Setting];
    if (text(saved) === text(value)) continue;
    throw new OptionError(name, text(value), `${text(saved)}, with which the checkpoint was made`);
  }
  if (checkpoint.position.batch > batches) throw damaged('a place in the epoch');
}

export function writeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { setting, position, history, monitor, current, best } = checkpoint;
  const packed: Packed = {
    formatVersion: CHECKPOINT_VERSION,
    setting,
    position: { ...position, sums: packRow(position.sums) },
    history: history.map(packRow),
    monitor,
  };
  const tensors = new Map([...safeTensors(current), ...(best ? safeTensors(best, BEST) : [])]);
  return writeSafetensors(tensors, { [KEY]: JSON.stringify(packed) });
}

/** Throws FormatError on anything that `writeCheckpoint` did not write. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes);
  const packed = unpacked(metadata[KEY]);
  const history = packed.history.map(unpackRow);
  const sums = unpackRow(packed.position.sums);
  if (!sums || history.includes(undefined)) throw damaged('numbers in the history or the sums');
  const all = weightsFrom(tensors);
  const current = new Map([...all].filter(([name]) => !name.startsWith(BEST)));
  const best = new Map(
    [...all]
      .filter(([name]) => name.startsWith(BEST))
      .map(([name, value]) => [name.slice(BEST.length), value]),
  );
  return {
    setting: packed.setting,
    position: { ...packed.position, sums },
    history: history as History,
    monitor: packed.monitor,
    current,
    best: best.size > 0 ? best : null,
  };
}

/** The state of the run, checked as far as the run relies on it. */
function unpacked(text: string | undefined): Packed {
  if (text === undefined) throw damaged(`'${KEY}' in the metadata; this is a file of weights only`);
  let packed: Packed;
  try {
    packed = JSON.parse(text) as Packed;
  } catch (cause) {
    throw new FormatError('checkpoint', 'the state of the run is not JSON', { where: KEY }, { cause });
  }
  const version = packed?.formatVersion;
  if (version !== CHECKPOINT_VERSION) {
    const message = `checkpoints of version ${version} cannot be read, only of version ${CHECKPOINT_VERSION}; use the version of the program that wrote it`;
    throw new FormatError('checkpoint', message, { where: KEY });
  }
  const { setting, position, history, monitor } = packed;
  const counts = [position?.epoch, position?.batch, position?.step, setting?.rows, setting?.batchSize];
  if (!counts.every((n) => Number.isSafeInteger(n) && n >= 0)) throw damaged('where the run stands');
  if (!Number.isFinite(position.learningRate) || !Number.isFinite(position.seconds)) {
    throw damaged('the learning rate or the time');
  }
  if (!Array.isArray(history)) throw damaged('the history');
  if (monitor !== null && !isMonitorState(monitor, position.epoch))
    throw damaged('the state of early stopping');
  return packed;
}

const damaged = (what: string) => new FormatError('checkpoint', `lacks ${what}`, { where: KEY });

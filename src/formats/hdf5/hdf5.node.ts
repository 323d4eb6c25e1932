/** Opens HDF5 files in Node, for reading and for writing. `hdf5.ts` says how they are used. */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { FileError } from '../../errors.js';
import { fileError } from '../files.node.js';
import { makeBoolean, type TruthValue } from './booleans.js';
import { acquire, release } from './instance.node.js';
import { Hdf5Reader } from './reader.js';
import { Session } from './session.js';
import { Hdf5Writer } from './writer.js';

/**
 * Opens a file for reading; `format` names the reader in error messages. Close it when done.
 * Throws FileError when it cannot be opened, FormatError when it is not HDF5 or damaged.
 */
export async function openHdf5(path: string, options: { format?: string } = {}): Promise<Hdf5Reader> {
  const fileBytes = inFiles(path, () => {
    closeSync(openSync(path, 'r'));
    const info = statSync(path);
    if (info.isDirectory()) {
      throw new FileError(path, 'directory', `${path} is a directory, a file was expected`);
    }
    return info.size;
  });
  return new Hdf5Reader(await session(path, options.format ?? 'hdf5', fileBytes, false));
}

/** Creates a file, replacing what is there; complete only after `close`. Throws FileError. */
export async function createHdf5(path: string, options: { format?: string } = {}): Promise<Hdf5Writer> {
  inFiles(path, () => closeSync(openSync(path, 'w')));
  const opened = await session(path, options.format ?? 'hdf5', 0, true);
  return new Hdf5Writer(opened, (booleans) => makeBooleans(path, booleans));
}

async function session(path: string, format: string, fileBytes: number, writing: boolean): Promise<Session> {
  const wasm = await acquire();
  return new Session(wasm, { path, format, fileBytes, writing, onClose: release });
}

function makeBooleans(path: string, booleans: readonly TruthValue[]): void {
  if (booleans.length === 0) return;
  inFiles(path, () => {
    const descriptor = openSync(path, 'r+');
    try {
      const bytes = {
        read(position: number, length: number): Uint8Array {
          const found = new Uint8Array(length);
          readSync(descriptor, found, 0, length, position);
          return found;
        },
        write(position: number, values: Uint8Array): void {
          writeSync(descriptor, values, 0, values.length, position);
        },
      };
      for (const boolean of booleans) makeBoolean(bytes, boolean);
    } finally {
      closeSync(descriptor);
    }
  });
}

function inFiles<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileError(error, path);
  }
}

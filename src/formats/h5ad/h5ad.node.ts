/**
 * AnnData in HDF5 (`.h5ad`), as anndata 0.5 to 0.13 write it; written so that 0.8 and later read it.
 * Encodings: https://anndata.readthedocs.io/en/latest/fileformat-prose.html. See docs/formats/h5ad.md.
 */
import { rm } from 'node:fs/promises';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { FileError } from '../../errors.js';
import { unchanged } from '../files.node.js';
import type { Format, ReadOptions } from '../format.js';
import { createHdf5, openHdf5 } from '../hdf5/hdf5.node.js';
import { isHdf5, mentions } from '../hdf5/index.js';
import { H5adFile } from './handle.js';
import { H5adSink, type H5adWriteOptions, writeData } from './write.js';

/**
 * Opens a file: tables and `uns` are read, matrices stay on disk until `read` or `readRows`. Close it.
 * Throws FileError, FormatError.
 */
export async function openH5ad(path: string): Promise<H5adFile> {
  const file = await openHdf5(path, { format: 'h5ad' });
  try {
    return new H5adFile(file);
  } catch (error) {
    file.close();
    throw outOfMemory(error, path);
  }
}

async function read(path: string, options: ReadOptions = {}): Promise<PerturbationData> {
  return unchanged(path, async () => {
    const file = await openH5ad(path);
    try {
      return file.read(options.rows);
    } catch (error) {
      throw outOfMemory(error, path);
    } finally {
      file.close();
    }
  });
}

/** Also what is made of the bytes (strings, converted indices) can exceed the memory there is. */
function outOfMemory(error: unknown, path: string): unknown {
  if (!(error instanceof RangeError)) return error;
  const text = `${path}: not enough memory to hold it; read fewer rows at a time`;
  return new FileError(path, 'memory', text, { cause: error });
}

async function write(
  path: string,
  data: PerturbationData,
  options: H5adWriteOptions = {},
): Promise<string[]> {
  const file = await createHdf5(path, { format: 'h5ad' });
  try {
    const notes = writeData(file, data, options);
    file.close();
    return notes;
  } catch (error) {
    file.abort();
    await rm(path, { force: true });
    throw error;
  }
}

export const h5ad = {
  name: 'h5ad',
  title: 'AnnData (HDF5)',
  extensions: ['.h5ad'],
  matches: ({ path, head }) =>
    isHdf5(head) && (path.toLowerCase().endsWith('.h5ad') || mentions(head, ['obs', 'var'])),
  read,
  write,
  streamsLayers: true,
  async openSink(path, header) {
    const file = await createHdf5(path, { format: 'h5ad' });
    try {
      return new H5adSink(file, header);
    } catch (error) {
      file.abort();
      throw error;
    }
  },
} satisfies Format;

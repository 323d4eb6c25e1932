/** AnnData in a zarr folder, versions 2 and 3. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../../errors.js';
import { fileError, probe } from '../files.node.js';
import type { Format } from '../format.js';
import { writeData } from '../h5ad/write.js';
import { readAnnData } from './anndata.js';
import type { ZarrStore } from './node.js';
import { ZarrWriter } from './write.node.js';

export const zarr: Format = {
  name: 'zarr',
  title: 'AnnData (zarr)',
  extensions: ['.zarr'],
  matches: ({ isDirectory, entries }) =>
    isDirectory && entries.some((name) => ['zarr.json', '.zgroup', '.zarray', '.zmetadata'].includes(name)),
  async read(path, options = {}) {
    const { isDirectory } = await probe(path);
    if (!isDirectory) {
      throw new FileError(path, 'not-a-directory', `${path} is a file, a zarr folder was expected`);
    }
    try {
      return await readAnnData(new FolderStore(path), options);
    } catch (error) {
      // what is decoded is checked; this is an array that cannot be had
      if (!(error instanceof RangeError)) throw error;
      const text = `${path}: not enough memory to hold it; read fewer rows at a time`;
      throw new FileError(path, 'memory', text, { cause: error });
    }
  },
  async write(path, data, options = {}) {
    const file = new ZarrWriter(path);
    const notes = writeData(file, data, options);
    file.close();
    return notes;
  },
};

class FolderStore implements ZarrStore {
  constructor(readonly path: string) {}

  private at(key: string): string {
    return join(this.path, ...key.split('/').filter((part) => part !== '' && part !== '..'));
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readFile(this.at(key));
      // Node lends small files from a shared pool; decoders expect a buffer of their own
      return new Uint8Array(bytes);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw fileError(error, this.at(key));
    }
  }

  async list(key: string): Promise<string[]> {
    try {
      const entries = await readdir(this.at(key), { withFileTypes: true });
      return entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
    } catch (error) {
      throw fileError(error, this.at(key));
    }
  }

  async usage(key: string): Promise<{ files: number; bytes: number }> {
    let [files, bytes] = [0, 0];
    const names = await readdir(this.at(key), { recursive: true }).catch(() => []);
    for (const name of names) {
      const info = await stat(join(this.at(key), name)).catch(() => undefined);
      if (!info?.isFile()) continue;
      files++;
      bytes += info.size;
    }
    return { files, bytes };
  }
}

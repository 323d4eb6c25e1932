/** GCTX files (`.gctx`), read by slice and written row by row. */
import { rm } from 'node:fs/promises';
import { unchanged } from '../files.node.js';
import type { Format } from '../format.js';
import { createHdf5, openHdf5 } from '../hdf5/hdf5.node.js';
import { isHdf5, mentions } from '../hdf5/index.js';
import { readGctx } from './read.js';
import { GctxSink, writeGctx } from './write.js';

export const gctx: Format = {
  name: 'gctx',
  title: 'GCTX (Connectivity Map, HDF5)',
  extensions: ['.gctx'],
  matches: ({ path, head }) =>
    isHdf5(head) && (path.toLowerCase().endsWith('.gctx') || mentions(head, ['DATA', 'META'])),
  read: (path, options) =>
    unchanged(path, async () => {
      const file = await openHdf5(path, { format: 'gctx' });
      try {
        return readGctx(file, options);
      } finally {
        file.close();
      }
    }),
  async write(path, data, options = {}) {
    const file = await createHdf5(path, { format: 'gctx' });
    try {
      const notes = writeGctx(file, data, options);
      file.close();
      return notes;
    } catch (error) {
      file.abort();
      await rm(path, { force: true });
      throw error;
    }
  },
  async openSink(path, header) {
    const file = await createHdf5(path, { format: 'gctx' });
    try {
      return new GctxSink(file, header);
    } catch (error) {
      file.abort();
      throw error;
    }
  },
};

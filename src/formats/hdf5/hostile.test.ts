import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileError, FormatError } from '../../errors.js';
import { createHdf5, openHdf5 } from './hdf5.node.js';
import { isWalkable } from './heap-guard.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-hdf5-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe('bad files', () => {
  const made = (async () => {
    const path = at('good.h5');
    const file = await createHdf5(path);
    file.numbers(
      'X',
      Float64Array.from({ length: 3000 }, (_, i) => i),
      { shape: [100, 30] },
    );
    file.strings('names', ['a', 'b']);
    file.group('g');
    file.close();
    return path;
  })();

  it('missing, a directory, empty, something else, cut off', async () => {
    const good = readFileSync(await made);
    await expect(openHdf5(at('absent.h5'))).rejects.toMatchObject({ tag: 'FileError', trouble: 'missing' });
    await expect(openHdf5(folder)).rejects.toBeInstanceOf(FileError);
    for (const bytes of [new Uint8Array(), Buffer.from('a,b\n1,2\n'), good.subarray(0, good.length / 2)]) {
      writeFileSync(at('bad.h5'), bytes);
      await expect(openHdf5(at('bad.h5'))).rejects.toBeInstanceOf(FormatError);
    }
    await expect(createHdf5(join(folder, 'no', 'such.h5'))).rejects.toMatchObject({ trouble: 'missing' });
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });

  it('names what is there when something is missing or of another kind', async () => {
    const read = await openHdf5(await made, { format: 'test' });
    expect(() => read.root.dataset('name')).toThrow(
      /no dataset 'name'; found 'X', 'g', 'names'; did you mean 'names'/,
    );
    expect(() => read.root.dataset('g')).toThrow(/\/g: a dataset was expected here, found a group/);
    expect(() => read.root.group('X')).toThrow(/\/X: a group was expected here, found a dataset/);
    expect(() => read.root.dataset('names').numbers()).toThrow(/numbers were expected, found text/);
    expect(() => read.root.dataset('X').strings()).toThrow(/text was expected, found float64/);
    read.close();
    expect(() => read.root.keys()).toThrow(/closed/);
  });

  it('a size that the file cannot hold is refused before memory is taken', async () => {
    const bytes = readFileSync(await made);
    // the dataspace of X says 100 rows (8 bytes, little-endian) and 30 columns
    const header = bytes.indexOf(Buffer.from([100, 0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0]));
    bytes.writeUInt32LE(2 ** 31, header);
    writeFileSync(at('huge.h5'), bytes);
    const read = await openHdf5(at('huge.h5'));
    expect(() => read.root.dataset('X').numbers()).toThrow(/impossible in a file of|not readable as HDF5/);
    read.close();
  });

  it('a failure in one file spoils no other', async () => {
    const good = await made;
    const bytes = readFileSync(good);
    bytes.fill(0xff, 100, 600);
    writeFileSync(at('spoilt.h5'), bytes);
    for (let i = 0; i < 5; i++) {
      const failed = await openHdf5(at('spoilt.h5')).then(
        (file) => {
          try {
            file.root.keys();
            return undefined;
          } catch (error) {
            return error;
          } finally {
            file.close();
          }
        },
        (error) => error,
      );
      expect(failed).toBeInstanceOf(FormatError);
      const read = await openHdf5(good);
      expect(read.root.dataset('X').numbers({ rows: [99, 100] })[29]).toBe(2999);
      read.close();
    }
  });

  it('a text heap whose objects lead nowhere does not hang the library', async () => {
    const bytes = readFileSync(await made);
    const heap = bytes.indexOf('GCOL');
    expect(heap).toBeGreaterThan(0);
    expect(isWalkable(bytes.subarray(heap, heap + 4096))).toBe(true);
    // the first object becomes free space of no length, at which the library's walk would stand still
    bytes.fill(0, heap + 16, heap + 32);
    expect(isWalkable(bytes.subarray(heap, heap + 4096))).toBe(false);
    // the library takes the lower half of the size for the whole
    for (const upperHalf of [0, 3]) {
      bytes.writeUInt32LE(upperHalf, heap + 12);
      writeFileSync(at('heap.h5'), bytes);
      const read = await openHdf5(at('heap.h5'));
      expect(() => read.root.dataset('names').strings()).toThrow(/text heap at byte \d+ is damaged/);
      read.close();
    }
  });
});

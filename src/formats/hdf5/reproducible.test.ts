/** The same data are the same bytes, whenever and after whatever they are written. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { gctx } from '../gctx/gctx.node.js';
import { h5ad } from '../h5ad/h5ad.node.js';
import { everything } from '../h5ad/testing.node.js';
import { tenxH5 } from '../tenx/tenx-h5.node.js';
import { createHdf5, openHdf5 } from './hdf5.node.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-reproducible-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([h5ad, gctx, tenxH5])('$name', (format) => {
  let seconds = 1_500_000_000;
  beforeEach(() => {
    // every look at the clock is an hour after the last
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => {
      seconds += 3600;
      return 1000 * seconds;
    });
    return () => clock.mockRestore();
  });

  it('writes the same bytes at different times, also with an instance that was used before', async () => {
    const written = [];
    for (const name of ['first', 'second', 'third']) {
      const path = join(folder, `${name}${format.extensions[0]}`);
      await format.write!(path, everything());
      written.push(readFileSync(path));
      (await openHdf5(path)).close();
    }
    expect(written[0]!.length).toBeGreaterThan(1000);
    expect(written[1]!.equals(written[0]!)).toBe(true);
    expect(written[2]!.equals(written[0]!)).toBe(true);
  });
});

it('compressed and chunked numbers, text and truth values are the same bytes in two files open at once', async () => {
  const paths = ['left.h5', 'right.h5'].map((name) => join(folder, name));
  const files = await Promise.all(paths.map((path) => createHdf5(path)));
  for (const file of files) {
    file.numbers('packed', Float64Array.from({ length: 5000 }, Math.sqrt), { gzip: 4 });
    file.strings('text', ['one', '', 'µM']);
    file.booleans('flags', Uint8Array.of(0, 1, 1));
    const rows = file.rows('rows', { nRows: 3, nCols: 2, dtype: 'float32' });
    for (let i = 0; i < 3; i++) rows.append(Float32Array.of(i, -i));
    rows.finish();
    file.close();
  }
  const [left, right] = paths.map((path) => readFileSync(path));
  expect(right!.equals(left!)).toBe(true);
});

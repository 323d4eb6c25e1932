/** The tables of `reproduce ntk` on two small pictures: who is in them, and that their numbers agree. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePicture } from '../formats/index.node.js';
import { maskPicture, simulateImages } from '../simulate/index.js';
import { reproduceNtk } from './reproduce-ntk.node.js';

describe('reproduceNtk', () => {
  let folder: string;
  let result: Awaited<ReturnType<typeof reproduceNtk>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mechanist-test-'));
    const [one, other] = simulateImages({ count: 2, size: 20, mask: 'hole' });
    await writePicture(join(folder, 'vase.png'), one.picture, {});
    await writePicture(join(folder, 'vase_mask.png'), maskPicture(one.known, 20, 20), {});
    await writePicture(join(folder, 'house_GT.png'), other.picture, {});
    const out = join(folder, 'out');
    result = await reproduceNtk({ out, input: folder, size: 16, iterations: 3, seed: 0, threads: 1 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has every picture with scattered pixels, and with its own mask where it has one', () => {
    const cases = result.rows.map(({ method, image, mask }) => `${image} ${mask} ${method}`);
    const methods = ['cntk', 'biharmonic', 'deep-image-prior'];
    expect(cases).toEqual(
      ['house scattered', 'vase scattered', 'vase hole'].flatMap((one) =>
        methods.map((method) => `${one} ${method}`),
      ),
    );
    expect(result.rows.filter(({ mask }) => mask === 'hole').map((row) => row.paper_psnr)).toEqual([
      31.75, 28.96, 31.51,
    ]);
    for (const row of result.rows) expect(row.psnr_all).toBeGreaterThan(row.psnr_missing);
  });

  it('averages them, one row a method and mask', async () => {
    const scattered = result.rows.filter(
      ({ mask, method }) => mask === 'scattered' && method === 'biharmonic',
    );
    const mean = (scattered[0].psnr_missing + scattered[1].psnr_missing) / 2;
    const row = result.summary.find(({ mask, method }) => mask === 'scattered' && method === 'biharmonic');
    expect(row).toMatchObject({ n: 2, paper_average: 27.89 });
    expect(row?.mean_psnr_missing).toBeCloseTo(mean, 12);
    const csv = await readFile(join(result.out, 'psnr.csv'), 'utf8');
    expect(csv.split('\n')[0].split(',')[0]).toBe('method');
    expect(await readFile(join(result.out, 'report.md'), 'utf8')).toBe(result.markdown);
    expect(result.markdown).toContain('| library | 21.73 | 20.76 | 17.71 |');
  });
});

/** The tables of `reproduce ntk` on a small screen and two small pictures: who is in them, and that their numbers agree. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeData, writePicture } from '../formats/index.node.js';
import { maskPicture, simulateImages, simulateScreen } from '../simulate/index.js';
import { reproduceNtk } from './reproduce-ntk.node.js';
import { ntkScreenTable } from './reproduce-ntk-screen.node.js';

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
    result = await reproduceNtk({
      out,
      input: folder,
      size: 16,
      iterations: 3,
      quick: true,
      seed: 0,
      threads: 1,
      version: '0',
    });
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

  it('has a screen beside them, the method first', async () => {
    expect(result.screen.map(({ method }) => method)).toEqual([
      'ntk',
      'mean-over-actions',
      'dnpp',
      'si-a',
      'matrix-normal',
    ]);
    const [ntk, average] = result.screen;
    // what can tell one action from another is nearer to it than what cannot
    expect(ntk.pearson).toBeGreaterThan(average.pearson + 0.05);
    expect(ntk.mean_r2).toBeGreaterThan(average.mean_r2);
    const csv = await readFile(join(result.out, 'screen.csv'), 'utf8');
    expect(csv.split('\n')[0]).toMatch(/^method,n,pearson,mean_r2,mean_cosine,/);
    expect(result.markdown).toContain(`| ntk | ${ntk.pearson.toFixed(3)} |`);
    expect(result.markdown).toContain("not the authors' screen");
  });

  it('takes the folds that it is given, and says whose they are', async () => {
    const screen = join(folder, 'screen.csv');
    await writeData(screen, simulateScreen({ contexts: 6, actions: 6, genes: 30, availability: 'full' }));
    const folds = join(folder, 'folds.csv');
    const names = ['cell-1', 'cell-2'].flatMap((cell) =>
      ['compound-1', 'compound-2', 'compound-3'].map((compound, i) => `${cell},${compound},${i}`),
    );
    await writeFile(folds, ['context,action,fold', ...names, ''].join('\n'));
    const { rows, markdown } = await ntkScreenTable({
      out: join(folder, 'folds'),
      screen,
      folds,
      quick: true,
      seed: 0,
      threads: 1,
      version: '0',
    });
    expect(rows.map(({ n }) => n)).toEqual([6, 6, 6, 6, 6]);
    expect(markdown).toContain('in the 3 folds of `folds.csv`');
  });

  it('asks for a control', async () => {
    const screen = join(folder, 'without.csv');
    const data = simulateScreen({ contexts: 4, actions: 5, genes: 10, control: null });
    await writeData(screen, data);
    const request = { out: join(folder, 'without'), screen, seed: 0, threads: 1, version: '0' };
    await expect(ntkScreenTable(request)).rejects.toThrow('name the control');
  });
});

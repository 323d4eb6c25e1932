/** The whole job on few cells, what it leaves behind, and that it goes on from there. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targetMetrics } from '../evaluate/index.js';
import { type GraphOptions, simulateRegimes } from '../simulate/index.js';
import { columnsOfScreen, differentialExpression, wilcoxonScore } from '../target/index.js';
import { type ReproduceCdnRequest, reproduceCdn } from './reproduce-cdn.node.js';
import { realScreens } from './reproduce-cdn-real.node.js';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'reproduce-cdn-'));
});
afterAll(() => rm(out, { recursive: true }));

const small: Omit<ReproduceCdnRequest, 'out'> = {
  quick: true,
  cells: 40,
  methods: ['de', 'utigsp', 'residual-variance'],
  threads: 1,
  version: 'test',
};

describe('reproduce cdn', () => {
  it('writes every table with the method first, and takes finished runs', async () => {
    const { tables, markdown } = await reproduceCdn({ ...small, out });
    const files = ['report.md', 'runs', 'runs.csv', 'table-11.csv', 'table-4.csv', 'table-9.csv'];
    expect((await readdir(out)).sort()).toEqual(files);
    for (const rows of Object.values(tables)) expect(Object.keys(rows[0])[0]).toBe('method');
    // methods × cells × settings
    expect(tables.runs).toHaveLength(3 * 4 * 3);
    expect(tables['table-11']).toHaveLength(3 * 4 * 3);
    expect(tables['table-4']).toHaveLength(3 * 4 * 3 * 2);
    expect(tables['table-9'].map(({ method, nodes }) => [method, nodes])).toEqual([
      ['de', 10],
      ['residual-variance', 10],
      ['utigsp', 10],
    ]);
    const isPublished = ({ method }: Readonly<Record<string, unknown>>) => method === 'utigsp';
    expect(tables['table-11'].find(isPublished)).toMatchObject({ paper_map: 0.29, paper_auc: 0.57 });
    for (const { map, auc } of tables['table-11']) {
      expect(map).toBeGreaterThan(0.1);
      expect(auc).toBeLessThanOrEqual(1);
    }
    // the third setting is what the simulator's options of these names make
    const redrawn = tables.runs.find((row) => row.method === 'de' && row.redraw_noise === 'on')!;
    const { nodes, edges, mechanism, intervention, data_seed } = redrawn;
    const { genes, control, groups } = simulateRegimes({
      ...{ nodes, edges, mechanism, intervention, seed: data_seed, redrawNoise: true, roots: 'uniform' },
      ...{ cells: 40, cellsPerRegime: 40 },
    } as GraphOptions);
    const found = await differentialExpression(columnsOfScreen({ genes, control, groups }));
    const regimes = found.map((one, k) => ({ score: wilcoxonScore(one), targets: [...groups[k].targets] }));
    expect(redrawn.map).toBe(targetMetrics(regimes).mapByRegime);
    expect(markdown).toContain('*paper: UT-IGSP*');
    expect(await readFile(join(out, 'report.md'), 'utf8')).toBe(markdown);
    // the seconds are those of the finished runs, and one more method is run
    const more = { ...small, methods: [...small.methods!, 'cdn'], resume: true };
    const again = await reproduceCdn({ ...more, out });
    expect(again.tables.runs.filter(({ method }) => method !== 'cdn')).toEqual(tables.runs);
    expect(again.markdown).toMatch(/`cdn` is at or above .* in \d of 4 columns by mAP/);
    await expect(reproduceCdn({ ...small, out })).rejects.toThrow(/--resume/);
  }, 30_000);

  it('refuses methods that there are not, and missing data, before anything is written', async () => {
    const elsewhere = join(out, 'elsewhere');
    const refused = (more: Partial<ReproduceCdnRequest>) =>
      reproduceCdn({ ...small, ...more, out: elsewhere });
    await expect(refused({ methods: ['dcd'] })).rejects.toThrow(/--methods.*dcd/);
    await expect(refused({ seeds: 0 })).rejects.toThrow(/--seeds/);
    await expect(refused({ data: join(out, 'nowhere') })).rejects.toThrow(/papalexi2021/);
    expect(existsSync(elsewhere)).toBe(false);
  });
});

const shared = `${process.env.MECHANIST_SHARED ?? '../shared'}/data`;

describe.skipIf(!existsSync(`${shared}/sachs`))('a real screen', () => {
  it('Sachs: five targets, two of them first by differential expression', async () => {
    const run = {
      experiment: 'real',
      model: 'de',
      options: {},
      screen: 'sachs',
      candidates: null,
      seed: 0,
    } as const;
    const none = () => Promise.reject(new Error('no network is asked for'));
    const found = await realScreens(shared)(run, none);
    expect(found).toMatchObject({ targets: 5, ranked: 5, recall1: 0.4, recall20: 1, fallbacks: 0 });
  });
});

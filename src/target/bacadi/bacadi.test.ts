import { describe, expect, it } from 'vitest';
import { testRuntime } from '../../compute/check.fixture.node.js';
import { isMechanistError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { chainScreen } from '../dcdi/planted.fixture.js';
import type { TargetMethod, TargetRun } from '../method.js';
import { bacadiEmpirical, bacadiMixture } from './index.js';

const run = (more: Partial<TargetRun> = {}): TargetRun => ({
  random: Random.fromSeed(0),
  runtime: testRuntime,
  ...more,
});

const few = { bacadiParticles: 5, bacadiSamples: 8, bacadiAcyclicitySamples: 8, bacadiControlCells: 60 };
const quick = { ...few, bacadiSteps: 10 };
const methods: [string, TargetMethod][] = [
  ['bacadi-e', bacadiEmpirical],
  ['bacadi-m', bacadiMixture],
];

describe.each(methods)('%s', (name, method) => {
  it('has its name', () => expect(method.name).toBe(name));

  it.each(['linear', 'dense'])(
    '%s: finds what was hit, and nothing where nothing was',
    async (bacadiLikelihood) => {
      const targets = [[1], [2], [3], []];
      const found = await method.score(
        chainScreen(4, targets),
        { ...few, bacadiLikelihood, bacadiSteps: 250, bacadiLearningRate: 0.02 },
        run(),
      );
      const others = found.slice(0, 3).flatMap(({ score }, k) => {
        const [hit] = targets[k];
        expect(score[hit], `target of group ${k}`).toBeGreaterThan(0.9);
        return [...score].filter((_, gene) => gene !== hit);
      });
      // all genes behind the target changed as well; a graph turned around calls a neighbour hit too
      expect(others.reduce((sum, score) => sum + score, 0) / others.length).toBeLessThan(0.4);
      expect(Math.max(...found[3].score)).toBeLessThan(0.5);
    },
  );
});

describe('particles', () => {
  const screen = chainScreen(3, [[0], [1]], { nCells: 8 });

  it('give the same bits for the same seed, others for another', async () => {
    const once = await bacadiEmpirical.score(screen, quick, run());
    const again = await bacadiEmpirical.score(screen, quick, run());
    const other = await bacadiEmpirical.score(screen, quick, run({ random: Random.fromSeed(1) }));
    expect(again[1].score).toEqual(once[1].score);
    expect(other[1].score).not.toEqual(once[1].score);
  });

  it('answer for one gene, two cells, groups of different sizes, no group', async () => {
    for (const bacadiLikelihood of ['linear', 'dense']) {
      const settings = { ...quick, bacadiLikelihood };
      const [{ score }] = await bacadiMixture.score(chainScreen(1, [[0]], { nCells: 2 }), settings, run());
      expect(Number.isFinite(score[0])).toBe(true);
      const small = chainScreen(3, [[2]], { nCells: 3 }).groups[0];
      const uneven = await bacadiMixture.score(
        { ...screen, groups: [...screen.groups, small] },
        settings,
        run(),
      );
      expect(uneven.map(({ score: own }) => own.every((value) => value >= 0 && value <= 1))).toEqual([
        true,
        true,
        true,
      ]);
    }
    expect(await bacadiMixture.score({ ...screen, groups: [] }, quick, run())).toEqual([]);
  });

  it('score a gene that never varies 0', async () => {
    const still = (cells: typeof screen.control) => ({
      ...cells,
      values: Float64Array.from(cells.values as Float64Array, (value, at) => (at % 3 === 1 ? -2 : value)),
    });
    const groups = screen.groups.map((group) => ({ ...group, cells: still(group.cells) }));
    const found = await bacadiEmpirical.score(
      { ...screen, control: still(screen.control), groups },
      quick,
      run(),
    );
    expect(found.map(({ score }) => score[1])).toEqual([0, 0]);
  });

  it('report progress, and stop when told to', async () => {
    const seen: number[] = [];
    const control = new AbortController();
    const onProgress = (done: number, total: number) => {
      seen.push(done / total);
      if (done === 3) control.abort();
    };
    await expect(
      bacadiEmpirical.score(screen, quick, run({ signal: control.signal, onProgress })),
    ).rejects.toSatisfy((error) => isMechanistError(error, 'InterruptedError'));
    expect(seen).toEqual([0.1, 0.2, 0.3]);
  });

  it.each([{ bacadiSteps: 0 }, { bacadiLikelihood: 'cubic' }, { bacadiParticles: 1.5 }])(
    'refuse %o',
    async (settings) => {
      await expect(bacadiEmpirical.score(screen, settings, run())).rejects.toSatisfy((error) =>
        isMechanistError(error, 'OptionError'),
      );
    },
  );
});

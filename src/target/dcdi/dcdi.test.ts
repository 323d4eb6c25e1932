import { describe, expect, it } from 'vitest';
import { testRuntime } from '../../compute/check.fixture.node.js';
import { isMechanistError } from '../../errors.js';
import { Random } from '../../random/index.js';
import type { TargetMethod, TargetRun } from '../method.js';
import type { TargetScreen } from '../screen.js';
import { dcdiFlow, dcdiGaussian } from './index.js';
import { chainScreen } from './planted.fixture.js';

const run = (more: Partial<TargetRun> = {}): TargetRun => ({
  random: Random.fromSeed(0),
  runtime: testRuntime,
  ...more,
});

/** Small enough for seconds. */
const small = { dcdiLayers: 1, dcdiUnits: 8, dcdiFlowLayers: 1, dcdiFlowUnits: 4 };
const quick = { ...small, dcdiSteps: 100 };
const methods: [string, TargetMethod][] = [
  ['dcdi-g', dcdiGaussian],
  ['dcdi-dsf', dcdiFlow],
];

describe.each(methods)('%s', (name, method) => {
  it('has its name', () => expect(method.name).toBe(name));

  it('finds what was hit, and nothing where nothing was', async () => {
    const targets = [[1], [2], [3], []];
    const found = await method.score(
      chainScreen(4, targets, { nCells: 100 }),
      { ...small, dcdiSteps: 800, dcdiLearningRate: 0.015 },
      run(),
    );
    const others = found.slice(0, 3).flatMap(({ score }, k) => {
      const [hit] = targets[k];
      expect(score[hit], `target of group ${k}`).toBeGreaterThan(0.9);
      return [...score].filter((_, gene) => gene !== hit);
    });
    // all genes behind the target changed as well; a graph turned around calls a neighbour hit too
    expect(others.reduce((sum, score) => sum + score, 0) / others.length).toBeLessThan(0.4);
    expect(Math.max(...found[3].score)).toBeLessThan(0.2);
  });

  it('scores a gene that never varies 0, and others as numbers from 0 to 1', async () => {
    const screen = chainScreen(3, [[0], [1]], { nCells: 10 });
    const still = (cells: TargetScreen['control']) => ({
      ...cells,
      values: Float64Array.from(cells.values as Float64Array, (value, at) => (at % 3 === 2 ? 4.2 : value)),
    });
    const found = await method.score(
      {
        ...screen,
        control: still(screen.control),
        groups: screen.groups.map((group) => ({ ...group, cells: still(group.cells) })),
      },
      quick,
      run(),
    );
    for (const { score } of found) {
      expect(score[2]).toBe(0);
      expect(score.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it('gives the same bits for the same seed, others for another', async () => {
    const screen = chainScreen(3, [[0]], { nCells: 20 });
    const [once, again] = [
      await method.score(screen, quick, run()),
      await method.score(screen, quick, run()),
    ];
    const other = await method.score(screen, quick, run({ random: Random.fromSeed(1) }));
    expect(again[0].score).toEqual(once[0].score);
    expect(other[0].score).not.toEqual(once[0].score);
  });

  it('answers for one gene, two cells, no group', async () => {
    const one = await method.score(chainScreen(1, [[0]], { nCells: 2 }), quick, run());
    expect(one[0].score.length).toBe(1);
    expect(Number.isFinite(one[0].score[0])).toBe(true);
    expect(await method.score(chainScreen(2, []), quick, run())).toEqual([]);
  });
});

describe('training', () => {
  const screen = chainScreen(3, [[0], [1]], { nCells: 20 });

  it('follows the rules of the authors for the multipliers too', async () => {
    const settings = {
      ...quick,
      dcdiMultipliers: 'validated',
      dcdiMu: 1e-8,
      dcdiTargetPenalty: 1e-8,
      dcdiWindow: 5,
    };
    const [{ score }] = await dcdiGaussian.score(screen, settings, run());
    expect(score.every((value) => value > 0 && value < 1)).toBe(true);
  });

  it('reports progress, and stops when told to', async () => {
    const seen: number[] = [];
    const control = new AbortController();
    const stopped = dcdiGaussian.score(
      screen,
      { ...quick, dcdiWindow: 10 },
      run({
        signal: control.signal,
        onProgress: (done, total) => {
          seen.push(done / total);
          if (done >= 30) control.abort();
        },
      }),
    );
    await expect(stopped).rejects.toSatisfy((error) => isMechanistError(error, 'InterruptedError'));
    expect(seen).toEqual([0.1, 0.2, 0.3]);
  });

  it.each([
    { dcdiSteps: 0 },
    { dcdiLearningRate: -1 },
    { dcdiMultipliers: 'never' },
    { dcdiTargetPenalty: 'x' },
  ])('refuses %o', async (settings) => {
    await expect(dcdiGaussian.score(screen, settings, run())).rejects.toSatisfy((error) =>
      isMechanistError(error, 'OptionError'),
    );
  });

  it('refuses cells with a value that is no number', async () => {
    const values = (screen.control.values as Float64Array).slice();
    values[4] = Number.NaN;
    const broken = { ...screen, control: { ...screen.control, values } };
    await expect(dcdiGaussian.score(broken, quick, run())).rejects.toSatisfy((error) =>
      isMechanistError(error, 'OptionError'),
    );
  });
});

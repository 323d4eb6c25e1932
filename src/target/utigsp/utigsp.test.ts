import { expect, test } from 'vitest';
import { InterruptedError } from '../../errors.js';
import { changed, scored } from '../gaussian/method.fixture.js';
import { meanAuc, meanAveragePrecision, planted } from '../gaussian/planted.fixture.js';
import { utigsp } from './method.js';

const base = { nGenes: 8, nEdges: 10, nGroups: 4, kind: 'hard', seed: 4 } as const;

test.each([
  ['hard', 0.9, 0.95],
  ['soft', 0.6, 0.65],
] as const)('planted %s interventions are found', async (kind, leastPrecision, leastAuc) => {
  const { screen, targets } = planted({ nGenes: 10, nEdges: 15, nGroups: 30, kind, seed: 2 });
  const scores = await scored(utigsp, screen);
  // By chance: two of ten genes, 0.3 and 0.5.
  expect(meanAveragePrecision(scores, targets)).toBeGreaterThan(leastPrecision);
  expect(meanAuc(scores, targets)).toBeGreaterThan(leastAuc);
});

test('learned targets are above 1 and the others below; off, they are 1 and 0', async () => {
  const { screen, targets } = planted(base);
  const [found, plain] = [
    await scored(utigsp, screen),
    await scored(utigsp, screen, { utigspEvidence: false }),
  ];
  found.forEach(({ score }, group) => {
    expect([...score].map((value) => Number(value >= 1))).toEqual([...plain[group].score]);
    for (const target of targets[group]) expect(score[target]).toBeGreaterThan(1);
  });
});

test('cells like the control, and the control itself, have no targets', async () => {
  const { screen } = planted({ ...base, kind: 'none', nGroups: 6 });
  const learned = (await scored(utigsp, screen)).flatMap(({ score }) =>
    [...score].filter((value) => value >= 1),
  );
  // 48 tests at level 0.001.
  expect(learned.length).toBeLessThanOrEqual(1);
  const same = { ...screen, groups: [{ name: 'itself', cells: screen.control }] };
  expect((await scored(utigsp, same))[0].score).toEqual(new Float64Array(8));
});

test('scale and place of a gene do not matter; constant genes are no targets, silenced ones are', async () => {
  const { screen } = planted(base);
  const reference = await scored(utigsp, screen);
  const scaled = changed(screen, ['control', 'groups'], (value, gene) => value * (gene + 1) * 100 - gene);
  for (const [k, { score }] of (await scored(utigsp, scaled)).entries())
    score.forEach((value, gene) => expect(value).toBeCloseTo(reference[k].score[gene], 6));
  const still = changed(screen, ['control', 'groups'], (value, gene) => (gene === 2 ? 5 : value));
  for (const { score } of await scored(utigsp, still)) expect(score[2]).toBeLessThan(1);
  const silenced = changed(screen, ['groups'], (value, gene) => (gene === 2 ? 0 : value));
  for (const { score } of await scored(utigsp, silenced)) expect(score[2]).toBeGreaterThan(1);
});

test('copies of a gene, and more genes than cells', async () => {
  const { screen } = planted(base);
  const copied = changed(screen, ['control', 'groups'], (value) => value);
  for (const { values, nRows } of [copied.control, ...copied.groups.map(({ cells }) => cells)])
    for (let row = 0; row < nRows; row++) values[row * 8 + 5] = values[row * 8];
  for (const { score } of await scored(utigsp, copied)) expect(score.every(Number.isFinite)).toBe(true);
  const wide = planted({ ...base, nGenes: 30, nCells: 20 });
  const [{ score, notes }] = await scored(utigsp, wide.screen);
  expect(score.every(Number.isFinite)).toBe(true);
  expect(notes.join()).toContain('20 control cells for 30 genes');
});

test('same seed, same bits', async () => {
  const { screen } = planted(base);
  const options = { utigspMostCells: 400, utigspRuns: 3 };
  expect(await scored(utigsp, screen, options)).toEqual(await scored(utigsp, screen, options));
});

test('one gene, no groups, and an interrupt', async () => {
  const { screen } = planted({ ...base, nGenes: 1, nEdges: 0 });
  const scores = await scored(utigsp, screen);
  for (const { score } of scores) expect(score[0]).toBeGreaterThan(1);
  expect(await scored(utigsp, { ...screen, groups: [] })).toEqual([]);
  await expect(scored(utigsp, screen, {}, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
});

import { expect, test } from 'vitest';
import { InterruptedError, OptionError } from '../../errors.js';
import { changed, scored } from '../gaussian/method.fixture.js';
import { meanAuc, meanAveragePrecision, planted } from '../gaussian/planted.fixture.js';
import { dciOptions } from './dci-options.js';
import { dci } from './method.js';

const few = { dciBootstraps: 8 };
const base = { nGenes: 8, nEdges: 10, nGroups: 2, kind: 'hard', seed: 4 } as const;

test.each([
  ['hard', 0.7, 0.8],
  ['soft', 0.5, 0.65],
] as const)('planted %s interventions are found', async (kind, leastPrecision, leastAuc) => {
  const { screen, targets } = planted({ nGenes: 10, nEdges: 15, nGroups: 12, kind, seed: 2 });
  const scores = await scored(dci, screen, few);
  // By chance: two of ten genes, 0.3 and 0.5.
  expect(meanAveragePrecision(scores, targets)).toBeGreaterThan(leastPrecision);
  expect(meanAuc(scores, targets)).toBeGreaterThan(leastAuc);
});

test('cells like the control, and the control itself, have scores near zero', async () => {
  const { screen } = planted({ ...base, kind: 'none' });
  for (const { score } of await scored(dci, screen, few)) expect(Math.max(...score)).toBeLessThan(0.15);
  const same = { ...screen, groups: [{ name: 'itself', cells: screen.control }] };
  const [{ score }] = await scored(dci, same, { ...few, dciFraction: 1 });
  expect([...score]).toEqual(new Array(8).fill(0));
});

test('scale and place of a gene do not matter, and genes that are constant score 0', async () => {
  const { screen } = planted(base);
  const reference = await scored(dci, screen, few);
  const scaled = changed(screen, ['control', 'groups'], (value, gene) => value * (gene + 1) * 100 - gene);
  for (const [k, { score }] of (await scored(dci, scaled, few)).entries())
    score.forEach((value, gene) => expect(value).toBeCloseTo(reference[k].score[gene], 10));
  const still = changed(screen, ['control', 'groups'], (value, gene) => (gene === 2 ? 5 : value));
  const [{ score, notes }] = await scored(dci, still, few);
  expect(score[2]).toBe(0);
  expect(Math.max(...score)).toBeGreaterThan(0);
  expect(notes.join()).toContain('1 of 8 genes do not vary');
});

test('a gene that ceased to vary was hit, unless few cells had it anyway', async () => {
  const { screen } = planted(base);
  const silenced = changed(screen, ['groups'], (value, gene) => (gene === 3 ? 0 : value));
  const [{ score, notes }] = await scored(dci, silenced, few);
  expect(score[3]).toBe(1);
  expect(notes.join()).toContain('vary in only one');
  const rare = changed(silenced, ['control'], (value, gene) => (gene === 3 ? Number(value > 50) : value));
  rare.control.values[3] = 1;
  expect((await scored(dci, rare, few))[0].score[3]).toBe(0);
});

test('more genes than cells: what was done instead is said', async () => {
  const { screen } = planted({ ...base, nGenes: 30, nCells: 22, nGroups: 1 });
  const [{ score, notes }] = await scored(dci, screen, { dciBootstraps: 2 });
  expect(score.every(Number.isFinite)).toBe(true);
  expect(notes.join()).toContain('too few for an inverse covariance');
});

test('as the authors: stable edges only, of KLIEP or of all pairs', async () => {
  const { screen } = planted({ ...base, nGroups: 1, nCells: 150 });
  for (const dciDifference of ['kliep', 'complete', 'precision']) {
    const authors = { dciDifference, dciCombine: 'max', dciSelection: 0.5, dciBootstraps: 2 };
    const [{ score }] = await scored(dci, screen, authors);
    for (const value of score) expect((value * 7) % 1).toBeCloseTo(0, 10);
  }
});

test('same seed, same bits; a group does not depend on its company', async () => {
  const { screen } = planted(base);
  const options = { ...few, dciMostCells: 500 };
  const all = await scored(dci, screen, options);
  expect(await scored(dci, screen, options)).toEqual(all);
  const alone = await scored(dci, { ...screen, groups: screen.groups.slice(1) }, options);
  expect(alone[0]).toEqual(all[1]);
});

test('one gene, none that varies, and an interrupt', async () => {
  const { screen } = planted({ ...base, nGenes: 1, nEdges: 0 });
  expect((await scored(dci, screen, few))[0].score).toEqual(new Float64Array(1));
  const still = changed(screen, ['control', 'groups'], () => 1);
  expect((await scored(dci, still, few))[0].score).toEqual(new Float64Array(1));
  await expect(scored(dci, screen, few, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
});

test('levels are read and refused in words', () => {
  expect(dciOptions.dciAlphaSkeleton.parse('--dci-alpha-skeleton', '0.1,0.5')).toEqual([0.1, 0.5]);
  for (const word of ['', '0.1,', '2', 'x'])
    expect(() => dciOptions.dciAlphaSkeleton.parse('--dci-alpha-skeleton', word)).toThrow(OptionError);
});

import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import { targetOptions } from '../options.js';
import { type Cell, drawnScreen, order, run } from './methods.fixture.js';
import { residualVariance } from './residual-variance.js';

const scores = async (screen: Parameters<typeof residualVariance.score>[0], given = {}) =>
  residualVariance.score(screen, targetOptions(residualVariance, given), run());

/** A chain g0 → g1 → … of strong effects; `hit` draws its gene anew. */
const chain =
  (nGenes: number, hit?: number, draw = (random: Random) => random.normal()): Cell =>
  (random) => {
    const cell: number[] = [];
    for (let gene = 0; gene < nGenes; gene++) {
      const cause = gene === 0 ? random.normal() : 0.95 * cell[gene - 1] + 0.2 * random.normal();
      cell.push(gene === hit ? draw(random) : cause);
    }
    return cell;
  };

describe('residual-variance', () => {
  it('finds a gene that is cut from its cause while its own distribution stays', async () => {
    const screen = drawnScreen(12, [600, chain(12)], { p: [300, chain(12, 6)] });
    const [{ score }] = await scores(screen, { residualVarianceNeighbours: 4 });
    // the hit gene and its neighbours in the chain, which it was predicted from
    expect([5, 6, 7]).toContain(order(score)[0]);
    expect(score[6]).toBeGreaterThan(10);
    for (const far of [0, 1, 2, 3, 9, 10, 11]) expect(score[far]).toBeLessThan(4);
  });

  it('counts a shift as variance only about the control', async () => {
    const independent =
      (shift: number): Cell =>
      (random) =>
        Array.from({ length: 8 }, (_, gene) => random.normal() + (gene === 3 ? shift : 0));
    const screen = drawnScreen(8, [400, independent(0)], { p: [100, independent(2)] });
    const [about] = await scores(screen);
    expect(order(about.score)[0]).toBe(3);
    // mean square 1 + 2² against 1; the standard error is √(2 / 100 + 2 / 400)
    expect(Math.abs(about.score[3] - Math.log(5) / Math.sqrt(0.025))).toBeLessThan(2);
    const [own] = await scores(screen, { residualVarianceAround: 'group' });
    expect(own.score[3]).toBeLessThan(3);
  });

  it('gives small scores to two draws of one distribution', async () => {
    const screen = drawnScreen(30, [500, chain(30)], { p: [200, chain(30)] });
    const [{ score }] = await scores(screen);
    expect(Math.max(...score)).toBeLessThan(4.5);
  });

  it('is finite with constant genes, two wells, and more genes than cells', async () => {
    const cell: Cell = (random) => Array.from({ length: 60 }, (_, gene) => (gene < 3 ? 1 : random.normal()));
    const hit: Cell = (random) =>
      cell(random).map((value, gene) => (gene === 1 ? 4 : gene === 9 ? value + 30 : value));
    const [{ score, notes }] = await scores(drawnScreen(60, [24, cell], { p: [2, hit] }));
    expect(score.every(Number.isFinite)).toBe(true);
    expect([score[0], score[2]]).toEqual([0, 0]);
    expect(score[1]).toBeGreaterThan(1);
    expect(order(score).slice(0, 2)).toContain(9);
    expect(notes).toEqual(['24 control cells are enough for 8 correlated genes, not 20']);
  });

  it('knows a single gene', async () => {
    const screen = {
      genes: ['a'],
      control: dense(4, 1, Float64Array.of(1, 2, 3, 4)),
      groups: [{ name: 'p', cells: dense(2, 1, Float64Array.of(50, 60)) }],
    };
    expect((await scores(screen))[0].score[0]).toBeGreaterThan(1);
  });
});

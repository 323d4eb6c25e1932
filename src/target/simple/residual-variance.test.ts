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

  it('counts shifts, or the spread alone', async () => {
    const independent =
      (shift: number): Cell =>
      (random) =>
        Array.from({ length: 8 }, (_, gene) => random.normal() + (gene === 3 ? shift : 0));
    const screen = drawnScreen(8, [400, independent(0)], { p: [100, independent(2)] });
    const [both] = await scores(screen);
    expect(order(both.score)[0]).toBe(3);
    // variance 1 within, and 2² · 400 · 100 / 500² between: √(500 log 1.64)
    expect(Math.abs(both.score[3] - Math.sqrt(500 * Math.log(1.64)))).toBeLessThan(2);
    const [spread] = await scores(screen, { residualVarianceCounts: 'spread' });
    expect(spread.score[3]).toBeLessThan(3);
  });

  it('finds a gene of which only the spread has changed', async () => {
    const independent =
      (factor: number): Cell =>
      (random) =>
        Array.from({ length: 8 }, (_, gene) => random.normal() * (gene === 3 ? factor : 1));
    const screen = drawnScreen(8, [400, independent(1)], { p: [100, independent(3)] });
    const [spread] = await scores(screen, { residualVarianceCounts: 'spread' });
    // log 9 in standard errors
    expect(Math.abs(spread.score[3] - Math.log(9) / Math.sqrt(0.025))).toBeLessThan(2.5);
    expect(order((await scores(screen))[0].score)[0]).toBe(3);
  });

  it('gives zeros for the same cells', async () => {
    const screen = drawnScreen(9, [50, chain(9)], {});
    const same = { ...screen, groups: [{ name: 'p', cells: screen.control }] };
    expect([...(await scores(same))[0].score]).toEqual(new Array(9).fill(0));
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
    expect(notes).toEqual(['24 control cells are enough for 2 correlated genes, not 20']);
  });

  /** Genes that so many of the cells have, at 2 or 3; and, last, one that is moved by `shift`. */
  const rareGenes =
    (share: number, shift = 0): Cell =>
    (random) => [
      ...Array.from({ length: 300 }, () => (random.bernoulli(share) ? 2 + Number(random.bernoulli(0.5)) : 0)),
      random.normal() + shift,
    ];

  it.each(['shift-and-spread', 'spread'])(
    'takes rare genes that chance left out of few cells for chance, by %s',
    async (residualVarianceCounts) => {
      for (const share of [0.005, 0.02, 0.1]) {
        const screen = drawnScreen(301, [600, rareGenes(share)], { p: [30, rareGenes(share)] });
        const [{ score }] = await scores(screen, { residualVarianceNeighbours: 5, residualVarianceCounts });
        // nobody was hit: of normal deviates one in a thousand is above 3.3
        expect(score.filter((value) => value > 4).length).toBeLessThanOrEqual(3);
      }
    },
  );

  it('puts a gene that was moved before rare ones that it was not', async () => {
    const screen = drawnScreen(301, [600, rareGenes(0.05)], { p: [30, rareGenes(0.05, 1.5)] });
    const [{ score }] = await scores(screen, { residualVarianceNeighbours: 5 });
    expect(order(score)[0]).toBe(300);
  });

  it('finds a gene that all cells of one set, and many of the other, do not have', async () => {
    const cell =
      (lost: number, gained: number): Cell =>
      (random) =>
        Array.from({ length: 20 }, (_, gene) =>
          gene === 4
            ? 2 * Number(random.bernoulli(lost))
            : gene === 11
              ? 2 * Number(random.bernoulli(gained))
              : random.normal(),
        );
    const screen = drawnScreen(20, [600, cell(0.5, 0)], { p: [40, cell(0, 0.4)] });
    const [{ score }] = await scores(screen);
    expect(order(score).slice(0, 2).sort()).toEqual([11, 4]);
    expect(Math.min(score[4], score[11])).toBeGreaterThan(5);
    const few = drawnScreen(20, [600, cell(0, 0)], { p: [40, cell(0, 0)] });
    few.groups[0].cells.values[11] = 2;
    const [{ score: ofOneCell }] = await scores(few);
    expect(ofOneCell[11]).toBeLessThan(3);
    expect(ofOneCell[4]).toBe(0);
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

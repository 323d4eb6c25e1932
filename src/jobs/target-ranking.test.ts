import { describe, expect, it } from 'vitest';
import { dense, PerturbationData, strings, Table } from '../data/index.js';
import { NumericalError, OptionError } from '../errors.js';
import { Random } from '../random/index.js';
import { de, type TargetMethod } from '../target/index.js';
import { groupCells } from './target-groups.js';
import { namedGenes, namedSentences, namedTargets } from './target-named.js';
import { type RankingSettings, rankContext } from './target-ranking.js';
import { rankingSentences, summaryOf } from './target-sentences.js';

const genes = ['a', 'b', 'c', 'd', 'e', 'f'];
const cellsOf = { control: 20, good: 6, bad: 5, few: 2, many: 80 };
const labels = Object.entries(cellsOf).flatMap(([name, n]) => new Array<string>(n).fill(name));
const data = new PerturbationData({
  X: dense(
    labels.length,
    genes.length,
    Random.fromSeed(3).fillNormal(new Float64Array(labels.length * genes.length)),
  ),
  obs: new Table(
    labels.map((_, i) => `cell ${i}`),
    [['perturbation', strings(labels)]],
  ),
  var: new Table(genes, [['symbol', strings(['A1', 'B1', null, 'D1', 'A1', 'F1'])]]),
});
const roles = {
  context: null,
  action: 'perturbation',
  control: 'control',
  missingIsControl: false,
  guessed: [],
  sentences: [],
};
const [compared] = groupCells(data, roles).contexts;

/** Scores genes by their place; gives up 'bad'. */
const picky: TargetMethod = {
  name: 'picky',
  summary: '',
  joint: false,
  mostGenes: 100,
  leastCells: 3,
  options: {},
  score: async ({ groups, genes: shown }) =>
    groups.map(({ name }) => {
      if (name === 'bad') throw new NumericalError('it did not converge');
      return {
        score: Float64Array.from(shown, (gene) => genes.indexOf(gene)),
        probability: new Float64Array(shown.length).fill(0.25),
        notes: [`about ${name}`],
      };
    }),
};
const settings = (more: Partial<RankingSettings> = {}): RankingSettings => ({
  method: picky,
  options: {},
  candidates: genes.length,
  rounds: 0,
  random: Random.fromSeed(0),
  runtime: () => Promise.reject(new Error('no runtime')),
  ...more,
});
const named = <T extends { perturbation: string }>(found: readonly T[], name: string) =>
  found.find(({ perturbation }) => perturbation === name)!;

describe('rankContext', () => {
  it('ranks by the method, and by de what it cannot do, marked', async () => {
    const progress: number[] = [];
    const asked = settings({ onProgress: (done, total) => progress.push(done / total) });
    const found = await rankContext(data, compared, asked);
    expect(found.map(({ perturbation }) => perturbation)).toEqual(['bad', 'few', 'good', 'many']);
    expect(named(found, 'few').fallback).toBe('picky needs 3 perturbed cells');
    expect(named(found, 'bad').fallback).toBe('it did not converge');
    for (const { differences, rank, probability, method } of [named(found, 'few'), named(found, 'bad')]) {
      expect(method).toBe('de');
      expect(rank).toEqual(differences.rank);
      expect(probability).toBeUndefined();
    }
    // the groups beside a bad one keep their method
    for (const { rank, method, fallback, notes, probability, perturbation } of [
      named(found, 'good'),
      named(found, 'many'),
    ]) {
      expect([...rank]).toEqual([6, 5, 4, 3, 2, 1]);
      expect([method, fallback]).toEqual(['picky', '']);
      expect([notes, probability?.[0]]).toEqual([[`about ${perturbation}`], 0.25]);
    }
    expect(progress.at(-1)).toBe(1);
    expect(Math.max(...progress)).toBe(1);
  });

  it('takes a score that is no number for a failure', async () => {
    const broken = {
      ...picky,
      score: async () => [{ score: new Float64Array(6).fill(Number.NaN), notes: [] }],
    };
    const found = await rankContext(data, compared, settings({ method: broken, candidates: 5 }));
    expect(named(found, 'good').fallback).toMatch(/^picky gave '[a-f]' the score NaN$/);
    expect(named(found, 'good').score.every(Number.isFinite)).toBe(true);
  });

  it('lets other errors through', async () => {
    const wrong = { ...picky, score: () => Promise.reject(new OptionError('x', 1, 'something')) };
    await expect(rankContext(data, compared, settings({ method: wrong }))).rejects.toThrow(OptionError);
  });

  it('gives a joint method all groups at once, over the same candidates', async () => {
    const shown: string[][] = [];
    const joint: TargetMethod = {
      ...picky,
      joint: true,
      score: async (screen) => {
        shown.push(screen.groups.map(({ name }) => name));
        return screen.groups.map(() => ({ score: new Float64Array(screen.genes.length), notes: [] }));
      },
    };
    const found = await rankContext(data, compared, settings({ method: joint, candidates: 3 }));
    expect(shown).toEqual([['bad', 'good', 'many']]);
    expect(
      new Set(found.filter(({ fallback }) => fallback === '').map((one) => [...one.genes].join())),
    ).toHaveLength(1);
    // equal scores are in the order of their fold changes
    const { rank, differences, genes: chosen } = named(found, 'many');
    const changes = Array.from(chosen, (gene) => Math.abs(differences.logFoldChange[gene]));
    expect(changes[rank.indexOf(1)]).toBe(Math.max(...changes));
  });

  it('asks for ranks alone in rounds, and lets all groups choose among control cells alike', async () => {
    const asked: { readonly ranksOnly?: boolean; readonly draw?: number }[] = [];
    const curious: TargetMethod = {
      ...picky,
      score: async (screen, _options, { ranksOnly, ofControl }) => {
        asked.push({ ranksOnly, draw: ofControl?.split('cells').uniform() });
        return screen.groups.map(() => ({ score: new Float64Array(screen.genes.length), notes: [] }));
      },
    };
    await rankContext(data, compared, settings({ method: curious, candidates: 3, rounds: 2 }));
    // three groups, each with candidates of its own: all cells, then two rounds
    expect(asked.map(({ ranksOnly }) => ranksOnly)).toEqual([0, 1, 2].flatMap(() => [false, true, true]));
    expect(new Set(asked.map(({ draw }) => draw)).size).toBe(1);
    expect(asked[0].draw).toBeTypeOf('number');
  });

  it('has deviations only where fewer cells were seen', async () => {
    const options = { deRankedBy: 'wilcoxon', deTieCorrection: false, deFoldChange: 'auto' };
    const found = await rankContext(data, compared, settings({ method: de, options, rounds: 5 }));
    expect(named(found, 'good').deviation).toBeUndefined();
    expect(Math.max(...named(found, 'many').deviation!)).toBeGreaterThan(0);
  });
});

describe('what is said', () => {
  it('has every reason why de ranks, with the groups', async () => {
    const found = await rankContext(data, compared, settings());
    const told = (groups: typeof found) =>
      rankingSentences(
        'out.csv',
        'picky',
        groups.map((group) => summaryOf(group, genes)),
        groups,
        0,
      );
    const fallen = found.filter(({ fallback }) => fallback !== '');
    expect(told(found)[0]).toBe('out.csv: targets of 4 perturbations, by picky');
    expect(told(found)).toContain(
      "2 of them ranked by de in the place of picky: 1, as it did not converge ('bad'); " +
        "1, as picky needs 3 perturbed cells ('few')",
    );
    expect(told(found)).toContain(
      'good (6 cells, by de no gene differs significantly): f 0.25, e 0.25, d 0.25, c 0.25, b 0.25',
    );
    // a note of one group has its name, one of all that the method ranked has none
    expect(told(found)).toContain("'good': about good");
    const noted = found.map((group) => ({ ...group, notes: group.fallback === '' ? ['slow'] : [] }));
    expect(told(noted)).toContain('slow');
    expect(told(fallen)[0]).toBe(
      'out.csv: targets of 2 perturbations, by de, as picky could rank none of them',
    );
    const failures = Array.from({ length: 12 }, (_, i) => ({ ...fallen[0], fallback: `failure ${i}` }));
    expect(told(failures).at(-1)).toMatch(
      /failure 9 \('bad'\); 2 for other reasons, in the column fallback$/,
    );
  });

  it('names what is short, the control or the perturbed cells', async () => {
    const few = { ...compared, control: compared.control.slice(0, 2) };
    const found = await rankContext(data, few, settings());
    expect(named(found, 'good').fallback).toBe('picky needs 3 control cells');
    expect(named(found, 'few').fallback).toBe('picky needs 3 perturbed cells');
  });

  it('counts a tie by one rule, for the method and for de', async () => {
    // nothing was measured: six equal scores share the places 1 to 6
    const flat = data.with({ X: dense(data.nObs, genes.length, new Float64Array(data.X.values.length)) });
    const groups = [{ perturbation: 'a', rows: compared.groups[0].rows }];
    const options = { deRankedBy: 'wilcoxon', deTieCorrection: false, deFoldChange: 'auto' };
    const ranked = await rankContext(flat, { ...compared, groups }, settings({ method: de, options }));
    const [target] = namedTargets(ranked, data.var, namedGenes(data.var, 'control'));
    expect([target.rank, target.deRank]).toEqual([3.5, 3.5]);
    const line = (score: number[]) => {
      const group = { ...ranked[0], score: Float64Array.from(score) };
      return rankingSentences('out.csv', 'de', [summaryOf(group, genes)], [group], 0)[1];
    };
    expect(line([0, 0, 0, 0, 0, 0])).toMatch(/: all 6 candidates have the same score, so none is likelier/);
    expect(line([1, 1, 1, 1, 1, 0])).toMatch(/: a, b, c, d, e$/);
    const tied = { ...ranked[0], method: 'picky', score: Float64Array.of(1, 1, 1, 0, 0, 0) };
    const [other] = namedTargets([tied], data.var, namedGenes(data.var, 'control'));
    expect([other.rank, other.deRank]).toEqual([2, 3.5]);
    expect(namedSentences([other, { ...target, perturbation: 'b', method: 'de' }], 'picky')[0]).toContain(
      'of picky (1 of them ranked by de in its place) these have median rank 2.75',
    );
  });
});

describe('namedSentences', () => {
  it('counts perturbations, of which a combination has two genes', () => {
    const one = { context: 'A', perturbation: 'a+b', method: 'picky', rank: 1, deRank: 3, candidates: 6 };
    const both = [
      { ...one, gene: 'a' },
      { ...one, gene: 'b', rank: 2, deRank: 1 },
    ];
    expect(namedSentences(both, 'picky')).toEqual([
      '1 perturbation has names of genes, 2 in all; of picky these have median rank 1.5, recall at 1: 0.50, 5: 1.00, 20: 1.00',
      'for comparison, of de over all genes: median rank 2, recall at 1: 0.50, 5: 1.00, 20: 1.00',
    ]);
    const other = { ...one, context: 'B', perturbation: 'c', gene: 'c', rank: null, method: 'de' };
    const [first, second] = namedSentences([...both, other], 'picky');
    expect(first).toMatch(
      /^2 perturbations have names of genes, 3 in all; of picky \(1 of them ranked by de/,
    );
    expect(second).toBe('1 of these genes is no candidate and counts as not found');
  });
});

describe('namedGenes', () => {
  it('finds genes by the index, then by columns of names, and both of a combination', () => {
    const numbers = namedGenes(data.var, 'control');
    expect(numbers('b')).toEqual([1]);
    expect(numbers('D1')).toEqual([3]);
    expect(numbers('A1')).toEqual([0]);
    expect(numbers('B1+f')).toEqual([1, 5]);
    expect(numbers('b+ctrl')).toEqual([1]);
    expect([numbers('b+drug'), numbers('drug'), numbers('control')]).toEqual([[], [], []]);
  });
});

/** Options of synthetic nearest neighbours. */
import { OptionError } from '../../errors.js';
import { choiceOption, numberOption, wordOption } from '../option.js';

/** How many singular values of the anchors a principal component regression keeps. */
export type SnnRank =
  | { readonly kind: 'universal' | 'gavish-donoho' | 'none' }
  | { readonly kind: 'hsvt'; readonly energy: number }
  | { readonly kind: 'rank'; readonly rank: number };

const epsilon = (what: string) =>
  numberOption({
    default: 0.1,
    least: 0,
    placeholder: '<share>',
    summary: `infeasible when ${what} is above`,
  });

export const snnOptions = {
  snnCombine: choiceOption(['actions', 'contexts'], {
    default: 'actions',
    summary: 'what snn combines',
  }),
  snnAnchors: choiceOption(['square', 'area'], {
    default: 'square',
    summary: 'which biclique: the greatest shorter side, or the most pairs',
  }),
  snnRank: wordOption<SnnRank>({
    default: { kind: 'hsvt', energy: 0.99 },
    defaultWord: 'energy=0.99',
    placeholder: '<how>',
    summary: 'singular values kept: energy=SHARE, universal, gavish-donoho, all, or N',
    parse: parseRank,
  }),
  snnNeighbours: numberOption({
    default: 1,
    least: 1,
    most: 1e6,
    whole: true,
    summary: 'groups that the donors are split into, averaged',
  }),
  snnWeights: choiceOption(['uniform', 'inverse'], {
    default: 'uniform',
    summary: 'of the groups: equal, or 1 / (training error + subspace error)',
  }),
  snnSpanEps: epsilon('the relative training error'),
  snnSubspaceEps: epsilon('the share of the test donors outside'),
};

function parseRank(name: string, word: string): SnnRank {
  if (word === 'universal' || word === 'gavish-donoho') return { kind: word };
  if (word === 'all') return { kind: 'none' };
  const energy = /^energy=(.+)$/.exec(word)?.[1];
  if (energy !== undefined && Number(energy) > 0 && Number(energy) < 1) {
    return { kind: 'hsvt', energy: Number(energy) };
  }
  if (/^[1-9]\d{0,5}$/.test(word)) return { kind: 'rank', rank: Number(word) };
  throw new OptionError(name, word, ['universal', 'gavish-donoho', 'energy=0.95', 'all', '10']);
}

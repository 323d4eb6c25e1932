/** Perturbations that have the names of genes: what was hit is known, and where the ranking put it can be said. */
import { columnStrings, combinationParts, type Table } from '../data/index.js';
import { placesOf, recallAt } from '../evaluate/index.js';
import { median } from '../stats/index.js';
import type { RankedGroup } from './target-ranking.js';

export interface NamedTarget {
  readonly context: string | null;
  readonly perturbation: string;
  readonly gene: string;
  /** What ranked: the method asked for, or `de` in its place. */
  readonly method: string;
  /** Among the candidates; equal scores share the mean of their places. `null` where the gene is no candidate. */
  readonly rank: number | null;
  /** By `de`, among all genes; equal scores share the mean of their places. */
  readonly deRank: number;
  readonly candidates: number;
}

/**
 * Numbers of the genes that a perturbation is named after: by the index of `var`, else by one of its columns of names
 * (symbols beside identifiers); of a combination 'A+B' both.
 */
export function namedGenes(table: Table, control: string): (perturbation: string) => number[] {
  const numberOf = new Map<string, number>();
  const add = (name: string | null, gene: number) => {
    if (name && !numberOf.has(name)) numberOf.set(name, gene);
  };
  table.index.forEach(add);
  for (const column of table.columns.values()) {
    if (column.kind === 'string' || column.kind === 'categorical') columnStrings(column).forEach(add);
  }
  return (perturbation) => {
    const whole = numberOf.get(perturbation);
    if (whole !== undefined) return [whole];
    const parts = combinationParts(perturbation, { control });
    const genes = parts.map((part) => numberOf.get(part));
    return genes.every((gene) => gene !== undefined) ? (genes as number[]) : [];
  };
}

export function namedTargets(
  ranked: readonly RankedGroup[],
  table: Table,
  genesOf: (perturbation: string) => number[],
): NamedTarget[] {
  return ranked.flatMap(({ context, perturbation, method, genes, score, differences }) => {
    const named = genesOf(perturbation);
    if (named.length === 0) return [];
    // one rule for both, or a tie would count for the one and against the other
    const [places, byDe] = [placesOf(score), placesOf(differences.score)];
    return named.map((gene) => {
      const at = genes.indexOf(gene);
      return {
        context,
        perturbation,
        method,
        gene: table.index[gene],
        rank: at < 0 ? null : places[at],
        deRank: byDe[gene],
        candidates: genes.length,
      };
    });
  });
}

/** None without such perturbations. */
export function namedSentences(named: readonly NamedTarget[], method: string): string[] {
  if (named.length === 0) return [];
  const line = (places: readonly number[]) => {
    const recall = [1, 5, 20].map((k) => `${k}: ${recallAt(places, k).toFixed(2)}`).join(', ');
    return `median rank ${shortly(median(places))}, recall at ${recall}`;
  };
  const places = named.map(({ rank }) => rank ?? Number.POSITIVE_INFINITY);
  const all = perturbationsOf(named);
  const byDe = method === 'de' ? 0 : perturbationsOf(named.filter((one) => one.method === 'de'));
  const none = byDe === all;
  const instead = `de, in the place of ${method},`;
  const who = byDe === 0 ? method : none ? instead : `${method} (${byDe} of them ranked by de in its place)`;
  const missed = named.filter(({ rank }) => rank === null).length;
  const genes = named.length > all ? `names of genes, ${named.length} in all` : 'names of genes';
  const have =
    named.length === 1
      ? '1 perturbation has the name of a gene'
      : `${all} ${all === 1 ? 'perturbation has' : 'perturbations have'} ${genes}`;
  const sentences = [`${have}; of ${who} these have ${line(places)}`];
  if (missed > 0)
    sentences.push(
      `${missed} of these genes ${missed === 1 ? 'is no candidate and counts' : 'are no candidates and count'} as not found`,
    );
  if (method !== 'de' && !none)
    sentences.push(`for comparison, of de over all genes: ${line(named.map(({ deRank }) => deRank))}`);
  return sentences;
}

/** How many: a combination has several genes. */
const perturbationsOf = (named: readonly NamedTarget[]): number =>
  new Set(named.map(({ context, perturbation }) => JSON.stringify([context, perturbation]))).size;

const shortly = (rank: number): string => (Number.isFinite(rank) ? String(rank) : 'beyond the candidates');

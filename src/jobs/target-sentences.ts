/** What is said of a ranking of targets. */
import { DataError, listNames } from '../errors.js';
import type { GroupedCells, LeftOut } from './target-groups.js';
import type { RankedGroup } from './target-ranking.js';

/** One perturbation of one context, as it is told. */
export interface TargetSummary {
  readonly context: string | null;
  readonly perturbation: string;
  readonly cells: number;
  readonly controls: number;
  /** The first five. */
  readonly genes: readonly string[];
  /** Genes with an adjusted p below 0.05, of all. */
  readonly differential: number;
  /** Why `de` ranks in the place of the method, or ''. */
  readonly fallback: string;
  readonly notes: readonly string[];
}

const SHOWN_GENES = 5;
/** Perturbations whose first genes are said one by one. */
const SHOWN_PERTURBATIONS = 30;
const SIGNIFICANT = 0.05;

export function summaryOf(group: RankedGroup, names: readonly string[]): TargetSummary {
  const { context, perturbation, cells, controls, differences, fallback, notes } = group;
  const genes: string[] = [];
  group.rank.forEach((rank, i) => {
    if (rank <= SHOWN_GENES) genes[rank - 1] = names[group.genes[i]];
  });
  const differential = differences.adjusted.filter((p) => p < SIGNIFICANT).length;
  return { context, perturbation, cells, controls, genes, differential, fallback, notes };
}

/** What is compared with what, and what is left out. */
export function groupedSentences(
  { contexts, leftOut, unlabelled }: GroupedCells,
  column: string | null,
): string[] {
  const sentences: string[] = [];
  if (unlabelled > 0) sentences.push(`${unlabelled} cells have no label and are left out`);
  if (column !== null && contexts.length > 1) {
    sentences.push(
      `each of ${contexts.length} contexts of '${column}' is ranked by itself, against its own control, and has a column ` +
        "'context' (--context none takes all cells together, --context COLUMN=VALUE one of them)",
    );
  }
  for (const [reason, names] of byReason(leftOut)) {
    sentences.push(`left out, as ${reason}: ${listNames(names)}`);
  }
  return sentences;
}

/** The error where no group is left. */
export function nothingToRank(leftOut: readonly LeftOut[], action: string, control: string): DataError {
  const reasons = byReason(leftOut).map(([reason, names]) => `${listNames(names)}: ${reason}`);
  const found =
    reasons.length > 0 ? reasons.join('; ') : `every cell of '${action}' is the control '${control}'`;
  return new DataError(`no perturbation can be ranked; ${found}`, { leftOut });
}

function byReason(leftOut: readonly LeftOut[]): [string, string[]][] {
  const reasons = new Map<string, string[]>();
  for (const { reason, perturbation, context } of leftOut) {
    const name = context === null ? perturbation : `${perturbation} in ${context}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  return [...reasons];
}

/** Of a finished ranking. */
export function rankingSentences(
  out: string,
  method: string,
  perturbations: readonly TargetSummary[],
  ranked: readonly RankedGroup[],
  rounds: number,
): string[] {
  const count = perturbations.length;
  const sentences = [`${out}: targets of ${count} perturbation${count === 1 ? '' : 's'}, by ${method}`];
  for (const { perturbation, context, cells, genes, differential } of perturbations.slice(
    0,
    SHOWN_PERTURBATIONS,
  )) {
    const name = context === null ? perturbation : `${perturbation} in ${context}`;
    const changed =
      ['no gene differs significantly', 'one gene differs'][differential] ?? `${differential} genes differ`;
    sentences.push(`${name} (${cells} cells, ${changed}): ${genes.join(', ')}`);
  }
  if (count > SHOWN_PERTURBATIONS) sentences.push(`… and ${count - SHOWN_PERTURBATIONS} more`);
  const fallen = perturbations.filter(({ fallback }) => fallback !== '');
  if (fallen.length > 0) {
    sentences.push(
      `${fallen.length} of them are ranked by de in the place of ${method} ` +
        `(${listNames(fallen.map(({ perturbation }) => perturbation))}): ${fallen[0].fallback}`,
    );
  }
  for (const note of new Set(perturbations.flatMap(({ notes }) => notes))) sentences.push(note);
  if (ranked.some(({ probability }) => probability !== undefined)) {
    sentences.push(
      'probabilities were calibrated on simulations of one to three targets; on real cells they are a guide, and too sure',
    );
  }
  if (rounds > 0) {
    const whole = ranked.filter(({ deviation }) => deviation === undefined).length;
    if (whole > 0)
      sentences.push(`${whole} perturbations have no rank_deviation: up to 50 cells are always taken whole`);
  }
  return sentences;
}

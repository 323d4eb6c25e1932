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
  /** Of these, where the method has some. */
  readonly probabilities?: readonly number[];
  readonly candidates: number;
  /** Candidates that share the highest score, so that the first gene is one of so many. */
  readonly tied: number;
  /** Genes with an adjusted p below 0.05, of all. */
  readonly differential: number;
  /** What ranked: the method asked for, or `de` in its place. */
  readonly method: string;
  /** Why `de` ranks in the place of the method, or ''. */
  readonly fallback: string;
  readonly notes: readonly string[];
}

const SHOWN_GENES = 5;
/** Perturbations whose first genes are said one by one. */
const SHOWN_PERTURBATIONS = 30;
const SIGNIFICANT = 0.05;

export function summaryOf(group: RankedGroup, names: readonly string[]): TargetSummary {
  const { context, perturbation, cells, controls, differences, method, fallback, notes } = group;
  const order: number[] = [];
  group.rank.forEach((rank, i) => {
    if (rank <= SHOWN_GENES) order[rank - 1] = i;
  });
  const genes = order.map((i) => names[group.genes[i]]);
  const probabilities = group.probability && order.map((i) => group.probability![i]);
  const candidates = group.genes.length;
  const tied = group.score.filter((score) => score === group.score[order[0]]).length;
  const differential = differences.adjusted.filter((p) => p < SIGNIFICANT).length;
  const compared = { context, perturbation, cells, controls };
  const found = { genes, probabilities, candidates, tied, differential };
  return { ...compared, ...found, method, fallback, notes };
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

interface WithReason extends Pick<LeftOut, 'context' | 'perturbation'> {
  readonly reason: string;
}

const nameOf = ({ context, perturbation }: Pick<LeftOut, 'context' | 'perturbation'>): string =>
  context === null ? perturbation : `${perturbation} in ${context}`;

/** Names of the groups, the reason of most of them first. */
function byReason(groups: readonly WithReason[]): [string, string[]][] {
  const reasons = new Map<string, string[]>();
  for (const group of groups) {
    const names = reasons.get(group.reason) ?? [];
    reasons.set(group.reason, names);
    names.push(nameOf(group));
  }
  return [...reasons].sort(([, a], [, b]) => b.length - a.length);
}

/** Messages of failures may have numbers in them, and be as many as groups. */
const SHOWN_REASONS = 10;

function fallenSentence(method: string, fallen: readonly TargetSummary[]): string {
  const reasons = byReason(fallen.map((group) => ({ ...group, reason: group.fallback })));
  const whole = `${fallen.length} of them ranked by de in the place of ${method}`;
  if (reasons.length === 1) return `${whole}, as ${reasons[0][0]} (${listNames(reasons[0][1])})`;
  const said = reasons
    .slice(0, SHOWN_REASONS)
    .map(([reason, names]) => `${names.length}, as ${reason} (${listNames(names)})`);
  const more = reasons.slice(SHOWN_REASONS).reduce((sum, [, names]) => sum + names.length, 0);
  if (more > 0) said.push(`${more} for other reasons, in the column fallback`);
  return `${whole}: ${said.join('; ')}`;
}

/** What is first in a group, or that nothing is. */
function groupSentence(group: TargetSummary): string {
  const { cells, genes, probabilities, candidates, tied, differential, method } = group;
  const by = method === 'de' ? '' : 'by de ';
  const changed =
    ['no gene differs significantly', 'one gene differs'][differential] ?? `${differential} genes differ`;
  const first = genes.map((gene, i) => (probabilities ? `${gene} ${probabilities[i].toFixed(2)}` : gene));
  const all = tied === candidates && tied > 1;
  const said = all
    ? `all ${tied} candidates have the same score, so none is likelier than another`
    : tied > genes.length
      ? `${tied} of ${candidates} candidates share the highest score, ${first.join(', ')} among them`
      : first.join(', ');
  return `${nameOf(group)} (${cells} cells, ${by}${changed}): ${said}`;
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
  const fallen = perturbations.filter(({ fallback }) => fallback !== '');
  const by = fallen.length < count ? method : `de, as ${method} could rank none of them`;
  const sentences = [`${out}: targets of ${count} perturbation${count === 1 ? '' : 's'}, by ${by}`];
  for (const one of perturbations.slice(0, SHOWN_PERTURBATIONS)) sentences.push(groupSentence(one));
  if (count > SHOWN_PERTURBATIONS) sentences.push(`… and ${count - SHOWN_PERTURBATIONS} more`);
  if (fallen.length > 0) sentences.push(fallenSentence(method, fallen));
  for (const [note, names] of byReason(
    perturbations.flatMap((one) => one.notes.map((reason) => ({ ...one, reason }))),
  )) {
    // of every group that the method ranked, or of those that it names
    sentences.push(names.length === count - fallen.length ? note : `${listNames(names)}: ${note}`);
  }
  if (ranked.some(({ probability }) => probability !== undefined)) {
    sentences.push(
      'numbers beside genes are probabilities, calibrated on simulations of none to three targets; on other cells they are a guide',
    );
  }
  if (rounds > 0) {
    const whole = ranked.filter(({ deviation }) => deviation === undefined).length;
    if (whole > 0)
      sentences.push(`${whole} perturbations have no rank_deviation: up to 50 cells are always taken whole`);
  }
  return sentences;
}

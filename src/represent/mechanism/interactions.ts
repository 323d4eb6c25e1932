/**
 * Genetic interactions: is what two perturbations do together what they do one by one? The shift s of 'A+B', measured on
 * its own cells, against those of A, of B and their sum (Lopez et al. 2023, Appendix G; the kinds
 * after Norman et al. 2019, doi:10.1126/science.aax4438). All shifts are weighted by the probabilities of their edges.
 *
 *     share explained by v:  1 − |s − v|² / |s|²          scale:  s·(a + b) / |a + b|²
 */
import { cosine } from '../../stats/index.js';
import type { MechanismGraph } from './model.js';
import { expectedShifts, isEdge } from './shared-latents.js';

/**
 * In this order, the first that holds:
 *
 * - `none`: no edge in A+B, A or B;
 * - `novel`: latents that only A+B has an edge to hold a tenth of |s|² or more;
 * - `additive`, `synergistic`, `suppressive`: along the sum lie half of |s|² or more, and at most .05 less than A or B alone
 *   explain; synergistic where the scale is above 1.5, suppressive where it is below .5;
 * - `dominant A`, `dominant B`: one of them alone explains half or more;
 * - `suppressive` too: the scale is below .5, or A+B has no edge at all;
 * - `epistatic`: anything else, nothing explains it.
 */
export const INTERACTION_KINDS = [
  'none',
  'novel',
  'additive',
  'synergistic',
  'dominant A',
  'dominant B',
  'suppressive',
  'epistatic',
] as const;
export type InteractionKind = (typeof INTERACTION_KINDS)[number];

/** Share of |s|² that makes latents of its own count. */
const NOVEL_SHARE = 0.1;
/** Share of |s|² that is enough of an explanation. */
const EXPLAINED = 0.5;
/** The sum is preferred where it explains this much less. */
const PREFERENCE = 0.05;
const SYNERGY = 1.5;
const SUPPRESSION = 0.5;

export interface Interaction {
  /** Rows of the graph: the combination and its parts. */
  readonly combination: number;
  readonly a: number;
  readonly b: number;
  readonly kind: InteractionKind;
  /** Cosine of the combination's shift with that of A, of B, and their sum; NaN where one is zero. */
  readonly cosines: readonly [a: number, b: number, sum: number];
  /** Share of |s|² that A, B, and their sum explain, at most 1; NaN where s is zero. */
  readonly explained: readonly [a: number, b: number, sum: number];
  /** How far the combination goes along the sum: 1 additive; NaN where the sum is zero. */
  readonly scale: number;
  /** Latents with an edge from A+B and from neither part. */
  readonly novel: readonly number[];
  /** Latents with an edge from a part and none from A+B. */
  readonly lost: readonly number[];
}

/** A combination and its parts, as rows of a table. */
export interface Combination {
  readonly combination: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Names of the form 'A+B' whose parts have names of their own. A name with several '+' is taken apart at the first
 * that fits.
 */
export function namedCombinations(names: readonly string[], separator = '+'): Combination[] {
  const place = new Map(names.map((name, i) => [name, i]));
  return names.flatMap((name, combination) => {
    for (let at = name.indexOf(separator); at >= 0; at = name.indexOf(separator, at + 1)) {
      const a = place.get(name.slice(0, at));
      const b = place.get(name.slice(at + separator.length));
      if (a !== undefined && b !== undefined) return [{ combination, a, b }];
    }
    return [];
  });
}

/** Compares combinations with their parts, `graph` being of (rows, latent). */
export function interactions(
  graph: MechanismGraph,
  latent: number,
  combinations: readonly Combination[],
): Interaction[] {
  const expected = expectedShifts(graph);
  const row = (table: Float64Array, i: number) => table.subarray(i * latent, (i + 1) * latent);
  return combinations.map(({ combination, a, b }) => {
    const [s, ...parts] = [combination, a, b].map((i) => row(expected, i));
    const predictions = [...parts, parts[0].map((value, j) => value + parts[1][j])];
    const edges = [combination, a, b].map((i) => Array.from(row(graph.probability, i), isEdge));
    const latents = Array.from(s.keys());
    const compared = {
      cosines: predictions.map((v) => cosine(s, v)) as [number, number, number],
      explained: predictions.map((v) => shareExplained(s, v)) as [number, number, number],
      scale: dot(s, predictions[2]) / dot(predictions[2], predictions[2]),
      novel: latents.filter((j) => edges[0][j] && !edges[1][j] && !edges[2][j]),
      lost: latents.filter((j) => !edges[0][j] && (edges[1][j] || edges[2][j])),
    };
    const has = { own: edges[0].includes(true), parts: edges[1].includes(true) || edges[2].includes(true) };
    return { combination, a, b, kind: kindOf(s, compared, has), ...compared };
  });
}

function kindOf(
  s: Float64Array,
  {
    cosines,
    explained: [a, b],
    scale,
    novel,
  }: Pick<Interaction, 'cosines' | 'explained' | 'scale' | 'novel'>,
  has: { readonly own: boolean; readonly parts: boolean },
): InteractionKind {
  if (!has.own) return has.parts ? 'suppressive' : 'none';
  const own = novel.reduce((squares, j) => squares + s[j] ** 2, 0);
  if (own >= NOVEL_SHARE * dot(s, s)) return 'novel';
  const along = cosines[2] > 0 ? cosines[2] ** 2 : 0;
  if (along >= EXPLAINED && along >= Math.max(a, b) - PREFERENCE) {
    return scale > SYNERGY ? 'synergistic' : scale < SUPPRESSION ? 'suppressive' : 'additive';
  }
  if (Math.max(a, b) >= EXPLAINED) return a >= b ? 'dominant A' : 'dominant B';
  return scale < SUPPRESSION ? 'suppressive' : 'epistatic';
}

function shareExplained(s: Float64Array, by: Float64Array): number {
  const rest = s.map((value, j) => value - by[j]);
  const size = dot(s, s);
  return size > 0 ? 1 - dot(rest, rest) / size : Number.NaN;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j], 0);

/** Perturbations that shift the same latents: where their genes work in one mechanism, they should. */
import { cosine } from '../../stats/index.js';
import type { MechanismGraph } from './model.js';

export interface SharedLatents {
  readonly a: number;
  readonly b: number;
  /** Latents to which both have an edge more likely than not. */
  readonly latents: readonly number[];
  /** Σ over these of the smaller of their two |expected shifts|: how much they do in common. */
  readonly common: number;
  /** Σ min(p, q) / Σ max(p, q) over latents, p and q the probabilities of edges; from 0 to 1. */
  readonly jaccard: number;
  /** Of their shifts, each weighted by the probability of its edge; −1 to 1. Opposite effects on the same latents: −1. */
  readonly cosine: number;
}

/** Shifts times the probabilities of their edges (perturbations, latent): what is expected of them. */
export const expectedShifts = ({ probability, shift }: MechanismGraph): Float64Array =>
  shift.map((value, at) => value * probability[at]);

/** Is there an edge? */
export const isEdge = (probability: number): boolean => probability > 0.5;

/** All pairs a < b that share a latent, those with most in common first. */
export function sharedLatents(graph: MechanismGraph, latent: number): SharedLatents[] {
  const { probability } = graph;
  const n = probability.length / latent;
  const expected = expectedShifts(graph);
  const row = (table: Float64Array, a: number) => table.subarray(a * latent, (a + 1) * latent);
  const edges = Array.from({ length: n }, (_, a) => {
    const own = row(probability, a);
    return Array.from(own.keys()).filter((j) => isEdge(own[j]));
  });
  const pairs: SharedLatents[] = [];
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const latents = edges[a].filter((j) => isEdge(probability[b * latent + j]));
      if (latents.length === 0) continue;
      const [s, t] = [row(expected, a), row(expected, b)];
      pairs.push({
        ...{ a, b, latents },
        common: latents.reduce((sum, j) => sum + Math.min(Math.abs(s[j]), Math.abs(t[j])), 0),
        jaccard: overlap(row(probability, a), row(probability, b)),
        cosine: cosine(s, t),
      });
    }
  }
  return pairs.sort((one, other) => other.common - one.common || one.a - other.a || one.b - other.b);
}

/** Of two rows of probabilities; 0 where both are of zeros. */
function overlap(p: Float64Array, q: Float64Array): number {
  let [both, either] = [0, 0];
  p.forEach((value, j) => {
    both += Math.min(value, q[j]);
    either += Math.max(value, q[j]);
  });
  return either > 0 ? both / either : 0;
}

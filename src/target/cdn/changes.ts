/**
 * How much each gene changed beside all others of its group. Cells differ for more reasons than chance: batches, wells,
 * phases of the cell cycle move every gene of a group, and a z of 5 is nothing where half of the genes have one. So a
 * change is also shown in units of the group's usual one, as genome-wide scans do it (genomic control, Devlin and Roeder
 * 1999), and as a place among the group's genes, which is all that differential expression goes by.
 */
import { level } from './level.js';

export interface Changes {
  /** (genes) */
  readonly z: Float64Array;
  /** Median of |z| over the genes that vary, in what it is where nothing but chance moves a gene; at least `LEAST_SCALE`. */
  readonly scale: number;
  /** (genes): places by |z| from 1 to the number of genes, the largest first; equal ones share the mean of theirs. */
  readonly place: Float64Array;
}

/** Where genes hardly change, or seem not to as all counts are 0, one that does is not blown up further than this. */
const LEAST_SCALE = 0.3;

/** `usual`: the median of |z| where nothing but chance moves a gene. */
export function changesOf(z: Float64Array, varies: (gene: number) => boolean, usual: number): Changes {
  const size = z.map((value) => level(Math.abs(value)));
  const order = Int32Array.from(z.keys()).sort((a, b) => size[b] - size[a]);
  const place = new Float64Array(z.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && size[order[to]] === size[order[from]]) to++;
    for (let at = from; at < to; at++) place[order[at]] = (from + 1 + to) / 2;
    from = to;
  }
  const sorted = size.filter((_, gene) => varies(gene)).sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { z, scale: sorted.length === 0 ? 1 : Math.max(median / usual, LEAST_SCALE), place };
}

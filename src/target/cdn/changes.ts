/**
 * How much each gene changed beside all others of its group. Cells differ for more reasons than chance: batches, wells,
 * phases of the cell cycle move every gene of a group, and a z of 5 is nothing where half of the genes have one. So a
 * change is also shown in units of the group's usual one, as genome-wide scans do it (genomic control, Devlin and Roeder
 * 1999), and as a place among the group's genes, which is all that differential expression goes by.
 */
import { median, ranks } from '../../stats/index.js';
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
  const place = ranks(size.map((value) => -value));
  const moved = size.filter((_, gene) => varies(gene));
  const scale = moved.length === 0 ? 1 : Math.max(median(moved) / usual, LEAST_SCALE);
  return { z, scale, place };
}

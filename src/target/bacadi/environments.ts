/** The cells of a screen as BaCaDI reads them: environments, the control first, with the sums that its likelihoods need. */
import type { Regimes } from '../dcdi/regimes.js';

export interface Environments {
  readonly nGenes: number;
  readonly nGroups: number;
  readonly nControl: number;
  /** Rows that every group has in `x`, as many as the largest. */
  readonly groupCells: number;
  /** (nControl + nGroups · groupCells, nGenes); rows that a group lacks are 0. */
  readonly x: Float64Array;
  /** 1 for a row that is a cell, 0 for one that a group lacks. */
  readonly present: Float64Array;
  /** (1 + nGroups): cells. */
  readonly counts: Float64Array;
  /** (1 + nGroups, nGenes, nGenes): Σ x xᵀ. */
  readonly moments: Float64Array;
  /** (1 + nGroups, nGenes): Σ x. */
  readonly sums: Float64Array;
}

export function environmentsOf({ x: cells, group, nGenes: d, nGroups }: Regimes): Environments {
  const counts = new Float64Array(1 + nGroups);
  for (const g of group) counts[g + 1]++;
  const nControl = counts[0];
  const groupCells = Math.max(0, ...counts.subarray(1));
  const rows = nControl + nGroups * groupCells;
  const x = new Float64Array(rows * d);
  const present = new Float64Array(rows);
  const moments = new Float64Array((1 + nGroups) * d * d);
  const sums = new Float64Array((1 + nGroups) * d);
  const next = Float64Array.from(counts, (_, e) => (e === 0 ? 0 : nControl + (e - 1) * groupCells));
  group.forEach((g, cell) => {
    const e = g + 1;
    const row = next[e]++;
    const values = cells.subarray(cell * d, (cell + 1) * d);
    x.set(values, row * d);
    present[row] = 1;
    for (let i = 0; i < d; i++) {
      sums[e * d + i] += values[i];
      for (let j = 0; j < d; j++) moments[(e * d + i) * d + j] += values[i] * values[j];
    }
  });
  return { nGenes: d, nGroups, nControl, groupCells, x, present, counts, moments, sums };
}

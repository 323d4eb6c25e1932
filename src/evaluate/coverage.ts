/**
 * Do intervals hold what they promise? The share of measured values inside, of all held-out pairs and by how many donors
 * they had: a promise that holds on average only is none for a context with few donors.
 */
import { mean, median } from '../stats/index.js';
import type { ScoreRow } from './scores.js';

export interface CoverageRow {
  readonly method: string;
  /** `all`, or the least and most donors of the band. */
  readonly donors: string;
  /** Pairs. */
  readonly n: number;
  /** Mean over pairs of the share of genes whose measured value lies in the interval. */
  readonly coverage: number;
  /** Median over pairs of the mean width over the interquartile range of the measured profile. */
  readonly median_width: number;
}

const BANDS: readonly (readonly [least: number, most: number])[] = [
  [0, 0],
  [1, 5],
  [6, 10],
  [11, 15],
  [16, 20],
  [21, Number.POSITIVE_INFINITY],
];

/** Rows of the methods that gave intervals, all pairs first; empty bands are left out. */
export function coverageByDonors(scores: readonly ScoreRow[]): CoverageRow[] {
  const withIntervals = scores.filter(({ coverage }) => !Number.isNaN(coverage));
  const methods = [...new Set(withIntervals.map(({ method }) => method))];
  return methods.flatMap((method) => {
    const own = withIntervals.filter((score) => score.method === method);
    const banded = BANDS.map(([least, most]) => ({
      donors:
        most === Number.POSITIVE_INFINITY
          ? `${least} or more`
          : least === most
            ? `${least}`
            : `${least} to ${most}`,
      rows: own.filter(({ donors }) => donors >= least && donors <= most),
    }));
    return [{ donors: 'all', rows: own }, ...banded]
      .filter(({ rows }) => rows.length > 0)
      .map(({ donors, rows }) => ({
        method,
        donors,
        n: rows.length,
        coverage: mean(rows.map((row) => row.coverage)),
        median_width: median(rows.map((row) => row.interval_width)),
      }));
  });
}

/**
 * Differential expression of groups against the control, as scanpy's `rank_genes_groups(method='wilcoxon',
 * reference=control)` computes it: Wolf, Angerer & Theis 2018, doi:10.1186/s13059-017-1382-0.
 */
import { benjaminiHochberg, rankSum, valueRuns } from '../../stats/index.js';
import { turns } from '../gaussian/turn.js';
import type { GeneColumns } from './gene-columns.js';

/** What a fold change is made of: means of log(1 + x) turned back (scanpy), or the difference of means as it is. */
export type FoldChange = 'auto' | 'log1p' | 'difference';

export interface DifferentialOptions {
  /** Smaller deviations for equal values. Default false, as scanpy. */
  readonly tieCorrection?: boolean;
  /**
   * `log1p`: log2 of (e^mean − 1 + 1e-9) of the group over that of the control. `difference`: mean less mean, for
   * z-scores and centred values. Default `auto`: `log1p` where all values lie from 0 to 30.
   */
  readonly foldChange?: FoldChange;
  readonly signal?: AbortSignal;
}

/** Of one group, (nGenes) each. */
export interface Differences {
  /** Of the rank-sum test; positive where the group has more. */
  readonly z: Float64Array;
  readonly pValue: Float64Array;
  /** Benjamini–Hochberg over the genes. */
  readonly adjusted: Float64Array;
  readonly logFoldChange: Float64Array;
  /** The rank-sum's step of half a rank, in z. */
  readonly step: number;
}

/** No logarithm of expression is larger. */
const LARGEST_LOG = 30;
/** scanpy's, against division by 0. */
const PSEUDO = 1e-9;

/**
 * Of every group of `columns`, whose first set is the control. Throws DataError on NaN and empty sets, InterruptedError.
 */
export async function differentialExpression(
  columns: GeneColumns,
  { tieCorrection = false, foldChange = 'auto', signal }: DifferentialOptions = {},
): Promise<Differences[]> {
  const { nGenes, sizes } = columns;
  const means = sizes.map(() => new Float64Array(nGenes));
  const found = sizes.slice(1).map((size) => ({
    z: new Float64Array(nGenes),
    pValue: new Float64Array(nGenes),
    step: 0.5 / Math.sqrt((size * sizes[0] * (size + sizes[0] + 1)) / 12),
  }));
  const turn = turns(signal);
  let [least, most] = [0, 0];
  for (let gene = 0; gene < nGenes; gene++) {
    await turn();
    const runs = columns.nonZero(gene).map((values, set) => {
      let sum = 0;
      for (const value of values) sum += value;
      means[set][gene] = sum / sizes[set];
      return valueRuns(values, sizes[set] - values.length);
    });
    for (const { values } of runs) {
      least = Math.min(least, values[0]);
      most = Math.max(most, values[values.length - 1]);
    }
    found.forEach(({ z, pValue }, group) => {
      const test = rankSum(runs[group + 1], runs[0], { tieCorrection });
      z[gene] = test.z;
      pValue[gene] = test.pValue;
    });
  }
  const isLog = foldChange === 'auto' ? least >= 0 && most <= LARGEST_LOG : foldChange === 'log1p';
  const change = isLog
    ? (group: number, control: number) =>
        Math.log2((Math.expm1(group) + PSEUDO) / (Math.expm1(control) + PSEUDO))
    : (group: number, control: number) => group - control;
  return found.map(({ z, pValue, step }, group) => ({
    z,
    pValue,
    adjusted: benjaminiHochberg(pValue),
    logFoldChange: means[group + 1].map((mean, gene) => change(mean, means[0][gene])),
    step,
  }));
}

/**
 * |z|, equal ones in the order of their fold changes: those add less than half a rank, so that no two different rank sums
 * change places. Few cells give few different rank sums.
 */
export function wilcoxonScore({ z, logFoldChange, step }: Differences): Float64Array {
  const largest = logFoldChange.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return z.map(Math.abs);
  return z.map((value, gene) => Math.abs(value) + (0.5 * step * Math.abs(logFoldChange[gene])) / largest);
}

/** The table of `mechanist target`, written group by group: screens of thousands of perturbations have millions of rows. */
import { open } from 'node:fs/promises';
import { writeAtomically } from '../formats/index.node.js';
import { csvText } from './score-tables.js';
import type { RankedGroup } from './target-ranking.js';

interface Row {
  readonly perturbation: string;
  readonly gene: string;
  readonly score: number;
  readonly rank: number;
  readonly probability: number | undefined;
  readonly de_rank: number;
  readonly log_fold_change: number;
  readonly adjusted_p: number;
  readonly rank_deviation: number | undefined;
  readonly cells: number;
  /** What ranked. */
  readonly method: string;
  /** Why that is not the method asked for, or ''. */
  readonly fallback: string;
  readonly context: string | null;
}

/** Those of the contract first. */
const COLUMNS: readonly (keyof Row)[] = [
  'perturbation',
  'gene',
  'score',
  'rank',
  'probability',
  'de_rank',
  'log_fold_change',
  'adjusted_p',
  'rank_deviation',
  'cells',
  'method',
  'fallback',
];

/** One row a perturbation and candidate, by rank; a column `context` where there are contexts. Throws FileError. */
export async function writeRanking(
  out: string,
  ranked: readonly RankedGroup[],
  names: readonly string[],
  { overwrite }: { readonly overwrite: boolean },
): Promise<void> {
  const columns = ranked.some(({ context }) => context !== null) ? [...COLUMNS, 'context' as const] : COLUMNS;
  await writeAtomically(out, { overwrite }, async (temporary) => {
    const file = await open(temporary, 'w');
    try {
      await file.write(csvText<Row>(columns, []));
      for (const group of ranked) {
        const text = csvText(columns, rowsOf(group, names));
        await file.write(text.slice(text.indexOf('\n') + 1));
      }
    } finally {
      await file.close();
    }
  });
}

function rowsOf(group: RankedGroup, names: readonly string[]): Row[] {
  const { perturbation, cells, context, method, fallback, differences, genes, score, rank } = group;
  const { probability, deviation } = group;
  const rows = new Array<Row>(genes.length);
  genes.forEach((gene, i) => {
    rows[rank[i] - 1] = {
      perturbation,
      gene: names[gene],
      score: score[i],
      rank: rank[i],
      probability: probability?.[i],
      de_rank: differences.rank[gene],
      log_fold_change: differences.logFoldChange[gene],
      adjusted_p: differences.adjusted[gene],
      rank_deviation: deviation?.[i],
      cells,
      method,
      fallback,
      context,
    };
  });
  return rows;
}

/**
 * `reproduce si`: the experiments of Squires et al. 2022 on the authors' screen, or on the demo screen.
 *
 * Their Figure 4, 10 and 11 (leave-one-out), 5 (spectrum, τ̂, donors × contexts) and 12 (single replicates). The
 * paper gives medians for two methods only; beside ours stand the medians that the authors' program yields on
 * the authors' screen (326 profiles), as published with it.
 */
import { access, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SummaryRow } from '../evaluate/index.js';
import { makeFolder, writeAtomically, writeData } from '../formats/index.node.js';
import { simulateScreen } from '../simulate/index.js';
import { type EvaluateFileRequest, evaluateFile } from './evaluate-file.node.js';
import { csvText } from './score-tables.js';

/** Those of the paper, and the tandem that it proposes. */
const METHODS = 'si-a,si-c,si-tandem,two-way-mean,mean-over-actions,mean-over-contexts,fixed-effect';

/** Medians by the authors' program on their screen of 24 cell lines × 20 compounds (302 held-out pairs). */
const AUTHORS: Readonly<Record<string, { r2: number; cosine: number; rmse: number }>> = {
  'si-a': { r2: 0.876, cosine: 0.905, rmse: 264.5 },
  'two-way-mean': { r2: 0.758, cosine: 0.789, rmse: 359 },
  'mean-over-actions': { r2: 0.753, cosine: 0.8, rmse: 366 },
  'si-c': { r2: 0.719, cosine: 0.729, rmse: 412 },
  'mean-over-contexts': { r2: 0.684, cosine: 0.711, rmse: 429 },
  'fixed-effect': { r2: 0.292, cosine: 0.139, rmse: 667 },
};
/** The authors' screen has so many pairs to hold out. */
const AUTHORS_PAIRS = 302;

export interface ReproduceRequest
  extends Pick<
      EvaluateFileRequest,
      'context' | 'action' | 'control' | 'seed' | 'threads' | 'version' | 'signal'
    >,
    Pick<EvaluateFileRequest, 'overwrite' | 'resume' | 'onUnderstood' | 'onProgress'> {
  readonly out: string;
  /** The authors' screen; default: the demo screen. */
  readonly input?: string;
  /** Leave out the donor grid and the single replicates. */
  readonly quick?: boolean;
}

export interface ReproduceResult {
  readonly out: string;
  readonly markdown: string;
}

interface TableRow {
  readonly method: string;
  readonly n: number;
  readonly median_nrmse: number;
  readonly median_rmse: number;
  readonly median_cosine: number;
  readonly median_cosine_cellmean: number;
  readonly median_r2: number;
  readonly authors_rmse?: number;
  readonly authors_cosine?: number;
  readonly authors_r2?: number;
}

export async function reproduceSi(request: ReproduceRequest): Promise<ReproduceResult> {
  const { out, overwrite = false, resume = false } = request;
  await makeFolder(out);
  const path = request.input ?? (await demoScreen(out, request));
  const common = { ...request, path, words: { seed: String(request.seed) } };
  const main = await evaluateFile({
    ...common,
    ...(await stage(request, 'leave-one-out')),
    methods: METHODS,
    donorGrid: !request.quick,
  });
  const single = request.quick
    ? undefined
    : await evaluateFile({
        ...common,
        ...(await stage(request, 'single-replicates')),
        replicates: 'single',
      });
  const isAuthors = main.pairs === AUTHORS_PAIRS && request.input !== undefined;
  const rows = tableRows(main.summary, isAuthors);
  const markdown = reportText(basename(path), rows, isAuthors, single?.summary);
  const columns = Object.keys(rows[0]) as (keyof TableRow)[];
  const files: [string, string][] = [
    ['leave-one-out.csv', csvText(columns, rows)],
    ['report.md', markdown],
  ];
  if (single) {
    const singleRows = tableRows(single.summary, false);
    files.push([
      'single-replicates.csv',
      csvText(Object.keys(singleRows[0]) as (keyof TableRow)[], singleRows),
    ]);
  }
  for (const [name, text] of files) {
    await writeAtomically(join(out, name), { overwrite: overwrite || resume }, (temporary) =>
      writeFile(temporary, text),
    );
  }
  return { out, markdown };
}

/** Where an experiment goes. Resumed, it goes on where its parts are left and is done again where none are. */
async function stage({ out, overwrite, resume }: ReproduceRequest, name: string) {
  const folder = join(out, name);
  const begun = resume === true && (await exists(join(folder, '.partial')));
  return { out: folder, resume: begun, overwrite: overwrite || resume };
}

/** The same file is kept when the job is resumed: a new one would count as another input. */
async function demoScreen(out: string, { seed, overwrite, resume }: ReproduceRequest): Promise<string> {
  const path = join(out, 'screen.h5ad');
  if (resume && (await exists(path))) return path;
  await writeData(path, simulateScreen({ seed }), { overwrite });
  return path;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function tableRows(summary: readonly SummaryRow[], isAuthors: boolean): TableRow[] {
  return summary.map(({ total_seconds: _, ...row }) => {
    const theirs = AUTHORS[row.method];
    return isAuthors
      ? { ...row, authors_rmse: theirs?.rmse, authors_cosine: theirs?.cosine, authors_r2: theirs?.r2 }
      : row;
  });
}

function reportText(
  source: string,
  rows: readonly TableRow[],
  isAuthors: boolean,
  single?: readonly SummaryRow[],
): string {
  const number = (value: number | undefined, digits: number) =>
    value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
  const lines = [
    '# Causal imputation via synthetic interventions (Squires et al. 2022)',
    '',
    `Medians over ${rows[0].n} held-out pairs of \`${source}\`, one left out at a time.`,
    isAuthors
      ? "Columns 'authors' hold what the authors' program yields on this screen."
      : "This is not the authors' screen: compare the order of the methods, not the numbers.",
    '',
    `| method | NRMSE | RMSE | cosine | cosine (cell mean) | R² |${isAuthors ? ' authors: RMSE | cosine | R² |' : ''}`,
    `|---|---|---|---|---|---|${isAuthors ? '---|---|---|' : ''}`,
    ...rows.map((row) => {
      const ours = [
        row.method,
        number(row.median_nrmse, 4),
        number(row.median_rmse, 1),
        number(row.median_cosine, 3),
        number(row.median_cosine_cellmean, 3),
        number(row.median_r2, 3),
      ];
      const theirs = isAuthors
        ? [number(row.authors_rmse, 1), number(row.authors_cosine, 3), number(row.authors_r2, 3)]
        : [];
      return `| ${[...ours, ...theirs].join(' | ')} |`;
    }),
    '',
    'Figures 3 to 7, 10 and 11: `leave-one-out/report.html` and `leave-one-out/figures/`.',
  ];
  if (single) {
    lines.push(
      '',
      '## One replicate a pair (Appendix G, Fig. 12)',
      '',
      'One profile of each pair drawn at random in the place of their mean; where a screen has no replicates',
      'nothing changes but the de-noising.',
      '',
      '| method | NRMSE | RMSE | cosine | R² |',
      '|---|---|---|---|---|',
      ...single.map(
        (row) =>
          `| ${row.method} | ${number(row.median_nrmse, 4)} | ${number(row.median_rmse, 1)} | ${number(row.median_cosine, 3)} | ${number(row.median_r2, 3)} |`,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The screen of `reproduce ntk`: methods in the tenfold protocol of Radhakrishnan et al. 2022, on effects.
 *
 * As in the authors' program the compounds of every cell line fall into ten folds, fold k of all cell lines is hidden
 * together, the reference cell line is only learned from, and what is scored is profile − control: Pearson over all
 * values at once, means of R² and of the cosine over profiles. Their folds come from scikit-learn; here from the seed, or
 * from a table.
 */
import { basename, join } from 'node:path';
import type { OutcomeTensor } from '../data/index.js';
import { DataError } from '../errors.js';
import { type Fold, foldsOf, rSquared } from '../evaluate/index.js';
import { fileState } from '../formats/index.node.js';
import { methodSpec } from '../impute/index.js';
import { Random } from '../random/index.js';
import { simulateScreen } from '../simulate/index.js';
import { mean, pearson } from '../stats/index.js';
import { type EvaluationResult, runEvaluation } from './evaluation.node.js';
import {
  expectSeveralContexts,
  loadScreen,
  type Screen,
  type ScreenRequest,
  screenOf,
  screenOptions,
} from './load-screen.node.js';
import { readFolds } from './pair-lists.node.js';
import { PartStore } from './parts.node.js';

const N_FOLDS = 10;

/** `ntk` is the authors' default: the prior `reference`, here with the context of which most is visible. */
const QUICK_METHODS = ['ntk', 'mean-over-actions', 'dnpp', 'si-a', 'matrix-normal'];
const METHODS = [
  'ntk',
  'ntk+prior=reference-one-hot',
  'mean-over-actions',
  'dnpp',
  'soft-impute',
  'parafac',
  'si-a',
  'matrix-normal',
  'auto',
];

/** The authors' screen is of this size. */
const AUTHORS = { contexts: 24, actions: 21, genes: 978 };
/** What the authors' program gives with this protocol on the L1000 screen of 24 cell lines × 20 compounds. */
const PAPER: Readonly<Record<string, { readonly pearson: number; readonly mean_r2: number }>> = {
  ntk: { pearson: 0.83, mean_r2: 0.534 },
};

export interface NtkScreenRequest extends Omit<ScreenRequest, 'path' | 'onProgress' | 'singleReplicate'> {
  readonly out: string;
  /** The screen; default: one that is simulated. */
  readonly screen?: string;
  /** Table of folds: columns `context,action,fold`. */
  readonly folds?: string;
  /** Five methods, a smaller simulated screen. */
  readonly quick?: boolean;
  readonly seed: number;
  readonly threads: number;
  readonly version: string;
  readonly resume?: boolean;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface NtkScreenRow {
  readonly method: string;
  readonly n: number;
  readonly pearson: number;
  readonly mean_r2: number;
  readonly mean_cosine: number;
  readonly total_seconds: number;
  readonly paper_pearson?: number;
  readonly paper_mean_r2?: number;
}

export interface NtkScreenTable {
  readonly rows: readonly NtkScreenRow[];
  readonly markdown: string;
  /** Parts of the work, to be removed when the table is written. */
  readonly store: PartStore;
}

/** The table of the screen. Parts of the work are kept in `out/.partial`; `resume` goes on where they are. */
export async function ntkScreenTable(request: NtkScreenRequest): Promise<NtkScreenTable> {
  const { screen: path, quick = false, seed, version } = request;
  const before = path === undefined ? undefined : await fileState(path);
  const screen = await screenFor(request);
  const { tensor, roles } = screen;
  request.onUnderstood?.(...screen.sentences);
  expectSeveralContexts(screen);
  if (tensor.control < 0) {
    throw new DataError(
      'reproduce ntk scores profile − control: name the control of this screen by --control',
    );
  }
  const { folds, words } = await foldsFor(tensor, request);
  const methods = (quick ? QUICK_METHODS : METHODS).map((name) => methodSpec(name, { seed: String(seed) }));
  const options = screenOptions({ ...request, path: path ?? '' });
  const determinants = { version, path, before, options, roles, folds, methods };
  const store = await PartStore.open(join(request.out, '.partial'), determinants, request.resume ?? false);
  const result = await runEvaluation({ tensor, methods, folds, keepProfiles: true }, store, request);
  const isAuthors =
    path !== undefined &&
    tensor.nContexts === AUTHORS.contexts &&
    tensor.nActions === AUTHORS.actions &&
    tensor.nGenes === AUTHORS.genes;
  const rows = methods.map(({ label }) => rowOf(tensor, result, label, isAuthors));
  const source = path === undefined ? 'a simulated screen' : `\`${basename(path)}\``;
  return { rows, markdown: markdownOf(rows, source, words, isAuthors), store };
}

async function screenFor(request: NtkScreenRequest): Promise<Screen> {
  const { screen: path, quick = false, seed } = request;
  if (path !== undefined) return loadScreen({ ...request, path, onProgress: undefined });
  const size = quick ? { contexts: 12, actions: 12, genes: 200 } : {};
  return screenOf(simulateScreen({ ...size, seed }), { path: '' });
}

/** Folds of pairs beside a control, and what they are in words. */
async function foldsFor(
  tensor: OutcomeTensor,
  { folds: table, seed }: NtkScreenRequest,
): Promise<{ folds: Fold[]; words: string }> {
  const controlled = (pair: number) => tensor.pair(tensor.pairContext[pair], tensor.control) >= 0;
  const chosen = table === undefined ? tenfold(tensor, seed) : foldsOf(tensor, await readFolds(table));
  const folds = chosen.map((fold) => fold.filter(controlled)).filter((fold) => fold.length > 0);
  if (folds.length === 0) throw new DataError('no pair to hold out: none was measured beside a control');
  const words =
    table === undefined
      ? `in ${folds.length} folds by the seed ${seed}; the context of which most was measured is only learned from`
      : `in the ${folds.length} folds of \`${basename(table)}\``;
  return { folds, words };
}

/** The treated pairs of every context but the reference, the one with most of them, in ten folds. */
function tenfold(tensor: OutcomeTensor, seed: number): Fold[] {
  const treated = tensor.pairsOfContext.map((pairs) =>
    Array.from(pairs).filter((pair) => tensor.pairAction[pair] !== tensor.control),
  );
  const reference = treated.reduce((best, { length }, c) => (length > treated[best].length ? c : best), 0);
  const random = Random.fromSeed(seed).split('reproduce ntk');
  const folds: number[][] = Array.from({ length: N_FOLDS }, () => []);
  treated.forEach((pairs, context) => {
    if (context === reference) return;
    const shuffled = random.split(tensor.contexts[context]).shuffle(pairs);
    shuffled.forEach((pair, i) => folds[i % N_FOLDS].push(pair));
  });
  return folds;
}

function rowOf(
  tensor: OutcomeTensor,
  { scores, pairs, predictions }: EvaluationResult,
  method: string,
  isAuthors: boolean,
): NtkScreenRow {
  const own = Array.from(scores.keys()).filter((at) => scores[at].method === method);
  const truths = new Float64Array(own.length * tensor.nGenes);
  const effects = new Float64Array(own.length * tensor.nGenes);
  const rSquares: number[] = [];
  own.forEach((at, row) => {
    const control = tensor.profile(tensor.pair(tensor.pairContext[pairs[at]], tensor.control));
    const place = row * tensor.nGenes;
    truths.set(
      tensor.profile(pairs[at]).map((value, g) => value - control[g]),
      place,
    );
    effects.set(
      predictions[at].profile.map((value, g) => value - control[g]),
      place,
    );
    const part = (values: Float64Array) => values.subarray(place, place + tensor.nGenes);
    rSquares.push(rSquared(part(effects), part(truths)));
  });
  const defined = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value));
  const theirs = isAuthors ? PAPER[method] : undefined;
  return {
    method,
    n: own.length,
    pearson: pearson(effects, truths),
    mean_r2: mean(defined(rSquares)),
    mean_cosine: mean(defined(own.map((at) => scores[at].cosine))),
    total_seconds: own.reduce((sum, at) => sum + scores[at].seconds, 0),
    paper_pearson: theirs?.pearson,
    paper_mean_r2: theirs?.mean_r2,
  };
}

function markdownOf(
  rows: readonly NtkScreenRow[],
  source: string,
  folds: string,
  isAuthors: boolean,
): string {
  const number = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3);
  return [
    '## A screen',
    '',
    `${rows[0].n} held-out pairs of ${source}, ${folds}.`,
    'Pearson over all values of profile − control, means of R² and cosine over profiles.',
    isAuthors
      ? "Last columns: what the authors' program gives, with folds of its own."
      : "This is not the authors' screen: compare the order of the methods, not the numbers.",
    '',
    `| method | Pearson | mean R² | mean cosine | seconds |${isAuthors ? ' authors: Pearson | mean R² |' : ''}`,
    `|---|---|---|---|---|${isAuthors ? '---|---|' : ''}`,
    ...rows.map((row) => {
      const ours = [number(row.pearson), number(row.mean_r2), number(row.mean_cosine)];
      const theirs = isAuthors ? [number(row.paper_pearson), number(row.paper_mean_r2)] : [];
      return `| ${[row.method, ...ours, row.total_seconds.toFixed(1), ...theirs].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}

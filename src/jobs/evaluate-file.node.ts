/** The work of `mechanist evaluate`: from a file to scores, medians, figures and the report. */
import { rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { categorical, makeFolds, type OutcomeTensor, type SplitBy, Table } from '../data/index.js';
import { DataError, OptionError } from '../errors.js';
import {
  coverageByDonors,
  donorGrid,
  type Fold,
  foldsOf,
  leaveOneOut,
  leaveOneOutOf,
  type NamedPair,
  type RegimeRow,
  type ScoreRow,
  type SummaryRow,
  summarise,
} from '../evaluate/index.js';
import { checkOutput, fileState, makeFolder, streamData, writeAtomically } from '../formats/index.node.js';
import { imputerNamed, imputerOptionList, imputers, type MethodSpec, methodSpec } from '../impute/index.js';
import { Random } from '../random/index.js';
import type { ReportInput } from '../report/index.js';
import { chooseRegimes, evaluateRegimes, planRegimes, type RegimeRequest } from './evaluate-regimes.node.js';
import { type EvaluationResult, type PredictedRow, runEvaluation } from './evaluation.node.js';
import {
  expectSeveralContexts,
  loadScreen,
  type Screen,
  type ScreenRequest,
  screenOptions,
} from './load-screen.node.js';
import { readFolds, readPairs } from './pair-lists.node.js';
import { PartStore } from './parts.node.js';
import { rowName } from './row-name.js';
import { coverageCsv, intervalsCsv, regimesCsv, scoresCsv, summaryCsv } from './score-tables.js';

export interface EvaluateFileRequest
  extends Omit<ScreenRequest, 'onProgress' | 'singleReplicate'>,
    RegimeRequest {
  /** Folder of the results. */
  readonly out: string;
  /** Comma separated, see `methodSpec`; default all but the costly (Appendix G's with `replicates: 'single'`). */
  readonly methods?: string;
  readonly words: Readonly<Record<string, string | undefined>>;
  readonly folds?: string;
  readonly pairs?: string;
  /** Hold out folds made here: `pair`, `context` or `action`; so many, default 5. */
  readonly split?: string;
  readonly foldCount?: number;
  /** `average` (default) or `single`: one replicate a pair, drawn by the seed (Appendix G). */
  readonly replicates?: string;
  readonly savePredictions?: boolean;
  readonly donorGrid?: boolean;
  readonly png?: boolean;
  readonly seed: number;
  readonly threads: number;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly version: string;
  /** The command as typed, for the report. */
  readonly command?: string;
  readonly signal?: AbortSignal;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface EvaluateFileResult {
  readonly out: string;
  readonly summary: readonly SummaryRow[];
  /** Rows of `regimes.csv`, where regimes were asked for. */
  readonly regimes?: readonly RegimeRow[];
  readonly pairs: number;
  readonly files: readonly string[];
}

/** The methods of Appendix G: SI-A as it is, de-noised, and de-noised with test and fallback; the baselines. */
const SINGLE_REPLICATE_METHODS = [
  'si-a',
  'si-a+denoise=hsvt=0.95',
  'si-a+denoise=hsvt=0.95+fallback=mean-over-actions',
  'two-way-mean',
  'mean-over-actions',
  'mean-over-contexts',
  'fixed-effect',
];

export async function evaluateFile(request: EvaluateFileRequest): Promise<EvaluateFileResult> {
  const isNew = await makeFolder(request.out);
  try {
    return await evaluateInto(request);
  } catch (error) {
    // of a refused request nothing is left, not even an empty folder; one with parts in it stays
    if (isNew) await rmdir(request.out).catch(() => undefined);
    throw error;
  }
}

async function evaluateInto(request: EvaluateFileRequest): Promise<EvaluateFileResult> {
  const { out, path, overwrite = false, seed } = request;
  const single = singleReplicate(request.replicates);
  const random = Random.fromSeed(seed);
  const outputs = ['scores.csv', 'summary.csv', 'report.html'].map((name) => join(out, name));
  const predictionsPath = request.savePredictions ? join(out, 'predictions.h5ad') : undefined;
  if (predictionsPath) outputs.push(predictionsPath);
  const choice = chooseRegimes(request);
  const regimesPath = choice ? join(out, 'regimes.csv') : undefined;
  if (regimesPath) outputs.push(regimesPath);
  const methods = chooseMethods(request, single);
  const intervalPaths = ['intervals.csv', 'coverage.csv'].map((name) => join(out, name));
  for (const output of [...outputs, ...intervalPaths]) await checkOutput(output, { overwrite });
  const before = await fileState(path);
  const singleReplicateRandom = single ? random.split('replicates') : undefined;
  const screen = await loadScreen({
    ...request,
    singleReplicate: singleReplicateRandom,
    onProgress: undefined,
  });
  const { tensor, roles } = screen;
  request.onUnderstood?.(...screen.sentences);
  expectSeveralContexts(screen);
  const usable = withoutImpossible(methods, tensor, request);
  const costly = imputers.filter((imputer) => imputer.costly).map((imputer) => imputer.name);
  if (!request.methods && !single && costly.length > 0)
    request.onUnderstood?.(
      `left out, because they take long: ${costly.join(', ')}; name them with --methods`,
    );
  const folds = await chooseFolds(tensor, request);
  const plan = choice && planRegimes(tensor, choice, random);
  const determinants = {
    version: request.version,
    path,
    before,
    screen: screenOptions(request),
    roles,
    usable,
    folds,
    single,
    choice,
    seed,
    save: predictionsPath !== undefined,
  };
  if (folds.length === 0) {
    throw new DataError(
      request.pairs || request.folds
        ? 'no pair to hold out: the list names controls only, and they always stay in training'
        : `no pair to hold out: nothing but the control '${roles.control}' was measured; name another with --control`,
    );
  }
  const openStore = (folder: string) => PartStore.open(folder, determinants, request.resume ?? false);
  const store = await openStore(join(out, '.partial'));
  const regimeStore = plan && (await openStore(join(store.folder, 'regimes')));
  const keepProfiles = predictionsPath !== undefined;
  const result = await runEvaluation({ tensor, methods: usable, folds, keepProfiles }, store, request);
  const summary = summarise(result.scores);
  const regimes =
    plan && regimeStore
      ? await evaluateRegimes({ tensor, methods: usable, plan, summary }, regimeStore, request)
      : undefined;
  const notes = [...fallbackNotes(result.scores), ...(plan?.notes ?? [])];
  request.onUnderstood?.(...notes);
  const grid = request.donorGrid
    ? donorGrid(tensor, { random: random.split('grid'), imputer: methodSpec('si-a', request.words).options })
    : undefined;
  const coverage = coverageByDonors(result.scores);
  const intervalFiles: [string, string][] =
    coverage.length > 0
      ? [
          ['intervals.csv', intervalsCsv(result.scores)],
          ['coverage.csv', coverageCsv(coverage)],
        ]
      : [];
  const results = { scores: result.scores, summary, donorGrid: grid, regimes, coverage, notes };
  const files = await writeReportFiles(request, screen, usable, results, random);
  if (predictionsPath) await writePredictions(predictionsPath, tensor, result, overwrite);
  await writeText(outputs[0], scoresCsv(result.scores), overwrite);
  await writeText(outputs[1], summaryCsv(summary), overwrite);
  if (overwrite) for (const stale of intervalPaths) await rm(stale, { force: true });
  for (const [name, text] of intervalFiles) await writeText(join(out, name), text, overwrite);
  if (regimes && regimesPath) await writeText(regimesPath, regimesCsv(regimes), overwrite);
  await store.remove();
  outputs.push(...intervalFiles.map(([name]) => join(out, name)));
  const written = [...outputs, ...files.filter((file) => !outputs.includes(file))];
  return { out, summary, regimes, pairs: folds.flat().length, files: written };
}

function chooseMethods({ methods, words }: EvaluateFileRequest, single: boolean): MethodSpec[] {
  const names =
    methods?.split(',').map((name) => name.trim()) ??
    (single
      ? SINGLE_REPLICATE_METHODS
      : imputers.filter((imputer) => !imputer.costly).map((imputer) => imputer.name));
  if (new Set(names).size < names.length)
    throw new OptionError('--methods', methods, 'a list without repeats');
  return names.map((name) => methodSpec(name, words));
}

/** Methods that need a control are left out, and said to be, when they were not asked for by name. */
function withoutImpossible(
  methods: readonly MethodSpec[],
  tensor: OutcomeTensor,
  request: EvaluateFileRequest,
): MethodSpec[] {
  if (tensor.control >= 0) return [...methods];
  const [possible, impossible] = [
    methods.filter(isPossible),
    methods.filter((method) => !isPossible(method)),
  ];
  if (impossible.length > 0 && request.methods) {
    throw new OptionError('--methods', impossible[0].label, 'possible without a control', 'pass --control');
  }
  for (const { label } of impossible) request.onUnderstood?.(`${label} is left out: it needs a control`);
  return possible;
  function isPossible({ name }: MethodSpec): boolean {
    return !imputerNamed(name).needsControl;
  }
}

async function chooseFolds(tensor: OutcomeTensor, request: EvaluateFileRequest): Promise<Fold[]> {
  const { folds, pairs, split, regime, foldCount = 5, seed } = request;
  const ways = { '--folds': folds, '--pairs': pairs, '--split': split, '--regime': regime };
  const given = Object.entries(ways).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new OptionError(given[1][0], given[1][1], `possible together with ${given[0][0]}`, 'choose one');
  }
  const treatedOf = <T extends NamedPair>(rows: readonly T[]): T[] => {
    const treated = rows.filter((row) => row.action !== tensor.actions[tensor.control]);
    const controls = rows.length - treated.length;
    if (controls > 0) request.onUnderstood?.(`${controls} control pairs of the list stay in training`);
    return treated;
  };
  if (folds) return foldsOf(tensor, treatedOf(await readFolds(folds)));
  if (pairs) return leaveOneOutOf(tensor, treatedOf(await readPairs(pairs)));
  if (split === undefined) return leaveOneOut(tensor);
  const treated = Array.from(tensor.treatedPairs(), (pair) => ({
    context: tensor.contexts[tensor.pairContext[pair]],
    action: tensor.actions[tensor.pairAction[pair]],
  }));
  const random = Random.fromSeed(seed).split('folds');
  return foldsOf(tensor, makeFolds(treated, random, { by: splitBy(split), folds: foldCount }));
}

function splitBy(split: string): SplitBy {
  if (split === 'pair' || split === 'context' || split === 'action') return split;
  throw new OptionError('--split', split, ['pair', 'context', 'action']);
}

async function writeReportFiles(
  request: EvaluateFileRequest,
  screen: Screen,
  methods: readonly MethodSpec[],
  results: Pick<ReportInput, 'scores' | 'summary' | 'donorGrid' | 'regimes' | 'coverage' | 'notes'>,
  random: Random,
): Promise<string[]> {
  const { buildReport } = await import('../report/index.js');
  const { writeReport } = await import('../report/index.node.js');
  const { words } = request;
  const report = await buildReport({
    title: `Leave-one-out of ${basename(request.path)}`,
    source: basename(request.path),
    understood: screen.sentences,
    command: request.command,
    options: changedOptions(words),
    seed: request.seed,
    version: request.version,
    tensor: screen.tensor,
    baselines: methods.filter(({ name }) => imputerNamed(name).baseline).map(({ label }) => label),
    tauThreshold: methodSpec('si-a', words).options.tauThreshold,
    intervalLevel: methodSpec('si-a', words).options.intervalLevel,
    random: random.split('report'),
    ...results,
  });
  return writeReport(request.out, report, { overwrite: request.overwrite, png: request.png });
}

/** The options that are not as by default: of all methods together they fill a page. */
function changedOptions(words: EvaluateFileRequest['words']): string {
  const defaults = new Map(imputerOptionList.map(({ word, definition }) => [word, definition.defaultWord]));
  const changed = Object.entries(words).filter(
    ([name, value]) => value !== undefined && value !== defaults.get(name),
  );
  return [...changed.map(([name, value]) => `${name} ${value}`), 'all others by default'].join(', ');
}

/** A sentence for every method that another one had to answer for: its medians are partly not its own. */
function fallbackNotes(scores: readonly ScoreRow[]): string[] {
  const counts = new Map<string, number>();
  const totals = new Map<string, number>();
  for (const { method, fallback } of scores) {
    totals.set(method, (totals.get(method) ?? 0) + 1);
    if (fallback === '') continue;
    const key = JSON.stringify([method, fallback]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => {
    const [method, fallback] = JSON.parse(key) as [string, string];
    return `${method}: ${count} of ${totals.get(method)} pairs answered by ${fallback}`;
  });
}

/** Rows of predictions that are written together. */
const ROWS_A_BLOCK = 256;

async function writePredictions(
  path: string,
  tensor: OutcomeTensor,
  { scores, predictions }: EvaluationResult,
  overwrite: boolean,
): Promise<void> {
  const header = { var: new Table(tensor.genes), nRows: scores.length, dtype: 'float64' as const };
  const layers = predictions.some(({ lower }) => lower) ? (['lower', 'upper'] as const) : [];
  const none = new Float64Array(tensor.nGenes).fill(Number.NaN);
  await streamData(path, { ...header, layers }, { overwrite }, async (sink) => {
    for (let from = 0; from < scores.length; from += ROWS_A_BLOCK) {
      const rows = scores.slice(from, from + ROWS_A_BLOCK);
      const predicted = predictions.slice(from, from + ROWS_A_BLOCK);
      const block = (of: (row: PredictedRow) => Float64Array) => {
        const values = new Float64Array(rows.length * tensor.nGenes);
        predicted.forEach((row, i) => values.set(of(row), i * tensor.nGenes));
        return values;
      };
      const obs = new Table(
        rows.map(({ context, action, method }) => rowName(context, action, method)),
        [
          ['context', categorical(rows.map((row) => row.context))],
          ['action', categorical(rows.map((row) => row.action))],
          ['method', categorical(rows.map((row) => row.method))],
        ],
      );
      const ends = new Map(layers.map((name) => [name, block((row) => row[name] ?? none)]));
      await sink.append({ obs, X: block(({ profile }) => profile), layers: ends });
    }
  });
}

async function writeText(path: string, text: string, overwrite: boolean): Promise<void> {
  await writeAtomically(path, { overwrite }, (temporary) => writeFile(temporary, text));
}

function singleReplicate(replicates = 'average'): boolean {
  if (replicates === 'average' || replicates === 'single') return replicates === 'single';
  throw new OptionError('--replicates', replicates, ['average', 'single']);
}

/** The work of `mechanist design`: from a file to a list of experiments, and replays of that choice. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { OutcomeTensor } from '../data/index.js';
import {
  assess,
  mostExperiments,
  planExperiments,
  type ReplayRow,
  replaySplit,
  replayStrategy,
  type Saving,
  type Strategy,
  savings,
  strategies,
} from '../design/index.js';
import { DataError, InterruptedError, nearest, OptionError } from '../errors.js';
import { normalisedError } from '../evaluate/index.js';
import { checkNotInput, checkOutput, makeFolder, writeAtomically } from '../formats/index.node.js';
import { type ImputerOptions, imputerOptionsFromWords, Training } from '../impute/index.js';
import { Random } from '../random/index.js';
import { buildDesignReport, savingSentence } from '../report/index.js';
import { writeReport } from '../report/index.node.js';
import { expectSeveralContexts, loadScreen, type ScreenRequest } from './load-screen.node.js';
import { readPairs } from './pair-lists.node.js';
import { csvText } from './score-tables.js';

/** Matrices are as large as the square of candidates and targets: of each at most so many, drawn by the seed. */
const MOST_MISSING = 1000;

export interface DesignFileRequest extends Omit<ScreenRequest, 'onProgress' | 'singleReplicate'> {
  readonly out: string;
  readonly budget: number;
  readonly strategy: string;
  /** CSV with the columns context and action: only these may be chosen. */
  readonly candidates?: string;
  /** CSV with the columns context and action: only the error of these counts. */
  readonly targets?: string;
  /** Folder of a replay. */
  readonly replay?: string;
  readonly replayStart: number;
  readonly replayTest: number;
  readonly replaySeeds: number;
  readonly replayStep: number;
  readonly seed: number;
  /** Options of matrix-normal as words, see `imputerOptionsFromWords`. */
  readonly words: Readonly<Record<string, string | undefined>>;
  readonly overwrite?: boolean;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  readonly onReplay?: (done: number, total: number) => void;
}

export interface DesignRow {
  readonly rank: number;
  readonly context: string;
  readonly action: string;
  readonly gain: number;
}

export interface DesignFileResult {
  readonly out: string;
  readonly experiments: readonly DesignRow[];
  readonly savings: readonly Saving[];
  readonly sentences: readonly string[];
}

/** Throws what reading a screen throws; OptionError, DataError, FileError, InterruptedError. */
export async function designFile(request: DesignFileRequest): Promise<DesignFileResult> {
  const { path, out, overwrite = false, replay } = request;
  const strategy = strategyNamed(request.strategy);
  const options = imputerOptionsFromWords(request.words);
  await checkOutput(out, { overwrite });
  const { candidates, targets, cells, genes, smiles, actionFeatures, contextFeatures } = request;
  await checkNotInput(out, [
    path,
    candidates,
    targets,
    cells,
    genes,
    smiles,
    actionFeatures,
    contextFeatures,
  ]);
  if (replay !== undefined) {
    await makeFolder(replay);
    await checkOutput(join(replay, 'replay.csv'), { overwrite });
  }
  const screen = await loadScreen({ ...request, onProgress: undefined });
  const { tensor, sentences: understood } = screen;
  request.onUnderstood?.(...understood);
  expectSeveralContexts(screen);
  const { experiments, sentences } = await plan(tensor, request, strategy, options);
  const rows = replay === undefined ? [] : await replays(tensor, request, options);
  await writeAtomically(out, { overwrite }, (temporary) =>
    writeFile(temporary, csvText(['rank', 'context', 'action', 'gain'], experiments)),
  );
  if (replay === undefined) return { out, experiments, savings: [], sentences };
  const saved = strategies.filter((name) => name !== 'random').flatMap((name) => savings(rows, name));
  const what =
    request.replayTest > 0
      ? 'the test pairs, which no strategy can choose'
      : 'the pairs that are still hidden';
  const report = await buildDesignReport({ source: path, version: request.version, understood, rows, what });
  await writeReport(replay, report, { overwrite });
  await writeAtomically(join(replay, 'replay.csv'), { overwrite }, (temporary) =>
    writeFile(temporary, csvText(['strategy', 'seed', 'experiments', 'error'], rows)),
  );
  return { out, experiments, savings: saved, sentences: [...sentences, ...saved.map(savingSentence)] };
}

function strategyNamed(name: string): Strategy {
  const found = strategies.find((strategy) => strategy === name);
  if (!found) throw new OptionError('--strategy', name, strategies);
  return found;
}

interface Place {
  readonly context: number;
  readonly action: number;
}

async function plan(
  tensor: OutcomeTensor,
  request: DesignFileRequest,
  strategy: Strategy,
  options: ImputerOptions,
): Promise<{ experiments: DesignRow[]; sentences: string[] }> {
  const { budget, out } = request;
  const random = Random.fromSeed(request.seed).split('design');
  const missing = [...tensor.missingPairs()];
  const asked = async (list?: string) => (list === undefined ? missing : missingPairsOf(tensor, list));
  const [open, counted] = [await asked(request.candidates), await asked(request.targets)];
  const candidates = drawn(open, random.split('candidates'));
  const targets = drawn(counted, random.split('targets'));
  const sentences: string[] = [];
  if (candidates.length < open.length) {
    sentences.push(`${candidates.length} of ${open.length} candidates, drawn by the seed, are looked at`);
  }
  if (targets.length < counted.length) {
    sentences.push(
      `the errors of ${targets.length} of ${counted.length} pairs, drawn by the seed, stand for all`,
    );
  }
  const keyOf = ({ context, action }: Place) => context * tensor.nActions + action;
  const places = [...new Map([...candidates, ...targets].map((place) => [keyOf(place), place])).values()];
  const at = new Map(places.map((place, position) => [keyOf(place), position]));
  const positions = (some: readonly Place[]) => some.map((place) => at.get(keyOf(place))!);
  const experiments: DesignRow[] = [];
  if (places.length > 0) {
    const columns = {
      context: Int32Array.from(places, ({ context }) => context),
      action: Int32Array.from(places, ({ action }) => action),
    };
    const uncertainty = assess(new Training(tensor), columns, options);
    const scope = { candidates: positions(candidates), targets: positions(targets) };
    for (const { pair, gain } of planExperiments(uncertainty, scope, budget, strategy, random)) {
      const [context, action] = [tensor.contexts[places[pair].context], tensor.actions[places[pair].action]];
      experiments.push({ rank: experiments.length + 1, context, action, gain });
    }
  }
  const total = experiments.reduce((sum, { gain }) => sum + gain, 0);
  sentences.push(
    missing.length === 0
      ? `every pair was measured: there is nothing to choose; ${out} has no row`
      : `${out}: ${experiments.length} of ${missing.length} missing pairs, by ${strategy}; together they take ` +
          `${(100 * total).toFixed(0)} % from the expected error of ${request.targets ? 'the targets' : 'what is not measured'}`,
  );
  if (experiments.length < budget && missing.length > 0) {
    sentences.push(`the budget of ${budget} is more than there is to choose from`);
  }
  return { experiments, sentences };
}

/** All of them, or a sample in their order where they are too many. */
function drawn(places: readonly Place[], random: Random): readonly Place[] {
  if (places.length <= MOST_MISSING) return places;
  return Array.from(random.sample(places.length, MOST_MISSING).sort(), (at) => places[at]);
}

/** The pairs of a list; every one must be missing. Throws DataError naming the first that is not. */
async function missingPairsOf(tensor: OutcomeTensor, path: string): Promise<Place[]> {
  return (await readPairs(path)).map(({ context, action }) => {
    const place = { context: tensor.contexts.indexOf(context), action: tensor.actions.indexOf(action) };
    const unknown = place.context < 0 ? context : place.action < 0 ? action : undefined;
    const near = unknown && nearest(unknown, place.context < 0 ? tensor.contexts : tensor.actions);
    const why =
      unknown !== undefined
        ? `the data have no '${unknown}'${near ? `; did you mean '${near}'?` : ''}`
        : place.action === tensor.control
          ? 'it is a control'
          : tensor.pair(place.context, place.action) >= 0
            ? 'it was measured'
            : undefined;
    if (why)
      throw new DataError(`${path}: (${context}, ${action}) is no missing pair: ${why}`, { context, action });
    return place;
  });
}

/** Every strategy on the same hidden pairs, for each seed. */
async function replays(
  tensor: OutcomeTensor,
  request: DesignFileRequest,
  options: ImputerOptions,
): Promise<ReplayRow[]> {
  const { replayStart: startShare, replayTest: testShare, replayStep: step, signal } = request;
  const root = Random.fromSeed(request.seed).split('design replay');
  const runs = Array.from({ length: request.replaySeeds }, (_, seed) => {
    const random = root.split(seed);
    return { seed, random, split: replaySplit(tensor, { startShare, testShare }, random.split('split')) };
  });
  const steps = runs.map(({ split }) => Math.ceil(mostExperiments(tensor, split) / step) + 1);
  const total = strategies.length * steps.reduce((sum, count) => sum + count, 0);
  let done = 0;
  const onStep = async () => {
    await setImmediate();
    if (signal?.aborted) throw new InterruptedError();
    request.onReplay?.(done++, total);
  };
  const rows: ReplayRow[] = [];
  for (const { seed, random, split } of runs) {
    for (const strategy of strategies) {
      const settings = { step, errorOf: normalisedError, onStep };
      const curve = await replayStrategy(tensor, split, strategy, options, random.split(strategy), settings);
      rows.push(...curve.map((point) => ({ strategy, seed, ...point })));
    }
  }
  request.onReplay?.(total, total);
  return rows;
}

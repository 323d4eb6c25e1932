/** The work of `mechanist represent`: from a file of cells to a trained model, their latents, and the graph. */
import { rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Device, nodeRuntime, type Progress, type Runtime } from '../compute/index.node.js';
import { categorical, dense, PerturbationData, Table, type UnsValue } from '../data/index.js';
import { FileError, OptionError } from '../errors.js';
import {
  checkNotInput,
  checkOutput,
  fileState,
  makeFolder,
  writeAtomically,
  writeData,
} from '../formats/index.node.js';
import { Random } from '../random/index.js';
import {
  cellsAt,
  checkSettings,
  MeanProfiles,
  type MechanismConfig,
  type MechanismSettings,
  mechanismModel,
  PAPER_SETTINGS,
  splitCells,
} from '../represent/index.js';
import { type CellsRequest, type ReadCells, readCells } from './represent-cells.node.js';
import {
  type GraphRow,
  type HeldOutRow,
  halvesOf,
  meanOf,
  overCells,
  scoreHeldOut,
  transferred,
} from './represent-held-out.js';
import {
  fingerprintOfCells,
  hasRun,
  MODEL_FILES,
  type TrainedModel,
  trainModel,
} from './represent-model.node.js';
import { csvText } from './score-tables.js';

export interface RepresentFileRequest extends CellsRequest {
  /** Folder of the results. */
  readonly out: string;
  readonly model: string;
  /** Names of further models, comma-separated: trained the same way and set beside it. */
  readonly compare?: string;
  /** What differs from the defaults of the models. */
  readonly settings: Partial<MechanismSettings>;
  /** Samples of the bound of held-out cells. */
  readonly particles: number;
  readonly checkpointEvery: number;
  /** Cells that encoder.onnx and decoder.onnx take at a time; default none is written. */
  readonly exportOnnx?: number;
  readonly seed: number;
  readonly threads?: number;
  readonly device?: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  /** `what` is under way. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

export interface ComparisonRow {
  readonly model: string;
  readonly validation_cells: number;
  /** Mean over them of the lower bound of log p(x | perturbations), in nats, at the epoch that is kept. */
  readonly validation_elbo: number;
  readonly held_out_cells: number;
  /** Mean over them of the bound with `particles` samples. */
  readonly held_out_bound: number;
  readonly epoch: number;
  readonly seconds: number;
}

export interface RepresentFileResult {
  readonly out: string;
  readonly model: string;
  readonly cells: number;
  readonly genes: number;
  readonly perturbations: number;
  readonly latents: number;
  /** Of the weights, and why training ended. */
  readonly epoch: number;
  readonly ended: string;
  /** Pairs of perturbation and latent with a probability of at least a half; null for models without a graph. */
  readonly edges: number | null;
  readonly comparison: readonly ComparisonRow[];
  readonly heldOut: readonly HeldOutRow[];
  readonly files: readonly string[];
  readonly sentences: readonly string[];
}

/** Of the mean profile in tables. */
const BASELINE = 'mean-profile';
const RESULT_FILES = ['latents.h5ad', 'graph.csv', 'comparison.csv', 'summary.json'];
const OPTIONAL_FILES = ['held-out.csv', 'held-out-graph.csv', 'encoder.onnx', 'decoder.onnx'];
const COMPARED = 'compare';

/**
 * Throws what reading and training throw; FileError where outputs are there, or the folder holds another run;
 * OptionError on settings that no model of the request uses.
 */
export async function representFile(request: RepresentFileRequest): Promise<RepresentFileResult> {
  const isNew = await makeFolder(request.out);
  try {
    return await representInto(request);
  } catch (error) {
    // of a refused request nothing is left, not even an empty folder
    if (isNew) await rmdir(request.out).catch(() => undefined);
    throw error;
  }
}

async function representInto(request: RepresentFileRequest): Promise<RepresentFileResult> {
  const { out, path, resume = false, overwrite = false, onUnderstood } = request;
  const models = modelsNamed(request);
  if (resume && !(await hasRun(out))) {
    const text = `nothing to resume: no run was begun in ${out}; run without --resume`;
    throw new FileError(out, 'missing', text);
  }
  for (const name of [...MODEL_FILES, ...RESULT_FILES, ...OPTIONAL_FILES]) {
    const file = join(out, name);
    await checkOutput(file, { overwrite: overwrite || resume });
    await checkNotInput(file, [path, request.cells, request.genes, request.heldOutFile]);
  }
  await fileState(path);
  const settings = new Map(models.map((model) => [model, settingsOf(model, request.settings)]));
  checkUsed(request.settings, models);
  const { likelihood } = settings.get(models[0])!;
  const prepared = await readCells(request, likelihood);
  onUnderstood?.(...prepared.sentences);
  const runtime = await nodeRuntime({ device: deviceNamed(request.device), threads: request.threads });
  const work = { request, prepared, runtime };
  if (!resume) await removeResults(out);
  const baseline = baselineOf(work, settings.get(models[0])!);
  const halves = halvesOf(prepared, randomOf(request).split('halves'));
  const comparison: ComparisonRow[] = [];
  const heldOut: HeldOutRow[] = [];
  let main: { trained: TrainedModel; graph: readonly GraphRow[] } | undefined;
  for (const model of models) {
    const trained = await trainOne(work, model, settings.get(model)!, model === models[0]);
    const { representation, history, epoch } = trained;
    let rows: HeldOutRow[] = [];
    let graph: readonly GraphRow[] = [];
    if (prepared.heldOut.length > 0) {
      const moved = await transferred(representation, prepared, halves);
      graph = moved.graph;
      rows = await scoreHeldOut(representation, prepared, halves, moved, baseline.profiles, {
        particles: request.particles,
        random: randomOf(request).split('scoring'),
        signal: request.signal,
        onProgress: (done, total) => request.onProgress?.(`scoring ${model}`, done, total),
      });
    }
    heldOut.push(...rows);
    comparison.push({
      model,
      validation_cells: baseline.heldBack.length,
      validation_elbo: history.find((row) => row.epoch === epoch)?.['valid.elbo'] ?? Number.NaN,
      held_out_cells: scoredCells(rows),
      held_out_bound: overCells(rows, 'bound'),
      epoch,
      seconds: history.reduce((sum, row) => sum + row.seconds, 0),
    });
    if (model === models[0]) main = { trained, graph };
    else await representation.dispose();
  }
  const first = heldOut.slice(0, heldOut.length / models.length);
  comparison.push({
    model: BASELINE,
    validation_cells: baseline.heldBack.length,
    validation_elbo: meanOf(baseline.profiles.logLikelihood(prepared.cells, baseline.heldBack)),
    held_out_cells: scoredCells(first),
    held_out_bound: overCells(first, 'mean_profile'),
    epoch: 0,
    seconds: 0,
  });
  const { trained, graph } = main!;
  const result = { ...summaryOf(work, trained), comparison, heldOut };
  const sentences = resultSentences(request, result);
  const files = await writeResults(work, trained, graph, baseline.heldBack, { ...result, sentences });
  await trained.representation.dispose();
  return { ...result, files, sentences };
}

interface Work {
  readonly request: RepresentFileRequest;
  readonly prepared: ReadCells;
  readonly runtime: Runtime;
}

const randomOf = ({ seed }: RepresentFileRequest) => Random.fromSeed(seed).split('represent');
const scoredCells = (rows: readonly HeldOutRow[]) => rows.reduce((sum, row) => sum + row.cells_scored, 0);

function modelsNamed({ model, compare }: RepresentFileRequest): string[] {
  const others = compare?.split(',').map((name) => name.trim()) ?? [];
  const names = [model, ...others];
  for (const [i, name] of names.entries()) named(i === 0 ? '--model' : '--compare', name);
  if (new Set(names).size < names.length) {
    throw new OptionError('--compare', compare, `a list without repeats and without '${model}'`);
  }
  return names;
}

/** The model's name, checked; the error has the option's name. */
function named(option: string, name: string): string {
  try {
    return mechanismModel(name).name;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new OptionError(option, name, error.allowed);
  }
}

/** Shorter trainings warm up for as small a part of their epochs as the model's own. */
function settingsOf(model: string, given: Partial<MechanismSettings>): MechanismSettings {
  const own = { ...PAPER_SETTINGS, ...mechanismModel(model).defaults };
  const { epochs = own.epochs } = given;
  const share = Math.min(1, epochs / own.epochs);
  const settings = { ...own, klWarmUp: Math.round(own.klWarmUp * share), ...given };
  checkSettings(settings);
  return settings;
}

/** Settings that only some models have. */
const USED_BY: Partial<Record<keyof MechanismSettings, readonly string[]>> = {
  sparsity: ['svae', 'svae+'],
  edgePrior: ['svae+'],
  pseudoCells: ['svae+'],
  maskRate: ['svae', 'svae+'],
  shiftRate: ['ivae', 'svae', 'svae+', 'svae-bayes'],
};

function checkUsed(given: Partial<MechanismSettings>, models: readonly string[]): void {
  for (const [name, users] of Object.entries(USED_BY)) {
    const value = given[name as keyof MechanismSettings];
    if (value === undefined || models.some((model) => users.includes(model))) continue;
    throw new OptionError(
      name,
      value,
      `a setting of ${models.join(', ')}`,
      `it belongs to ${users.join(', ')}`,
    );
  }
  if (given.pseudoCells !== undefined && given.edgePrior !== 'bound')
    throw new OptionError('pseudoCells', given.pseudoCells, 'of use without --edge-prior bound');
}

function deviceNamed(name = 'cpu'): Device {
  if (name === 'cpu' || name === 'webgpu' || name === 'cuda') return name;
  throw new OptionError('--device', name, ['cpu', 'webgpu', 'cuda']);
}

/** Results of an earlier run do not belong to the one that begins. */
async function removeResults(out: string): Promise<void> {
  for (const name of [...RESULT_FILES, ...OPTIONAL_FILES]) await rm(join(out, name), { force: true });
  await rm(join(out, COMPARED), { recursive: true, force: true });
}

/** Learned from the cells that train, as the models do, and what these are. */
function baselineOf({ prepared, request }: Work, { validation, likelihood }: MechanismSettings) {
  const { cells, trained: rows } = prepared;
  const { trained, heldBack } = splitCells(
    rows.length,
    validation,
    trainingRandom(request).split('held back'),
  );
  const profiles = new MeanProfiles(
    cells,
    trained.map((i) => rows[i]),
    likelihood,
  );
  if (prepared.heldOut.length > 0) {
    profiles.learn(cells, halvesOf(prepared, randomOf(request).split('halves')).fitted);
  }
  return { profiles, heldBack: heldBack.map((i) => rows[i]) };
}

const trainingRandom = (request: RepresentFileRequest) => randomOf(request).split('training');

async function trainOne(
  { request, prepared, runtime }: Work,
  model: string,
  asked: MechanismSettings,
  isMain: boolean,
): Promise<TrainedModel> {
  const { cells, trained, trainedPerturbations, data, roles, heldOutNames } = prepared;
  const latent = request.settings.latent ?? Math.min(asked.latent, data.nVars);
  if (latent > data.nVars) {
    throw new OptionError('--latent', latent, `a number of latents for ${data.nVars} genes`);
  }
  const own = cellsAt(cells, trained, trainedPerturbations);
  const config: MechanismConfig = {
    model,
    settings: { ...asked, latent },
    perturbations: own.perturbations,
    genes: data.var.index,
  };
  const folder = isMain ? request.out : join(request.out, COMPARED, model);
  const resume = (request.resume ?? false) && (isMain || (await hasRun(folder)));
  const { checkpointEvery, seed, signal } = request;
  return trainModel(runtime, {
    folder,
    config,
    cells: own,
    random: trainingRandom(request),
    circumstances: {
      seed,
      perturbation: roles.action,
      control: roles.control,
      layer: request.layer ?? null,
      preprocess: request.preprocess ?? null,
      combinations: request.combinations ?? null,
      held_out: heldOutNames,
      cells: own.X.nRows,
      values_and_labels: fingerprintOfCells(own),
    },
    about: { source: request.path, version: request.version },
    checkpointEvery,
    resume,
    signal,
    onProgress: progressOf(request, model),
  });
}

/** Batches from where this process began. */
function progressOf({ onProgress }: RepresentFileRequest, model: string) {
  let first: number | undefined;
  return ({ epoch, epochs, batch, batches }: Progress) => {
    const done = (epoch - 1) * batches + batch;
    first ??= done - 1;
    onProgress?.(`training ${model}`, done - first, epochs * batches - first);
  };
}

function summaryOf({ request, prepared }: Work, { representation, epoch, ended }: TrainedModel) {
  const graph = representation.graph();
  return {
    out: request.out,
    model: request.model,
    cells: prepared.data.nObs,
    genes: prepared.data.nVars,
    perturbations: prepared.trainedPerturbations,
    latents: representation.latent,
    epoch,
    ended,
    edges: graph ? graph.probability.filter((p) => p >= 0.5).length : null,
  };
}

type Summary = Omit<RepresentFileResult, 'files'>;

function resultSentences(
  { out, model }: RepresentFileRequest,
  { cells, latents, epoch, edges, comparison }: Omit<Summary, 'sentences'>,
): string[] {
  const number = (value: number) => value.toFixed(2);
  const own = comparison[0];
  const baseline = comparison[comparison.length - 1];
  const beside = (what: string, of: keyof ComparisonRow) =>
    `${what}: ${comparison.map((row) => `${row.model} ${number(row[of] as number)}`).join(', ')}`;
  const sentences = [
    `${out}: ${latents} latents of ${cells} cells by ${model}, epoch ${epoch}` +
      (edges === null ? `; ${model} has no graph` : `, ${edges} edges of probability ≥ 0.5`),
  ];
  if (own.validation_cells > 0) {
    sentences.push(beside('nats a validation cell (lower bounds; exact of mean-profile)', 'validation_elbo'));
  }
  if (own.held_out_cells > 0) {
    sentences.push(beside('nats a held-out cell', 'held_out_bound'));
  }
  if (baseline.validation_elbo > own.validation_elbo || baseline.held_out_bound > own.held_out_bound) {
    sentences.push(`a mean profile of each perturbation explains these cells better than ${model} does`);
  }
  return sentences;
}

async function writeResults(
  work: Work,
  trained: TrainedModel,
  heldOutGraph: readonly GraphRow[],
  heldBack: Int32Array,
  summary: Summary,
): Promise<string[]> {
  const { out, exportOnnx } = work.request;
  const { representation } = trained;
  const text = (name: string, content: string | Uint8Array) =>
    writeAtomically(join(out, name), { overwrite: true }, (temporary) => writeFile(temporary, content));
  const written: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    await text(name, content);
    written.push(name);
  };
  const latents = await latentsOf(work, trained, heldBack);
  await writeData(join(out, 'latents.h5ad'), latents, { overwrite: true });
  written.push('latents.h5ad');
  const graphColumns = ['perturbation', 'latent', 'probability', 'shift'] as const;
  await write('graph.csv', csvText(graphColumns, graphRows(trained)));
  await write(
    'comparison.csv',
    csvText(Object.keys(summary.comparison[0]) as (keyof ComparisonRow)[], summary.comparison),
  );
  if (summary.heldOut.length > 0) {
    await write(
      'held-out.csv',
      csvText(Object.keys(summary.heldOut[0]) as (keyof HeldOutRow)[], summary.heldOut),
    );
    await write('held-out-graph.csv', csvText(graphColumns, heldOutGraph));
  }
  if (exportOnnx !== undefined) {
    await write('encoder.onnx', (await representation.exportEncoder(exportOnnx)).bytes);
    await write('decoder.onnx', (await representation.exportDecoder(exportOnnx)).bytes);
  }
  await write(
    'summary.json',
    `${JSON.stringify(summary, (_, value) => (Number.isNaN(value) ? null : value), 2)}\n`,
  );
  return [...MODEL_FILES, ...written].map((name) => join(out, name));
}

function graphRows({ representation }: TrainedModel): GraphRow[] {
  const graph = representation.graph();
  if (!graph) return [];
  const { latent, config } = representation;
  return config.perturbations.flatMap((perturbation, i) =>
    Array.from({ length: latent }, (_, j) => ({
      perturbation,
      latent: j,
      probability: graph.probability[i * latent + j],
      shift: graph.shift[i * latent + j],
    })),
  );
}

/** The cells with their annotations and latents; X are the latents too, for programs that want one. */
async function latentsOf(
  { prepared, request }: Work,
  { representation, epoch }: TrainedModel,
  heldBack: Int32Array,
): Promise<PerturbationData> {
  const { data, heldOut } = prepared;
  const { mean, variance } = await representation.encode(data.X);
  const { latent, config } = representation;
  const split = new Array<string>(data.nObs).fill('train');
  for (const row of heldBack) split[row] = 'validation';
  for (const row of heldOut) split[row] = 'held-out';
  const table = (values: Float32Array) => dense(data.nObs, latent, values);
  const uns: [string, UnsValue][] = [
    ['model', config.model],
    ['epoch', epoch],
    ['seed', request.seed],
    ['source', request.path],
    ['perturbation', prepared.roles.action],
    ['control', prepared.roles.control ?? 'none'],
    ['settings', JSON.stringify(config.settings)],
  ];
  return new PerturbationData({
    X: table(mean),
    obs: data.obs.with('mechanist_split', categorical(split)),
    var: new Table(Array.from({ length: latent }, (_, i) => `latent_${i}`)),
    obsm: [
      ['X_mechanist', table(mean)],
      ['X_mechanist_variance', table(variance)],
    ],
    uns: [['mechanist', new Map(uns)]],
  });
}

/** The work of `mechanist represent` with a model of environments: from profiles to latents, shifts and predictions. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nodeRuntime, type Runtime } from '../compute/index.node.js';
import { isMechanistError } from '../errors.js';
import { type EnvironmentSettings, threadsFor } from '../represent/index.js';
import { fingerprintOf, hasRun, MODEL_FILES } from './model-folder.node.js';
import { type AskedEnvironments, type AskedRequest, readAsked } from './represent-environments-asked.node.js';
import {
  type Baseline,
  baselinesOf,
  controlProfiles,
  type EnvironmentMeans,
  environmentMeans,
} from './represent-environments-baselines.js';
import { type EnvironmentScreen, readEnvironments } from './represent-environments-data.node.js';
import { type TrainedEnvironments, trainEnvironments } from './represent-environments-model.node.js';
import type { DescribedEnvironment, EnvironmentPart } from './represent-environments-names.js';
import { latentsOfProfiles, reconstructionErrors } from './represent-environments-profiles.js';
import { writeEnvironments } from './represent-environments-results.node.js';
import {
  comparisonRow,
  type EnvironmentComparisonRow,
  type ErrorRow,
  errorRow,
  type Verdict,
  verdictSentence,
  verdictsOf,
} from './represent-environments-scores.js';
import { type EnvironmentModelsRequest, environmentModelsOf } from './represent-environments-settings.js';
import { shiftRows, sparsitySentence } from './represent-environments-shifts.js';
import { SUMMARY, writeSummary } from './represent-results.node.js';
import {
  COMPARED,
  clearFolder,
  deviceNamed,
  inFolder,
  progressOf,
  type RunRequest,
  streamOf,
} from './represent-run.node.js';
import { latentsFor } from './represent-settings.js';

export interface RepresentEnvironmentsRequest extends AskedRequest, EnvironmentModelsRequest, RunRequest {
  readonly signal?: AbortSignal;
  /** Draws from the prior of an environment whose mean is its predicted profile; 0, the default, decodes the centre. */
  readonly samples?: number;
}

export interface RepresentEnvironmentsResult {
  readonly out: string;
  readonly model: string;
  readonly profiles: number;
  readonly genes: number;
  /** In the data, and how many of them are held out. */
  readonly environments: number;
  readonly heldOut: number;
  readonly latents: number;
  /** Of the weights, and why training ended. */
  readonly epoch: number;
  readonly ended: string;
  readonly comparison: readonly EnvironmentComparisonRow[];
  /** Of every model; none where no environment is held out. */
  readonly verdicts: readonly Verdict[];
  readonly errors: readonly ErrorRow[];
  readonly files: readonly string[];
  readonly sentences: readonly string[];
}

/** Throws what reading and training throw; FileError where outputs are there, or the folder holds another run. */
export async function representEnvironments(
  request: RepresentEnvironmentsRequest,
): Promise<RepresentEnvironmentsResult> {
  const [usual] = environmentModelsOf(request).values();
  const device = deviceNamed(request.device);
  const { out, path, cells, genes, heldOutFile, predict, smiles, settings } = request;
  return inFolder(request, [path, cells, genes, heldOutFile, predict, smiles?.split(':')[0]], async () => {
    // without patience the last epoch is kept, and there is nothing to choose
    const validationShare = request.validationShare ?? (usual.patience === null ? 0 : undefined);
    const screen = await readEnvironments({ ...request, validationShare }, streamOf(request, 'held out'));
    const asked = await readAsked(request, screen);
    request.onUnderstood?.(...screen.sentences, ...asked.sentences);
    const { nVars } = screen.data;
    const latent = latentsFor(nVars, usual.latent, settings.latent);
    const widest = { batchSize: usual.batchSize, hidden: Math.max(0, ...usual.encoderWidths) };
    const { threads = threadsFor(widest, nVars, availableParallelism()) } = request;
    const models = environmentModelsOf({ ...request, settings: { ...settings, latent } });
    if (!request.resume) await clearFolder(out);
    return representAll(workOf(request, screen, asked, await nodeRuntime({ device, threads })), models);
  });
}

interface Work {
  readonly request: RepresentEnvironmentsRequest;
  readonly screen: EnvironmentScreen;
  readonly runtime: Runtime;
  /** Those of the data, then those asked for. */
  readonly environments: readonly DescribedEnvironment[];
  readonly descriptors: Float64Array;
  /** Environments that choose the epoch, and those that are scored. */
  readonly validation: Int32Array;
  readonly heldOut: Int32Array;
  readonly means: EnvironmentMeans;
  readonly controls: readonly (Float64Array | null)[];
  readonly baselines: readonly Baseline[];
}

function workOf(
  request: RepresentEnvironmentsRequest,
  screen: EnvironmentScreen,
  asked: AskedEnvironments,
  runtime: Runtime,
): Work {
  const { environments, profiles, fingerprints } = screen;
  const means = environmentMeans(profiles.X, profiles.labels, environments.length);
  const descriptors = new Float64Array(profiles.descriptors.length + asked.descriptors.length);
  descriptors.set(profiles.descriptors);
  descriptors.set(asked.descriptors, profiles.descriptors.length);
  return {
    ...{ request, screen, runtime, means, descriptors },
    environments: [...environments, ...asked.environments],
    validation: numbersOf(environments, 'validation'),
    heldOut: numbersOf(environments, 'held-out'),
    controls: controlProfiles(environments, means),
    baselines: baselinesOf(environments, profiles, fingerprints, means),
  };
}

const numbersOf = (environments: readonly DescribedEnvironment[], part: EnvironmentPart): Int32Array =>
  Int32Array.from(environments.keys()).filter((e) => environments[e].part === part);

async function representAll(
  work: Work,
  models: ReadonlyMap<string, EnvironmentSettings>,
): Promise<RepresentEnvironmentsResult> {
  const { request, screen, baselines, environments } = work;
  const { out, model, seed, path, version, exportOnnx } = request;
  const [main, ...others] = models;
  const first = await represent(work, ...main, out);
  const scores: readonly Score[] = [first, ...(await compared(work, others))];
  const comparison = scores.map(({ comparison: row }) => row);
  const errors = scores.flatMap((one) => one.errors);
  for (const { name, predict } of baselines) {
    const rows = errorsOf(work, name, predict);
    comparison.push(
      comparisonRow(name, rows, { epoch: Number.NaN, epochs: Number.NaN, seconds: Number.NaN }),
    );
    errors.push(...rows);
  }
  const verdicts = verdictsOf([...models.keys()], errors, streamOf(request, 'verdicts'));
  const { representation, epoch, ended, history } = first.trained;
  const latents = await latentsOfProfiles(representation, screen.profiles);
  const found = await representation.shifts(work.descriptors);
  const { labels } = screen.profiles;
  const sparsity = { latent: representation.latent, found, isAttention: model === 'ap-ae' };
  const tables = await writeEnvironments({
    ...{ folder: out, representation, screen, environments, comparison, exportOnnx, latents },
    errors: besideEachOther(errors),
    predictions: first.predictions,
    shifts: shiftRows(environments, {
      ...sparsity,
      ...{ labels, latents: latents.mean },
    }),
    provenance: { epoch, seed, source: path, version },
  });
  await representation.dispose();
  const facts = {
    ...{ out, model, epoch, ended, comparison, verdicts, errors },
    profiles: screen.data.nObs,
    genes: screen.data.nVars,
    environments: screen.environments.length,
    heldOut: work.heldOut.length,
    latents: representation.latent,
  };
  const names = baselines.map(({ name }) => name);
  const result: RepresentEnvironmentsResult = {
    ...facts,
    sentences: [
      `${out}: ${facts.latents} latents of ${facts.profiles} profiles in ${facts.environments} environments by ${model}, ` +
        `epoch ${epoch} of ${history.length}`,
      ...scores.flatMap(({ failure }) => failure ?? []),
      ...sparsitySentence(environments, sparsity),
      ...verdicts.map((one) => verdictSentence(one, comparison, errors, names)),
    ],
    files: [...MODEL_FILES, ...tables, SUMMARY].map((name) => join(out, name)),
  };
  await writeSummary(out, result);
  return result;
}

interface Score {
  readonly comparison: EnvironmentComparisonRow;
  readonly errors: readonly ErrorRow[];
  /** Why there is nothing to compare. */
  readonly failure?: string;
}

/** The models beside the one asked for; one that cannot be trained is told of, and the others go on. */
async function compared(
  work: Work,
  models: readonly (readonly [string, EnvironmentSettings])[],
): Promise<Score[]> {
  const scores: Score[] = [];
  for (const [model, settings] of models) {
    try {
      const score = await represent(work, model, settings, join(work.request.out, COMPARED, model));
      await score.trained.representation.dispose();
      scores.push(score);
    } catch (error) {
      if (!isMechanistError(error, 'NumericalError')) throw error;
      const nothing = { epoch: Number.NaN, epochs: Number.NaN, seconds: Number.NaN };
      const row = { ...comparisonRow(model, [], nothing), environments: work.heldOut.length };
      scores.push({ comparison: row, errors: [], failure: `${model} cannot be trained: ${error.message}` });
    }
  }
  return scores;
}

/** Trains one model in its folder and scores it. */
async function represent(work: Work, model: string, settings: EnvironmentSettings, folder: string) {
  const { request, environments } = work;
  const trained = await train(work, model, settings, folder);
  const { representation, history, epoch } = trained;
  const predictions = await representation.predict(work.descriptors, {
    samples: request.samples,
    random: streamOf(request, 'predictions'),
  });
  const nGenes = predictions.length / environments.length;
  const again = await reconstructionErrors(representation, work.screen.profiles, work.heldOut);
  const errors = errorsOf(
    work,
    model,
    (e) => predictions.subarray(e * nGenes, (e + 1) * nGenes),
    (e) => again[e],
  );
  const seconds = history.reduce((sum, row) => sum + row.seconds, 0);
  const comparison = comparisonRow(model, errors, { epoch, epochs: history.length, seconds });
  return { trained, comparison, errors, predictions };
}

async function train(
  { request, screen, runtime, validation, heldOut }: Work,
  model: string,
  settings: EnvironmentSettings,
  folder: string,
): Promise<TrainedEnvironments> {
  const { data, roles, profiles, encoder, environments } = screen;
  const { checkpointEvery, seed, signal, path, version } = request;
  return trainEnvironments(runtime, {
    ...{ model, settings, folder, profiles, encoder, checkpointEvery, signal },
    genes: data.var.index,
    ...{ validation, leftOut: heldOut },
    random: streamOf(request, 'training'),
    circumstances: {
      seed,
      action: roles.action,
      context: roles.context,
      control: roles.control,
      layer: request.layer ?? null,
      preprocess: request.preprocess ?? null,
      missing: request.missing ?? null,
      held_out: Array.from(heldOut, (e) => environments[e].name),
      validation: Array.from(validation, (e) => environments[e].name),
      profiles: data.nObs,
      values_and_labels: fingerprintOf(profiles.X, profiles.labels, profiles.descriptors),
    },
    about: { source: path, version },
    // of several models, those after the one that was interrupted have yet to begin
    resume: (request.resume ?? false) && (await hasRun(folder)),
    onProgress: progressOf(request, model),
  });
}

/** A row for each environment that is held out. */
function errorsOf(
  { heldOut, environments, means, controls }: Work,
  model: string,
  predict: (environment: number) => ArrayLike<number>,
  reconstruction?: (environment: number) => number,
): ErrorRow[] {
  return Array.from(heldOut, (e) => {
    const { name, profiles } = environments[e];
    const scored = {
      name,
      environment: e,
      profiles,
      predicted: predict(e),
      reconstruction: reconstruction?.(e),
    };
    return errorRow(model, scored, means, controls[e]);
  });
}

/** Rows of one environment after the other, those of all models together. */
function besideEachOther(errors: readonly ErrorRow[]): ErrorRow[] {
  const of = new Map<string, ErrorRow[]>();
  for (const row of errors) of.set(row.environment, [...(of.get(row.environment) ?? []), row]);
  return [...of.values()].flat();
}

/** The work of `mechanist represent`: from a file of cells to a trained model, their latents, and the graph. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nodeRuntime } from '../compute/index.node.js';
import { OptionError } from '../errors.js';
import { readGmt } from '../formats/index.node.js';
import {
  cellsAt,
  type MechanismRepresentation,
  type MechanismSettings,
  mechanismSettings,
  threadsFor,
} from '../represent/index.js';
import { writeInterpretation } from './interpret.node.js';
import { mechanismTruth } from './interpret-truth.js';
import { MODEL_FILES } from './model-folder.node.js';
import { type ReadCells, readCells } from './represent-cells.node.js';
import { counterfactuals, perturbationsNamed } from './represent-counterfactual.js';
import {
  type HeldOutRow,
  halvesOf,
  meanOf,
  overCells,
  scoreHeldOut,
  transferred,
} from './represent-held-out.js';
import { repeatedSentence } from './represent-repeats.node.js';
import {
  type ComparisonRow,
  SUMMARY,
  writeCounterfactuals,
  writeResults,
  writeSummary,
} from './represent-results.node.js';
import { COMPARED, clearFolder, deviceNamed, inFolder, streamOf } from './represent-run.node.js';
import { latentsFor, modelsOf } from './represent-settings.js';
import {
  baselineOf,
  type RepresentFileRequest,
  train,
  trainAgain,
  type Work,
} from './represent-work.node.js';

export type { RepresentFileRequest } from './represent-work.node.js';

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

/**
 * Throws what reading and training throw; FileError where outputs are there, or the folder holds another run;
 * OptionError on settings that no model of the request uses.
 */
export async function representFile(request: RepresentFileRequest): Promise<RepresentFileResult> {
  const [asked] = modelsOf(request).values();
  const device = deviceNamed(request.device);
  const { out, path, cells, genes, heldOutFile } = request;
  return inFolder(request, [path, cells, genes, heldOutFile, request.geneSets], async () => {
    const geneSets = request.geneSets === undefined ? undefined : await readGmt(request.geneSets, request);
    const prepared = await readCells(request, asked.likelihood);
    request.onUnderstood?.(...prepared.sentences);
    checkCounterfactual(request, prepared);
    const latent = latentsFor(prepared.data.nVars, asked.latent, request.settings.latent);
    const { threads = threadsFor(asked, prepared.data.nVars, availableParallelism()) } = request;
    const work: Work = {
      request,
      prepared,
      geneSets,
      training: cellsAt(prepared.cells, prepared.trained, prepared.trainedPerturbations),
      runtime: await nodeRuntime({ device, threads }),
      halves: halvesOf(prepared, streamOf(request, 'halves')),
      baseline: baselineOf(prepared, asked, streamOf(request, 'training')),
    };
    if (!request.resume) await clearFolder(out);
    const models = modelsOf(
      { ...request, settings: { ...request.settings, latent } },
      prepared.trained.length,
    );
    return representAll(work, models);
  });
}

async function representAll(
  work: Work,
  models: ReadonlyMap<string, MechanismSettings>,
): Promise<RepresentFileResult> {
  const { request, prepared, halves, baseline } = work;
  const { cells } = prepared;
  baseline.profiles.learn(cells, halves.fitted);
  const [main, ...others] = models;
  const first = await represent(work, ...main, request.out);
  const compared = [first.comparison];
  const heldOut = [...first.heldOut];
  for (const [model, settings] of others) {
    const other = await represent(work, model, settings, join(request.out, COMPARED, model));
    await other.trained.representation.dispose();
    compared.push(other.comparison);
    heldOut.push(...other.heldOut);
  }
  const comparison: ComparisonRow[] = [
    ...compared,
    {
      ...first.comparison,
      model: BASELINE,
      validation_elbo: meanOf(baseline.profiles.logLikelihood(cells, baseline.heldBack)),
      held_out_bound: overCells(first.heldOut, 'mean_profile'),
      epoch: Number.NaN,
      seconds: Number.NaN,
    },
  ];
  const { representation, epoch, ended } = first.trained;
  const graph = representation.graph();
  const { out, model, seed, path, exportOnnx } = request;
  const facts = {
    out,
    model,
    cells: prepared.data.nObs,
    genes: prepared.data.nVars,
    perturbations: prepared.trainedPerturbations,
    latents: representation.latent,
    epoch,
    ended,
    edges: graph ? graph.probability.filter((p) => p > 0.5).length : null,
    comparison,
    heldOut,
  };
  const tables = await writeResults({
    ...{ folder: out, representation, prepared, exportOnnx, comparison, heldOut },
    heldBack: baseline.heldBack,
    heldOutGraph: first.heldOutGraph,
    provenance: { epoch, seed, source: path, version: request.version },
  });
  const together = first.several ? [repeatedSentence(first.several)] : [];
  const meaning = await interpret(work, first, comparison, together);
  const predicted = await predict(work, representation);
  await representation.dispose();
  const own = [...MODEL_FILES, ...tables, ...predicted.files, SUMMARY].map((name) => join(out, name));
  const result: RepresentFileResult = {
    ...facts,
    sentences: [
      ...resultSentences(facts, mechanismSettings(model, prepared.trained.length).epochs),
      ...together,
      ...predicted.sentences,
      ...meaning.sentences,
    ],
    files: [...own, ...meaning.files],
  };
  await writeSummary(out, result);
  return result;
}

/** Refuses before the work what could not be predicted after it. */
function checkCounterfactual({ counterfactual, model }: RepresentFileRequest, prepared: ReadCells): void {
  if (counterfactual === undefined) return;
  const { perturbations } = prepared.cells;
  const n = prepared.trainedPerturbations;
  perturbationsNamed(counterfactual, perturbations.slice(0, n), perturbations.slice(n));
  if (model === 'vae' || model === 'beta-vae') {
    throw new OptionError('--counterfactual', counterfactual, `possible with ${model}, which has no shifts`);
  }
}

/** Untreated cells under the perturbations asked for; the files. */
async function predict(
  { request, prepared, training }: Work,
  representation: MechanismRepresentation,
): Promise<{ readonly files: readonly string[]; readonly sentences: readonly string[] }> {
  const { counterfactual, out } = request;
  if (counterfactual === undefined) return { files: [], sentences: [] };
  const names = perturbationsNamed(counterfactual, training.perturbations);
  const cells = Array.from(prepared.trained, (row) => prepared.data.obs.index[row]);
  const random = streamOf(request, 'counterfactual');
  const result = await counterfactuals(representation, training, cells, names, random);
  const { rows } = result;
  const nearer = rows.filter((row) => row.energy_distance < row.energy_distance_untreated).length;
  const sentence = `counterfactual cells are nearer to the measured ones than untreated cells are under ${nearer} of ${rows.length} perturbations`;
  return { files: await writeCounterfactuals(out, result), sentences: [sentence] };
}

/** What the latents of the main model mean, beside it. */
async function interpret(
  { request, prepared, training, runtime, geneSets }: Work,
  { trained: { representation, history }, heldOutGraph }: Awaited<ReturnType<typeof represent>>,
  comparison: readonly ComparisonRow[],
  together: readonly string[],
) {
  const { out, path, version, topGenes, report, signal, onProgress } = request;
  return writeInterpretation(out, {
    ...{ runtime, representation, history, geneSets, comparison, heldOut: heldOutGraph },
    cells: training,
    latents: await representation.encode(training.X),
    truth: mechanismTruth(prepared.data.takeObs(prepared.trained)),
    options: {
      ...{
        topGenes,
        report,
        version,
        signal,
        source: path,
        understood: [...prepared.sentences, ...together],
      },
      random: streamOf(request, 'interpretation'),
      onProgress: (done, total) => onProgress?.('explaining latents', done, total),
    },
  });
}

/** Trains one model in its folder and scores it. */
async function represent(work: Work, model: string, settings: MechanismSettings, folder: string) {
  const { request, prepared, halves, baseline } = work;
  const once = await train(work, model, settings, folder);
  const several = folder === request.out ? await trainAgain(work, once, model, settings) : undefined;
  const trained = several ? { ...once, representation: several.representation } : once;
  const { representation, history, epoch } = trained;
  const moved = await transferred(representation, prepared, halves);
  const heldOut = await scoreHeldOut(representation, prepared, halves, moved, baseline.profiles, {
    particles: request.particles,
    random: streamOf(request, 'scoring'),
    signal: request.signal,
    onProgress: (done, total) => request.onProgress?.(`scoring ${model}`, done, total),
  });
  const comparison: ComparisonRow = {
    model,
    validation_cells: baseline.heldBack.length,
    validation_elbo: history.find((row) => row.epoch === epoch)?.['valid.elbo'] ?? Number.NaN,
    held_out_cells: heldOut.reduce((sum, row) => sum + row.cells_scored, 0),
    held_out_bound: overCells(heldOut, 'bound'),
    epoch,
    seconds: history.reduce((sum, row) => sum + row.seconds, 0),
  };
  return { trained, comparison, heldOut, heldOutGraph: moved.graph, several };
}

function resultSentences(
  facts: Omit<RepresentFileResult, 'files' | 'sentences'>,
  usualEpochs: number,
): string[] {
  const { out, model, cells, latents, epoch, edges, comparison } = facts;
  const [own, baseline] = [comparison[0], comparison[comparison.length - 1]];
  const beside = (of: 'validation_elbo' | 'held_out_bound') =>
    comparison.map((row) => `${row.model} ${row[of].toFixed(2)}`).join(', ');
  const sentences = [
    `${out}: ${latents} latents of ${cells} cells by ${model}, epoch ${epoch}; ` +
      (edges === null ? 'this model has no graph' : `${edges} edges of probability > 0.5`),
  ];
  if (own.validation_cells > 0)
    sentences.push(`nats a validation cell, lower bounds (${BASELINE} exact): ${beside('validation_elbo')}`);
  if (own.held_out_cells > 0)
    sentences.push(`nats a held-out cell, lower bounds (${BASELINE} exact): ${beside('held_out_bound')}`);
  if (baseline.validation_elbo > own.validation_elbo || baseline.held_out_bound > own.held_out_bound)
    sentences.push(
      `a mean profile of each perturbation explains these cells better than ${model} does` +
        (epoch < usualEpochs ? `; it was trained for ${epoch} epochs, and ${usualEpochs} are usual` : ''),
    );
  return sentences;
}

/**
 * The work of `mechanist train-target`: trains the differential network from simulations into a folder that the method
 * `cdn` can be pointed to. After every epoch the folder has all that is needed to go on from there, to the same bits.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Checkpoint,
  type Config,
  type HistoryRow,
  type Json,
  loadCheckpoint,
  loadModel,
  nodeRuntime,
  saveModel,
  type Weights,
  writeConfig,
} from '../compute/index.node.js';
import { FileError, InterruptedError, isMechanistError, OptionError } from '../errors.js';
import { targetMetrics } from '../evaluate/index.js';
import { makeFolder } from '../formats/index.node.js';
import { Random } from '../random/index.js';
import {
  CDN_MODEL,
  CdnPredictor,
  type CdnSettings,
  CdnTrainer,
  type CdnTraining,
  calibrate,
  calibrationError,
  cdnFeatures,
  checkSettings,
  checkTraining,
  drawBatch,
  type Example,
  probabilityOf,
  type Reliability,
  reliabilityOf,
} from '../target/cdn/index.js';
import { hasRun, MODEL_FILES } from './model-folder.node.js';
import { deviceNamed } from './represent-run.node.js';

export interface TrainTargetRequest {
  readonly out: string;
  readonly settings: CdnSettings;
  readonly training: Omit<CdnTraining, 'settings' | 'random'>;
  /** Folder of a network to go on from, in place of one that knows nothing. */
  readonly from?: string;
  /**
   * Batches drawn to measure on after every epoch; at the end the calibration is fitted on the first half of them and
   * scored on the others. At least 2.
   */
  readonly validation: number;
  readonly seed: number;
  readonly threads?: number;
  readonly device?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onEpoch?: (row: HistoryRow) => void;
}

export interface TrainTargetResult {
  readonly out: string;
  readonly epochs: number;
  readonly parameters: number;
  /** Of simulations that were not trained on. */
  readonly validation: { readonly map: number; readonly auc: number };
  /** Fitted on half of them, errors and reliability of the other half. */
  readonly calibration: {
    readonly slope: number;
    readonly intercept: number;
    readonly errorBefore: number;
    readonly errorAfter: number;
    readonly reliability: readonly Reliability[];
  };
}

/** Throws OptionError, FileError; NumericalError where a loss is not finite, InterruptedError. */
export async function trainTarget(request: TrainTargetRequest): Promise<TrainTargetResult> {
  const { out, settings, resume = false, signal, onProgress, seed } = request;
  checkSettings(settings);
  const random = Random.fromSeed(seed).split('train-target');
  const training: CdnTraining = { ...request.training, settings, random: random.split('training') };
  checkTraining(training);
  if (!(request.validation >= 2)) {
    throw new OptionError(
      'validation',
      request.validation,
      'a whole number ≥ 2: one to calibrate on, one to score',
    );
  }
  const config = configOf(request);
  const device = deviceNamed(request.device);
  const known = () => (request.from ? weightsOfLike(request.from, settings) : undefined);
  // what cannot be begun leaves no folder
  const given = resume ? undefined : await known();
  await makeFolder(out);
  const from = await startOf(request, config);
  const runtime = await nodeRuntime({ device, threads: request.threads ?? 1 });
  const first = from === undefined ? (given ?? (await known())) : undefined;
  const trainer = await CdnTrainer.create(runtime, training, from, first);
  const predictor = new CdnPredictor(trainer.store, settings);
  try {
    if (!resume) {
      for (const name of MODEL_FILES) await rm(join(out, name), { force: true });
      await saveModel(out, { config });
    }
    const batches = heldOut(random.split('validation'), training, request.validation);
    const held = batches.flat();
    const keep = async () => {
      const checkpoint = await trainer.checkpoint();
      await saveModel(out, { checkpoint, weights: networkOf(checkpoint), history: trainer.history });
    };
    const ended = await trainer.fit({
      signal,
      onProgress,
      measure: async () => {
        const { map, auc } = await measured(predictor, held);
        return { 'valid.map': map, 'valid.auc': auc };
      },
      onEpoch: async (row) => {
        await keep();
        request.onEpoch?.(row);
      },
    });
    if (ended === 'interrupted') {
      const { length } = trainer.history;
      const kept =
        length > 0
          ? `after epoch ${length} of ${training.epochs}; ${out} keeps where it stands: repeat the command with --resume to go on`
          : `before the first of ${training.epochs} epochs was done, so nothing is kept: repeat the command with --resume or --overwrite`;
      throw new InterruptedError(`interrupted ${kept}`);
    }
    const { map, auc } = await measured(predictor, held);
    const half = Math.ceil(batches.length / 2);
    const fitted = await measured(predictor, batches.slice(0, half).flat());
    const calibration = calibrate(fitted.logits, fitted.hits);
    const { logits, hits } = await measured(predictor, batches.slice(half).flat());
    const said = (line: { slope: number; intercept: number }) =>
      calibrationError(
        logits.map((logit) => probabilityOf(logit, line)),
        hits,
      );
    const errors = { errorBefore: said({ slope: 1, intercept: 0 }), errorAfter: said(calibration) };
    const reliability = reliabilityOf(
      logits.map((logit) => probabilityOf(logit, calibration)),
      hits,
    );
    const scored = { ...errors, reliability, genesFitted: fitted.logits.length, genesScored: logits.length };
    const learned = { ...calibration, ...scored, map, auc };
    await keep();
    await saveModel(out, {
      config: { ...config, settings: { ...config.settings, learned: learned as unknown as Json } },
    });
    const parameters = [...networkOf(await trainer.checkpoint()).values()].reduce(
      (sum, { values }) => sum + values.length,
      0,
    );
    return {
      out,
      epochs: trainer.history.length,
      parameters,
      validation: { map, auc },
      calibration: { ...calibration, ...errors, reliability },
    };
  } finally {
    await predictor.dispose();
    await trainer.dispose();
  }
}

/** Weights of a trained network. Throws OptionError where it was built from other settings, FileError. */
async function weightsOfLike(folder: string, settings: CdnSettings): Promise<Weights> {
  const { config, weights } = await loadModel(folder);
  for (const [name, asked] of Object.entries(settings)) {
    const its = config.settings[name];
    if (its !== undefined && its !== asked)
      throw new OptionError(name, asked, `'${its}', as the network in ${folder} has it`);
  }
  return weights;
}

const networkOf = ({ current }: Checkpoint): Weights =>
  new Map([...current].filter(([name]) => !name.startsWith('optimiser.')));

function configOf({
  settings,
  training,
  validation,
  from,
  seed,
  threads,
  device,
  version,
}: TrainTargetRequest): Config {
  const run = {
    ...training,
    ...(from && { from }),
    validation,
    seed,
    threads: threads ?? 1,
    device: device ?? 'cpu',
    version,
  };
  return {
    model: CDN_MODEL,
    settings: { ...settings, run: run as unknown as Json },
    features: cdnFeatures(settings),
  };
}

/** Where to go on from. Throws FileError where the folder does not suit what was asked. */
async function startOf(request: TrainTargetRequest, config: Config): Promise<Checkpoint | undefined> {
  const { out, resume = false, overwrite = false } = request;
  const begun = await hasRun(out);
  if (!resume) {
    if (!begun || overwrite) return undefined;
    const text = `${out} holds a training; pass --resume to go on with it, or --overwrite to begin anew`;
    throw new FileError(out, 'exists', text);
  }
  if (!begun) {
    const text = `nothing to resume: no training was begun in ${out}; run without --resume`;
    throw new FileError(out, 'missing', text);
  }
  const checkpoint = await loadCheckpoint(out).catch((error) => {
    if (isMechanistError(error, 'FileError') && (error as FileError).trouble === 'missing') return undefined;
    throw error;
  });
  if (!checkpoint) return undefined;
  const { learned: _learned, ...asked } = (await loadModel(out)).config.settings;
  if (writeConfig({ ...config, settings: asked }) !== writeConfig(config)) {
    const advice =
      'repeat the command of the run exactly, go on from its weights with --from into another folder, or begin anew with --overwrite';
    throw new FileError(out, 'changed', `${out} holds a training with other settings; ${advice}`);
  }
  return checkpoint;
}

function heldOut(random: Random, training: CdnTraining, batches: number): Example[][] {
  return Array.from({ length: batches }, (_, b) => drawBatch(random.split('batch', b), training));
}

/** Mean over examples with someone hit; logits and hits of all genes. */
async function measured(predictor: CdnPredictor, examples: readonly Example[]) {
  const logits: number[] = [];
  const hits: number[] = [];
  const scored: { map: number; auc: number }[] = [];
  for (const { evidence, hit } of examples) {
    const score = await predictor.logits(evidence);
    logits.push(...score);
    hits.push(...hit);
    const targets = [...hit.keys()].filter((i) => hit[i]);
    const { mapByRegime, aucByRegime } = targetMetrics([{ score, targets }]);
    if (Number.isFinite(mapByRegime)) scored.push({ map: mapByRegime, auc: aucByRegime });
  }
  const mean = (of: 'map' | 'auc') => scored.reduce((sum, score) => sum + score[of], 0) / scored.length;
  return { map: mean('map'), auc: mean('auc'), logits, hits };
}

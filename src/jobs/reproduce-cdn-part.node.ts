/** One run of `reproduce cdn`, on one core, and how it is kept. */
import { dirname, join } from 'node:path';
import { isMechanistError } from '../errors.js';
import { type TargetMetrics, targetMetrics } from '../evaluate/index.js';
import { Random } from '../random/index.js';
import { simulateRegimes } from '../simulate/index.js';
import { type TargetRun, targetMethodNamed, targetOptions, trainedNetwork } from '../target/index.node.js';
import { keepRun, type RunKind, type RunsSetup } from './kept-runs.node.js';
import { type CdnRun, type SimulatedRun, type TrainingRun, workOf } from './reproduce-cdn-plan.js';
import { type RealScores, realScreens } from './reproduce-cdn-real.node.js';
import { nodeResources } from './resources.node.js';
import { trainTarget } from './train-target.node.js';

/** Of all regimes, and of those with that many targets. */
export type RegimesOfSize = 'all' | '1' | '2' | '3';

export interface SimulatedScores {
  readonly metrics: Readonly<Record<RegimesOfSize, TargetMetrics>>;
  /** Of all regimes of the data set. */
  readonly seconds: number;
  /** Why there are none; '' where there are. */
  readonly failed: string;
}

export interface TrainingScores {
  /** On simulations held out. */
  readonly map: number;
  readonly auc: number;
  readonly seconds: number;
}

export type CdnResult = SimulatedScores | TrainingScores | RealScores;

interface Setup extends RunsSetup<CdnRun> {
  /** Folder of real data. */
  readonly data?: string;
}

/** One thread a run, whatever their number: the same bits on any machine of a kind. */
export async function prepare(setup: Setup): Promise<(part: number) => Promise<null>> {
  const { runtime } = nodeResources(1);
  const networks = join(dirname(setup.folder), 'networks');
  const screens = realScreens(setup.data ?? '');
  return async (part) => {
    const run = setup.runs[part];
    const result = await (run.experiment === 'training'
      ? trained(run, networks, setup.version)
      : run.experiment === 'simulated'
        ? simulated(run, networks, runtime)
        : screens(run, runtime));
    await keepRun(setup, run, { result });
    return null;
  };
}

async function trained(run: TrainingRun, networks: string, version: string): Promise<TrainingScores> {
  const { settings, training, validation, seed, model } = run;
  const start = performance.now();
  const out = join(networks, model);
  const request = { out, settings, training, validation, seed, threads: 1, version, overwrite: true };
  const { validation: found } = await trainTarget(request);
  return { ...found, seconds: (performance.now() - start) / 1000 };
}

async function simulated(
  run: SimulatedRun,
  networks: string,
  runtime: TargetRun['runtime'],
): Promise<SimulatedScores> {
  const { cell, standardise, redrawn, cells, dataSeed, network, model } = run;
  const { genes, control, groups } = simulateRegimes({
    ...cell,
    standardise,
    ...(redrawn && { redrawNoise: true, roots: 'uniform' }),
    seed: dataSeed,
    cells,
    cellsPerRegime: cells,
  });
  const method = targetMethodNamed(network ? 'cdn' : model);
  const options = targetOptions(method, {
    ...run.options,
    ...(network && { cdnWeights: join(networks, network.model) }),
  });
  const random = Random.fromSeed(run.seed).split('reproduce-cdn', method.name, run.dataset);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const screen = { genes, control, groups };
    const found = await method.score(screen, options, {
      random,
      runtime,
      trained: trainedNetwork,
      ranksOnly: true,
    });
    const taken = seconds();
    const regimes = found.map(({ score }, k) => ({ score, targets: [...groups[k].targets] }));
    const of = (size: number) => targetMetrics(regimes.filter(({ targets }) => targets.length === size));
    const metrics = { all: targetMetrics(regimes), 1: of(1), 2: of(2), 3: of(3) };
    return { metrics, seconds: taken, failed: '' };
  } catch (error) {
    if (!isMechanistError(error, 'NumericalError')) throw error;
    const none = targetMetrics([]);
    const metrics = { all: none, 1: none, 2: none, 3: none };
    return { metrics, seconds: seconds(), failed: error.message };
  }
}

export const cdnRuns = (data?: string): RunKind<CdnRun, CdnResult> => ({
  job: new URL(import.meta.url),
  setup: { data },
  workOf,
  // JSON has no NaN
  resultOf: ({ result }: { readonly result: CdnResult }) => withNaN(result) as CdnResult,
});

function withNaN(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, withNaN(one)]));
}

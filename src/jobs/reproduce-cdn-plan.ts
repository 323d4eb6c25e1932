/**
 * Which runs `reproduce cdn` needs: methods over simulated data sets, the same ones for all; variants of the network, trained
 * for a short while here; and methods on real screens.
 */
import { OptionError } from '../errors.js';
import { Random } from '../random/index.js';
import { CDN_DEFAULTS, CDN_TRAINING, type CdnSettings, type CdnTraining } from '../target/cdn/index.js';
import { TABLE_11_CELLS, type Table11Cell } from './reproduce-cdn-table11.js';

/** A variant or ablation of the network, trained into `DIR/networks`. */
export interface TrainingRun {
  readonly experiment: 'training';
  /** Name of the variant. */
  readonly model: string;
  readonly settings: CdnSettings;
  readonly training: Omit<CdnTraining, 'settings' | 'random'>;
  readonly validation: number;
  readonly seed: number;
}

/** One method on one simulated data set. */
export interface SimulatedRun {
  readonly experiment: 'simulated';
  /** A method, or a variant. */
  readonly model: string;
  /** Where they are not the method's own. */
  readonly options: Readonly<Record<string, number>>;
  /** Of a variant. */
  readonly network?: TrainingRun;
  readonly cell: Table11Cell;
  /** 'off': as simulated; 'each': every set of cells in units of its own. */
  readonly standardise: 'off' | 'each';
  /** Noise drawn anew for each regime and uniform roots, as DCDI's program has them. */
  readonly redrawn?: true;
  /** Of the control and of every regime. */
  readonly cells: number;
  readonly dataset: number;
  /** Of the simulation, and of the method. */
  readonly dataSeed: number;
  readonly seed: number;
}

/** One method on a real screen. */
export interface RealRun {
  readonly experiment: 'real';
  readonly model: string;
  readonly options: Readonly<Record<string, number>>;
  readonly screen: RealScreen;
  /** Genes that are ranked, those that differ most; `null`: all. */
  readonly candidates: number | null;
  readonly seed: number;
}

export type CdnRun = TrainingRun | SimulatedRun | RealRun;
export type RealScreen = 'papalexi' | 'sachs';

export interface CdnPlanOptions {
  /** Of our methods on simulated data, and `variants`. Default: all; quick: without variants. */
  readonly methods?: readonly string[];
  /** Data sets of every cell, at most. Default 5, quick 1. */
  readonly seeds?: number;
  /** Default 0. */
  readonly seed?: number;
  /** 10 nodes, 10 edges, one data set, fewer steps of DCDI and BaCaDI, no variants; as DCDI draws only what is fast. */
  readonly quick?: boolean;
  /** Cells of the control and of every regime. Default 1000. */
  readonly cells?: number;
}

export interface CdnPlan {
  readonly seeds: number;
  readonly cells: number;
  readonly simulated: readonly SimulatedRun[];
  readonly trainings: readonly TrainingRun[];
  readonly variants: readonly SimulatedRun[];
  /** Of `--data`. */
  readonly real: readonly RealRun[];
}

interface Cost {
  /** Seconds a data set, about, of 10 and of 20 nodes. */
  readonly seconds: readonly [number, number];
  /** Data sets of a cell, at most. */
  readonly most?: readonly [number, number];
  readonly options?: Readonly<Record<string, number>>;
  readonly quick?: Readonly<Record<string, number>>;
  /** Candidates on the screen of 299 genes; absent: all. */
  readonly candidates?: number;
}

/** In the order of the tables; quick ones first, so that what an interrupted job leaves is of use. */
const COSTS: Readonly<Record<string, Cost>> = {
  cdn: { seconds: [0.4, 1.3] },
  de: { seconds: [0.1, 0.4] },
  'residual-variance': { seconds: [0.1, 0.4] },
  utigsp: { seconds: [0.4, 3], candidates: 100 },
  dci: { seconds: [6, 90], most: [5, 2], candidates: 20 },
  'dcdi-g': { seconds: [5, 12], most: [5, 2], quick: { dcdiSteps: 1000 }, candidates: 20 },
  'bacadi-e': { seconds: [13, 60], most: [2, 1], quick: { bacadiSteps: 100 }, candidates: 20 },
  'bacadi-m': { seconds: [13, 60], most: [2, 1], quick: { bacadiSteps: 100 }, candidates: 20 },
  'dcdi-dsf': {
    seconds: [25, 60],
    most: [2, 1],
    options: { dcdiSteps: 2000, dcdiLearningRate: 0.01 },
    quick: { dcdiSteps: 500, dcdiLearningRate: 0.01 },
    candidates: 20,
  },
};
export const SIMULATED_METHODS = Object.keys(COSTS);
/** Learn from perturbations that are named after genes: on real screens only. */
export const NAMED_METHODS = ['linear', 'mlp'];
const VARIANTS_WORD = 'variants';

/** Of Tables 7 and 8, each as `mechanist train-target` makes it where nothing else is asked, but for this. */
export const VARIANTS: Readonly<Record<string, Partial<CdnSettings> & { graphWeight?: number }>> = {
  'cdn-short': {},
  'cdn-mlp': { variant: 'mlp' },
  'cdn-axial': { variant: 'axial' },
  'cdn-difference': { pairing: 'difference' },
  'cdn-inverse': { statistics: 'inverse' },
  'cdn-corr': { statistics: 'correlation' },
  'cdn-corr-cov': { statistics: 'correlation+covariance' },
  'cdn-fci': { marginals: 'fci' },
  'cdn-both': { marginals: 'both' },
  'cdn-no-marginals': { marginals: 'off' },
  'cdn-no-statistics': { statistics: 'none' },
  'cdn-no-graph': { graphWeight: 0 },
};

/** A short training: that of the package takes 100 epochs of 40 batches, of up to 300 genes. */
const SHORT = { ...CDN_TRAINING, epochs: 10, batches: 20, sizes: [5, 8, 10, 15, 20, 30] };
const VALIDATION_BATCHES = 16;

/** How the cells of Table 11 are simulated and measured: as simulated, in units of each set, as DCDI's program draws. */
const SETTINGS = [
  { standardise: 'off' },
  { standardise: 'each' },
  { standardise: 'off', redrawn: true },
] as const satisfies readonly Pick<SimulatedRun, 'standardise' | 'redrawn'>[];
export type Setting = 'off' | 'each' | 'redrawn';

export const settingOf = ({
  standardise,
  redrawn,
}: Pick<SimulatedRun, 'standardise' | 'redrawn'>): Setting => (redrawn ? 'redrawn' : standardise);

/** Where it is to be quick, methods that take more seconds a data set have no runs as DCDI's program draws. */
const QUICK_SECONDS = 1;

/** Throws OptionError. */
export function cdnPlan(options: CdnPlanOptions): CdnPlan {
  const { quick = false, seed = 0, cells = 1000 } = options;
  const { seeds = quick ? 1 : 5 } = options;
  if (!(Number.isSafeInteger(seeds) && seeds >= 1 && seeds <= 1000))
    throw new OptionError('--seeds', seeds, 'a whole number from 1 to 1000');
  const known = [...SIMULATED_METHODS, VARIANTS_WORD];
  const stranger = options.methods?.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new OptionError('--methods', stranger, known);
  const isAsked = (name: string) => options.methods?.includes(name) ?? true;
  const asked = SIMULATED_METHODS.filter(isAsked);
  const random = Random.fromSeed(seed).split('reproduce-cdn');
  const places = TABLE_11_CELLS.filter(({ edges }) => !quick || edges === 10).flatMap((cell) =>
    SETTINGS.map((setting) => ({ cell, setting })),
  );
  const leavesOut = (model: string, setting: (typeof SETTINGS)[number]) =>
    quick && settingOf(setting) === 'redrawn' && COSTS[model].seconds[0] > QUICK_SECONDS;
  const runsOf = (model: string, most: number, more: Pick<SimulatedRun, 'options' | 'network'>) =>
    places.flatMap(({ cell, setting }) => {
      if (leavesOut(model, setting)) return [];
      const length = Math.min(most, seeds, mostOf(model, cell));
      return Array.from({ length }, (_, dataset): SimulatedRun => {
        const { nodes, edges, mechanism, intervention } = cell;
        const data = random.split('data', nodes, edges, mechanism, intervention, dataset);
        const base = { experiment: 'simulated', model, ...more, cell, ...setting, cells } as const;
        return { ...base, dataset, dataSeed: data.nextUint32(), seed };
      });
    });
  const optionsOf = (name: string) => (quick && COSTS[name]?.quick) || COSTS[name]?.options || {};
  const trainings =
    !quick && isAsked(VARIANTS_WORD) ? Object.keys(VARIANTS).map((name) => trainingOf(name, seed)) : [];
  return {
    seeds,
    cells,
    simulated: asked.flatMap((name) => runsOf(name, seeds, { options: optionsOf(name) })),
    trainings,
    variants: trainings.flatMap((network) => runsOf(network.model, seeds, { options: {}, network })),
    real: [...asked, ...NAMED_METHODS].flatMap((model) =>
      (['papalexi', 'sachs'] as const).map((screen): RealRun => {
        const candidates = screen === 'papalexi' ? (COSTS[model]?.candidates ?? null) : null;
        return { experiment: 'real', model, options: optionsOf(model), screen, candidates, seed };
      }),
    ),
  };
}

const mostOf = (model: string, { nodes }: Table11Cell): number =>
  COSTS[model]?.most?.[nodes > 10 ? 1 : 0] ?? Number.POSITIVE_INFINITY;

function trainingOf(model: string, seed: number): TrainingRun {
  const { graphWeight = SHORT.graphWeight, ...settings } = VARIANTS[model];
  return {
    experiment: 'training',
    model,
    settings: { ...CDN_DEFAULTS, ...settings },
    training: { ...SHORT, graphWeight },
    validation: VALIDATION_BATCHES,
    seed,
  };
}

/** About how many seconds a run takes. */
export function workOf(run: CdnRun): number {
  if (run.experiment === 'training') return run.settings.variant === 'axial' ? 90 : 45;
  const { seconds = [2, 2], quick } = COSTS[run.model] ?? {};
  const share = run.options === quick ? 0.25 : 1;
  if (run.experiment === 'real')
    return run.screen === 'papalexi' ? Math.max(20, seconds[1]) * share : seconds[0];
  return seconds[run.cell.nodes > 10 ? 1 : 0] * share;
}

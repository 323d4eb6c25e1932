/**
 * `simulateScreen`: replicate profiles of a perturbation screen with known truth.
 *
 * By default shaped like the CMAP set of Squires et al. 2022: 24 cell lines, 20 compounds and DMSO, 978 genes,
 * 326 measured pairs with one to five replicates each, and every missing pair's true profile in `uns`.
 */
import {
  dense,
  type NdArray,
  numeric,
  PerturbationData,
  strings,
  Table,
  type UnsDict,
  type UnsValue,
} from '../data/index.js';
import { OptionError } from '../errors.js';
import { Random } from '../random/index.js';
import { type Availability, CMAP_COVERAGE, drawAvailability } from './availability.js';
import { BACKGROUND, FACTOR_DEFAULTS, FactorModel, type FactorModelOptions } from './factor-model.js';
import { defined, names, numberBetween, wholeNumber } from './settings.js';

export interface ScreenOptions extends FactorModelOptions {
  /** Cell lines. Default 24. */
  readonly contexts?: number;
  /** Actions, the control included. Default 21. */
  readonly actions?: number;
  /** Default 978, the L1000 landmarks. */
  readonly genes?: number;
  /** Which treatments were measured; the control always is. Default 'nested', as in CMAP. */
  readonly availability?: Availability;
  /** With `availability: 'random'`: the probability of a pair. Default 302/480. */
  readonly coverage?: number;
  /** Fewest and most replicates of a pair, uniform between. Default [1, 5]. */
  readonly replicates?: readonly [number, number];
  /** Standard deviation of one replicate's noise, in natural logarithms of the signal. Default .28. */
  readonly noise?: number;
  /** Name of the control; `null`: no control. Default 'DMSO'. */
  readonly control?: string | null;
  /** Keep the true profiles of all pairs in `uns`. Default: where they have at most 20 million values. */
  readonly keepTruth?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

export const SCREEN_DEFAULTS = {
  ...FACTOR_DEFAULTS,
  contexts: 24,
  actions: 21,
  genes: 978,
  availability: 'nested' as Availability,
  coverage: CMAP_COVERAGE,
  replicates: [1, 5] as readonly [number, number],
  noise: 0.28,
  control: 'DMSO' as string | null,
  seed: 0,
};

const LARGEST_TRUTH = 20_000_000;

/**
 * Rows are replicates, sorted by context, action and replicate; `obs` has `cell_iname`, `pert_iname`,
 * `replicate` (from 1) and `batch`. `uns['truth']` holds `profiles` `(contexts, actions, genes)`, `contexts`,
 * `actions`, `factors` `(actions, rank)`, `rank`, and the options. Throws OptionError.
 */
export function simulateScreen(options: ScreenOptions = {}): PerturbationData {
  const settings = { ...SCREEN_DEFAULTS, ...defined(options) };
  checkScreenOptions(settings, options);
  const { contexts: nContexts, actions: nActions, genes: nGenes } = settings;
  const random = Random.fromSeed(settings.seed).split('screen');
  const contexts = names('cell', nContexts);
  const nTreatments = settings.control === null ? nActions : nActions - 1;
  // The control is the last action here; readers sort names anyway.
  const treatments = names('compound', nTreatments);
  const actions = settings.control === null ? treatments : [...treatments, settings.control];
  const control = settings.control === null ? -1 : nTreatments;
  const model = new FactorModel(nContexts, nActions, nGenes, control, settings, random.split('model'));
  const available = drawAvailability(
    settings.availability,
    nContexts,
    nTreatments,
    settings.coverage,
    random.split('availability'),
  );
  const rows = drawReplicates(available, nContexts, nActions, nTreatments, settings, random);
  const X = new Float32Array(rows.length * nGenes);
  const profile = new Float64Array(nGenes);
  rows.forEach(({ context, action, replicate }, row) => {
    model.profile(context, action, profile);
    const noise = random.split('noise', context, action, replicate);
    addNoise(profile, settings.noise, settings.scale, noise);
    X.set(profile, row * nGenes);
  });
  const plate = settings.controlBatchShift > 0 ? 'vehicle' : 'plate';
  const obs = new Table(
    rows.map(({ context, action, replicate }) => `${contexts[context]}:${actions[action]}:${replicate}`),
    [
      ['cell_iname', strings(rows.map(({ context }) => contexts[context]))],
      ['pert_iname', strings(rows.map(({ action }) => actions[action]))],
      ['replicate', numeric(Int32Array.from(rows, ({ replicate }) => replicate))],
      [
        'batch',
        strings(
          rows.map(({ context, action, replicate }) => {
            return `${contexts[context]}_${action === control ? plate : 'plate'}${replicate}`;
          }),
        ),
      ],
    ],
  );
  const keepTruth = options.keepTruth ?? nContexts * nActions * nGenes <= LARGEST_TRUTH;
  const truth: [string, UnsValue][] = [
    ['contexts', list(contexts)],
    ['actions', list(actions)],
    ['rank', model.rank],
    ['factors', array([nActions, model.rank], model.factors)],
    ['options', new Map(Object.entries({ ...settings, replicates: settings.replicates.join(' to ') }))],
  ];
  if (keepTruth) truth.unshift(['profiles', array([nContexts, nActions, nGenes], allProfiles(model))]);
  return new PerturbationData({
    X: dense(rows.length, nGenes, X),
    obs,
    var: new Table(names('gene', nGenes)),
    uns: [['truth', new Map(truth) as UnsDict]],
  });
}

interface Replicate {
  readonly context: number;
  readonly action: number;
  /** From 1. */
  readonly replicate: number;
}

function drawReplicates(
  available: Uint8Array,
  nContexts: number,
  nActions: number,
  nTreatments: number,
  settings: typeof SCREEN_DEFAULTS,
  random: Random,
): Replicate[] {
  const [fewest, most] = settings.replicates;
  const rows: Replicate[] = [];
  for (let context = 0; context < nContexts; context++) {
    for (let action = 0; action < nActions; action++) {
      if (action < nTreatments && !available[context * nTreatments + action]) continue;
      const count = fewest + random.split('replicates', context, action).integer(most - fewest + 1);
      for (let replicate = 1; replicate <= count; replicate++) rows.push({ context, action, replicate });
    }
  }
  return rows;
}

/**
 * Multiplies the signal above the background by log-normal noise of mean 1 (so that the truth is the mean), or
 * adds normal noise on the log2 scale. In place.
 */
export function addNoise(
  profile: Float64Array,
  noise: number,
  scale: 'linear' | 'log2',
  random: Random,
): void {
  for (let gene = 0; gene < profile.length; gene++) {
    const z = noise * random.normal();
    profile[gene] =
      scale === 'log2'
        ? profile[gene] + z / Math.LN2
        : BACKGROUND + (profile[gene] - BACKGROUND) * Math.exp(z - 0.5 * noise * noise);
  }
}

function allProfiles(model: FactorModel): Float64Array {
  const { nContexts, nActions, nGenes } = model;
  const out = new Float64Array(nContexts * nActions * nGenes);
  for (let pair = 0; pair < nContexts * nActions; pair++) {
    const into = out.subarray(pair * nGenes, (pair + 1) * nGenes);
    model.profile(Math.floor(pair / nActions), pair % nActions, into);
  }
  return out;
}

const array = (shape: number[], values: Float64Array): NdArray => ({ kind: 'array', shape, values });
const list = (values: readonly string[]): NdArray => ({ kind: 'array', shape: [values.length], values });

function checkScreenOptions(settings: typeof SCREEN_DEFAULTS, given: ScreenOptions): void {
  wholeNumber('contexts', settings.contexts, 1);
  wholeNumber('actions', settings.actions, 1);
  wholeNumber('genes', settings.genes, 1);
  numberBetween('coverage', settings.coverage, 0, 1);
  numberBetween('noise', settings.noise, 0, 3);
  const kinds = ['nested', 'random', 'full'];
  if (!kinds.includes(settings.availability)) {
    throw new OptionError('availability', settings.availability, kinds);
  }
  if (given.coverage !== undefined && settings.availability !== 'random') {
    throw new OptionError('coverage', given.coverage, "used unless availability is 'random'");
  }
  const [fewest, most] = settings.replicates;
  wholeNumber('replicates (fewest)', fewest, 1);
  wholeNumber('replicates (most)', most, fewest);
  if (settings.control !== null && (settings.control === '' || /^compound-\d+$/.test(settings.control))) {
    throw new OptionError('control', settings.control, "a name that is not a compound's");
  }
}

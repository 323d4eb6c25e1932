/**
 * `simulateLargeScreen`: averaged profiles of a screen of CMAP's size, from the same factor model.
 *
 * For measuring speed and memory on what the whole of CMAP looks like: one cell line with most compounds, most
 * compounds in few cell lines, DMSO nearly everywhere. Profiles are made averaged (one draw of noise with the
 * variance of the mean of the replicates) and in float32: 120,000 × 978 of them are 470 MB.
 */
import { OptionError } from '../errors.js';
import { Random } from '../random/index.js';
import { FACTOR_DEFAULTS, FactorModel, type FactorModelOptions } from './factor-model.js';
import { drawHeavyAvailability } from './heavy-availability.js';
import { addNoise, SCREEN_DEFAULTS } from './screen.js';
import { defined, names, numberBetween, wholeNumber } from './settings.js';

export interface LargeScreenOptions extends FactorModelOptions {
  /** Cell lines. Default 71. */
  readonly contexts?: number;
  /** Actions, the control included. Default 20,369. */
  readonly actions?: number;
  /** Default 978. */
  readonly genes?: number;
  /** Observed pairs, the control's included. Default: CMAP's share, 120,000 of 71 × 20,369. */
  readonly pairs?: number;
  /** Actions in the largest context. Default: CMAP's share, 15,805 of 20,369. */
  readonly largestContext?: number;
  /** Contexts with the control. Default: all but one. */
  readonly controlContexts?: number;
  /** Contexts of the most widely measured treatment. Default: CMAP's share, 64 of 71. */
  readonly widestAction?: number;
  /** Fewest and most replicates averaged. Default [1, 5]. */
  readonly replicates?: readonly [number, number];
  /** Noise of one replicate, as in `simulateScreen`. Default .28. */
  readonly noise?: number;
  /** Default 'DMSO'. */
  readonly control?: string;
  /** Default 0. */
  readonly seed?: number;
}

export interface LargeScreen {
  /** Names, sorted. */
  readonly contexts: readonly string[];
  readonly actions: readonly string[];
  readonly genes: readonly string[];
  /** Position of the control in `actions`. */
  readonly control: number;
  /** `(nPairs, nGenes)` row-major; pairs sorted by context, then action. */
  readonly profiles: Float32Array;
  readonly pairContext: Int32Array;
  readonly pairAction: Int32Array;
  /** Replicates averaged, `(nPairs)`. */
  readonly replicates: Int32Array;
  /** The truth: `model.profile(context, action, out)` for any pair. */
  readonly model: FactorModel;
}

const CMAP = { contexts: 71, actions: 20_369, pairs: 120_000, largest: 15_805, widest: 64 };

/** Throws OptionError for sizes that cannot all hold. */
export function simulateLargeScreen(options: LargeScreenOptions = {}): LargeScreen {
  const settings = checkedSettings(options);
  const { contexts: nContexts, actions: nActions, genes: nGenes } = settings;
  const random = Random.fromSeed(settings.seed).split('large screen');
  const treatments = names('compound', nActions - 1);
  const actions = [...treatments, settings.control].sort();
  const control = actions.indexOf(settings.control);
  const model = new FactorModel(nContexts, nActions, nGenes, control, settings, random.split('model'));
  const { pairContext, pairAction } = drawHeavyAvailability(
    { ...settings, control },
    random.split('availability'),
  );
  const nPairs = pairContext.length;
  const [fewest, most] = settings.replicates;
  const counting = random.split('replicates');
  const replicates = counting.fill(new Int32Array(nPairs), (r) => fewest + r.integer(most - fewest + 1));
  const profiles = new Float32Array(nPairs * nGenes);
  const profile = new Float64Array(nGenes);
  const noises = random.split('noise');
  for (let pair = 0; pair < nPairs; pair++) {
    model.profile(pairContext[pair], pairAction[pair], profile);
    const noise = settings.noise / Math.sqrt(replicates[pair]);
    addNoise(profile, noise, settings.scale, noises.split(pair));
    profiles.set(profile, pair * nGenes);
  }
  return {
    contexts: names('cell', nContexts),
    actions,
    genes: names('gene', nGenes),
    control,
    profiles,
    pairContext,
    pairAction,
    replicates,
    model,
  };
}

function checkedSettings(options: LargeScreenOptions) {
  const contexts = options.contexts ?? CMAP.contexts;
  const actions = options.actions ?? CMAP.actions;
  wholeNumber('contexts', contexts, 1);
  wholeNumber('actions', actions, 1);
  const treatments = actions - 1;
  const inControl = options.controlContexts ?? (treatments > 0 ? Math.max(1, contexts - 1) : contexts);
  const cmapLargest = Math.max(Math.min(2, actions), Math.round((CMAP.largest / CMAP.actions) * actions));
  const largest = options.largestContext ?? (contexts === 1 ? actions : cmapLargest);
  const widest = options.widestAction ?? Math.max(1, Math.round((CMAP.widest / CMAP.contexts) * contexts));
  // Small screens need more than CMAP's share to give every context and treatment a pair.
  const least = inControl + (treatments > 0 ? Math.max(treatments + widest - 1, largest + contexts - 2) : 0);
  const most = inControl + (largest - 1) * contexts;
  const share = CMAP.pairs / (CMAP.contexts * CMAP.actions);
  const settings = {
    ...FACTOR_DEFAULTS,
    genes: SCREEN_DEFAULTS.genes,
    replicates: SCREEN_DEFAULTS.replicates,
    noise: SCREEN_DEFAULTS.noise,
    control: 'DMSO',
    seed: 0,
    largestContext: largest,
    controlContexts: inControl,
    widestAction: widest,
    pairs: Math.min(most, Math.max(least, Math.round(share * contexts * actions))),
    ...defined(options),
    contexts,
    actions,
  };
  wholeNumber('genes', settings.genes, 1);
  wholeNumber('largestContext', settings.largestContext, 1, actions);
  wholeNumber('controlContexts', settings.controlContexts, 1, contexts);
  wholeNumber('widestAction', settings.widestAction, 1, contexts);
  wholeNumber('pairs', settings.pairs, 1, contexts * actions);
  if (settings.pairs * settings.genes > 2 ** 31) {
    throw new OptionError('pairs', settings.pairs, `at most ${Math.floor(2 ** 31 / settings.genes)} (8 GB)`);
  }
  numberBetween('noise', settings.noise, 0, 3);
  wholeNumber('replicates (fewest)', settings.replicates[0], 1);
  wholeNumber('replicates (most)', settings.replicates[1], settings.replicates[0]);
  if (settings.control === '' || /^compound-\d+$/.test(settings.control)) {
    throw new OptionError('control', settings.control, "a name that is not a compound's");
  }
  return settings;
}

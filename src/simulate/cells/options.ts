/**
 * Options of simulated cells: two definitions of one simulator, and every knob of it.
 *
 * Lopez et al. 2023, "Learning causal representations of single cells via sparse mechanism shift modeling",
 * describe it in Appendix C; the program they published, which made their tables, departs from it where
 * `DEFINITIONS` says so.
 */
import { OptionError } from '../../errors.js';
import { defined, numberBetween, wholeNumber } from '../settings.js';

export const CELL_DEFINITIONS = ['published', 'paper'] as const;
export const CELL_COUNTS = ['poisson', 'negative-binomial', 'gaussian'] as const;
export const CELL_SOFTMAX = ['cells', 'genes'] as const;

export interface CellsOptions {
  /** The authors' program, or the paper's Appendix C: sets `softmax`, `replacement`, `library`. Default 'published'. */
  readonly definition?: (typeof CELL_DEFINITIONS)[number];
  /** Perturbations, the held-out ones included, the control not. Default 100. */
  readonly perturbations?: number;
  /** Default 500. */
  readonly cellsPerPerturbation?: number;
  /** Cells of the label 'control', whose shift is zero. Default 0. */
  readonly controlCells?: number;
  /** Default 15. */
  readonly latents?: number;
  /** Default 100. */
  readonly genes?: number;
  /** Fewest and most targets drawn for a perturbation, uniform between. Default [1, 3]. */
  readonly targets?: readonly [number, number];
  /** May one perturbation draw a target twice, and so have fewer of them? Default: published yes, paper no. */
  readonly replacement?: boolean;
  /** In place of `targets`: every perturbation has round(density · latents) of them, at least 1. */
  readonly density?: number;
  /** Only the first so many latents are ever targets. Default: all. */
  readonly covered?: number;
  /** Mean size of a shift, whose sign is random. Default 5. */
  readonly effect?: number;
  /** Standard deviation of the size of a shift. Default .5. */
  readonly effectSpread?: number;
  /** The last so many perturbations are held out. Default: a fifth, 20 of 100. */
  readonly heldOut?: number;
  /** `density` of the held-out perturbations. Default: as the others. */
  readonly heldOutDensity?: number;
  /** `effect` of the held-out perturbations. Default: as the others. */
  readonly heldOutEffect?: number;
  /** Pairs 'A+B' of perturbations that are not held out, whose shifts are added. Default 0. */
  readonly combinations?: number;
  /** Share of the combinations that shift one more latent, which neither part shifts. Default 0. */
  readonly interactions?: number;
  /** Hidden layers of the decoder. Default 3. */
  readonly depth?: number;
  /** Units of a hidden layer. Default 40. */
  readonly width?: number;
  /** Over what expressions add up to 1: all cells of a gene (published) or all genes of a cell (paper). */
  readonly softmax?: (typeof CELL_SOFTMAX)[number];
  /** Default 'poisson'. 'gaussian': the logits plus noise, no counts. */
  readonly counts?: (typeof CELL_COUNTS)[number];
  /** With 'negative-binomial', θ: variance μ + μ² / θ. Default 10. */
  readonly inverseDispersion?: number;
  /** With 'gaussian': standard deviation of the noise, against logits of standard deviation 1. Default .1. */
  readonly noise?: number;
  /** Mean total count of a cell (paper, default 1e5), or of a gene over all cells (published, default 1e6). */
  readonly library?: number;
  /** With softmax 'genes': standard deviation of the natural logarithm of a cell's library. Default 0. */
  readonly librarySpread?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** What the definitions differ in. */
const DEFINITIONS = {
  published: { softmax: 'cells', replacement: true, library: 1e6 },
  paper: { softmax: 'genes', replacement: false, library: 1e5 },
} as const;

const DEFAULTS = {
  definition: 'published' as (typeof CELL_DEFINITIONS)[number],
  perturbations: 100,
  cellsPerPerturbation: 500,
  controlCells: 0,
  latents: 15,
  genes: 100,
  targets: [1, 3] as readonly [number, number],
  effect: 5,
  effectSpread: 0.5,
  combinations: 0,
  interactions: 0,
  depth: 3,
  width: 40,
  counts: 'poisson' as (typeof CELL_COUNTS)[number],
  inverseDispersion: 10,
  noise: 0.1,
  librarySpread: 0,
  seed: 0,
};

/** One kind of perturbations: those to learn from, or those held out. */
export interface Group {
  readonly targets: readonly [number, number];
  readonly replacement: boolean;
  readonly effect: number;
}

export interface CellsSettings extends Omit<Required<CellsOptions>, 'density' | 'heldOutDensity'> {
  readonly density?: number;
  readonly heldOutDensity?: number;
  readonly train: Group;
  readonly heldOutGroup: Group;
}

/** More rows of text labels than this do not fit beside the counts. */
const MOST_CELLS = 10_000_000;
/** Counts are kept in float32, exact to here. */
const MOST_LIBRARY = 2 ** 24;

/** The options with their defaults. Throws OptionError for what is out of range or cannot hold together. */
export function cellsSettings(options: CellsOptions): CellsSettings {
  const given = defined(options);
  const definition = given.definition ?? DEFAULTS.definition;
  oneOf('definition', definition, CELL_DEFINITIONS);
  const chosen = { ...DEFAULTS, ...DEFINITIONS[definition], ...given };
  const perturbations = chosen.perturbations;
  const heldOut = given.heldOut ?? Math.floor(perturbations / 5);
  const covered = given.covered ?? chosen.latents;
  checkSizes({ ...chosen, heldOut, covered });
  checkMeasurement(chosen, given);
  numberBetween('effect', chosen.effect, 0, 1000);
  numberBetween('effectSpread', chosen.effectSpread, 0, 1000);
  if (given.density !== undefined && given.targets !== undefined) {
    throw new OptionError('density', given.density, 'used in place of targets, not with them');
  }
  if (given.density !== undefined && given.replacement) {
    throw new OptionError('replacement', true, 'used with density: so many targets are different ones');
  }
  if (chosen.combinations === 0 && chosen.interactions > 0) {
    throw new OptionError('interactions', chosen.interactions, 'used unless there are combinations');
  }
  for (const option of ['heldOutDensity', 'heldOutEffect'] as const) {
    if (given[option] !== undefined && heldOut === 0) {
      throw new OptionError(option, given[option], 'used only where perturbations are held out');
    }
  }
  const heldOutEffect = given.heldOutEffect ?? chosen.effect;
  numberBetween('heldOutEffect', heldOutEffect, 0, 1000);
  const group = (option: string, density: number | undefined, effect: number): Group => {
    if (density === undefined) return { targets: chosen.targets, replacement: chosen.replacement, effect };
    const count = targetsOfDensity(option, density, chosen.latents, covered);
    return { targets: [count, count], replacement: false, effect };
  };
  const train = group('density', given.density, chosen.effect);
  const heldOutGroup =
    given.heldOutDensity === undefined
      ? { ...train, effect: heldOutEffect }
      : group('heldOutDensity', given.heldOutDensity, heldOutEffect);
  checkTargets(train, covered);
  return { ...chosen, heldOut, covered, heldOutEffect, train, heldOutGroup };
}

function targetsOfDensity(option: string, density: number, latents: number, covered: number): number {
  numberBetween(option, density, 0, 1);
  const count = Math.max(1, Math.round(density * latents));
  if (count > covered) {
    throw new OptionError(option, density, `a share of at most ${covered} of ${latents} latents`);
  }
  return count;
}

function checkTargets({ targets: [fewest, most], replacement }: Group, covered: number): void {
  wholeNumber('targets (fewest)', fewest, 1);
  wholeNumber('targets (most)', most, fewest);
  if (!replacement && most > covered) {
    throw new OptionError('targets (most)', most, `at most ${covered}, the latents to draw from`);
  }
}

function checkSizes(sizes: typeof DEFAULTS & { heldOut: number; covered: number }): void {
  wholeNumber('perturbations', sizes.perturbations, 1, 1_000_000);
  wholeNumber('cellsPerPerturbation', sizes.cellsPerPerturbation, 1);
  wholeNumber('controlCells', sizes.controlCells, 0);
  wholeNumber('latents', sizes.latents, 1, 10_000);
  wholeNumber('genes', sizes.genes, 1, 1_000_000);
  wholeNumber('covered', sizes.covered, 1, sizes.latents);
  wholeNumber('heldOut', sizes.heldOut, 0, sizes.perturbations);
  wholeNumber('depth', sizes.depth, 0, 100);
  wholeNumber('width', sizes.width, 1, 4096);
  const trained = sizes.perturbations - sizes.heldOut;
  wholeNumber('combinations', sizes.combinations, 0, Math.min((trained * (trained - 1)) / 2, 1_000_000));
  numberBetween('interactions', sizes.interactions, 0, 1);
  const labels = sizes.perturbations + sizes.combinations;
  const cells = labels * sizes.cellsPerPerturbation + sizes.controlCells;
  const most = Math.min(MOST_CELLS, Math.floor(2 ** 31 / Math.max(sizes.genes, sizes.latents)));
  if (cells > most) throw new OptionError('cells in all', cells, `at most ${most}, of so many genes`);
  if (labels * sizes.latents > 2 ** 27) {
    throw new OptionError(
      'latents',
      sizes.latents,
      `at most ${Math.floor(2 ** 27 / labels)}, of so many labels`,
    );
  }
}

/** Options of measurement that another one makes idle are refused, so that nobody believes they were used. */
function checkMeasurement(
  chosen: typeof DEFAULTS & { softmax: string; library: number },
  given: CellsOptions,
): void {
  oneOf('counts', chosen.counts, CELL_COUNTS);
  oneOf('softmax', chosen.softmax, CELL_SOFTMAX);
  numberBetween('library', chosen.library, 1, MOST_LIBRARY);
  numberBetween('librarySpread', chosen.librarySpread, 0, 3);
  numberBetween('inverseDispersion', chosen.inverseDispersion, 1e-3, 1e9);
  numberBetween('noise', chosen.noise, 0, 1000);
  const refuse = (option: keyof CellsOptions, idle: boolean, allowed: string) => {
    if (idle && given[option] !== undefined) throw new OptionError(option, String(given[option]), allowed);
  };
  const gaussian = chosen.counts === 'gaussian';
  const counting = "used unless counts is 'gaussian'";
  refuse('softmax', gaussian, counting);
  refuse('library', gaussian, counting);
  refuse(
    'librarySpread',
    gaussian || chosen.softmax === 'cells',
    "used with counts and softmax 'genes' only",
  );
  refuse('noise', !gaussian, "used with counts 'gaussian' only");
  refuse('inverseDispersion', chosen.counts !== 'negative-binomial', "used with 'negative-binomial' only");
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new OptionError(option, value, allowed);
}

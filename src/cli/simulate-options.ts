/**
 * The options of `mechanist simulate`, by what is simulated: names as in the library, and how words become values.
 *
 * Defaults are the library's, which knows them already. The types ask for every option that the library has.
 */
import { OptionError } from '../errors.js';
import { wordOf } from '../impute/option.js';
import type {
  CellsOptions,
  EnvironmentsOptions,
  GraphOptions,
  ImagesOptions,
  ScreenOptions,
} from '../simulate/index.js';

interface Reader<T> {
  /** What stands for the value in `--help`. */
  readonly placeholder: string;
  /** Throws OptionError; `option` is `--word`. */
  read(option: string, text: string): T;
}

interface SimulateOption<T> extends Reader<T> {
  /** One line, with the default. */
  readonly summary: string;
  /** Where it is not the name in kebab case. */
  readonly word?: string;
}

type OptionsOf<T> = { readonly [K in keyof T]-?: SimulateOption<T[K]> };

const number: Reader<number> = {
  placeholder: '<x>',
  read(option, text) {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw new OptionError(option, text, 'a number');
    return value;
  },
};

const count: Reader<number> = { ...number, placeholder: '<n>' };

const range: Reader<readonly [number, number]> = {
  placeholder: '<low-high>',
  read(option, text) {
    const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
    if (low === undefined) throw new OptionError(option, text, 'a number or a range such as 1-5');
    return [Number(low), Number(high ?? low)];
  },
};

/** '-1,1': the ends of an interval. */
const interval: Reader<readonly [number, number]> = {
  placeholder: '<low,high>',
  read(option, text) {
    const ends = text.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
    if (ends.length !== 2 || ends.some(Number.isNaN))
      throw new OptionError(option, text, 'two numbers such as -1,1');
    return [ends[0], ends[1]];
  },
};

/** '0,0/0,0.5': rows of numbers. */
const rowsOfNumbers: Reader<readonly (readonly number[])[]> = {
  placeholder: '<rows>',
  read: (option, text) =>
    text.split('/').map((row) => row.split(',').map((word) => number.read(option, word))),
};

function oneOf<T extends string>(...allowed: readonly T[]): Reader<T> {
  return {
    placeholder: '<how>',
    read(option, text) {
      if (!allowed.includes(text as T)) throw new OptionError(option, text, allowed);
      return text as T;
    },
  };
}

const onOff: Reader<boolean> = {
  placeholder: '<on|off>',
  read: (option, text) => oneOf('on', 'off').read(option, text) === 'on',
};

const controlName: Reader<string | null> = {
  placeholder: '<name>',
  read: (_, text) => (text === 'none' ? null : text),
};

const seed = { ...count, summary: 'seed of every random choice (default 0)' };

/** Of the factor model, for callers of the library alone. */
type Unnamed =
  | 'lineages'
  | 'sharedByAll'
  | 'sharedByLineage'
  | 'contextSpread'
  | 'programSpread'
  | 'keepTruth';

const screen: OptionsOf<Omit<ScreenOptions, Unnamed>> = {
  contexts: { ...count, summary: 'cell lines (default 24)' },
  actions: { ...count, summary: 'actions, the control included (default 21)' },
  genes: { ...count, summary: 'genes (default: screen and environments 978, cells 100)' },
  availability: {
    ...oneOf('nested', 'random', 'full'),
    summary: 'nested (as in CMAP, the default), random or full',
  },
  coverage: { ...number, summary: 'share of pairs measured, with --availability random' },
  replicates: { ...range, summary: 'replicates a pair (default 1-5)' },
  noise: {
    ...number,
    summary:
      'standard deviation of the noise (default: of a replicate .28; of gaussian cells .1; of noisy-linear genes 1)',
  },
  rank: { ...count, summary: 'rank of the factor model (default 9)' },
  scale: { ...oneOf('linear', 'log2'), summary: 'linear (L1000 level 2, the default) or log2' },
  control: {
    ...controlName,
    summary: "name of the control, or 'none' (default: screen DMSO, environments control)",
  },
  controlBatchShift: { ...number, summary: 'controls come from other batches, shifted so far (default 0)' },
  seed,
};

const cells: OptionsOf<CellsOptions> = {
  definition: {
    ...oneOf('published', 'paper'),
    summary: "the authors' program (published, the default) or the paper's text",
  },
  perturbations: { ...count, summary: 'perturbations, the held-out ones included (default 100)' },
  cellsPerPerturbation: { ...count, summary: 'cells of each (default 500)' },
  controlCells: { ...count, summary: "cells labelled 'control' (default 0)" },
  latents: { ...count, summary: 'latents (default 15)' },
  genes: screen.genes,
  targets: {
    ...range,
    summary:
      'latents that are shifted, nodes that are hit (default: of cells and regimes 1-3, of an environment 1)',
  },
  replacement: { ...onOff, summary: 'may a target be drawn twice (default: published on, paper off)' },
  density: { ...number, summary: 'share of the latents that a perturbation shifts, in place of --targets' },
  covered: { ...count, summary: 'only the first so many latents are shifted (default: all)' },
  effect: { ...number, summary: 'mean size of a shift (default 5)' },
  effectSpread: { ...number, summary: 'its standard deviation (default .5)' },
  heldOut: { ...count, summary: 'the last so many perturbations are held out (default: a fifth)' },
  heldOutDensity: { ...number, summary: '--density of these' },
  heldOutEffect: { ...number, summary: '--effect of these' },
  combinations: { ...count, summary: 'pairs A+B of perturbations, shifts added (default 0)' },
  interactions: { ...number, summary: 'share of them that shift one more latent (default 0)' },
  depth: { ...count, summary: 'hidden layers of the decoder (default 3)' },
  width: { ...count, summary: 'units of a hidden layer (default 40)' },
  softmax: {
    ...oneOf('cells', 'genes'),
    summary: 'over what expressions add up to 1 (default: published cells, paper genes)',
  },
  counts: {
    ...oneOf('poisson', 'negative-binomial', 'gaussian'),
    summary:
      'poisson (default of cells), negative-binomial; cells: gaussian, logits with noise; graph: none (default)',
  },
  inverseDispersion: { ...number, summary: 'of the negative binomial (default: of cells 10, of a graph 5)' },
  noise: screen.noise,
  library: {
    ...number,
    summary: 'mean total of a cell (paper 1e5, graph 10 a node) or total of a gene (published, 1e6)',
  },
  librarySpread: {
    ...number,
    summary: 'standard deviation of log totals of cells (default 0, of a graph .3)',
  },
  seed,
};

const environments: OptionsOf<EnvironmentsOptions> = {
  environments: { ...count, summary: 'the control not counted (default 100)' },
  profiles: { ...count, summary: 'of each environment (default 100; of the library 1000)' },
  latents: cells.latents,
  genes: screen.genes,
  graph: {
    ...oneOf('multi-growing', 'growing', 'hierarchical', 'empty'),
    summary:
      'environments: multi-growing (default), growing, hierarchical or empty; graph: erdos-renyi (default) or scale-free',
  },
  latentParents: { ...count, summary: 'most parents of a latent (default 3)' },
  layers: { ...count, summary: 'of a hierarchical graph (default: as many as latents, a chain)' },
  latentNoise: { ...number, summary: 'standard deviation of the noise of a latent (default 1)' },
  childNoise: { ...number, summary: 'the same of latents with parents (default: as --latent-noise)' },
  geneParents: { ...number, summary: 'probability that a latent is a parent of a gene (default .2)' },
  functions: {
    ...oneOf('linear', 'noisy-linear', 'relu'),
    summary: 'from latents to genes: linear (default), noisy-linear or relu',
  },
  units: { ...count, summary: "hidden units of a gene's relu network (default 3)" },
  noise: screen.noise,
  intervention: {
    ...oneOf('soft', 'hard'),
    summary:
      'environments: soft (adds an offset, default) or hard (sets the latent); graph: hard (default), scale, shift, knock-down or mixed',
  },
  targets: cells.targets,
  offsetScale: { ...number, summary: 'standard deviation of an offset (default 5)' },
  offsets: {
    ...rowsOfNumbers,
    summary: 'in place of drawn environments: offsets of all latents, such as 0,0/0,0.5',
  },
  control: screen.control,
  train: { ...number, summary: 'share of the environments in training, the first ones (default .7)' },
  seed,
};

const graph: OptionsOf<GraphOptions> = {
  nodes: { ...count, summary: 'variables (default 10)' },
  edges: { ...number, summary: 'edges expected (default: as many as nodes)' },
  graph: { ...oneOf('erdos-renyi', 'scale-free'), summary: environments.graph.summary },
  mechanism: {
    ...oneOf('linear', 'polynomial', 'sigmoid', 'neural', 'neural-non-additive'),
    summary: 'of a node: linear (default), polynomial, sigmoid, neural or neural-non-additive',
  },
  noiseScale: { ...number, summary: 'scale of the noise of a node (default .4)' },
  redrawNoise: { ...onOff, summary: 'is the scale of noise drawn anew for each regime (default off)' },
  roots: {
    ...oneOf('gaussian', 'uniform'),
    summary: 'nodes without parents: gaussian (default) or uniform in [-1, 1)',
  },
  normalise: {
    ...onOff,
    summary: 'parents enter in units of their own spread (default: linear and sigmoid off, others on)',
  },
  intervention: {
    ...oneOf('hard', 'scale', 'shift', 'knock-down', 'mixed'),
    summary: environments.intervention.summary,
  },
  hardRange: { ...interval, summary: 'values of hard targets (default -1,1)' },
  scaleRange: { ...interval, summary: 'factor of scaled targets, or one divided by it (default 2,5)' },
  shiftRange: {
    ...interval,
    summary: 'size of shifts and knock-downs in standard deviations (default 1,3)',
  },
  efficiency: { ...number, summary: 'share of the cells of a regime that were hit (default 1)' },
  targets: cells.targets,
  regimes: { ...count, summary: 'sets of targets (default: as many as nodes of each number of targets)' },
  cells: { ...count, summary: 'observational cells (default 1000)' },
  cellsPerRegime: { ...count, summary: 'of each (default 1000)' },
  standardise: {
    ...oneOf('off', 'control', 'each'),
    summary: 'off (default), control (units of the observational cells) or each (regime in its own)',
  },
  counts: { ...oneOf('none', 'poisson', 'negative-binomial'), summary: cells.counts.summary },
  library: cells.library,
  librarySpread: cells.librarySpread,
  levelSpread: { ...number, summary: 'standard deviation of log levels over genes (default 1)' },
  expressionSpread: { ...number, summary: "of a gene's log expression over cells (default .7)" },
  inverseDispersion: cells.inverseDispersion,
  dropout: { ...number, summary: 'mean at which half of the counts are lost (default 0: none are)' },
  seed,
};

const images: OptionsOf<ImagesOptions> = {
  count: { ...count, summary: 'how many (default 6)' },
  size: { ...count, summary: 'rows and columns (default 128)' },
  mask: { ...oneOf('scattered', 'hole'), word: 'mask-kind', summary: 'scattered (default) or hole' },
  missing: { ...number, summary: 'share of the pixels hidden (default 0.5, of a hole 0.1)' },
  seed,
};

interface Simulated {
  screen: ScreenOptions;
  cells: CellsOptions;
  environments: EnvironmentsOptions;
  graph: GraphOptions;
  images: ImagesOptions;
}

const OPTIONS = { screen, cells, environments, graph, images } as const;

export type What = keyof Simulated;
export const SIMULATED = Object.keys(OPTIONS) as What[];

type Entry = readonly [name: string, option: SimulateOption<unknown>];
const entries = (what: What): Entry[] => Object.entries(OPTIONS[what]);
const longWord = ([name, { word }]: Entry) => word ?? wordOf(name);

/** Each word once, with the kinds that take it. */
export function declaredOptions(): { flags: string; summary: string; kinds: What[] }[] {
  const declared = new Map<string, { flags: string; summary: string; kinds: What[] }>();
  for (const what of SIMULATED) {
    for (const entry of entries(what)) {
      const { placeholder, summary } = entry[1];
      const flags = `--${longWord(entry)} ${placeholder}`;
      const known = declared.get(flags);
      if (known) known.kinds.push(what);
      else declared.set(flags, { flags, summary, kinds: [what] });
    }
  }
  return [...declared.values()];
}

/** Options of the library from the words given, by their names without dashes. Throws OptionError for what does not belong. */
export function readOptions<W extends What>(what: W, words: Readonly<Record<string, string>>): Simulated[W] {
  const known = new Map(entries(what).map((entry) => [longWord(entry), entry]));
  const values: Record<string, unknown> = {};
  for (const [word, text] of Object.entries(words)) {
    const entry = known.get(word);
    if (entry === undefined) throw new OptionError(`--${word}`, text, `an option of 'simulate ${what}'`);
    values[entry[0]] = entry[1].read(`--${word}`, text);
  }
  return values as Simulated[W];
}

/**
 * Options of cells of a causal graph under interventions with unknown targets.
 */
import { OptionError } from '../../errors.js';
import { defined, numberBetween, wholeNumber } from '../settings.js';
import { GRAPH_KINDS } from './dag.js';
import { GRAPH_MECHANISMS } from './mechanisms.js';

/**
 * 'hard': set to uniform values, whatever the parents; 'scale': multiplied; 'shift': moved up or down; 'knock-down':
 * moved down.
 */
export const INTERVENTION_KINDS = ['hard', 'scale', 'shift', 'knock-down'] as const;
export type InterventionKind = (typeof INTERVENTION_KINDS)[number];
export const GRAPH_INTERVENTIONS = [...INTERVENTION_KINDS, 'mixed'] as const;
export const GRAPH_ROOTS = ['gaussian', 'uniform'] as const;
export const GRAPH_STANDARDISE = ['off', 'control', 'each'] as const;
export const GRAPH_COUNTS = ['none', 'poisson', 'negative-binomial'] as const;

export interface GraphOptions {
  /** Variables. Default 10. */
  readonly nodes?: number;
  /** Edges expected. Default: as many as nodes, at most as there are pairs. */
  readonly edges?: number;
  /** Default 'erdos-renyi'. */
  readonly graph?: (typeof GRAPH_KINDS)[number];
  /** Default 'linear'. */
  readonly mechanism?: (typeof GRAPH_MECHANISMS)[number];
  /** The noise of a node has the standard deviation `noiseScale · √u`, u uniform in [1, 2). Default .4. */
  readonly noiseScale?: number;
  /** Is u drawn anew for each regime, so that nodes differ that nobody touched, as in DCDI's program? Default false. */
  readonly redrawNoise?: boolean;
  /** Nodes without parents: N(0, 1) (default), or uniform in [−1, 1). */
  readonly roots?: (typeof GRAPH_ROOTS)[number];
  /**
   * Do parents enter a mechanism in units of their own observational mean and standard deviation? Default: no for
   * 'linear' and 'sigmoid', yes for the others, without which polynomials would overflow.
   */
  readonly normalise?: boolean;
  /** 'mixed': each regime is 'hard', 'scale' or 'shift', each as likely. Default 'hard'. */
  readonly intervention?: (typeof GRAPH_INTERVENTIONS)[number];
  /** Values of a 'hard' target, uniform. Default [−1, 1]. */
  readonly hardRange?: readonly [number, number];
  /** Factor of a 'scale' target, or one divided by it, log-uniform. Default [2, 5]. */
  readonly scaleRange?: readonly [number, number];
  /** Size of a 'shift' or 'knock-down' in the target's observational standard deviations, uniform. Default [1, 3]. */
  readonly shiftRange?: readonly [number, number];
  /** Probability that a cell of a regime was hit, in all its targets, rather than not at all. Default 1. */
  readonly efficiency?: number;
  /** Fewest and most targets of a regime. Default [1, 3]. */
  readonly targets?: readonly [number, number];
  /**
   * How many, shared as equally over the numbers of targets as can be, small sets first. Default: `nodes` of each
   * number, or as many as there are sets.
   */
  readonly regimes?: number;
  /** Observational cells. Default 1000. */
  readonly cells?: number;
  /** Default 1000. */
  readonly cellsPerRegime?: number;
  /**
   * Are values in units of the mean and standard deviation of the observational cells ('control'), or each regime's of
   * its own ('each'), which leaves nothing of marginal changes? Default 'off'.
   */
  readonly standardise?: (typeof GRAPH_STANDARDISE)[number];
  /** Counts of molecules around the exponentials of the values, or 'none': the values themselves. Default 'none'. */
  readonly counts?: (typeof GRAPH_COUNTS)[number];
  /** With counts: mean total of an observational cell. Default 10 a node. */
  readonly library?: number;
  /** With counts: standard deviation of the natural logarithm of a cell's library. Default .3. */
  readonly librarySpread?: number;
  /** With counts: standard deviation of the log level of a gene over genes. Default 1. */
  readonly levelSpread?: number;
  /** With counts: standard deviation of a gene's log expression over observational cells. Default .7. */
  readonly expressionSpread?: number;
  /** With counts 'negative-binomial', θ: variance μ + μ² / θ. Default 5. */
  readonly inverseDispersion?: number;
  /** With counts: mean at which half of the counts are lost, set to 0: of mean μ, dropout / (dropout + μ). Default 0. */
  readonly dropout?: number;
  /** Default 0. */
  readonly seed?: number;
}

const DEFAULTS = {
  nodes: 10,
  graph: 'erdos-renyi' as (typeof GRAPH_KINDS)[number],
  mechanism: 'linear' as (typeof GRAPH_MECHANISMS)[number],
  noiseScale: 0.4,
  redrawNoise: false,
  roots: 'gaussian' as (typeof GRAPH_ROOTS)[number],
  intervention: 'hard' as (typeof GRAPH_INTERVENTIONS)[number],
  hardRange: [-1, 1] as readonly [number, number],
  scaleRange: [2, 5] as readonly [number, number],
  shiftRange: [1, 3] as readonly [number, number],
  efficiency: 1,
  cells: 1000,
  cellsPerRegime: 1000,
  standardise: 'off' as (typeof GRAPH_STANDARDISE)[number],
  counts: 'none' as (typeof GRAPH_COUNTS)[number],
  librarySpread: 0.3,
  levelSpread: 1,
  expressionSpread: 0.7,
  inverseDispersion: 5,
  dropout: 0,
  seed: 0,
};

export interface GraphSettings extends Required<GraphOptions> {
  /** For each number of targets from the fewest on. */
  readonly regimesOfSize: readonly number[];
}

const MOST_NODES = 5000;
/** Beyond this many, the paths between nodes take minutes to count. */
const MOST_EDGES = 100_000;
const MOST_REGIMES = 1_000_000;

/** The options with their defaults. Throws OptionError for what is out of range or has no effect. */
export function graphSettings(options: GraphOptions): GraphSettings {
  const given = defined(options);
  const chosen = { ...DEFAULTS, ...given };
  const { nodes, mechanism, intervention } = chosen;
  oneOf('graph', chosen.graph, GRAPH_KINDS);
  oneOf('mechanism', mechanism, GRAPH_MECHANISMS);
  oneOf('roots', chosen.roots, GRAPH_ROOTS);
  oneOf('standardise', chosen.standardise, GRAPH_STANDARDISE);
  oneOf('intervention', intervention, GRAPH_INTERVENTIONS);
  wholeNumber('nodes', nodes, 1, MOST_NODES);
  const pairs = (nodes * (nodes - 1)) / 2;
  const edges = given.edges ?? Math.min(nodes, pairs);
  numberBetween('edges', edges, 0, Math.min(pairs, MOST_EDGES));
  numberBetween('noiseScale', chosen.noiseScale, 0, 1e6);
  const normalise = given.normalise ?? (mechanism !== 'linear' && mechanism !== 'sigmoid');
  if (!normalise && mechanism === 'polynomial') {
    throw new OptionError(
      'normalise',
      false,
      "used with mechanism 'polynomial', whose values would overflow",
    );
  }
  checkIntervention(chosen, given);
  const library = given.library ?? 10 * nodes;
  checkCounts({ ...chosen, library }, given);
  wholeNumber('cells', chosen.cells, 1);
  wholeNumber('cellsPerRegime', chosen.cellsPerRegime, 1);
  const targets = given.targets ?? [1, Math.min(3, nodes)];
  wholeNumber('targets (fewest)', targets[0], 1, nodes);
  wholeNumber('targets (most)', targets[1], targets[0], nodes);
  const regimesOfSize = shareRegimes(nodes, targets, given.regimes);
  const regimes = regimesOfSize.reduce((sum, count) => sum + count, 0);
  return { ...chosen, edges, normalise, library, targets, regimes, regimesOfSize };
}

/** Options that another one makes idle are refused, so that nobody believes they were used. */
function refuse(given: GraphOptions, option: keyof GraphOptions, idle: boolean, usedWith: string): void {
  if (idle && given[option] !== undefined) {
    throw new OptionError(option, String(given[option]), `used: it belongs to ${usedWith}`);
  }
}

function checkIntervention(chosen: typeof DEFAULTS, given: GraphOptions): void {
  const { intervention, hardRange, scaleRange, shiftRange } = chosen;
  checkRange('hardRange', hardRange, -1e6, 1e6);
  checkRange('scaleRange', scaleRange, 1, 1000);
  checkRange('shiftRange', shiftRange, 0, 1000);
  numberBetween('efficiency', chosen.efficiency, 0, 1);
  const isNone = (...kinds: string[]) => !['mixed', ...kinds].includes(intervention);
  refuse(given, 'hardRange', isNone('hard'), "interventions 'hard' and 'mixed'");
  refuse(given, 'scaleRange', isNone('scale'), "interventions 'scale' and 'mixed'");
  refuse(
    given,
    'shiftRange',
    isNone('shift', 'knock-down'),
    "interventions 'shift', 'knock-down' and 'mixed'",
  );
}

function checkCounts(chosen: typeof DEFAULTS & { library: number }, given: GraphOptions): void {
  oneOf('counts', chosen.counts, GRAPH_COUNTS);
  // Counts are kept in float32, exact to 2^24.
  numberBetween('library', chosen.library, 1e-3, 2 ** 24);
  numberBetween('librarySpread', chosen.librarySpread, 0, 3);
  numberBetween('levelSpread', chosen.levelSpread, 0, 3);
  numberBetween('expressionSpread', chosen.expressionSpread, 0, 2);
  numberBetween('inverseDispersion', chosen.inverseDispersion, 1e-3, 1e9);
  numberBetween('dropout', chosen.dropout, 0, 2 ** 24);
  const none = chosen.counts === 'none';
  for (const option of ['library', 'librarySpread', 'levelSpread', 'expressionSpread', 'dropout'] as const) {
    refuse(given, option, none, "counts 'poisson' and 'negative-binomial'");
  }
  refuse(given, 'inverseDispersion', chosen.counts !== 'negative-binomial', "counts 'negative-binomial'");
  if (!none && chosen.standardise !== 'off') {
    throw new OptionError('standardise', chosen.standardise, "'off', as it has to be with counts");
  }
}

/** Throws OptionError where the cells of all regimes, `nodes` values each, do not fit into memory at once. */
export function checkCells({ nodes, cells, cellsPerRegime, regimes }: GraphSettings): void {
  const rows = cells + regimes * cellsPerRegime;
  const most = Math.min(10_000_000, Math.floor(2 ** 29 / nodes));
  if (rows > most) {
    const advice = 'ask for fewer regimes or fewer cells of each';
    throw new OptionError('cells in all', rows, `at most ${most}, of ${nodes} nodes`, advice);
  }
}

function shareRegimes(nodes: number, [fewest, most]: readonly [number, number], regimes?: number): number[] {
  const sizes = most - fewest + 1;
  const sets = Array.from({ length: sizes }, (_, i) => subsets(nodes, fewest + i));
  if (regimes === undefined) return sets.map((count) => Math.min(nodes, count));
  wholeNumber('regimes', regimes, 0, MOST_REGIMES);
  return sets.map((count, i) => {
    const share = Math.floor(regimes / sizes) + (i < regimes % sizes ? 1 : 0);
    if (share > count) {
      const allowed = `so many that there are different sets for them: ${count} of ${fewest + i} targets`;
      throw new OptionError('regimes', regimes, allowed);
    }
    return share;
  });
}

function subsets(n: number, size: number): number {
  let count = 1;
  for (let i = 1; i <= size; i++) count = (count * (n - size + i)) / i;
  return Math.round(count);
}

function checkRange(option: string, [low, high]: readonly [number, number], least: number, most: number) {
  numberBetween(`${option} (low)`, low, least, most);
  numberBetween(`${option} (high)`, high, low, most);
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new OptionError(option, value, allowed);
}

/**
 * Options of cells of a causal graph under interventions with unknown targets.
 */
import { OptionError } from '../../errors.js';
import { defined, numberBetween, wholeNumber } from '../settings.js';
import { GRAPH_KINDS } from './dag.js';
import { INTERVENTION_KINDS } from './interventions.js';
import { GRAPH_MECHANISMS } from './mechanisms.js';

export const GRAPH_INTERVENTIONS = [...INTERVENTION_KINDS, 'mixed'] as const;
export const GRAPH_ROOTS = ['gaussian', 'uniform'] as const;

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
  /** Nodes without parents: N(0, 1) (default), or uniform in [−1, 1). */
  readonly roots?: (typeof GRAPH_ROOTS)[number];
  /**
   * Do parents enter a mechanism in units of their own observational mean and standard deviation? Default: no for
   * 'linear' and 'sigmoid', yes for the others, without which polynomials would overflow.
   */
  readonly normalise?: boolean;
  /** 'mixed': each regime has one of the three kinds. Default 'hard'. */
  readonly intervention?: (typeof GRAPH_INTERVENTIONS)[number];
  /** Values of a 'hard' target, uniform. Default [−1, 1]. */
  readonly hardRange?: readonly [number, number];
  /** Factor of a 'scale' target, or one divided by it, log-uniform. Default [2, 5]. */
  readonly scaleRange?: readonly [number, number];
  /** Size of the shift of a 'shift' target in its observational standard deviations, uniform. Default [1, 3]. */
  readonly shiftRange?: readonly [number, number];
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
  /** Are values in units of the mean and standard deviation of the observational cells? Default false. */
  readonly standardise?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

const DEFAULTS = {
  nodes: 10,
  graph: 'erdos-renyi' as (typeof GRAPH_KINDS)[number],
  mechanism: 'linear' as (typeof GRAPH_MECHANISMS)[number],
  noiseScale: 0.4,
  roots: 'gaussian' as (typeof GRAPH_ROOTS)[number],
  intervention: 'hard' as (typeof GRAPH_INTERVENTIONS)[number],
  hardRange: [-1, 1] as readonly [number, number],
  scaleRange: [2, 5] as readonly [number, number],
  shiftRange: [1, 3] as readonly [number, number],
  cells: 1000,
  cellsPerRegime: 1000,
  standardise: false,
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
  checkRange('hardRange', chosen.hardRange, -1e6, 1e6);
  checkRange('scaleRange', chosen.scaleRange, 1, 1000);
  checkRange('shiftRange', chosen.shiftRange, 0, 1000);
  const usedBy = { hardRange: 'hard', scaleRange: 'scale', shiftRange: 'shift' } as const;
  for (const option of ['hardRange', 'scaleRange', 'shiftRange'] as const) {
    if (given[option] !== undefined && intervention !== 'mixed' && intervention !== usedBy[option]) {
      const allowed = `used: it belongs to interventions '${usedBy[option]}' and 'mixed'`;
      throw new OptionError(option, given[option].join('-'), allowed);
    }
  }
  wholeNumber('cells', chosen.cells, 1);
  wholeNumber('cellsPerRegime', chosen.cellsPerRegime, 1);
  const targets = given.targets ?? [1, Math.min(3, nodes)];
  wholeNumber('targets (fewest)', targets[0], 1, nodes);
  wholeNumber('targets (most)', targets[1], targets[0], nodes);
  const regimesOfSize = shareRegimes(nodes, targets, given.regimes);
  const regimes = regimesOfSize.reduce((sum, count) => sum + count, 0);
  return { ...chosen, edges, normalise, targets, regimes, regimesOfSize };
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

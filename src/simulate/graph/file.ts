/** `simulateGraph`: cells of a causal graph under interventions as data that the other verbs read, with the truth. */
import {
  type CategoricalColumn,
  type NdArray,
  type NumericArray,
  PerturbationData,
  Table,
  type UnsDict,
  type UnsValue,
} from '../../data/index.js';
import { smallerMatrix } from '../cells/measurement.js';
import { names } from '../settings.js';
import type { GraphRegime } from './interventions.js';
import { checkCells, type GraphOptions, type GraphSettings, graphSettings } from './options.js';
import { GraphRegimes } from './regimes.js';

export const GRAPH_CONTROL = 'control';

/**
 * The observational cells, then those of each regime. `X` `(nCells, nNodes)` float32, values or counts. `obs`:
 * `perturbation` ('control', 'regime-01').
 *
 * `uns['truth']`: `genes`, names of the nodes; `edges` `(nEdges, 2)`, numbers of parent and child, with `weights`
 * `(nEdges)` where linear; `perturbations`, names of the regimes, and their `kinds`; `targets` `(nTargets, 2)`, numbers
 * of regime and node, and their `amounts`; `noise` `(nNodes)`, standard deviations; `varsortability` of the observational
 * cells here, `raw-varsortability` of their values before they were standardised or counted; `options`. Throws
 * OptionError, NumericalError.
 */
export function simulateGraph(options: GraphOptions = {}): PerturbationData {
  checkCells(graphSettings(options));
  const simulated = new GraphRegimes(options);
  const { settings, regimes, genes } = simulated;
  const { nodes, cells, cellsPerRegime } = settings;
  const nCells = cells + regimes.length * cellsPerRegime;
  const X = new Float32Array(nCells * nodes);
  const codes = new Int32Array(nCells);
  X.set(simulated.control.values);
  regimes.forEach((_, k) => {
    const first = cells + k * cellsPerRegime;
    X.set(simulated.group(k).cells.values, first * nodes);
    codes.fill(k + 1, first, first + cellsPerRegime);
  });
  const perturbation: CategoricalColumn = {
    kind: 'categorical',
    codes,
    categories: [GRAPH_CONTROL, ...regimes.map(({ name }) => name)],
    ordered: false,
  };
  return new PerturbationData({
    X: smallerMatrix(nCells, nodes, X),
    obs: new Table(names('cell', nCells), [['perturbation', perturbation]]),
    var: new Table([...genes]),
    uns: [['truth', truthOf(simulated)]],
  });
}

function truthOf({ genes, graph, weights, regimes, noise, settings, ...simulated }: GraphRegimes): UnsDict {
  const edges = graph.flatMap((parents, child) => Array.from(parents, (parent) => [parent, child]));
  const targets = regimes.flatMap(({ targets: ofRegime }, k) => Array.from(ofRegime, (node) => [k, node]));
  const amounts = Float64Array.from(regimes.flatMap((regime) => Array.from(regime.amounts)));
  const texts = (of: (regime: GraphRegime) => string) => array([regimes.length], regimes.map(of));
  const entries: [string, UnsValue][] = [
    ['genes', array([genes.length], genes)],
    ['edges', array([edges.length, 2], Int32Array.from(edges.flat()))],
    ['perturbations', texts(({ name }) => name)],
    ['kinds', texts(({ kind }) => kind)],
    ['targets', array([targets.length, 2], Int32Array.from(targets.flat()))],
    ['amounts', array([amounts.length], amounts)],
    ['noise', array([noise.length], noise)],
    ['varsortability', simulated.varsortability],
    ['raw-varsortability', simulated.rawVarsortability],
    ['options', optionsTruth(settings)],
  ];
  if (weights !== undefined) {
    const ofEdges = Float64Array.from(weights.flatMap((ofNode) => Array.from(ofNode)));
    entries.push(['weights', array([ofEdges.length], ofEdges)]);
  }
  return new Map(entries) as UnsDict;
}

function optionsTruth({ regimesOfSize, ...settings }: GraphSettings): UnsDict {
  const texts = Object.entries(settings).map(([name, value]): [string, UnsValue] => {
    return [name, Array.isArray(value) ? value.join(' to ') : (value as UnsValue)];
  });
  return new Map(texts) as UnsDict;
}

const array = (shape: number[], values: NumericArray | readonly string[]): NdArray => {
  return { kind: 'array', shape, values };
};

/** `graphTruth`: reads the truth of a file of `simulateGraph` back. */
import type { PerturbationData, UnsDict, UnsValue } from '../../data/index.js';
import { DataError } from '../../errors.js';
import type { GraphRegime } from './interventions.js';
import { INTERVENTION_KINDS, type InterventionKind } from './options.js';

export interface GraphTruth {
  /** Names of the nodes; of the file's variables, as long as nobody filtered these. */
  readonly genes: readonly string[];
  /** Parents of each node, ascending. */
  readonly graph: readonly Int32Array[];
  readonly regimes: readonly GraphRegime[];
  /** Of the observational cells in the file, and of their values before they were standardised or counted. */
  readonly varsortability: number;
  readonly rawVarsortability: number;
  /** As `GraphOptions`, ranges as text. */
  readonly options: UnsDict;
}

/** Whether the data say that they come from `simulateGraph`. */
export function hasGraphTruth(data: PerturbationData): boolean {
  const truth = data.uns.get('truth');
  return (
    truth instanceof Map && ['genes', 'edges', 'perturbations', 'targets'].every((key) => truth.has(key))
  );
}

/** Throws DataError where there is none, or it is not whole. */
export function graphTruth(data: PerturbationData): GraphTruth {
  const truth = data.uns.get('truth');
  if (!(truth instanceof Map)) {
    const advice = 'it is written by `mechanist simulate graph`, as h5ad or zarr';
    throw new DataError(`no truth of a simulated graph in uns['truth']; ${advice}`);
  }
  const genes = textsOf(truth, 'genes');
  const perturbations = textsOf(truth, 'perturbations');
  const kinds = textsOf(truth, 'kinds', perturbations.length);
  const targets = pairsOf(truth, 'targets', perturbations.length, genes.length);
  const amounts = numbersOf(truth, 'amounts', targets.length);
  const parents = genes.map((): number[] => []);
  for (const [parent, child] of pairsOf(truth, 'edges', genes.length, genes.length)) {
    parents[child].push(parent);
  }
  const own = perturbations.map((): number[] => []);
  targets.forEach(([regime], at) => void own[regime].push(at));
  const options = truth.get('options');
  return {
    genes,
    graph: parents.map((ofChild) => Int32Array.from(ofChild).sort()),
    regimes: perturbations.map((name, k) => ({
      name,
      kind: kindOf(kinds[k]),
      targets: Int32Array.from(own[k], (at) => targets[at][1]),
      amounts: Float64Array.from(own[k], (at) => amounts[at]),
    })),
    varsortability: numberOf(truth, 'varsortability'),
    rawVarsortability: numberOf(truth, 'raw-varsortability'),
    options: options instanceof Map ? (options as UnsDict) : new Map(),
  };
}

function refused(key: string, expected: string): DataError {
  return new DataError(`uns['truth']['${key}'] of a simulated graph: expected ${expected}`);
}

function kindOf(text: string): InterventionKind {
  const kind = INTERVENTION_KINDS.find((known) => known === text);
  if (kind === undefined) throw refused('kinds', `one of ${INTERVENTION_KINDS.join(', ')}, found '${text}'`);
  return kind;
}

function valuesOf(truth: UnsDict, key: string, expected: string): ArrayLike<unknown> {
  const value: UnsValue | undefined = truth.get(key);
  const isArray = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'array';
  if (!isArray) throw refused(key, expected);
  return value.values as ArrayLike<unknown>;
}

function textsOf(truth: UnsDict, key: string, count?: number): string[] {
  const expected = `${count ?? 'a list of'} names`;
  const texts = Array.from(valuesOf(truth, key, expected));
  if (!texts.every((text) => typeof text === 'string') || texts.length !== (count ?? texts.length)) {
    throw refused(key, expected);
  }
  return texts;
}

function numbersOf(truth: UnsDict, key: string, count?: number): number[] {
  const expected = `${count ?? 'a list of'} finite numbers`;
  const numbers = Array.from(valuesOf(truth, key, expected));
  if (!numbers.every((n) => Number.isFinite(n)) || numbers.length !== (count ?? numbers.length)) {
    throw refused(key, expected);
  }
  return numbers as number[];
}

/** Rows of `(n, 2)`: whole numbers below `first` and below `second`. */
function pairsOf(truth: UnsDict, key: string, first: number, second: number): [number, number][] {
  const numbers = numbersOf(truth, key);
  const fits = (n: number, at: number) =>
    Number.isInteger(n) && n >= 0 && n < (at % 2 === 0 ? first : second);
  if (numbers.length % 2 !== 0 || !numbers.every(fits)) {
    throw refused(key, `pairs of numbers below ${first} and ${second}`);
  }
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

function numberOf(truth: UnsDict, key: string): number {
  const value = truth.get(key);
  if (typeof value !== 'number') throw refused(key, 'a number');
  return value;
}

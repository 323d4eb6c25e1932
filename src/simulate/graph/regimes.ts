/**
 * `simulateRegimes`: cells of a causal graph, untouched and under interventions whose targets are known; and
 * `GraphRegimes`, the same with each group made when it is asked for.
 *
 * Appendix B.2 of the paper on causal differential networks, which follows DCDI's generator (Brouillard et al. 2020);
 * see docs/methods/graph-simulator.md.
 */
import { type DenseMatrix, dense } from '../../data/index.js';
import { NumericalError, OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { names } from '../settings.js';
import { CountMeasurement } from './counts.js';
import { type Dag, drawDag } from './dag.js';
import { drawRegimes, type GraphRegime } from './interventions.js';
import { drawFunction, type NodeFunction } from './mechanisms.js';
import { checkCells, type GraphOptions, type GraphSettings, graphSettings } from './options.js';
import { varsortability } from './varsortability.js';

export interface RegimeGroup extends GraphRegime {
  /** `(cellsPerRegime, nNodes)` float32: values, or counts. */
  readonly cells: DenseMatrix;
}

export interface SimulatedRegimes {
  /** Names of the nodes. */
  readonly genes: readonly string[];
  /** Parents of each node, ascending. */
  readonly graph: readonly Int32Array[];
  /** `(nCells, nNodes)` float32: observational cells, values or counts. */
  readonly control: DenseMatrix;
  readonly groups: readonly RegimeGroup[];
  /** Of the observational cells as they are here: ½ where they are standardised. */
  readonly varsortability: number;
  /** Of their values before any standardisation or counting. */
  readonly rawVarsortability: number;
}

/** Cells are made so many at a time. */
const BLOCK = 1024;
/** With standard deviations above this, float32 would overflow under interventions. */
const LARGEST = 1e25;

/** All regimes of these options, in memory. Throws OptionError. */
export function simulateRegimes(options: GraphOptions = {}): SimulatedRegimes {
  checkCells(graphSettings(options));
  const regimes = new GraphRegimes(options);
  return {
    genes: regimes.genes,
    graph: regimes.graph,
    control: regimes.control,
    groups: regimes.regimes.map((_, k) => regimes.group(k)),
    varsortability: regimes.varsortability,
    rawVarsortability: regimes.rawVarsortability,
  };
}

/** One graph with its mechanisms, its observational cells, and its regimes. */
export class GraphRegimes {
  readonly settings: GraphSettings;
  readonly genes: readonly string[];
  /** `(nCells, nNodes)` float32: observational cells. */
  readonly control: DenseMatrix;
  readonly regimes: readonly GraphRegime[];
  /** Standard deviation of each node's noise `(nNodes)`; a root's has no use. */
  readonly noise: Float64Array;
  /** Observational means and standard deviations of nodes `(nNodes)`, of 1024 cells of their own. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly varsortability: number;
  readonly rawVarsortability: number;
  private readonly random: Random;
  private readonly dag: Dag;
  private readonly functions: readonly (NodeFunction | undefined)[];
  /** Values of a block of cells, a column a node; and what children see of them, which may be the same columns. */
  private readonly columns: readonly Float64Array[];
  private readonly inputs: readonly Float64Array[];
  private readonly noiseColumn = new Float64Array(BLOCK);
  /** Which cells of a block the intervention reached. */
  private readonly hit = new Uint8Array(BLOCK).fill(1);
  private readonly counting?: CountMeasurement;
  /** Of the observational cells as they were made. */
  private readonly moments: Moments;

  /** Throws OptionError. */
  constructor(options: GraphOptions = {}) {
    const settings = graphSettings(options);
    const { nodes, graph, edges, mechanism } = settings;
    const random = Random.fromSeed(settings.seed).split('graph');
    this.settings = settings;
    this.random = random;
    this.genes = names('gene', nodes);
    this.dag = drawDag(graph, nodes, edges, random.split('dag'));
    this.noise = this.drawNoise(random.split('noise'));
    this.functions = this.dag.parents.map(({ length }, node) =>
      length > 0 ? drawFunction(mechanism, length, random.split('mechanism', node)) : undefined,
    );
    this.columns = this.dag.parents.map(() => new Float64Array(BLOCK));
    this.inputs = settings.normalise ? this.columns.map(() => new Float64Array(BLOCK)) : this.columns;
    this.means = new Float64Array(nodes);
    this.deviations = new Float64Array(nodes);
    this.measure();
    if (settings.counts !== 'none') {
      const { means, deviations, columns } = this;
      this.counting = new CountMeasurement({ means, deviations, columns }, settings, random.split('levels'));
    }
    this.regimes = drawRegimes(settings, random.split('regimes'));
    const control = this.values(settings.cells, random.split('control'));
    this.moments = momentsOf(control);
    this.rawVarsortability = this.sortability(this.moments);
    this.control = this.shown(control, random.split('control'));
    if (settings.standardise !== 'off') this.varsortability = 0.5;
    else if (this.counting === undefined) this.varsortability = this.rawVarsortability;
    else this.varsortability = this.sortability(momentsOf(this.control));
  }

  /** Parents of each node, ascending. */
  get graph(): readonly Int32Array[] {
    return this.dag.parents;
  }

  /** With 'linear', the weight of each node's parents, of standardised ones with `normalise`. */
  get weights(): readonly Float64Array[] | undefined {
    if (this.settings.mechanism !== 'linear') return undefined;
    return this.functions.map((ofNode) => ofNode?.weights ?? new Float64Array(0));
  }

  /** The cells of regime `k`, the same at every call. */
  group(k: number): RegimeGroup {
    const regime = this.regimes[k];
    if (regime === undefined) {
      throw new OptionError('regime', k, `a whole number from 0 to ${this.regimes.length - 1}`);
    }
    const random = this.random.split('group', k);
    const values = this.values(this.settings.cellsPerRegime, random, regime);
    return { ...regime, cells: this.shown(values, random) };
  }

  private sortability({ variances }: Moments): number {
    return varsortability(this.graph, this.dag.order, variances);
  }

  private drawNoise(random: Random): Float64Array {
    const { nodes, noiseScale } = this.settings;
    return random.fill(new Float64Array(nodes), (r) => noiseScale * Math.sqrt(1 + r.uniform()));
  }

  /** Means and standard deviations of nodes, from parents to children, whose functions may need them. */
  private measure(): void {
    const random = this.random.split('measure');
    for (const node of this.dag.order) {
      this.fillUntouched(node, BLOCK, random, this.noise);
      const column = this.columns[node];
      const mean = column.reduce((sum, value) => sum + value, 0) / BLOCK;
      const squares = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      this.means[node] = mean;
      this.deviations[node] = Math.sqrt(squares / BLOCK) || 1;
      if (!(this.deviations[node] < LARGEST)) {
        const allowed = 'few enough: values grow beyond float32';
        throw new OptionError(
          'edges',
          this.settings.edges,
          allowed,
          "or let parents be normalised ('normalise')",
        );
      }
      this.fillInput(node, BLOCK);
    }
  }

  private values(nCells: number, random: Random, regime?: GraphRegime): DenseMatrix {
    const { nodes, efficiency, redrawNoise } = this.settings;
    const noise = regime !== undefined && redrawNoise ? this.drawNoise(random.split('noise')) : this.noise;
    const values = new Float32Array(nCells * nodes);
    for (let first = 0; first < nCells; first += BLOCK) {
      const count = Math.min(BLOCK, nCells - first);
      if (regime !== undefined && efficiency < 1)
        random.fill(this.hit, (r) => (r.bernoulli(efficiency) ? 1 : 0));
      for (const node of this.dag.order) {
        this.fillUntouched(node, count, random, noise);
        if (regime !== undefined) this.intervene(node, count, random, regime);
        this.fillInput(node, count);
      }
      for (let i = 0, at = first * nodes; i < count; i++) {
        for (let node = 0; node < nodes; node++, at++) values[at] = this.columns[node][i];
      }
    }
    if (!values.every(Number.isFinite)) {
      const advice = 'ask for fewer edges or targets, smaller interventions, or normalise';
      throw new NumericalError(`values of ${regime?.name ?? 'the control'} grow beyond float32; ${advice}`);
    }
    return dense(nCells, nodes, values);
  }

  /** Changes a node's column where it is a target. */
  private intervene(node: number, count: number, random: Random, regime: GraphRegime): void {
    const target = regime.targets.indexOf(node);
    if (target < 0) return;
    const column = this.columns[node];
    const [low, high] = this.settings.hardRange;
    const amount = regime.amounts[target];
    const shift = amount * this.deviations[node];
    for (let i = 0; i < count; i++) {
      if (this.hit[i] === 0) continue;
      if (regime.kind === 'hard') column[i] = low + (high - low) * random.uniform();
      else if (regime.kind === 'scale') column[i] *= amount;
      else column[i] += shift;
    }
  }

  /** The first `count` values of a node's column, from its parents' inputs and noise of these standard deviations. */
  private fillUntouched(node: number, count: number, random: Random, noise: Float64Array): void {
    const column = this.columns[node];
    const ofParents = this.functions[node];
    if (ofParents !== undefined) {
      const scale = noise[node];
      for (let i = 0; i < count; i++) this.noiseColumn[i] = scale * random.normal();
      const parents = Array.from(this.dag.parents[node], (parent) => this.inputs[parent]);
      ofParents.fill(parents, this.noiseColumn, count, column);
    } else if (this.settings.roots === 'uniform') {
      for (let i = 0; i < count; i++) column[i] = 2 * random.uniform() - 1;
    } else {
      for (let i = 0; i < count; i++) column[i] = random.normal();
    }
  }

  /** What children see of a node. */
  private fillInput(node: number, count: number): void {
    if (!this.settings.normalise) return;
    const [column, input, mean] = [this.columns[node], this.inputs[node], this.means[node]];
    const perDeviation = 1 / this.deviations[node];
    for (let i = 0; i < count; i++) input[i] = (column[i] - mean) * perDeviation;
  }

  /** Values as they are shown, in place: counted, standardised, or as they are. */
  private shown(matrix: DenseMatrix, random: Random): DenseMatrix {
    const { standardise } = this.settings;
    this.counting?.count(matrix.values, random);
    if (standardise !== 'off')
      standardiseBy(matrix, standardise === 'each' ? momentsOf(matrix) : this.moments);
    return matrix;
  }
}

/** Means and variances (divided by n) of columns. */
interface Moments {
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

function momentsOf({ values, nRows, nCols }: DenseMatrix): Moments {
  const means = new Float64Array(nCols);
  const variances = new Float64Array(nCols);
  for (let row = 0, at = 0; row < nRows; row++) {
    for (let j = 0; j < nCols; j++, at++) means[j] += values[at] / nRows;
  }
  for (let row = 0, at = 0; row < nRows; row++) {
    for (let j = 0; j < nCols; j++, at++) variances[j] += (values[at] - means[j]) ** 2 / nRows;
  }
  return { means, variances };
}

/** Columns minus these means, in these standard deviations, in place; without one, minus the means alone. */
function standardiseBy({ values, nRows, nCols }: DenseMatrix, { means, variances }: Moments): void {
  const deviations = variances.map((variance) => Math.sqrt(variance) || 1);
  for (let row = 0, at = 0; row < nRows; row++) {
    for (let j = 0; j < nCols; j++, at++) values[at] = (values[at] - means[j]) / deviations[j];
  }
}

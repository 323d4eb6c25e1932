/**
 * What the network learns from: simulated systems of every kind that it may meet, so that one set of weights does for
 * all. The paper trains on hard interventions only. Each example is a control set, a perturbed one, who was hit, and
 * the graph; in some nobody was hit, some systems are seen through counts, some have genes that nobody measured, in
 * some all genes are a little off, as they are between batches of an experiment, and some have cells that are not the
 * simulator's alone (disturbance.ts).
 */
import type { DenseMatrix } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import { GRAPH_MECHANISMS, type GraphOptions, GraphRegimes } from '../../simulate/index.js';
import { drawDisturbance } from './disturbance.js';
import { type Evidence, type EvidenceWanted, evidenceOf, setEvidence, USUAL_EVIDENCE } from './evidence.js';
import { momentsOf, scalesOf } from './moments.js';

export interface Example {
  readonly evidence: Evidence;
  /** (genes): 1 where hit. */
  readonly hit: Uint8Array;
  /** Parents of each gene among the genes. */
  readonly graph: readonly Int32Array[];
}

/** Shares of examples in which nobody was hit, of these that are the control itself, and of those whose cells drifted. */
const UNTOUCHED = 0.2;
const IDENTICAL = 0.1;
const DRIFTED = 0.2;
/** Who perturbs a gene has mostly seen it: a target of counts is kept as often as control cells have it, at least so often. */
const LEAST_KEPT = 0.02;
/** Shares of systems seen as counts, and of those with genes that are not seen. */
const COUNTED = 0.4;
const PARTLY_SEEN = 0.3;

/** `count` examples of one system, or as many as it has; `wanted` of their evidence. */
export function drawExamples(
  random: Random,
  genes: number,
  count: number,
  wanted: EvidenceWanted = USUAL_EVIDENCE,
): Example[] {
  const settings = random.split('settings');
  const hidden = genes >= 5 && settings.bernoulli(PARTLY_SEEN) ? Math.ceil(genes / 5) : 0;
  const options = drawSystem(settings, genes + hidden, count);
  const system = new GraphRegimes(options);
  const seen = settings.permutation(genes + hidden).subarray(0, genes);
  const placeOf = new Map(Array.from(seen, (node, place) => [node, place]));
  const places = (nodes: Int32Array) =>
    Int32Array.from([...nodes].flatMap((node) => placeOf.get(node) ?? []));
  const graph = Array.from(seen, (node) => places(system.graph[node]));
  const counted = options.counts !== undefined;
  // of counts: those of a cell's total that a gene has in the mean once they are normalised, or not
  const perGene = counted && settings.bernoulli(0.6) ? 100 ** settings.uniform() : undefined;
  const disturb = drawDisturbance(settings.split('disturbance'), deviationsOf(system.control), counted);
  const measured = (cells: DenseMatrix, ...name: (string | number)[]) => {
    disturb?.(cells, random.split('disturbance', ...name));
    return measure(cells, seen, counted, perGene);
  };
  const control = measured(system.control, 'control');
  const evidence = beside(control, wanted, random.split('fci'));
  // the same system where nothing is ever done, in groups of another size
  const idle = new GraphRegimes({
    ...options,
    efficiency: 0,
    cells: 1,
    cellsPerRegime: Math.round(8 * 150 ** settings.uniform()),
  });
  return system.regimes.flatMap((regime, k) => {
    const targets = places(regime.targets);
    const seen = counted ? Array.from(targets, (gene) => shareSeen(control, gene)) : [];
    if (!settings.bernoulli(Math.max(LEAST_KEPT, Math.min(1, ...seen)))) return [];
    const hit = new Uint8Array(genes);
    const untouched = settings.bernoulli(UNTOUCHED);
    const identical = untouched && settings.bernoulli(IDENTICAL);
    const drifted = settings.bernoulli(DRIFTED);
    if (identical) return [{ evidence: evidence(control), hit, graph }];
    if (!untouched) for (const target of targets) hit[target] = 1;
    // whom to blame where the cause was not measured, nobody can say
    if (!untouched && !hit.includes(1)) return [];
    const after = measured((untouched ? idle : system).group(k).cells, 'group', k);
    if (drifted) drift(after, counted, settings.split('drift', k));
    return [{ evidence: evidence(after), hit, graph }];
  });
}

/** Of cells, those that have the gene. */
function shareSeen({ nRows, nCols, values }: DenseMatrix, gene: number): number {
  let seen = 0;
  for (let i = 0; i < nRows; i++) if (values[i * nCols + gene] > 0) seen++;
  return seen / nRows;
}

/** Evidence of perturbed sets beside a control, of which everything is worked out once. */
function beside(
  control: DenseMatrix,
  { neighbours, fci }: EvidenceWanted,
  random: Random,
): (perturbed: DenseMatrix) => Evidence {
  const scales = scalesOf(control);
  const setOf = (cells: DenseMatrix) =>
    setEvidence(momentsOf(cells, scales), fci ? { cells, random } : undefined);
  const before = setOf(control);
  return (perturbed) => evidenceOf(before, setOf(perturbed), neighbours);
}

/** The genes that are seen; of counts log(1 + x), as they are or in proportion to the cell's, so many a gene. */
function measure(
  { nRows, nCols, values }: DenseMatrix,
  seen: Int32Array,
  counted: boolean,
  perGene?: number,
): DenseMatrix {
  const out = new Float64Array(nRows * seen.length);
  for (let i = 0; i < nRows; i++) {
    const cell = values.subarray(i * nCols, (i + 1) * nCols) as Float32Array;
    const total = cell.reduce((sum, value) => sum + value, 0);
    const scale = perGene !== undefined && total > 0 ? (perGene * nCols) / total : 1;
    seen.forEach((node, place) => {
      out[i * seen.length + place] = counted ? Math.log1p(scale * cell[node]) : cell[node];
    });
  }
  return { kind: 'dense', nRows, nCols: seen.length, values: out };
}

/** In place: every gene moves by a little of its deviation; of counts none becomes some where there was none. */
function drift({ nRows, nCols, values }: DenseMatrix, counted: boolean, random: Random): void {
  const size = 0.02 * Math.exp(2.3 * random.uniform());
  const deviations = deviationsOf({ kind: 'dense', nRows, nCols, values });
  for (let j = 0; j < nCols; j++) {
    const step = size * random.normal();
    const [factor, shift] = counted ? [Math.exp(step), 0] : [1, step * deviations[j]];
    for (let i = 0; i < nRows; i++) values[i * nCols + j] = factor * Number(values[i * nCols + j]) + shift;
  }
}

/** (genes) */
function deviationsOf({ nRows, nCols, values }: DenseMatrix): Float64Array {
  return Float64Array.from({ length: nCols }, (_, j) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < nRows; i++) {
      const value = Number(values[i * nCols + j]);
      sum += value;
      squares += value * value;
    }
    return Math.sqrt(Math.max(0, squares / nRows - (sum / nRows) ** 2));
  });
}

function drawSystem(random: Random, nodes: number, regimes: number): GraphOptions {
  const uniform = (low: number, high: number) => low + (high - low) * random.uniform();
  const logUniform = (low: number, high: number) => Math.exp(uniform(Math.log(low), Math.log(high)));
  const pairs = (nodes * (nodes - 1)) / 2;
  const edges = Math.min(nodes * logUniform(0.5, 4), 0.7 * pairs);
  const linear = random.bernoulli(0.3);
  const polynomial = random.bernoulli(0.4);
  const other = GRAPH_MECHANISMS[random.integer(GRAPH_MECHANISMS.length)];
  const counted = random.bernoulli(COUNTED);
  // units of the control make no difference to the evidence, units of each set leave nothing of marginal changes
  const apart = !counted && random.bernoulli(0.35);
  const alone = random.bernoulli(counted ? 0.7 : 0.35);
  // most genes of a single cell are seen rarely: one count in 10 to 200 cells
  const rare = counted && random.bernoulli(0.6);
  // of a few genes there are only so many different sets
  const few = nodes < 3 ? 1 : 1 + random.integer(2);
  return {
    nodes,
    edges,
    graph: random.bernoulli(0.7) ? 'erdos-renyi' : 'scale-free',
    mechanism: linear ? 'linear' : polynomial ? 'polynomial' : other,
    noiseScale: logUniform(0.2, 1),
    roots: random.bernoulli(0.75) ? 'gaussian' : 'uniform',
    redrawNoise: random.bernoulli(0.2),
    ...drawIntervention(random, { apart, counted }, uniform, logUniform),
    targets: nodes < 6 ? [few, few] : alone ? [1, 1] : [1, 3],
    regimes: Math.min(regimes, nodes < 6 || alone ? nodes : 3 * nodes),
    cells: Math.round(logUniform(counted ? 50 : 15, 2000)),
    cellsPerRegime: Math.round(logUniform(5, 1200)),
    ...(apart && { standardise: 'each' }),
    ...(counted && {
      counts: random.bernoulli(0.5) ? 'poisson' : 'negative-binomial',
      library: nodes * (rare ? logUniform(0.05, 2) : logUniform(0.5, 20)),
      levelSpread: rare ? uniform(1, 2.5) : uniform(0.5, 1.5),
      librarySpread: uniform(0, 0.5),
      expressionSpread: uniform(0.3, 1),
      dropout: random.bernoulli(0.5) ? uniform(0, 1) : 0,
    }),
    seed: random.nextUint32(),
  };
}

/** Where counts are seen, most are knock-downs, weak to all but complete; in units of their own, factors are hardest. */
function drawIntervention(
  random: Random,
  { apart, counted }: { readonly apart: boolean; readonly counted: boolean },
  uniform: (low: number, high: number) => number,
  logUniform: (low: number, high: number) => number,
): Partial<GraphOptions> {
  const efficiency = random.bernoulli(counted ? 0.5 : 0.8) ? 1 : uniform(counted ? 0.25 : 0.4, 1);
  const smallest = counted ? logUniform(0.15, 3) : logUniform(0.15, 1.5);
  const shiftRange: [number, number] = [smallest, smallest * logUniform(1.2, 4)];
  if (random.bernoulli(counted ? 0.85 : 0.15)) return { intervention: 'knock-down', shiftRange, efficiency };
  const centre = random.bernoulli(0.5) ? 0 : uniform(-2, 2);
  const halfWidth = logUniform(0.3, 3);
  const weakest = logUniform(1.15, 2.5);
  const scaleRange: [number, number] = [weakest, weakest * logUniform(1.2, 3)];
  if (apart && random.bernoulli(0.6)) return { intervention: 'scale', scaleRange, efficiency };
  return {
    intervention: 'mixed',
    hardRange: [centre - halfWidth, centre + halfWidth],
    scaleRange,
    shiftRange,
    efficiency,
  };
}

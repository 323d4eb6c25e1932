/** The truth that simulated cells carry, set beside what a model found of it. */
import { type DenseMatrix, dense, type PerturbationData, toDense, type UnsValue } from '../data/index.js';
import {
  alignEdges,
  type EdgeCalibration,
  edgeCalibration,
  meanCorrelationCoefficient,
} from '../evaluate/index.js';
import type { MechanismRepresentation } from '../represent/index.js';

export interface MechanismTruth {
  /** True latents of the cells (nCells, d). */
  readonly latents: DenseMatrix;
  /** Names of the rows of `edges`. */
  readonly perturbations: readonly string[];
  /** 1 where there is an edge (perturbations, d). */
  readonly edges: DenseMatrix;
}

/** What `simulate cells` wrote into `obsm['Z']` and `uns['truth']`; undefined where it is not there, or not whole. */
export function mechanismTruth(data: PerturbationData): MechanismTruth | undefined {
  const truth = data.uns.get('truth');
  const Z = data.obsm.get('Z');
  if (!(truth instanceof Map) || !Z || !('kind' in Z)) return undefined;
  const names = arrayOf(truth.get('perturbations'));
  const graph = arrayOf(truth.get('graph'));
  const latents = toDense(Z as DenseMatrix);
  const [rows, d] = graph?.shape ?? [];
  if (!names || !graph || names.values.length !== rows || latents.nCols !== d) return undefined;
  const values = Float64Array.from(graph.values as ArrayLike<number>);
  if (!values.every((value) => value === 0 || value === 1) || !latents.values.every(Number.isFinite))
    return undefined;
  return {
    latents,
    perturbations: Array.from(names.values as ArrayLike<string>),
    edges: dense(rows, d, values),
  };
}

function arrayOf(value: UnsValue | undefined) {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'array'
    ? value
    : undefined;
}

/**
 * Are the probabilities of edges right? `mean` (nCells, latent) are the latents found of the cells of the truth. Null for
 * models without a graph, and where a perturbation of the model has no truth.
 */
export function calibrationOf(
  representation: MechanismRepresentation,
  mean: Float32Array,
  truth: MechanismTruth,
): EdgeCalibration | null {
  const graph = representation.graph();
  const { latent, config } = representation;
  const place = config.perturbations.map((name) => truth.perturbations.indexOf(name));
  if (!graph || place.length === 0 || place.includes(-1)) return null;
  const matching = meanCorrelationCoefficient(truth.latents, dense(mean.length / latent, latent, mean));
  const { nCols } = truth.edges;
  const known = place.flatMap((row) =>
    Array.from(truth.edges.values.slice(row * nCols, (row + 1) * nCols) as Float64Array),
  );
  const found = alignEdges(dense(place.length, latent, graph.probability), matching);
  return edgeCalibration(found.values as Float64Array, known);
}

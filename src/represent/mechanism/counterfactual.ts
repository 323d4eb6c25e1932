/**
 * Cells as they would be under another perturbation: the latents of untreated cells, moved by the shift of the
 * perturbation (each by its probability), decoded, and drawn from the likelihood so that they scatter as measured cells do.
 */
import { type DenseMatrix, dense, takeRows } from '../../data/index.js';
import { DataError, OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { type PerturbedCells, slotsOf } from './cells.js';
import type { MechanismRepresentation } from './trained.js';

export interface CounterfactualCells {
  /** Rows of the cells that they were made from. */
  readonly rows: Int32Array;
  /** What is expected of each (rows, nGenes). */
  readonly expected: DenseMatrix;
  /** Drawn from the likelihood (rows, nGenes). */
  readonly sampled: DenseMatrix;
}

/** Rows of cells without any perturbation; all cells where every one has some. */
export function startingCells(cells: PerturbedCells): Int32Array {
  const slots = slotsOf(cells);
  const all = Int32Array.from({ length: cells.X.nRows }, (_, row) => row);
  const untreated = all.filter((row) =>
    cells.labels.subarray(row * slots, (row + 1) * slots).every((label) => label < 0),
  );
  return untreated.length > 0 ? untreated : all;
}

/**
 * The cells at `rows` under `perturbation`, a name of the model. Throws OptionError on another name, DataError for a model
 * that has no shifts.
 */
export async function counterfactualCells(
  representation: MechanismRepresentation,
  cells: PerturbedCells,
  rows: Int32Array,
  perturbation: string,
  random: Random,
): Promise<CounterfactualCells> {
  const { perturbations } = representation.config;
  const to = perturbations.indexOf(perturbation);
  if (to < 0) throw new OptionError('perturbation', perturbation, perturbations);
  if (!representation.graph()) {
    throw new DataError(
      `'${representation.config.model}' has no shifts to move cells by; use svae-bayes, svae+, svae or ivae`,
    );
  }
  const slots = slotsOf(cells);
  const labels = new Int32Array(rows.length * slots);
  rows.forEach((row, i) => labels.set(cells.labels.subarray(row * slots, (row + 1) * slots), i * slots));
  const chosen = { X: takeRows(cells.X, rows), labels, perturbations: cells.perturbations };
  const under = new Int32Array(rows.length).fill(to);
  const values = await representation.counterfactual(chosen, under);
  const nGenes = cells.X.nCols;
  return {
    rows,
    expected: dense(rows.length, nGenes, values),
    sampled: dense(rows.length, nGenes, drawn(representation, values, random)),
  };
}

/** One draw from the likelihood at each expected value. */
function drawn(
  { weights, config }: MechanismRepresentation,
  expected: Float32Array,
  random: Random,
): Float32Array {
  const nGenes = config.genes.length;
  const perGene = (name: string) => (weights.get(name)!.values as Float32Array).map(Math.exp);
  switch (config.settings.likelihood) {
    case 'poisson':
      return expected.map((mean) => random.poisson(mean));
    case 'negative-binomial': {
      const theta = perGene('log_theta');
      // the generator's dispersion is 1 / θ
      return expected.map((mean, at) => random.negativeBinomial(mean, 1 / theta[at % nGenes]));
    }
    case 'gaussian': {
      const variance = perGene('log_variance');
      return expected.map((mean, at) => mean + Math.sqrt(variance[at % nGenes]) * random.normal());
    }
  }
}

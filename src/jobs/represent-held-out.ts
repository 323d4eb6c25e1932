/**
 * Perturbations that were not trained on: their shifts from half of their cells, all else frozen, and how likely the
 * other half is then, beside a mean profile that learned from the same half.
 */
import { InterruptedError } from '../errors.js';
import type { Random } from '../random/index.js';
import {
  cellsAt,
  fitEdges,
  groupsOf,
  isOnlyNew,
  type MeanProfiles,
  type MechanismRepresentation,
  type PerturbedCells,
  type PreparedCells,
  perturbationsOf,
} from '../represent/index.js';

/** Which held-out cells shifts are learned from, and which are scored: the same for all models. */
export interface Halves {
  readonly fitted: Int32Array;
  /** Rows by perturbations, as they are written. */
  readonly scored: ReadonlyMap<string, Int32Array>;
}

export interface HeldOutRow {
  readonly model: string;
  readonly perturbation: string;
  readonly cells_fitted: number;
  readonly cells_scored: number;
  /** Mean over the cells scored of the lower bound of log p(x | perturbations), in nats. */
  readonly bound: number;
  /** The same of the mean profile, exactly. */
  readonly mean_profile: number;
}

export interface GraphRow {
  readonly perturbation: string;
  /** From 0: the column of `X_mechanist`. */
  readonly latent: number;
  readonly probability: number;
  readonly shift: number;
}

/** Half of the cells of each label, drawn; of an odd number the larger half is learned from. */
export function halvesOf({ cells, heldOut }: PreparedCells, random: Random): Halves {
  const fitted: number[] = [];
  const scored = new Map<string, Int32Array>();
  for (const rows of groupsOf(cells, heldOut).values()) {
    const name = nameOf(cells, rows[0]);
    const order = random.split(name).shuffle(Int32Array.from(rows));
    const half = Math.ceil(order.length / 2);
    fitted.push(...order.subarray(0, half));
    scored.set(name, order.slice(half).sort());
  }
  return { fitted: Int32Array.from(fitted).sort(), scored };
}

export interface Transferred {
  /** Of all perturbations of the prepared cells, in the networks' own basis; `null` for models without. */
  readonly means: Float64Array | null;
  /** Edges of those that did not train. */
  readonly graph: readonly GraphRow[];
}

/** Shifts of the perturbations that did not train, from their cells that have no other perturbation. */
export async function transferred(
  representation: MechanismRepresentation,
  prepared: PreparedCells,
  { fitted }: Halves,
): Promise<Transferred> {
  const { cells, trainedPerturbations, trained } = prepared;
  const { model, weights, latent, config } = representation;
  const sizes = { latent, perturbations: config.perturbations.length, genes: 0 };
  const known = model.means(weights, sizes);
  if (known === null) return { means: null, graph: [] };
  const means = new Float64Array(cells.perturbations.length * latent);
  means.set(known);
  const own = fitted.filter((row) => isOnlyNew(prepared, row));
  const names = cells.perturbations.slice(trainedPerturbations);
  if (own.length === 0 || names.length === 0) return { means, graph: [] };
  const some = cellsAt(cells, own);
  const evidence = await representation.transfer({
    X: some.X,
    labels: some.labels.map((one) => (one < 0 ? one : one - trainedPerturbations)),
    perturbations: names,
  });
  evidence.seen.forEach((one, i) => {
    const row = evidence.shift.subarray(i * latent, (i + 1) * latent);
    means.set(row, (trainedPerturbations + one) * latent);
  });
  const shifts = representation.inBasis(evidence.shift);
  let probability = new Float64Array(shifts.length).fill(Number.NaN);
  let shift = shifts;
  if (model.basis) {
    // whether an entry is an edge is told by the shifts of all perturbations
    const before = await representation.transfer(cellsAt(cells, trained, trainedPerturbations));
    const together = (some: Float64Array, more: Float64Array) => {
      const all = new Float64Array(some.length + more.length);
      all.set(some);
      all.set(more, some.length);
      return all;
    };
    const edges = fitEdges(
      together(representation.inBasis(before.shift), shifts),
      together(representation.varianceInBasis(before), representation.varianceInBasis(evidence)),
    );
    probability = edges.probability.slice(before.shift.length);
    shift = edges.shift.slice(before.shift.length);
  }
  const graph = evidence.seen.flatMap((one, i) =>
    Array.from({ length: latent }, (_, j) => ({
      perturbation: names[one],
      latent: j,
      probability: probability[i * latent + j],
      shift: shift[i * latent + j],
    })),
  );
  return { means, graph };
}

export interface Scoring {
  readonly particles: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A row for each label that is held out. Throws InterruptedError. */
export async function scoreHeldOut(
  representation: MechanismRepresentation,
  prepared: PreparedCells,
  halves: Halves,
  { means }: Transferred,
  baseline: MeanProfiles,
  { particles, random, signal, onProgress }: Scoring,
): Promise<HeldOutRow[]> {
  const { cells, heldOut } = prepared;
  const all = new Map<string, number>();
  for (const row of heldOut) {
    const name = nameOf(cells, row);
    all.set(name, (all.get(name) ?? 0) + 1);
  }
  const rows: HeldOutRow[] = [];
  for (const [name, scored] of halves.scored) {
    if (signal?.aborted) throw new InterruptedError('interrupted while scoring; --resume scores again');
    onProgress?.(rows.length, halves.scored.size);
    const bounds =
      scored.length === 0
        ? []
        : await representation.bound(cellsAt(cells, scored), {
            particles,
            random: random.split(name),
            means,
          });
    rows.push({
      model: representation.config.model,
      perturbation: name,
      cells_fitted: all.get(name)! - scored.length,
      cells_scored: scored.length,
      bound: meanOf(bounds),
      mean_profile: meanOf(baseline.logLikelihood(cells, scored)),
    });
  }
  return rows;
}

/** Mean over all cells that were scored. */
export function overCells(rows: readonly HeldOutRow[], column: 'bound' | 'mean_profile'): number {
  const scored = rows.filter(({ cells_scored: n }) => n > 0);
  const total = scored.reduce((sum, row) => sum + row.cells_scored, 0);
  return scored.reduce((sum, row) => sum + row.cells_scored * row[column], 0) / total;
}

export const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** The perturbations of a cell, as 'A+B'. */
const nameOf = (cells: PerturbedCells, row: number): string =>
  Array.from(perturbationsOf(cells, row), (one) => cells.perturbations[one])
    .sort()
    .join('+');

/**
 * Which genes a latent reads: integrated gradients of the encoder's means, in the model's basis, from an untreated
 * cell to cells that perturbations moved.
 *
 * The path runs in the space that the encoder sees, log(1 + count) (values as they are of a Gaussian likelihood); the
 * baseline is the mean control cell there, or the mean of all cells where there is no control. A latent
 * is explained on cells whose perturbations shift it; cells that are shifted down count with the opposite sign, so that
 * up and down do not cancel: attributions say what moves the latent the way the perturbations do.
 */
import {
  matmul,
  programsByShape,
  type Runtime,
  Scope,
  storeOf,
  sub,
  type Tensor,
} from '../../compute/index.js';
import { type Matrix, readRow, swapCompression } from '../../data/index.js';
import { DataError, InterruptedError, OptionError, ShapeError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { pathProgram } from './attribution-path.js';
import { type PerturbedCells, slotsOf } from './cells.js';
import { encode } from './objective.js';
import type { MechanismRepresentation } from './trained.js';

export interface AttributionOptions {
  readonly cells: PerturbedCells;
  /** Draws the cells of a latent where there are more than `mostCells`. */
  readonly random: Random;
  /** Latents to explain. Default all. */
  readonly latents?: readonly number[];
  /** Cells that a latent is explained on, at most. Default 512. */
  readonly mostCells?: number;
  /** Edges with at least this probability choose the cells. Default 0.5. */
  readonly edge?: number;
  /** Points of the path at first, doubled while the gap is too large. Default 32. */
  readonly steps?: number;
  /** Default 1024. */
  readonly mostSteps?: number;
  /** Gap that is small enough. Default 0.01. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface LatentAttribution {
  readonly latent: number;
  /** Perturbations whose cells were taken; empty: none has an edge, and all treated cells were. */
  readonly perturbations: readonly number[];
  readonly cells: number;
  /** Mean over cells (genes), in units of the latent. */
  readonly attribution: Float64Array;
  /** Mean distance of the cells from the baseline (genes), as the encoder sees genes: above 0 where they rise with the latent. */
  readonly change: Float64Array;
  /** Mean of f(x) − f(baseline), which the attributions add up to. */
  readonly rise: number;
  /** Σ over cells of |Σ_g A_g − (f(x) − f(baseline))|, over Σ of |f(x) − f(baseline)|. */
  readonly gap: number;
  /** Points of the path. */
  readonly steps: number;
}

export interface Attributions {
  /** What the baseline is the mean of. */
  readonly baseline: 'control' | 'all';
  readonly latents: readonly LatentAttribution[];
}

/** Values of points of paths at once. */
const POINTS = 2_000_000;
/** A latent that moves less has rounding for a gap. */
const LEAST_RISE = 1e-4;

/**
 * Explains latents by genes. Throws DataError without cells, ShapeError on other genes than the model has, OptionError
 * on numbers out of range, InterruptedError.
 */
export async function attributeLatents(
  runtime: Runtime,
  representation: MechanismRepresentation,
  options: AttributionOptions,
): Promise<Attributions> {
  const { cells, mostCells, edge, steps, mostSteps, tolerance, latents } = checked(representation, options);
  const { config, model } = representation;
  const { settings } = config;
  const sizes = { latent: settings.latent, perturbations: config.perturbations.length };
  const store = storeOf(runtime, representation.weights);
  // what the encoder sees is on the way already
  const seenAlready = { ...settings, likelihood: 'gaussian' as const };
  const network = (rows: Tensor) => {
    const scope = new Scope();
    const { mean } = encode(scope, rows, seenAlready);
    const basis = model.basis?.(scope, sizes);
    return basis ? matmul(sub(mean, basis.origin), basis.rotation) : mean;
  };
  const genes = cells.X.nCols;
  const programs = programsByShape(async (count: number) => {
    const size = Math.max(1, Math.min(mostCells, Math.floor(POINTS / count / genes)));
    return pathProgram(store, network, { cells: size, genes, steps: count });
  });
  const seen = encoderView(cells.X, settings.likelihood !== 'gaussian');
  const untreated = controlsOf(cells);
  const baseline = meanOf(seen, untreated.length > 0 ? untreated : everyRow(cells), genes);
  const graph = representation.graph();
  const found: LatentAttribution[] = [];
  try {
    for (const latent of latents) {
      if (options.signal?.aborted) throw new InterruptedError();
      options.onProgress?.(found.length, latents.length);
      const chosen = chosenCells(cells, graph, { latent, of: settings.latent, edge });
      const rows =
        chosen.rows.length > mostCells
          ? Array.from(
              options.random.split('cells', latent).sample(chosen.rows.length, mostCells).sort(),
              (i) => chosen.rows[i],
            )
          : chosen.rows;
      for (let count = steps; ; count *= 2) {
        const sums = await alongPaths(
          await programs(count),
          { rows, seen, baseline, genes, latent },
          chosen.sign,
        );
        if (sums.gap < tolerance || 2 * count > mostSteps) {
          found.push({
            latent,
            perturbations: chosen.perturbations,
            cells: rows.length,
            steps: count,
            ...sums,
          });
          break;
        }
      }
    }
  } finally {
    await programs.dispose();
    store.dispose();
  }
  options.onProgress?.(latents.length, latents.length);
  return { baseline: untreated.length > 0 ? 'control' : 'all', latents: found };
}

interface Paths {
  readonly rows: readonly number[];
  readonly seen: (row: number, out: Float64Array) => void;
  readonly baseline: Float64Array;
  readonly genes: number;
  readonly latent: number;
}

/** Means over cells, each turned the way that `sign` says, or by its own rise where that is 0. */
async function alongPaths(
  program: Awaited<ReturnType<typeof pathProgram>>,
  { rows, seen, baseline, genes, latent }: Paths,
  sign: (row: number) => number,
) {
  const shapeOf = (name: string) => program.inputs.find((one) => one.name === name)!.shape;
  const [size] = shapeOf('ends');
  const direction = new Float32Array(shapeOf('direction')[0]);
  direction[latent] = 1;
  const start = Float32Array.from(baseline);
  const value = new Float64Array(genes);
  const attribution = new Float64Array(genes);
  const change = new Float64Array(genes);
  const sums = { rise: 0, gap: 0, moved: 0 };
  for (let from = 0; from < rows.length; from += size) {
    const batch = rows.slice(from, from + size);
    const ends = new Float32Array(size * genes);
    // places without a cell hold the baseline, which has nothing to attribute
    for (let i = 0; i < size; i++) {
      if (i < batch.length) seen(batch[i], value);
      ends.set(i < batch.length ? value : start, i * genes);
    }
    const out = await program.run({ ends, baseline: start, direction });
    batch.forEach((row, i) => {
      const rise = Number(out.rise[i]);
      const turn = (sign(row) || Math.sign(rise)) / rows.length;
      let total = 0;
      for (let g = 0; g < genes; g++) {
        const part = Number(out.attribution[i * genes + g]);
        total += part;
        attribution[g] += turn * part;
        change[g] += turn * (ends[i * genes + g] - baseline[g]);
      }
      sums.rise += turn * rise;
      sums.gap += Math.abs(total - rise);
      sums.moved += Math.abs(rise);
    });
  }
  const gap = sums.gap / Math.max(sums.moved, LEAST_RISE * rows.length);
  return { attribution, change, rise: sums.rise, gap };
}

/** Cells of perturbations with an edge to the latent, and the way they shift it; where there are none, all but controls. */
function chosenCells(
  cells: PerturbedCells,
  graph: ReturnType<MechanismRepresentation['graph']>,
  { latent, of, edge }: { readonly latent: number; readonly of: number; readonly edge: number },
) {
  const slots = slotsOf(cells);
  const edges = new Map<number, number>();
  if (graph) {
    for (let a = 0; a < cells.perturbations.length; a++) {
      const at = a * of + latent;
      if (graph.probability[at] >= edge) edges.set(a, graph.probability[at] * graph.shift[at]);
    }
  }
  const sign = (row: number) => {
    let shift = 0;
    for (let k = row * slots; k < (row + 1) * slots; k++) shift += edges.get(cells.labels[k]) ?? 0;
    return Math.sign(shift);
  };
  const moved = everyRow(cells).filter((row) => sign(row) !== 0);
  if (moved.length > 0) return { rows: moved, sign, perturbations: [...edges.keys()] };
  const untreated = new Set(controlsOf(cells));
  const treated = everyRow(cells).filter((row) => !untreated.has(row));
  return { rows: treated.length > 0 ? treated : everyRow(cells), sign: () => 0, perturbations: [] };
}

const everyRow = ({ X }: PerturbedCells): number[] => Array.from({ length: X.nRows }, (_, row) => row);

/** Cells without a perturbation. */
function controlsOf(cells: PerturbedCells): number[] {
  const slots = slotsOf(cells);
  return everyRow(cells).filter((row) =>
    cells.labels.subarray(row * slots, (row + 1) * slots).every((label) => label < 0),
  );
}

/** A row as the encoder sees it. */
function encoderView(X: Matrix, counts: boolean): (row: number, out: Float64Array) => void {
  const matrix = X.kind === 'csc' ? swapCompression(X) : X;
  return (row, out) => {
    readRow(matrix, row, out);
    if (counts) for (let g = 0; g < out.length; g++) out[g] = Math.log1p(out[g]);
  };
}

function meanOf(seen: (row: number, out: Float64Array) => void, rows: readonly number[], genes: number) {
  const [value, mean] = [new Float64Array(genes), new Float64Array(genes)];
  for (const row of rows) {
    seen(row, value);
    for (let g = 0; g < genes; g++) mean[g] += value[g] / rows.length;
  }
  return mean;
}

function checked({ config, latent }: MechanismRepresentation, options: AttributionOptions) {
  const { cells, mostCells = 512, edge = 0.5, steps = 32, mostSteps = 1024, tolerance = 0.01 } = options;
  const latents = options.latents ?? Array.from({ length: latent }, (_, j) => j);
  if (cells.X.nRows === 0) throw new DataError('attribution was asked of no cells');
  if (cells.X.nCols !== config.genes.length) {
    throw new ShapeError(
      'cells',
      `${config.genes.length} genes, as the model was trained on`,
      `${cells.X.nCols}`,
    );
  }
  if (cells.perturbations.length !== config.perturbations.length) {
    throw new ShapeError(
      'perturbations',
      `the model's ${config.perturbations.length}`,
      `${cells.perturbations.length}`,
    );
  }
  const whole = (name: string, value: number, least: number, most: number) => {
    if (!(Number.isSafeInteger(value) && value >= least && value <= most))
      throw new OptionError(name, value, `a whole number from ${least} to ${most}`);
  };
  whole('mostCells', mostCells, 1, Number.MAX_SAFE_INTEGER);
  whole('steps', steps, 1, 100_000);
  whole('mostSteps', mostSteps, steps, 100_000);
  for (const one of latents) whole('latents', one, 0, latent - 1);
  if (!(tolerance > 0)) throw new OptionError('tolerance', tolerance, 'a number above 0');
  if (!(edge > 0 && edge <= 1)) throw new OptionError('edge', edge, 'a probability above 0');
  return { cells, mostCells, edge, steps, mostSteps, tolerance, latents };
}

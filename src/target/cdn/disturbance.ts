/**
 * What cells have that the simulator's do not: tails, outlying cells, clusters that the sets have in shares of their
 * own only by chance, and wells whose cells share an offset. None of it is an intervention, so a network that never
 * saw it takes chance for one.
 */
import type { DenseMatrix } from '../../data/index.js';
import type { Random } from '../../random/index.js';

/** Shares of systems with each; half of all have none. */
const DISTURBED = 0.5;
const WITH_TAILS = 0.5;
const WITH_OUTLIERS = 0.4;
const WITH_CLUSTERS = 0.4;
const WITH_WELLS = 0.3;

/** A step of one deviation multiplies counts by e to this power. */
const LOG_COUNTS_A_STEP = 0.5;
const LARGEST_STEP = 8;

/** Changes the cells of one set, the same kind of change for all sets of a system. */
export type Disturbance = (cells: DenseMatrix, random: Random) => void;

/** `deviations` (genes): of the control; of counts no matter. Undefined where the system is left as it is. */
export function drawDisturbance(
  random: Random,
  deviations: Float64Array,
  counted: boolean,
): Disturbance | undefined {
  if (!random.bernoulli(DISTURBED)) return undefined;
  const genes = deviations.length;
  const logUniform = (low: number, high: number) => low * (high / low) ** random.uniform();
  const tails = random.bernoulli(WITH_TAILS) ? logUniform(0.05, 0.6) : 0;
  const freedom = logUniform(2.2, 6);
  const outliers = random.bernoulli(WITH_OUTLIERS) ? logUniform(0.005, 0.08) : 0;
  const away = logUniform(1, 6);
  const clusters = random.bernoulli(WITH_CLUSTERS) ? 2 + random.integer(6) : 0;
  const offsets = Array.from({ length: clusters }, () =>
    offset(random, genes, logUniform(0.2, 2), random.uniform()),
  );
  const wells = random.bernoulli(WITH_WELLS) ? logUniform(0.03, 0.4) : 0;
  const cellsOfWell = logUniform(3, 100);
  return ({ nRows, nCols, values }, stream) => {
    const ofWells = Array.from({ length: Math.ceil(nRows / cellsOfWell) }, () =>
      wells > 0 ? offset(stream, genes, wells, 1) : undefined,
    );
    for (let i = 0; i < nRows; i++) {
      const cluster = clusters > 0 ? offsets[stream.integer(clusters)] : undefined;
      const well = ofWells[stream.integer(ofWells.length)];
      const outlying =
        outliers > 0 && stream.bernoulli(outliers) ? offset(stream, genes, away, 0.5) : undefined;
      // of a cell, as of a t-distributed vector: all genes are far off at once
      const size = tails > 0 ? tails / Math.sqrt(stream.gamma(freedom / 2) / (freedom / 2)) : 0;
      for (let j = 0; j < nCols; j++) {
        let step = (cluster?.[j] ?? 0) + (well?.[j] ?? 0) + (outlying?.[j] ?? 0);
        if (size > 0) step += size * stream.normal();
        step = Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
        const at = i * nCols + j;
        const value = Number(values[at]);
        if (!counted) values[at] = value + step * deviations[j];
        else if (value > 0 && step !== 0)
          values[at] = stream.poisson(value * Math.exp(LOG_COUNTS_A_STEP * step));
      }
    }
  };
}

/** (genes): normal of this deviation in so many of the genes. */
function offset(random: Random, genes: number, size: number, share: number): Float64Array {
  return Float64Array.from({ length: genes }, () => (random.bernoulli(share) ? size * random.normal() : 0));
}

/**
 * What cells have that the simulator's do not: tails; outlying cells, each in a way of its own or in one of a few, as the
 * wells of a strong drug; clusters, of cells that differ in what they express and in how much, which the sets have in
 * shares that differ by chance or by more than that; wells whose cells share an offset; sets seen more or less deeply.
 * None of it is an intervention, so a network that never saw it takes chance for one.
 */
import type { DenseMatrix } from '../../data/index.js';
import type { Random } from '../../random/index.js';

/** Shares of systems with each; a third of all have none. */
const DISTURBED = 2 / 3;
const WITH_TAILS = 0.4;
const WITH_OUTLIERS = 0.4;
const WITH_CLUSTERS = 0.5;
const WITH_WELLS = 0.3;
const SEEN_UNEQUALLY = 0.3;
/** Of those with clusters, where sets have them in shares of their own; of those with outliers, where they have ways in common. */
const UNEQUAL_SHARES = 0.5;
const COMMON_WAYS = 0.5;

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
  const outliers = random.bernoulli(WITH_OUTLIERS) ? logUniform(0.005, 0.3) : 0;
  const away = logUniform(0.5, 6);
  const ways = Array.from({ length: random.bernoulli(COMMON_WAYS) ? 1 + random.integer(20) : 0 }, () =>
    offset(random, genes, away, 0.5),
  );
  const clusters = random.bernoulli(WITH_CLUSTERS) ? 2 + random.integer(6) : 0;
  const depths = counted ? 0.6 * random.uniform() : 0;
  const offsets = Array.from({ length: clusters }, () => {
    const depth = (depths / LOG_COUNTS_A_STEP) * random.normal();
    return offset(random, genes, logUniform(0.2, 2), random.uniform()).map((step) => step + depth);
  });
  const evenness = random.bernoulli(UNEQUAL_SHARES) ? logUniform(2, 100) : Number.POSITIVE_INFINITY;
  const wells = random.bernoulli(WITH_WELLS) ? logUniform(0.03, 0.6) : 0;
  const cellsOfWell = logUniform(1, 100);
  const unequal = counted && random.bernoulli(SEEN_UNEQUALLY) ? logUniform(0.03, 0.5) : 0;
  return ({ nRows, nCols, values }, stream) => {
    const cumulative = sharesOf(stream, clusters, evenness);
    const depth = (unequal / LOG_COUNTS_A_STEP) * stream.normal();
    const ofWells = Array.from({ length: Math.ceil(nRows / cellsOfWell) }, () =>
      wells > 0 ? offset(stream, genes, wells, 1) : undefined,
    );
    for (let i = 0; i < nRows; i++) {
      const drawn = stream.uniform();
      const cluster = offsets[cumulative.findIndex((share) => drawn < share)];
      const well = ofWells[stream.integer(ofWells.length)];
      const outlying = outliers > 0 && stream.bernoulli(outliers);
      const common = outlying && ways.length > 0 ? ways[stream.integer(ways.length)] : undefined;
      const way = outlying ? (common ?? offset(stream, genes, away, 0.5)) : undefined;
      // of a cell, as of a t-distributed vector: all genes are far off at once
      const size = tails > 0 ? tails / Math.sqrt(stream.gamma(freedom / 2) / (freedom / 2)) : 0;
      for (let j = 0; j < nCols; j++) {
        let step = depth + (cluster?.[j] ?? 0) + (well?.[j] ?? 0) + (way?.[j] ?? 0);
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

/** Cumulative, of so many clusters: equal, or drawn around that (Dirichlet; `evenness` is as many cells of a set known). */
function sharesOf(random: Random, clusters: number, evenness: number): number[] {
  const parts = Array.from({ length: clusters }, () =>
    Number.isFinite(evenness) ? random.gamma(evenness / clusters) : 1,
  );
  const total = parts.reduce((sum, part) => sum + part, 0);
  let sum = 0;
  return parts.map((part, k) => {
    sum += part / total;
    return k === clusters - 1 ? 1 : sum;
  });
}

/** (genes): normal of this deviation in so many of the genes. */
function offset(random: Random, genes: number, size: number, share: number): Float64Array {
  return Float64Array.from({ length: genes }, () => (random.bernoulli(share) ? size * random.normal() : 0));
}

/**
 * Intervals that hold what they promise: CV+ over pairs (Barber et al. 2021, section 2.2), each gene by itself.
 *
 * A measured pair q that was hidden leaves a residual, scaled by what the model expected of it. The interval of gene g
 * of a new pair p runs from the α quantile of μ₋ₖ₍q₎(p) − s_p R_q to the 1 − α quantile of μ₋ₖ₍q₎(p) + s_p R_q over q,
 * where μ₋ₖ predicts without the fold of q. Pairs q with about as many donors as p count for more, so that the promise
 * holds for few donors as for many. With few pairs, genes of similar spread lend each other their residuals.
 */

/** What was left over of the measured pairs, ready for quantiles. */
export interface ScaledResiduals {
  readonly nGenes: number;
  /** By how much a gene's residuals are larger than expected of it, `(nGenes)`. */
  readonly ofGene: Float64Array;
  readonly donors: Int32Array;
  /** Folds that have pairs, ascending, and where their entries start in the row of a gene; one more start, the end. */
  readonly folds: readonly number[];
  readonly starts: readonly number[];
  /** |residual| / expected, largest first within a fold, and the pair of each: `(nGenes, entries of a gene)`. */
  readonly values: Float64Array;
  readonly pairs: Int32Array;
}

/** So many residuals make a quantile; with fewer pairs neighbouring genes help out. */
const ENOUGH = 100;
/** Pull on a gene's scale towards that of all genes, in pairs. */
const GENE_SHRINKAGE = 10;
/** Width of the kernel over log(1 + donors), and what the farthest pair still counts. */
const DONOR_WIDTH = 0.25;
const LEAST_WEIGHT = 0.02;
/** 1 − 0.9 is less than 0.1 in binary. */
const ROUNDING = 1e-9;

/**
 * @param residuals of the hidden pairs `(nPairs, nGenes)`
 * @param scales what was expected of them, same shape, above 0
 * @param fold of each pair
 * @param donors of each pair
 */
export function scaleResiduals(
  residuals: Float64Array,
  scales: Float64Array,
  nGenes: number,
  fold: Int32Array,
  donors: Int32Array,
): ScaledResiduals {
  const nPairs = fold.length;
  const scaled = residuals.map((residual, at) => Math.abs(residual) / scales[at]);
  const ofGene = geneScales(scaled, nPairs, nGenes);
  for (let at = 0; at < scaled.length; at++) scaled[at] /= ofGene[at % nGenes];
  const folds = [...new Set(fold)].sort((a, b) => a - b);
  const helpers = Math.min(nGenes, Math.ceil(ENOUGH / Math.max(nPairs, 1)));
  const members = folds.map((name) => Array.from(fold.keys()).filter((pair) => fold[pair] === name));
  const starts = [0];
  for (const pairs of members) starts.push((starts.at(-1) as number) + pairs.length * helpers);
  const entries = nPairs * helpers;
  const values = new Float64Array(nGenes * entries);
  const pairs = new Int32Array(nGenes * entries);
  const order = Int32Array.from({ length: nGenes }, (_, g) => g).sort(
    (a, b) => ofGene[a] - ofGene[b] || a - b,
  );
  order.forEach((gene, place) => {
    const first = Math.min(Math.max(place - Math.floor(helpers / 2), 0), nGenes - helpers);
    const near = order.subarray(first, first + helpers);
    members.forEach((own, k) => {
      const list = own.flatMap((pair) =>
        Array.from(near, (other) => ({ pair, value: scaled[pair * nGenes + other] })),
      );
      list.sort((a, b) => b.value - a.value);
      list.forEach(({ pair, value }, i) => {
        const at = gene * entries + starts[k] + i;
        values[at] = value;
        pairs[at] = pair;
      });
    });
  });
  return { nGenes, ofGene, donors, folds, starts, values, pairs };
}

function geneScales(scaled: Float64Array, nPairs: number, nGenes: number): Float64Array {
  const squares = new Float64Array(nGenes);
  let pooled = 0;
  for (let at = 0; at < scaled.length; at++) {
    squares[at % nGenes] += scaled[at] ** 2;
    pooled += scaled[at] ** 2 / scaled.length;
  }
  return squares.map((sum) =>
    Math.sqrt(Math.max((sum + GENE_SHRINKAGE * pooled) / (nPairs + GENE_SHRINKAGE), Number.MIN_VALUE)),
  );
}

/**
 * @param centres predictions of the pair without each fold, in the order of `residuals.folds`
 * @param scale what is expected of the pair, gene by gene, as `scales` above
 * @param level share of values to hold, 1 − α
 */
export function conformalInterval(
  residuals: ScaledResiduals,
  centres: readonly Float64Array[],
  scale: Float64Array,
  donors: number,
  level: number,
): { lower: Float64Array; upper: Float64Array } {
  const { nGenes, ofGene, starts } = residuals;
  const entries = starts.at(-1) as number;
  const weights = Float64Array.from(residuals.donors, (count) => {
    const distance = (Math.log1p(count) - Math.log1p(donors)) / DONOR_WIDTH;
    return Math.max(Math.exp(-0.5 * distance * distance), LEAST_WEIGHT);
  });
  let total = 0;
  for (let at = 0; at < entries; at++) total += weights[residuals.pairs[at]];
  // the new pair counts like one of its own kind, with an error beyond all others
  const beyond = (1 - level) * (total + 1) - 1 + ROUNDING;
  const lower = new Float64Array(nGenes);
  const upper = new Float64Array(nGenes);
  const ends = new Float64Array(centres.length);
  for (let g = 0; g < nGenes; g++) {
    for (let k = 0; k < ends.length; k++) ends[k] = centres[k][g];
    upper[g] = farEnd(residuals, g, ends, scale[g] * ofGene[g], weights, beyond);
    for (let k = 0; k < ends.length; k++) ends[k] = -centres[k][g];
    lower[g] = -farEnd(residuals, g, ends, scale[g] * ofGene[g], weights, beyond);
  }
  return { lower, upper };
}

/** The largest of centre + reach · residual that at most the weight `beyond` exceeds: folds are merged from the top. */
function farEnd(
  { starts, values, pairs }: ScaledResiduals,
  gene: number,
  centres: Float64Array,
  reach: number,
  weights: Float64Array,
  beyond: number,
): number {
  const row = gene * (starts.at(-1) as number);
  const heads = starts.slice(0, -1);
  let left = beyond;
  let value = Number.NaN;
  for (;;) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < heads.length; k++) {
      if (heads[k] === starts[k + 1]) continue;
      const candidate = centres[k] + reach * values[row + heads[k]];
      if (candidate > most) [best, most] = [k, candidate];
    }
    if (best < 0) return value;
    value = most;
    left -= weights[pairs[row + heads[best]++]];
    if (left < 0) return value;
  }
}

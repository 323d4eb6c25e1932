/**
 * Marginal estimates as the paper has them (Wu et al. 2024): graphs that FCI finds for five genes at a time, in the control
 * and in the perturbed cells. Of a gene and a neighbour: how often, among the batches that had both, FCI said what of them.
 */
import type { DenseMatrix } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import { TOKEN, TOKENS } from '../fci/index.js';
import { type MarginalEstimates, marginalEstimates, standardGenes } from '../features/index.js';
import { SET_NAMES } from './known.js';

/** In the order of tokens, but for padding: of the gene and its neighbour. */
const CLASSES = [
  'none',
  'causes',
  'caused-by',
  'confounded',
  'perhaps-caused-by',
  'perhaps-causes',
  'unknown',
] as const;

export interface FciFeature {
  readonly name: string;
  /** Of which set, or of the change from one to the other. */
  readonly of: (typeof SET_NAMES)[number] | 'change';
}

/** Of a set: the share of each class, and log(1 + batches); then what changed. */
const OF_A_SET = [...CLASSES.map((name) => `fci-${name}`), 'fci-batches'];
export const FCI_FEATURES: readonly FciFeature[] = ([...SET_NAMES, 'change'] as const).flatMap((of) =>
  OF_A_SET.map((name) => ({ name: `${name}-${of}`, of })),
);

const FEWEST_BATCHES = 100;
const BATCHES_OF_A_GENE = 5;
const MOST_BATCHES = 5000;

/**
 * 100 for up to 20 genes, as in the paper. Of more genes each takes part in 25 batches on average, as often as at 20, so
 * that its neighbours come together about as often; bounded, since a draw takes time as the genes.
 */
export const fciBatches = (genes: number): number =>
  Math.min(MOST_BATCHES, Math.max(FEWEST_BATCHES, BATCHES_OF_A_GENE * genes));

/** `correlation` (genes, genes), of all cells. Sets that share `random` are asked about the same genes where they can be. */
export function fciEstimates(
  cells: DenseMatrix,
  correlation: Float64Array,
  random: Random,
): MarginalEstimates {
  const genes = cells.nCols;
  const whole = correlation.map((r, at) => (at % (genes + 1) === 0 ? 1 : r));
  return marginalEstimates(standardGenes(cells), whole, { batches: fciBatches(genes), random });
}

/** (genes, K, `FCI_FEATURES.length`) for `neighbours` (genes, K); 0 where no batch had the two. */
export function fciFeatures(
  sets: readonly [MarginalEstimates, MarginalEstimates],
  neighbours: Int32Array,
  degree: number,
): Float32Array {
  const width = OF_A_SET.length;
  const pairs = neighbours.length;
  const [control, perturbed] = sets.map((estimates) => sharesOf(estimates, neighbours, degree));
  const out = new Float32Array(pairs * FCI_FEATURES.length);
  for (let pair = 0; pair < pairs; pair++) {
    for (let f = 0; f < width; f++) {
      const [before, after] = [control[pair * width + f], perturbed[pair * width + f]];
      const at = pair * FCI_FEATURES.length + f;
      out[at] = before;
      out[at + width] = after;
      out[at + 2 * width] = after - before;
    }
  }
  return out;
}

/** (genes, K, `OF_A_SET.length`) */
function sharesOf(
  { nBatches, nVariables, variables, tokens }: MarginalEstimates,
  neighbours: Int32Array,
  degree: number,
): Float64Array {
  const counts = new Uint32Array(neighbours.length * TOKENS);
  let token = 0;
  for (let t = 0; t < nBatches; t++) {
    const batch = variables.subarray(t * nVariables, (t + 1) * nVariables);
    for (const gene of batch) {
      const row = neighbours.subarray(gene * degree, (gene + 1) * degree);
      for (const other of batch) {
        if (other === gene) continue;
        const place = row.indexOf(other);
        if (place >= 0) counts[(gene * degree + place) * TOKENS + tokens[token]]++;
        token++;
      }
    }
  }
  const width = OF_A_SET.length;
  const shares = new Float64Array(neighbours.length * width);
  for (let pair = 0; pair < neighbours.length; pair++) {
    const own = counts.subarray(pair * TOKENS, (pair + 1) * TOKENS);
    const batches = own.reduce((sum, count) => sum + count, 0);
    for (let f = TOKEN.none; f < TOKENS; f++) {
      shares[pair * width + f - TOKEN.none] = batches > 0 ? own[f] / batches : 0;
    }
    shares[(pair + 1) * width - 1] = Math.log1p(batches);
  }
  return shares;
}

/**
 * Marginal estimates: the graphs that FCI finds for a few genes at a time in a part of the cells, as the networks read
 * them (Wu et al. 2024, "Sample, estimate, aggregate"). Half of the batches take any genes, half those that correlate.
 */
import { OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { FEWEST_ROWS } from '../fci/fisher-z.js';
import { Fci, tokensOf, writeTokens } from '../fci/index.js';
import { BatchCorrelation } from './batch-correlation.js';
import type { StandardGenes } from './standard-genes.js';
import { VariableSampler } from './variable-sampler.js';

export interface MarginalOptions {
  /** Default 100. */
  batches?: number;
  /** Genes of a batch; all of them where there are fewer. Default 5, at most 30. */
  variables?: number;
  /** Cells of a batch; all of them where there are fewer. Default 500, at least 4. */
  rows?: number;
  /** Level of Fisher's test. Default 0.05. */
  alpha?: number;
  random: Random;
}

export interface MarginalEstimates {
  /** 0 for fewer than four cells: nothing can be said of them. */
  readonly nBatches: number;
  readonly nVariables: number;
  /** (nBatches, nVariables): the genes of each batch, by number. */
  readonly variables: Int32Array;
  /** (nBatches, nVariables · (nVariables − 1)): a token (see `TOKEN`) for each ordered pair, as `writeTokens` orders. */
  readonly tokens: Uint8Array;
}

/**
 * `correlation` (nGenes, nGenes) is that of all cells, as `globalStatistics` gives it.
 * Throws OptionError on options that make no sense.
 */
export function marginalEstimates(
  genes: StandardGenes,
  correlation: Float64Array,
  { batches = 100, variables: wanted = 5, rows = 500, alpha, random }: MarginalOptions,
): MarginalEstimates {
  if (!Number.isInteger(batches) || batches < 0) throw new OptionError('batches', batches, 'a number from 0');
  if (!Number.isInteger(rows) || rows < FEWEST_ROWS) {
    throw new OptionError('rows', rows, `a number of cells from ${FEWEST_ROWS}`);
  }
  const fci = new Fci(Math.min(wanted, genes.nGenes), { alpha });
  const { nVariables } = fci;
  const nBatches = genes.nCells < FEWEST_ROWS ? 0 : batches;
  const variables = new Int32Array(nBatches * nVariables);
  const tokens = new Uint8Array(nBatches * tokensOf(nVariables));
  const sampler = new VariableSampler(genes.nGenes, random.split('variables'));
  const batch = new BatchCorrelation(genes, correlation, nVariables, rows, random.split('rows'));
  for (let t = 0; t < nBatches; t++) {
    if (t === nBatches >> 1) sampler.weighBy(correlation);
    const chosen = variables.subarray(t * nVariables, (t + 1) * nVariables);
    sampler.draw(chosen);
    writeTokens(fci.run(batch.draw(chosen), batch.nRows), tokens, t * tokensOf(nVariables));
  }
  return { nBatches, nVariables, variables, tokens };
}

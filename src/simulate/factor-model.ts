/**
 * The linear factor model behind simulated screens: x^{ca} = Uᶜ vᵃ, exactly.
 *
 * Definition 1 of Squires et al. 2022, "Causal imputation via synthetic interventions", with factors that mean
 * something: column k of Uᶜ `(nGenes, rank)` is the profile of cell line c when program k runs alone (program
 * 0: untreated), and vᵃ says in which proportions action a runs the programs. Proportions are positive and add
 * up to one, so profiles stay positive and in range without any clipping that would break the low rank.
 * The programs of two cell lines agree only in part, so that an action is learned better from other actions
 * in the same cell line than from the same action elsewhere, as in CMAP.
 */
import { OptionError } from '../errors.js';
import type { Random } from '../random/index.js';
import { numberBetween, wholeNumber } from './settings.js';

export interface FactorModelOptions {
  /** Programs, the untreated one included: the rank of the truth unfolded by action. Default 9, at least 1. */
  readonly rank?: number;
  /** Groups of related contexts. Default 6. */
  readonly lineages?: number;
  /** Share of a program's variance that is the same in every context. Default .2. */
  readonly sharedByAll?: number;
  /** Share of a program's variance that is the same within a lineage. Default .3. */
  readonly sharedByLineage?: number;
  /** Spread of contexts, standard deviation of natural logarithms per gene. Default .26. */
  readonly contextSpread?: number;
  /** Spread of programs, standard deviation of natural logarithms per gene. Default .7. */
  readonly programSpread?: number;
  /**
   * Extra spread of the control's profile, as if it came from other batches (the trap of the L1000 set):
   * standard deviation of natural logarithms per gene and context, adding 1 to the rank. Default 0.
   */
  readonly controlBatchShift?: number;
  /** 'linear': like L1000 level 2, about 40 to 10,000; 'log2': its logarithm. Default 'linear'. */
  readonly scale?: 'linear' | 'log2';
}

export const FACTOR_DEFAULTS: Required<FactorModelOptions> = {
  rank: 9,
  lineages: 6,
  sharedByAll: 0.2,
  sharedByLineage: 0.3,
  contextSpread: 0.26,
  programSpread: 0.7,
  controlBatchShift: 0,
  scale: 'linear',
};

/** L1000 level 2: fluorescence without expression, median gene, spread of genes (natural logarithm). */
export const BACKGROUND = 40;
const MEDIAN_GENE = 600;
const GENE_SPREAD = 0.65;
/** Nothing departs further than so many standard deviations, as the measured range is bounded. */
const LIMIT = 2.2;
/** Concentration of an action's mixture: small, so that one or two programs rule an action. */
const CONCENTRATION = 0.35;
/** Least total weight of an action's programs against the untreated one. */
const LEAST_POTENCY = 0.4;

export class FactorModel {
  /** vᵃ `(nActions, rank)`, rows add up to 1. */
  readonly factors: Float64Array;
  /** Uᶜ for each context: `(nGenes, rank)`. */
  readonly loadings: readonly Float64Array[];
  /** Number of factors, the control's own included when it has one. */
  readonly rank: number;
  readonly lineageOfContext: Int32Array;

  /**
   * `control` is the number of the control action, −1 without one. Throws OptionError for options out of
   * range.
   */
  constructor(
    readonly nContexts: number,
    readonly nActions: number,
    readonly nGenes: number,
    readonly control: number,
    readonly options: Required<FactorModelOptions>,
    random: Random,
  ) {
    checkFactorOptions(options);
    const ownProgram = options.controlBatchShift > 0 && control >= 0;
    this.rank = options.rank + (ownProgram ? 1 : 0);
    this.lineageOfContext = random
      .split('lineages')
      .fill(new Int32Array(nContexts), (r) => r.integer(options.lineages));
    this.factors = this.drawFactors(random.split('factors'), ownProgram);
    this.loadings = this.drawLoadings(random.split('loadings'), ownProgram);
  }

  /** The noiseless profile of (context, action), written into `out` `(nGenes)`. */
  profile(context: number, action: number, out: Float64Array): Float64Array {
    const { rank, nGenes } = this;
    const loadings = this.loadings[context];
    const first = action * rank;
    for (let gene = 0; gene < nGenes; gene++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += loadings[gene * rank + k] * this.factors[first + k];
      out[gene] = sum;
    }
    return out;
  }

  private drawFactors(random: Random, ownProgram: boolean): Float64Array {
    const { nActions, rank, control } = this;
    const nPrograms = this.options.rank;
    const factors = new Float64Array(nActions * rank);
    for (let action = 0; action < nActions; action++) {
      const weights = factors.subarray(action * rank, action * rank + nPrograms);
      if (action === control || nPrograms === 1) {
        factors[action * rank + (ownProgram && action === control ? nPrograms : 0)] = 1;
        continue;
      }
      const stream = random.split(action);
      const potency = LEAST_POTENCY + (1 - LEAST_POTENCY) * stream.uniform();
      let sum = 0;
      for (let k = 1; k < nPrograms; k++) sum += weights[k] = stream.gamma(CONCENTRATION);
      for (let k = 1; k < nPrograms; k++) weights[k] = (potency * weights[k]) / sum;
      weights[0] = 1 - potency;
    }
    return factors;
  }

  private drawLoadings(random: Random, ownProgram: boolean): Float64Array[] {
    const { nGenes, rank, options } = this;
    const nPrograms = options.rank;
    const normals = (...name: (string | number)[]) =>
      random.split(...name).fillNormal(new Float64Array(nGenes * nPrograms));
    const genes = random.split('genes').fill(new Float64Array(nGenes), boundedNormal);
    const all = normals('programs of all');
    const ofLineage = Array.from({ length: options.lineages }, (_, lineage) => normals('lineage', lineage));
    const share = [
      Math.sqrt(options.sharedByAll),
      Math.sqrt(options.sharedByLineage),
      Math.sqrt(1 - options.sharedByAll - options.sharedByLineage),
    ] as const;
    return Array.from(this.lineageOfContext, (lineage, context) => {
      const own = normals('context', context);
      const shift = random.split('control', context);
      const out = new Float64Array(nGenes * rank);
      for (let gene = 0; gene < nGenes; gene++) {
        const mean = Math.log(MEDIAN_GENE) + GENE_SPREAD * genes[gene];
        // Program 0 is what sets the context apart; the others depart from it.
        let untreated = 0;
        for (let k = 0; k < nPrograms; k++) {
          const at = gene * nPrograms + k;
          const mix = share[0] * all[at] + share[1] * ofLineage[lineage][at] + share[2] * own[at];
          const z = Math.max(-LIMIT, Math.min(LIMIT, mix));
          const depart = k === 0 ? options.contextSpread * z : options.programSpread * z;
          if (k === 0) untreated = depart;
          out[gene * rank + k] = this.scaled(mean + (k === 0 ? depart : untreated + depart));
        }
        if (ownProgram) {
          const moved = mean + untreated + options.controlBatchShift * shift.normal();
          out[gene * rank + nPrograms] = this.scaled(moved);
        }
      }
      return out;
    });
  }

  private scaled(logSignal: number): number {
    const value = BACKGROUND + Math.exp(logSignal);
    return this.options.scale === 'log2' ? Math.log2(value) : value;
  }
}

function boundedNormal(random: Random): number {
  for (;;) {
    const z = random.normal();
    if (Math.abs(z) <= LIMIT) return z;
  }
}

function checkFactorOptions(options: Required<FactorModelOptions>): void {
  wholeNumber('rank', options.rank, 1);
  wholeNumber('lineages', options.lineages, 1);
  numberBetween('sharedByAll', options.sharedByAll, 0, 1);
  numberBetween('sharedByLineage', options.sharedByLineage, 0, 1 - options.sharedByAll);
  numberBetween('contextSpread', options.contextSpread, 0, 3);
  numberBetween('programSpread', options.programSpread, 0, 3);
  numberBetween('controlBatchShift', options.controlBatchShift, 0, 3);
  if (options.scale !== 'linear' && options.scale !== 'log2') {
    throw new OptionError('scale', options.scale, ['linear', 'log2']);
  }
}

/**
 * Multiple imputation by chained equations, as Squires et al. 2022 ran it (Appendix E): scikit-learn's IterativeImputer
 * by default. The missing profile starts at the means of the genes; then each gene in turn is predicted from all others,
 * the context and the action by Bayesian ridge regression, round after round.
 *
 * van Buuren and Groothuis-Oudshoorn 2011; one imputation, the posterior mean. See docs/methods/chained-equations.md.
 */
import { axpy, dot } from '../../linalg/index.js';
import { mean } from '../../stats/index.js';
import { averagePrediction, plainPrediction } from '../averages.js';
import type { FittedImputer, ImputerDescriptor, ImputerOptions } from '../imputer.js';
import type { Training } from '../training.js';
import { bayesianRidge, type RidgeModel } from './bayesian-ridge.js';
import { Design } from './design.js';
import { columnSpectrum, type Spectrum } from './spectrum.js';

export const mice: ImputerDescriptor = {
  name: 'mice',
  summary: 'chained equations: each gene by Bayesian ridge on all others, in rounds',
  costly: true,
  dependsOn: {
    unit: 'the priors of Bayesian ridge are of fixed size, and one-hot columns stand beside values of any size',
    geneOrder: 'a round goes through the genes in order, and the rounds end before they have converged',
  },
  create: (_, options) => ({ fit: (training) => fitMice(training, options) }),
};

function fitMice(training: Training, options: ImputerOptions): FittedImputer {
  const design = new Design(training);
  let equations: ChainedEquations | undefined;
  return {
    predict(context, action) {
      const target = { context, action };
      const average = (why: string) => averagePrediction(training, target, 'mice', why);
      if (!design.knows(context, action)) return average('context or action unseen');
      equations ??= new ChainedEquations(design, options.miceStandardise);
      const { profile, rounds, change, limit } = equations.impute(context, action, options);
      if (!profile.every(Number.isFinite)) return average(`the rounds diverged (${rounds} of them)`);
      const made = { method: 'mice', profile, fallback: '', donors: design.nRows } as const;
      const notes = [
        `${rounds} rounds of ${design.nGenes} regressions on ${design.nRows} profiles; the last changed the profile by ` +
          `${change.toPrecision(3)} in sum (it ends below ${limit.toPrecision(3)})`,
        equations.describe(),
      ];
      return plainPrediction(training, target, { ...made, notes });
    },
  };
}

class ChainedEquations {
  private readonly spectrum: Spectrum;
  private readonly models: readonly RidgeModel[];
  /** The largest absolute value there is, that of the one-hot columns included. */
  private readonly largest: number;
  private readonly explained: number;
  /** Where the genes stood and how wide they were before they were standardised; 0 and 1 where they were not. */
  private readonly scaling: readonly { readonly centre: number; readonly scale: number }[];

  constructor(
    private readonly design: Design,
    standardise: boolean,
  ) {
    const { nGenes, nRows, nColumns } = design;
    const columns = design.columns();
    this.scaling = Array.from({ length: nGenes }, (_, gene) =>
      standardise
        ? toUnitVariance(columns.subarray(gene * nRows, (gene + 1) * nRows))
        : { centre: 0, scale: 1 },
    );
    this.largest = columns.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    this.spectrum = columnSpectrum(columns, nColumns, nRows);
    this.models = Array.from({ length: nGenes }, (_, gene) => bayesianRidge(this.spectrum, gene));
    let total = 0;
    for (let i = 0; i < nGenes * nRows; i++) total += columns[i] ** 2 / nRows;
    const noise = this.models.reduce((sum, model) => sum + model.noise, 0);
    this.explained = total > 0 ? 1 - noise / total : 0;
  }

  describe(): string {
    return `the regressions explain ${(100 * this.explained).toFixed(1)} % of the genes' variance`;
  }

  /** Rounds over the genes of one missing row. */
  impute(context: number, action: number, { miceRounds, miceTolerance }: ImputerOptions) {
    const { nGenes, nColumns } = this.design;
    const { rank, means, axes } = this.spectrum;
    const hot = this.design.hotColumns(context, action);
    // Vᵀ (x − mean) of the row, kept up to date; the genes begin at their means
    const scores = new Float64Array(rank);
    for (let column = nGenes; column < nColumns; column++) {
      axpy((hot.includes(column) ? 1 : 0) - means[column], axes, column * rank, scores, 0, rank);
    }
    const row = new Float64Array(nGenes);
    const limit = miceTolerance * this.largest;
    let change = Number.POSITIVE_INFINITY;
    let rounds = 0;
    while (rounds < miceRounds && !(change < limit)) {
      change = 0;
      for (let gene = 0; gene < nGenes; gene++) {
        const { direction, own } = this.models[gene];
        const value = dot(direction, 0, scores, 0, rank) - own * row[gene];
        const step = value - row[gene];
        row[gene] = value;
        change += Math.abs(step);
        axpy(step, axes, gene * rank, scores, 0, rank);
      }
      rounds++;
    }
    const profile = row.map((value, gene) => {
      const { centre, scale } = this.scaling[gene];
      return centre + scale * (value + means[gene]);
    });
    return { profile, rounds, change, limit };
  }
}

/** Mean 0 and standard deviation 1, in place; a constant becomes 0. */
function toUnitVariance(values: Float64Array): { centre: number; scale: number } {
  const centre = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  const scale = deviation > 1e-14 * Math.abs(centre) ? deviation : 1;
  for (let row = 0; row < values.length; row++) values[row] = (values[row] - centre) / scale;
  return { centre, scale };
}

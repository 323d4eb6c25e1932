/**
 * MissForest (Stekhoven and Bühlmann 2012): chained equations with random forests. The missing profile starts at the
 * means of the genes; then each gene in turn is predicted by its forest from the other genes, the context and the action,
 * until the rounds no longer come closer to each other.
 *
 * The complete rows never change, so that every forest is grown once. See docs/methods/chained-equations.md.
 */
import { DataError } from '../../errors.js';
import { dot } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { mean } from '../../stats/index.js';
import { averagePrediction, plainPrediction } from '../averages.js';
import type { FittedImputer, ImputerDescriptor, ImputerOptions } from '../imputer.js';
import { Design } from '../mice/design.js';
import type { Training } from '../training.js';
import { type Columns, type LabelColumns, numberColumn } from './columns.js';
import { type Forest, growForest, predictForest } from './forest.js';

export const missforest: ImputerDescriptor = {
  name: 'missforest',
  summary: 'chained equations: each gene by a random forest on the others, in rounds',
  costly: true,
  dependsOn: {
    geneOrder: 'a round goes through the genes in order, and every gene has its own stream of random numbers',
  },
  create: (_, options) => ({ fit: (training) => fitMissforest(training, options) }),
};

/** What the forests of all genes may take, about. */
const MOST_BYTES = 4 * 2 ** 30;

function fitMissforest(training: Training, options: ImputerOptions): FittedImputer {
  const design = new Design(training);
  let forests: ChainedForests | undefined;
  return {
    predict(context, action) {
      const target = { context, action };
      const method = 'missforest';
      if (!design.knows(context, action)) {
        return averagePrediction(training, target, method, 'context or action unseen');
      }
      forests ??= new ChainedForests(design, options);
      const { profile, notes } = forests.impute(context, action, options.missforestRounds);
      return plainPrediction(training, target, {
        method,
        profile,
        fallback: '',
        donors: design.nRows,
        notes,
      });
    },
  };
}

class ChainedForests {
  private readonly forests: readonly Forest[];
  private readonly means: Float64Array;
  private readonly nPredictors: number;

  constructor(
    private readonly design: Design,
    { seed, missforestTrees, missforestNeighbours }: ImputerOptions,
  ) {
    const { nGenes, nRows } = design;
    refuseTooLarge(nGenes, nRows, missforestTrees);
    const columns = design.columns();
    const genes = Array.from({ length: nGenes }, (_, gene) =>
      numberColumn(gene, columns.subarray(gene * nRows, (gene + 1) * nRows)),
    );
    this.means = Float64Array.from(genes, ({ values }) => mean(values));
    const labels = labelColumns(design);
    this.nPredictors = Math.min(missforestNeighbours ?? nGenes, nGenes - 1);
    const nearest = this.nPredictors < nGenes - 1 ? correlatedGenes(columns, nGenes, nRows) : undefined;
    const random = Random.fromSeed(seed).split('missforest');
    this.forests = genes.map(({ values }, gene) => {
      const others = nearest?.(gene).slice(0, this.nPredictors) ?? genes.keys();
      const numbers = Array.from(others, (other) => genes[other]).filter(({ column }) => column !== gene);
      const predictors: Columns = { nRows, numbers, labels };
      return growForest(predictors, values, missforestTrees, random.split(gene));
    });
  }

  /** Rounds over the genes of one missing row; of the last two the one before the changes grew. */
  impute(context: number, action: number, mostRounds: number) {
    const { nGenes, nColumns } = this.design;
    const row = new Float64Array(nColumns);
    row.set(this.means);
    for (const hot of this.design.hotColumns(context, action)) row[hot] = 1;
    let profile = row.slice(0, nGenes);
    let change = Number.POSITIVE_INFINITY;
    let rounds = 0;
    while (rounds < mostRounds && change > 0) {
      let square = 0;
      for (let gene = 0; gene < nGenes; gene++) {
        const value = predictForest(this.forests[gene], row);
        square += (value - row[gene]) ** 2;
        row[gene] = value;
      }
      if (square >= change) break;
      change = square;
      profile = row.slice(0, nGenes);
      rounds++;
    }
    const notes = [
      `${rounds} rounds of ${nGenes} forests of ${this.forests[0].roots.length} trees on ${this.design.nRows} profiles, ` +
        `each from ${this.nPredictors} genes, the context and the action`,
      `the last round changed a gene by ${Math.sqrt(change / nGenes).toPrecision(3)} (root mean square)`,
    ];
    return { profile, notes };
  }
}

function labelColumns({ training, pairs, nGenes }: Design): LabelColumns[] {
  const { nContexts, nActions, pairContext, pairAction } = training.tensor;
  return [
    { column: nGenes, count: nContexts, labels: pairs.map((pair) => pairContext[pair]) },
    { column: nGenes + nContexts, count: nActions, labels: pairs.map((pair) => pairAction[pair]) },
  ];
}

/** The other genes by decreasing absolute correlation with a gene over the rows. */
function correlatedGenes(columns: Float64Array, nGenes: number, nRows: number): (gene: number) => number[] {
  const scaled = new Float64Array(nGenes * nRows);
  for (let gene = 0; gene < nGenes; gene++) {
    const values = columns.subarray(gene * nRows, (gene + 1) * nRows);
    const centre = mean(values);
    const centred = values.map((value) => value - centre);
    const length = Math.sqrt(dot(centred, 0, centred, 0, nRows));
    if (length > 0)
      scaled.set(
        centred.map((value) => value / length),
        gene * nRows,
      );
  }
  return (gene) => {
    const correlations = Float64Array.from({ length: nGenes }, (_, other) =>
      Math.abs(dot(scaled, gene * nRows, scaled, other * nRows, nRows)),
    );
    const others = Array.from(correlations.keys()).filter((other) => other !== gene);
    return others.sort((a, b) => correlations[b] - correlations[a] || a - b);
  };
}

function refuseTooLarge(nGenes: number, nRows: number, nTrees: number): void {
  const bagRows = nRows * (1 - Math.exp(-1));
  const bytes = nGenes * nTrees * 2 * bagRows * 16;
  if (bytes <= MOST_BYTES) return;
  const gibibytes = (size: number) => (size / 2 ** 30).toFixed(1);
  throw new DataError(
    `the forests of ${nGenes} genes with ${nTrees} trees on ${nRows} profiles need about ${gibibytes(bytes)} GiB, more ` +
      `than ${gibibytes(MOST_BYTES)}; take fewer --missforest-trees or fewer genes (--preprocess hvg=N)`,
  );
}

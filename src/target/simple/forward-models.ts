/**
 * Targets by way of forward models: a model learns, from perturbations whose target is known, how the target decides the
 * change of expression. Of a further perturbation every candidate's change is predicted, and the candidates are ranked
 * by the distance of the predicted change to the observed one.
 *
 * What is known: a perturbation that has the name of a gene hit that gene. The name of the perturbation that is ranked is
 * never used: perturbations with known targets are cut into folds, and each fold is ranked by a model that was trained on
 * the others.
 *
 * Genes are described as in the linear model of Ahlmann-Eltze, Huber & Anders 2024 (doi:10.1101/2024.09.16.613342): by
 * their scores in the first principal components of the changes that the model is trained on.
 */
import type { DenseMatrix } from '../../data/index.js';
import { DataError, listNames } from '../../errors.js';
import { pca } from '../../stats/index.js';
import { turns } from '../gaussian/turn.js';
import type { TargetRun, TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';

/** Perturbations of known target. */
export interface KnownChanges {
  readonly nGenes: number;
  /** (nKnown), the gene that each hit. */
  readonly targets: Int32Array;
  /** (nKnown, nGenes), less `mean`. */
  readonly changes: Float64Array;
  /** (nGenes), the mean change. */
  readonly mean: Float64Array;
  /** (nGenes, width), what is known of genes. */
  readonly genes: Float64Array;
  readonly width: number;
}

/** Changes (nGenes candidates, nGenes) less the mean change, of every gene as target. */
export type ForwardModel = (known: KnownChanges, fold: number) => Promise<Float64Array>;

/** Fewer have no two directions that a mean does not have. */
const LEAST_KNOWN = 3;
const FOLDS = 10;

/**
 * Scores of every group: the distance, negative. Throws DataError where fewer than three other groups have the name of a
 * gene.
 */
export async function scoreByForwardModel(
  screen: TargetScreen,
  method: string,
  width: number,
  model: ForwardModel,
  run: TargetRun,
): Promise<TargetScores[]> {
  const { genes, control, groups } = screen;
  const nGenes = genes.length;
  const numberOf = new Map(genes.map((gene, i) => [gene, i]));
  const base = columnMeans(control);
  const changes = groups.map(({ cells }) => columnMeans(cells).map((value, gene) => value - base[gene]));
  const known = groups.flatMap(({ name }, group) => (numberOf.has(name) ? [group] : []));
  const folds = foldsOf(known, run);
  const scores = new Array<TargetScores>(groups.length);
  const turn = turns(run.signal);
  for (const [fold, ranked] of folds.entries()) {
    await turn();
    const training = known.filter((group) => !ranked.includes(group));
    const rankedNow =
      fold < folds.length - 1 ? ranked : groups.flatMap((_, g) => (known.includes(g) ? [] : [g]));
    if (rankedNow.length === 0) continue;
    if (training.length < LEAST_KNOWN)
      throw tooFewKnown(
        method,
        known.map((group) => groups[group].name),
        screen,
      );
    const targets = Int32Array.from(training, (group) => numberOf.get(groups[group].name)!);
    const set = knownChanges(
      targets,
      training.map((group) => changes[group]),
      nGenes,
      width,
    );
    const predicted = await model(set, fold);
    const note = `learned from ${training.length} other perturbations that have the names of genes`;
    for (const group of rankedNow) {
      scores[group] = { score: distances(predicted, changes[group], set.mean), notes: [note] };
    }
    run.onProgress?.(fold + 1, folds.length);
  }
  return scores;
}

/** Known groups in folds, and a last fold without any, whose model sees all of them. */
function foldsOf(known: readonly number[], { random }: TargetRun): number[][] {
  const shuffled = random.split('folds').shuffle([...known]);
  const count = Math.min(FOLDS, known.length);
  const folds = Array.from({ length: count }, (_, fold) => shuffled.filter((_, i) => i % count === fold));
  return [...folds, []];
}

function knownChanges(
  targets: Int32Array,
  changes: readonly Float64Array[],
  nGenes: number,
  width: number,
): KnownChanges {
  const n = changes.length;
  const mean = new Float64Array(nGenes);
  for (const change of changes) for (let gene = 0; gene < nGenes; gene++) mean[gene] += change[gene] / n;
  // genes are the rows, as many columns as perturbations
  const byGene = new Float64Array(nGenes * n);
  const centred = new Float64Array(n * nGenes);
  changes.forEach((change, i) => {
    for (let gene = 0; gene < nGenes; gene++) {
      byGene[gene * n + i] = change[gene];
      centred[i * nGenes + gene] = change[gene] - mean[gene];
    }
  });
  const found = pca(byGene, nGenes, n, Math.min(width, n));
  return { nGenes, targets, changes: centred, mean, genes: found.scores, width: found.nComponents };
}

/** −‖observed − mean − predicted‖ of every candidate. */
function distances(predicted: Float64Array, observed: Float64Array, mean: Float64Array): Float64Array {
  const nGenes = observed.length;
  return Float64Array.from({ length: nGenes }, (_, candidate) => {
    let squares = 0;
    for (let gene = 0; gene < nGenes; gene++) {
      squares += (observed[gene] - mean[gene] - predicted[candidate * nGenes + gene]) ** 2;
    }
    return -Math.sqrt(squares);
  });
}

function columnMeans({ nRows, nCols, values }: DenseMatrix): Float64Array {
  const means = new Float64Array(nCols);
  for (let at = 0; at < values.length; at++) means[at % nCols] += values[at] / nRows;
  return means;
}

function tooFewKnown(method: string, names: readonly string[], { groups }: TargetScreen): DataError {
  return new DataError(
    `${method} learns from perturbations whose target is known: at least ${LEAST_KNOWN} besides the one that is ranked ` +
      `must have the name of a gene of the data; of ${groups.length} here ${names.length} have (${listNames(names)}); ` +
      'give perturbations the names of the genes they hit, take more candidates, or take a method that needs none, such as de',
    { known: names },
  );
}

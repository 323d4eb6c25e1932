/**
 * Counts of molecules in single cells whose log expressions are the values of a graph.
 *
 * A gene's mean in a cell is library factor · exp(level + spread · z), z its value in observational standard
 * deviations; counts are Poisson or negative binomial around it, and some are lost (dropout), the more the lower the
 * mean, by a logistic curve of the log mean as in Splatter (Zappia et al. 2017). Totals are not held fixed: the genes
 * of the graph are few of a cell's, so that one gene's rise takes nothing from the others.
 */
import type { NumericArray } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import type { GraphSettings } from './options.js';

/** Beyond so many standard deviations expression is at its floor or ceiling. */
const HELD_AT = 8;

/** What is known of nodes when nobody intervenes; `columns` `(nNodes)` of values. */
interface Observational {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly columns: readonly Float64Array[];
}

export class CountMeasurement {
  /** Log mean of a gene where its value is at the observational mean, `(nNodes)`. */
  private readonly levels: Float64Array;

  /** Levels are normal over genes, and such that an observational cell has `library` counts in the mean. */
  constructor(
    private readonly observational: Observational,
    private readonly settings: GraphSettings,
    random: Random,
  ) {
    const { nodes, levelSpread, library } = settings;
    this.levels = random.fill(new Float64Array(nodes), (r) => levelSpread * r.normal());
    let total = 0;
    observational.columns.forEach((column, node) => {
      for (const value of column) total += Math.exp(this.logMean(node, value)) / column.length;
    });
    for (let node = 0; node < nodes; node++) this.levels[node] += Math.log(library / total);
  }

  /** Replaces values `(nCells, nNodes)` by counts. */
  count(values: NumericArray, random: Random): void {
    const { nodes, librarySpread, counts, inverseDispersion, dropout } = this.settings;
    const dispersion = counts === 'negative-binomial' ? 1 / inverseDispersion : 0;
    const ofLibrary = random.split('library');
    const ofCounts = random.split('counts');
    for (let at = 0; at < values.length; ) {
      const factor = Math.exp(librarySpread * ofLibrary.normal() - librarySpread ** 2 / 2);
      for (let node = 0; node < nodes; node++, at++) {
        const mean = factor * Math.exp(this.logMean(node, values[at]));
        const count = ofCounts.negativeBinomial(mean, dispersion);
        const lost = dropout > 0 && ofCounts.bernoulli(dropout / (dropout + mean));
        values[at] = lost ? 0 : count;
      }
    }
  }

  private logMean(node: number, value: number): number {
    const { means, deviations } = this.observational;
    const z = (value - means[node]) / deviations[node];
    return this.levels[node] + this.settings.expressionSpread * Math.max(-HELD_AT, Math.min(HELD_AT, z));
  }
}

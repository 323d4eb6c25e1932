/**
 * What a method that finds targets is: one file, one line in `registry.ts`; the command line, the evaluation and the
 * documentation find it there.
 */
import type { Config, Runtime, Weights } from '../compute/index.js';
import type { OptionRecord } from '../impute/option.js';
import type { Random } from '../random/index.js';
import type { TargetScreen } from './screen.js';

/** What a method says of the genes of one group, in their order. */
export interface TargetScores {
  /** (nGenes), finite: the larger, the likelier was the gene hit. Only the order has a meaning across methods. */
  readonly score: Float64Array;
  /** (nGenes), 0 to 1, where the method has a calibrated probability that the gene was hit. */
  readonly probability?: Float64Array;
  /** What a reader of this ranking has to know: a fallback, too few cells. */
  readonly notes: readonly string[];
}

/** What the work may use. */
export interface TargetRun {
  /** Every random choice comes from it: same seed, same bits. */
  readonly random: Random;
  /** For choices that are the same whatever group is looked at, as among control cells. Default `random`. */
  readonly ofControl?: Random;
  /** For methods that train or run networks. */
  readonly runtime: () => Promise<Runtime>;
  /** For methods that come trained: a network of that method, the package's or of a folder. In Node `trainedNetwork`. */
  readonly trained?: (
    method: string,
    folder?: string,
  ) => Promise<{ readonly config: Config; readonly weights: Weights }>;
  /** Where only the order of the genes is looked at: nothing is worked out for probabilities alone. Default false. */
  readonly ranksOnly?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TargetMethod {
  readonly name: string;
  /** One line, for `--help`. */
  readonly summary: string;
  /** Whether all groups are looked at together, over the same genes; else each may have candidates of its own. */
  readonly joint: boolean;
  /** Above so many genes it would take days: refused with this number. `Infinity` where any number will do. */
  readonly mostGenes: number;
  /** Fewest cells of a group and of the control that it can do with. */
  readonly leastCells: number;
  readonly options: OptionRecord;
  /** Scores of every group, in their order. Throws NumericalError, InterruptedError. */
  score(
    screen: TargetScreen,
    options: Readonly<Record<string, unknown>>,
    run: TargetRun,
  ): Promise<TargetScores[]>;
}

/** A fitted kernel regression. */
import type { PairList } from './effects.js';

export interface Solution {
  readonly solver: 'cholesky' | 'eigenpro';
  readonly notes: readonly string[];
  /**
   * Profiles `(nTargets, nGenes)` on the scale of the data and, where they are known, the weights of the rows
   * `(nTargets, nRows)`.
   */
  predict(targets: PairList): { readonly profiles: Float64Array; readonly weights?: Float64Array };
}

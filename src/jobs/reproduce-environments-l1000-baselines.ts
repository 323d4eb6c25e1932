/**
 * What models of environments have to beat on unseen compounds and pairs: means of what trains, and the nearest
 * fingerprint. Each gives the mean profile of the environments that validate.
 */
import { tanimoto } from './represent-environments-baselines.js';
import {
  actionOf,
  contextOf,
  type FoldPredictor,
  type L1000Fold,
  treatedRows,
} from './reproduce-environments-l1000-folds.js';

/** Mean of all profiles that train, controls included: the baseline of the draft. */
export const meanProfile: FoldPredictor = (fold) => {
  const mean = meanOf(fold, fold.train);
  return filled(fold, () => mean);
};

/**
 * Mean of treated profiles of the same context that train: of the same dose on the plate, of the same cell line
 * elsewhere; of all treated ones where a context has none.
 */
export const meanOfContext: FoldPredictor = (fold) => {
  const { set } = fold;
  const treated = treatedRows(fold);
  const overall = meanOf(fold, treated);
  const means = new Map<string, Float64Array>();
  for (const context of new Set(set.contexts)) {
    const rows = treated.filter((row) => set.contexts[row] === context);
    means.set(context, rows.length > 0 ? meanOf(fold, rows) : overall);
  }
  return filled(fold, (e) => means.get(contextOf(fold, e))!);
};

/**
 * Mean profile, in the same context, of the compound whose fingerprint is most alike (Tanimoto); of several the mean. The
 * nearest that was measured in this context; where none was, the mean of the context.
 */
export const nearestFingerprint: FoldPredictor = (fold) => {
  const { set } = fold;
  const { fingerprints: bits } = set;
  const context = meanOfContext(fold);
  const genes = set.genes.length;
  const position = new Map(fold.environments.map((e, k) => [e, k]));
  return filled(fold, (e) => {
    const own = bits.get(actionOf(fold, e));
    const here = fold.train.filter(
      (row) => set.contexts[row] === contextOf(fold, e) && bits.has(set.actions[row]),
    );
    const fallback = () => context.subarray(position.get(e)! * genes, (position.get(e)! + 1) * genes);
    if (!own || here.length === 0) return fallback();
    const likeness = Float64Array.from(here, (row) => tanimoto(own, bits.get(set.actions[row])!));
    const most = Math.max(...likeness);
    return meanOf(
      fold,
      here.filter((_, i) => likeness[i] === most),
    );
  });
};

/** Mean profile of some rows (nGenes). */
export function meanOf({ set: { X } }: L1000Fold, rows: ArrayLike<number>): Float64Array {
  const mean = new Float64Array(X.nCols);
  for (let i = 0; i < rows.length; i++) {
    for (let g = 0; g < X.nCols; g++) mean[g] += X.values[rows[i] * X.nCols + g] / rows.length;
  }
  return mean;
}

function filled({ set: { X }, environments }: L1000Fold, of: (e: number) => Float64Array): Float64Array {
  const out = new Float64Array(environments.length * X.nCols);
  environments.forEach((e, k) => void out.set(of(e), k * X.nCols));
  return out;
}

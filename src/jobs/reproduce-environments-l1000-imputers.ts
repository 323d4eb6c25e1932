/** Imputers of this program on a fold: what they say of pairs of context and compound that are hidden from them. */
import { fingerprintColumn, OutcomeTensor } from '../data/index.js';
import { type Fallback, imputerNamed, methodSpec, Training } from '../impute/index.js';
import { meanOf } from './reproduce-environments-l1000-baselines.js';
import { actionOf, contextOf, type L1000Fold, treatedRows } from './reproduce-environments-l1000-folds.js';

export interface ImputedFold {
  /** Mean profiles of `fold.environments` (nEnvironments, nGenes); environments of one pair get the same. */
  readonly profiles: Float64Array;
  /** What answered in place of the method, for each environment; '' where the method itself did. */
  readonly fallbacks: readonly Fallback[];
}

/** As wide as fingerprints are by default. */
const BITS = 1024;

/** `method` as `methodSpec` reads it. Throws what the method throws. */
export async function imputedFold(fold: L1000Fold, method: string): Promise<ImputedFold> {
  const { name, options } = methodSpec(method, {});
  const tensor = tensorOf(fold);
  const at = (e: number) => ({
    context: tensor.contexts.indexOf(contextOf(fold, e)),
    action: tensor.actions.indexOf(actionOf(fold, e)),
  });
  const fitted = await imputerNamed(name).create(tensor, options).fit(new Training(tensor));
  const profiles = new Float64Array(fold.environments.length * tensor.nGenes);
  const fallbacks = fold.environments.map((e, k) => {
    const { context, action } = at(e);
    const { profile, fallback } = fitted.predict(context, action);
    profiles.set(profile, k * tensor.nGenes);
    return fallback;
  });
  return { profiles, fallbacks };
}

/** Mean profiles of what trains; every context has the control, its own where it was measured there. */
function tensorOf(fold: L1000Fold): OutcomeTensor {
  const { set, train } = fold;
  const { control, contexts: contextOfRow, actions: actionOfRow, fingerprints } = set;
  const treated = treatedRows(fold);
  const all = [...treated, ...fold.validation];
  const contexts = [...new Set(all.map((row) => contextOfRow[row]))].sort();
  const names = new Set(all.map((row) => actionOfRow[row]));
  if (control !== null) names.add(control);
  const actions = [...names].sort();
  const rows = new Map<string, number[]>();
  for (const row of treated) {
    const key = `${contexts.indexOf(contextOfRow[row])} ${actions.indexOf(actionOfRow[row])}`;
    rows.set(key, [...(rows.get(key) ?? []), row]);
  }
  if (control !== null) {
    const controls = Array.from(train).filter((row) => actionOfRow[row] === control);
    contexts.forEach((context, c) => {
      const own = controls.filter((row) => contextOfRow[row] === context);
      const shared = controls.filter((row) => contextOfRow[row] === control);
      const chosen = own.length > 0 ? own : shared;
      if (chosen.length > 0) rows.set(`${c} ${actions.indexOf(control)}`, chosen);
    });
  }
  const pairs = [...rows].map(([key, own]) => ({ key: key.split(' ').map(Number), own }));
  pairs.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1]);
  const profiles = new Float64Array(pairs.length * set.X.nCols);
  pairs.forEach(({ own }, p) => void profiles.set(meanOf(fold, own), p * set.X.nCols));
  const values = new Float64Array(actions.length * BITS);
  actions.forEach((action, a) => {
    for (const bit of fingerprints.get(action) ?? []) values[a * BITS + bit] = 1;
  });
  return new OutcomeTensor({
    contexts,
    actions,
    genes: set.genes,
    control: control === null ? -1 : actions.indexOf(control),
    profiles,
    pairContext: Int32Array.from(pairs, ({ key }) => key[0]),
    pairAction: Int32Array.from(pairs, ({ key }) => key[1]),
    replicates: Int32Array.from(pairs, ({ own }) => own.length),
    features: {
      actions: {
        columns: Array.from({ length: BITS }, (_, bit) => fingerprintColumn(bit)),
        values,
        known: Uint8Array.from(actions, (action) => Number(fingerprints.has(action))),
      },
    },
  });
}

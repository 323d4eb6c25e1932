/**
 * The prior that an option names, made from what is visible and from side information.
 *
 * | prior | context part | action part | authors' name |
 * |---|---|---|---|
 * | reference | mean effect of the context | effect of the action in the reference context | only_train_cell_average |
 * | reference-one-hot | one-hot | the same | only_train_cell_oneHot |
 * | one-hot | one-hot, weight 1 | one-hot, weight 0.75 | OneHotCombo |
 * | one-hot-context, one-hot-action | one-hot, none | none, one-hot | OneHotCell, OneHotDrug |
 * | fingerprint | mean effect | fingerprint | |
 * | features | table, else mean effect | table, else as reference | |
 * | random | a random vector a pair, U(0, 1)¹⁰⁰ | | random |
 * | identity | nothing but the identity | | identity |
 */
import { isFingerprintColumn } from '../../data/fingerprint/columns.js';
import type { FeatureTable, OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { Random } from '../../random/index.js';
import type { ImputerOptions } from '../option-groups.js';
import type { Effects } from './effects.js';
import { emptyPart, oneHotPart, type Part, tablePart, unitPart, vectorPart } from './part.js';
import { PartsPrior, type Prior, RandomPrior } from './prior.js';

/** Length of the vectors of `random`, as in the authors' program. */
const RANDOM_WIDTH = 100;

/** Of which contexts and of which actions something takes part. */
export interface Seen {
  readonly contexts: Uint8Array;
  readonly actions: Uint8Array;
}

/** Does the prior contain effects of the reference context? */
export function usesReference({ features }: OutcomeTensor, { ntkPrior }: ImputerOptions): boolean {
  return ntkPrior.startsWith('reference') || (ntkPrior === 'features' && !features?.actions);
}

/** Throws DataError when the side information that the prior is made of was not given. */
export function checkSideInformation({ features }: OutcomeTensor, { ntkPrior }: ImputerOptions): void {
  const give = (what: string) =>
    new DataError(`--ntk-prior ${ntkPrior} needs ${what}`, { prior: ntkPrior, features });
  if (ntkPrior === 'fingerprint' && !features?.actions?.columns.some(isFingerprintColumn)) {
    throw give('fingerprints: pass --smiles with a column or a table of SMILES');
  }
  if (ntkPrior === 'features' && !features?.actions && !features?.contexts) {
    throw give('side information: pass --action-features, --context-features or --smiles');
  }
}

export function priorOf(effects: Effects, seen: Seen, reference: number, options: ImputerOptions): Prior {
  const { tensor } = effects.training;
  const { features } = tensor;
  const { ntkPrior: name, ntkContextWeight: weight, ntkIdentity } = options;
  const means = () => unitPart(meanEffects(effects, seen.contexts), weight);
  const oneHot = () => unitPart(oneHotPart(seen.contexts), weight);
  const referenceEffects = () => effectsIn(effects, reference, seen.actions);
  const made = (contexts: Part, actions: Part, balanced: boolean) =>
    new PartsPrior({ contexts, actions, balanced, identity: identityWeight(options, actions) });
  switch (name) {
    case 'reference':
      return made(means(), referenceEffects(), true);
    case 'reference-one-hot':
      return made(oneHot(), referenceEffects(), true);
    case 'one-hot':
      return made(oneHotPart(seen.contexts), unitPart(oneHotPart(seen.actions), weight), false);
    case 'one-hot-context':
      return made(oneHotPart(seen.contexts), emptyPart(seen.actions), false);
    case 'one-hot-action':
      return made(emptyPart(seen.contexts), oneHotPart(seen.actions), false);
    case 'fingerprint':
      return made(means(), tablePart(fingerprintsOf(features!.actions!), seen.actions), true);
    case 'features':
      return made(
        features?.contexts ? unitPart(tablePart(features.contexts, seen.contexts), weight) : means(),
        features?.actions ? tablePart(features.actions, seen.actions) : referenceEffects(),
        true,
      );
    case 'random':
      return new RandomPrior(seen, ntkIdentity, (context, action) =>
        randomVector(tensor, context, action, options.seed),
      );
    case 'identity':
      return new PartsPrior({
        contexts: emptyPart(seen.contexts),
        actions: emptyPart(seen.actions),
        balanced: false,
        identity: 1,
      });
  }
}

/** In the unit of the data as in the authors' program, or in mean lengths of the action part. */
function identityWeight({ ntkIdentity, ntkUnit }: ImputerOptions, { norms }: Part): number {
  if (ntkUnit === 'data') return ntkIdentity;
  const own = norms.filter((norm) => norm > 0);
  return own.length > 0 ? (ntkIdentity * own.reduce((sum, norm) => sum + norm, 0)) / own.length : ntkIdentity;
}

/** Mean of the visible effects of every context. */
function meanEffects(effects: Effects, seen: Uint8Array): Part {
  const { nGenes, nContexts } = effects.training.tensor;
  const means = new Float64Array(nContexts * nGenes);
  for (let context = 0; context < nContexts; context++) {
    if (seen[context]) effects.addMean(context, means, context * nGenes);
  }
  return vectorPart(means, nGenes, seen, seen);
}

/** Effects of the actions in one context; −1: of none. */
function effectsIn(effects: Effects, context: number, seen: Uint8Array): Part {
  const { nGenes, nActions, pairAction } = effects.training.tensor;
  const vectors = new Float64Array(nActions * nGenes);
  const own = new Uint8Array(nActions);
  for (const pair of effects.pairsOfContext(context)) {
    own[pairAction[pair]] = 1;
    effects.add(pair, 1, vectors, pairAction[pair] * nGenes);
  }
  return vectorPart(vectors, nGenes, own, seen);
}

function fingerprintsOf({ columns, values, known }: FeatureTable): FeatureTable {
  const chosen = columns.flatMap((column, j) => (isFingerprintColumn(column) ? [j] : []));
  const bits = new Float64Array(known.length * chosen.length);
  for (let i = 0; i < known.length; i++) {
    chosen.forEach((j, k) => {
      bits[i * chosen.length + k] = values[i * columns.length + j];
    });
  }
  return { columns: chosen.map((j) => columns[j]), values: bits, known };
}

/** By the names, so that it depends neither on the order of the data nor on what else is there. */
function randomVector(tensor: OutcomeTensor, context: number, action: number, seed: number): Float64Array {
  const names = [tensor.contexts[context], tensor.actions[action]];
  const random = Random.fromSeed(seed).split('ntk prior', ...names);
  return Float64Array.from({ length: RANDOM_WIDTH }, () => random.uniform());
}

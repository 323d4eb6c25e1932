/**
 * `OutcomeTensor`: what was observed of contexts × actions × genes, averaged over replicates.
 *
 * What imputers see. Only observed pairs are stored, one profile a row, because real screens are mostly empty
 * (CMAP: 120,000 of 1,440,000 pairs). Contexts, actions and pairs are in sorted order, so that nothing depends
 * on the order of rows in a file. The symbols are those of Squires et al. 2022, section 3: A(c) the actions of
 * a context, C(a) the contexts of an action, Ω the observed pairs.
 */
import { DataError, ShapeError } from '../errors.js';
import { type Matrix, readRow } from './matrix.js';
import type { PerturbationData } from './perturbation-data.js';
import { columnStrings } from './table.js';

export interface OutcomeTensorParts {
  /** Names, sorted, without repeats. */
  readonly contexts: readonly string[];
  readonly actions: readonly string[];
  readonly genes: readonly string[];
  /** Position of the control in `actions`, −1 without one. */
  readonly control: number;
  /** Profiles `(nPairs, nGenes)` row-major. */
  readonly profiles: Float64Array;
  /** Context and action of each profile, `(nPairs)`. */
  readonly pairContext: Int32Array;
  readonly pairAction: Int32Array;
  /** How many samples were averaged, `(nPairs)`. */
  readonly replicates: Int32Array;
  /** What is known of contexts and actions beside their profiles. */
  readonly features?: SideInformation;
}

/** Numbers known of each name, as fingerprints of compounds or the tissue of cell lines. */
export interface FeatureTable {
  readonly columns: readonly string[];
  /** `(nNames, nColumns)` row-major, in the order of the tensor's names; zeros where nothing is known. */
  readonly values: Float64Array;
  /** 1 for a name that is in the table, `(nNames)`. */
  readonly known: Uint8Array;
}

export interface SideInformation {
  readonly contexts?: FeatureTable;
  readonly actions?: FeatureTable;
}

export class OutcomeTensor implements OutcomeTensorParts {
  readonly contexts: readonly string[];
  readonly actions: readonly string[];
  readonly genes: readonly string[];
  readonly control: number;
  readonly profiles: Float64Array;
  readonly pairContext: Int32Array;
  readonly pairAction: Int32Array;
  readonly replicates: Int32Array;
  readonly features?: SideInformation;
  /** A(c) as pair numbers: `pairsOfContext[c]` sorted by action; C(a): `pairsOfAction[a]` sorted by context. */
  readonly pairsOfContext: readonly Int32Array[];
  readonly pairsOfAction: readonly Int32Array[];
  /** Pair number of (c, a) at `c * nActions + a`, −1 where not observed. */
  private readonly pairAt: Int32Array;

  /** Throws ShapeError when sizes disagree, DataError for a pair given twice. */
  constructor(parts: OutcomeTensorParts) {
    this.contexts = parts.contexts;
    this.actions = parts.actions;
    this.genes = parts.genes;
    this.control = parts.control;
    this.profiles = parts.profiles;
    this.pairContext = parts.pairContext;
    this.pairAction = parts.pairAction;
    this.replicates = parts.replicates;
    this.features = parts.features;
    const nPairs = parts.pairContext.length;
    if (parts.profiles.length !== nPairs * this.nGenes) {
      throw new ShapeError('profiles', `${nPairs} × ${this.nGenes}`, `${parts.profiles.length} values`);
    }
    this.pairAt = new Int32Array(this.nContexts * this.nActions).fill(-1);
    for (let pair = 0; pair < nPairs; pair++) {
      const at = this.pairContext[pair] * this.nActions + this.pairAction[pair];
      if (this.pairAt[at] !== -1) {
        throw new DataError(`the pair ${this.nameOf(pair)} is there twice; average its replicates first`);
      }
      this.pairAt[at] = pair;
    }
    this.pairsOfContext = group(this.pairContext, this.nContexts, this.pairAction);
    this.pairsOfAction = group(this.pairAction, this.nActions, this.pairContext);
  }

  get nContexts(): number {
    return this.contexts.length;
  }
  get nActions(): number {
    return this.actions.length;
  }
  get nGenes(): number {
    return this.genes.length;
  }
  get nPairs(): number {
    return this.pairContext.length;
  }

  /** The number of the observed pair (context, action), −1 where it was not measured or is unknown (−1). */
  pair(context: number, action: number): number {
    return context < 0 || action < 0 ? -1 : this.pairAt[context * this.nActions + action];
  }
  /** The profile of a pair `(nGenes)`, a view. */
  profile(pair: number): Float64Array {
    return this.profiles.subarray(pair * this.nGenes, (pair + 1) * this.nGenes);
  }
  nameOf(pair: number): string {
    return `(${this.contexts[this.pairContext[pair]]}, ${this.actions[this.pairAction[pair]]})`;
  }
  /** Every (context, action) that was not observed, context by context, the control left out. */
  *missingPairs(): Generator<{ context: number; action: number }> {
    for (let context = 0; context < this.nContexts; context++) {
      for (let action = 0; action < this.nActions; action++) {
        if (action !== this.control && this.pair(context, action) < 0) yield { context, action };
      }
    }
  }
  /** Pairs with an action other than the control: what leave-one-out holds out. */
  treatedPairs(): Int32Array {
    return Int32Array.from({ length: this.nPairs }, (_, pair) => pair).filter(
      (pair) => this.pairAction[pair] !== this.control,
    );
  }
}

export interface OutcomeRoles {
  /** Name of the column in `obs`; `null` puts every row in the one context 'all'. */
  readonly context: string | null;
  readonly action: string;
  /** The value of the action column that means "untreated". */
  readonly control: string | null;
}

/**
 * Averages all samples of each (context, action) into one profile. Rows without a context or action are left
 * out and counted. Throws DataError when nothing is left or a profile has NaN or infinite values.
 * @param allocate makes the profiles; on shared memory, threads can read them without a copy
 */
export function toOutcomeTensor(
  data: PerturbationData,
  roles: OutcomeRoles,
  allocate: (length: number) => Float64Array = (length) => new Float64Array(length),
): { tensor: OutcomeTensor; unlabelled: number } {
  const context = roles.context === null ? null : columnStrings(data.obs.column(roles.context, 'obs'));
  const action = columnStrings(data.obs.column(roles.action, 'obs'));
  const contextOf = (row: number) => (context ? context[row] : 'all');
  const labelled = Array.from({ length: data.nObs }, (_, row) => row).filter(
    (row) => contextOf(row) !== null && action[row] !== null,
  );
  if (labelled.length === 0 || data.nVars === 0) {
    throw new DataError(`nothing to work on: ${labelled.length} labelled rows × ${data.nVars} genes`);
  }
  const contexts = sortedNames(labelled.map(contextOf));
  const actions = sortedNames(labelled.map((row) => action[row]));
  const contextNumber = new Map(contexts.map((name, i) => [name, i]));
  const actionNumber = new Map(actions.map((name, i) => [name, i]));
  const keyOf = (row: number) =>
    contextNumber.get(contextOf(row)!)! * actions.length + actionNumber.get(action[row]!)!;
  const keys = [...new Set(labelled.map(keyOf))].sort((a, b) => a - b);
  const pairOfKey = new Map(keys.map((key, pair) => [key, pair]));
  const pairOfRow = new Int32Array(data.nObs).fill(-1);
  for (const row of labelled) pairOfRow[row] = pairOfKey.get(keyOf(row))!;
  const tensor = new OutcomeTensor({
    contexts,
    actions,
    genes: data.var.index,
    control: roles.control === null ? -1 : (actionNumber.get(roles.control) ?? -1),
    ...averageRows(data.X, pairOfRow, keys.length, allocate),
    pairContext: Int32Array.from(keys, (key) => Math.floor(key / actions.length)),
    pairAction: Int32Array.from(keys, (key) => key % actions.length),
  });
  checkFinite(tensor);
  checkScale(tensor);
  return { tensor, unlabelled: data.nObs - labelled.length };
}

/** Means of the rows of each group: `(nGroups, nCols)`; rows with group −1 are left out. */
function averageRows(
  X: Matrix,
  groupOfRow: Int32Array,
  nGroups: number,
  allocate: (length: number) => Float64Array,
): { profiles: Float64Array; replicates: Int32Array } {
  const profiles = allocate(nGroups * X.nCols);
  const replicates = new Int32Array(nGroups);
  const row = new Float64Array(X.nCols);
  for (let i = 0; i < X.nRows; i++) {
    const groupNumber = groupOfRow[i];
    if (groupNumber < 0) continue;
    replicates[groupNumber]++;
    readRow(X, i, row);
    const start = groupNumber * X.nCols;
    for (let j = 0; j < row.length; j++) profiles[start + j] += row[j];
  }
  for (let g = 0; g < nGroups; g++) {
    if (replicates[g] === 1) continue;
    for (let at = g * X.nCols; at < (g + 1) * X.nCols; at++) profiles[at] /= replicates[g];
  }
  return { profiles, replicates };
}

/** Beyond these the squares that every estimator is made of under- or overflow. */
const [SMALLEST_SCALE, LARGEST_SCALE] = [1e-140, 1e140];

function checkScale({ profiles }: OutcomeTensor): void {
  let largest = 0;
  for (const value of profiles) largest = Math.max(largest, Math.abs(value));
  if (largest === 0 || (largest >= SMALLEST_SCALE && largest <= LARGEST_SCALE)) return;
  throw new DataError(
    `the largest value is ${largest}: its square cannot be computed; bring the values to a scale near 1 first`,
    { largest },
  );
}

function checkFinite(tensor: OutcomeTensor): void {
  const at = tensor.profiles.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const pair = Math.floor(at / tensor.nGenes);
  const gene = tensor.genes[at % tensor.nGenes];
  throw new DataError(
    `gene '${gene}' of ${tensor.nameOf(pair)} is ${tensor.profiles[at]}: every profile must be complete; ` +
      'drop the genes with missing values (--missing drop-genes) or the rows (--missing drop-rows)',
    { gene, pair: tensor.nameOf(pair) },
  );
}

/** Sorted by code unit, as Python sorts strings: the order that ties are broken in. */
function sortedNames(names: readonly (string | null)[]): string[] {
  return [...new Set(names as string[])].sort();
}

function group(keys: Int32Array, nKeys: number, order: Int32Array): Int32Array[] {
  const members: number[][] = Array.from({ length: nKeys }, () => []);
  for (let pair = 0; pair < keys.length; pair++) members[keys[pair]].push(pair);
  return members.map((pairs) => Int32Array.from(pairs.sort((a, b) => order[a] - order[b])));
}

/**
 * From an annotated data set to the cells that a model of mechanisms sees: which perturbations each cell had, which
 * cells train and which are held out, and whether the values are what the likelihood takes. What is left out is counted
 * and said.
 */
import {
  canonicalCombination,
  columnStrings,
  combinationParts,
  type Matrix,
  type PerturbationData,
  type Roles,
  swapCompression,
  takeRows,
} from '../../data/index.js';
import { DataError, listNames, OptionError } from '../../errors.js';
import { type PerturbedCells, slotsOf, totalsOf } from './cells.js';
import type { Likelihood } from './settings.js';

/** 'A+B' as two perturbations whose shifts add, or as a perturbation of its own. */
export type Combinations = 'additive' | 'own';

export interface CellsOptions {
  readonly likelihood: Likelihood;
  /** Default: labels are taken as they are written. */
  readonly combinations?: Combinations;
  /** Between the parts of a combination; default '+'. */
  readonly separator?: string;
  /** Perturbations (also combinations) whose cells do not train. Default none. */
  readonly heldOut?: readonly string[];
}

export interface PreparedCells {
  /** The cells that are kept, with their annotations; X is dense or CSR. */
  readonly data: PerturbationData;
  /** The same cells; those of `perturbations` that train come first. */
  readonly cells: PerturbedCells;
  /** So many of the perturbations train. */
  readonly trainedPerturbations: number;
  /** Rows of the cells that train, the control's among them. */
  readonly trained: Int32Array;
  readonly heldOut: Int32Array;
  /** What was left out, and what to mind. */
  readonly sentences: readonly string[];
}

/** Fewer cells than this tell almost nothing of a perturbation. */
const FEW_CELLS = 10;
/** Fewer cells than this are no training. */
const LEAST_CELLS = 4;

/**
 * Throws DataError on values that the likelihood cannot take, naming cell and gene, and where nothing is left to train
 * on; OptionError on held-out names that no cell has; ColumnError.
 */
export function preparePerturbedCells(
  read: PerturbationData,
  roles: Pick<Roles, 'action' | 'control'>,
  options: CellsOptions,
): PreparedCells {
  if (read.nVars === 0) throw new DataError(`nothing to work on: ${read.nObs} cells × 0 genes`);
  const sentences: string[] = [];
  const { data, labels } = usableCells(read, roles.action, options.likelihood, sentences);
  const parts = partsOf(labels, roles.control, options);
  const held = heldOutNames(parts, options);
  if (data.nObs === 0) {
    throw new DataError(
      `no cell is left to train on: ${[`${read.nObs} were read`, ...sentences].join('; ')}`,
    );
  }
  const rows = Array.from(labels.keys());
  const isHeld = labels.map((label) => held(parts.get(label)!));
  const trained = Int32Array.from(rows.filter((row) => !isHeld[row]));
  const heldOut = Int32Array.from(rows.filter((row) => isHeld[row]));
  const namesIn = (of: Int32Array) => new Set(Array.from(of, (row) => parts.get(labels[row])!).flat());
  const known = namesIn(trained);
  const perturbations = [
    ...[...known].sort(),
    ...[...namesIn(heldOut)].filter((name) => !known.has(name)).sort(),
  ];
  if (trained.length < LEAST_CELLS) {
    throw new DataError(
      `${trained.length} cells to train on are too few; at least ${LEAST_CELLS} are needed`,
    );
  }
  if (known.size === 0) {
    throw new DataError(
      `no perturbation to train on: every cell that is not held out is the control '${roles.control}'; name another column with --perturbation, or --control none`,
    );
  }
  const number = new Map(perturbations.map((name, i) => [name, i]));
  const slots = Array.from(parts.values()).reduce((most, { length }) => Math.max(most, length), 1);
  const numbers = new Int32Array(rows.length * slots).fill(-1);
  labels.forEach((label, row) => {
    parts.get(label)!.forEach((name, k) => {
      numbers[row * slots + k] = number.get(name)!;
    });
  });
  const cells: PerturbedCells = { X: data.X, labels: numbers, perturbations };
  const prepared = { data, cells, trainedPerturbations: known.size, trained, heldOut };
  sentences.push(...remarks(prepared, parts, options));
  return { ...prepared, sentences };
}

/** Numbers of the perturbations that a cell has; none of the control. */
export function perturbationsOf(cells: PerturbedCells, row: number): Int32Array {
  const slots = slotsOf(cells);
  return cells.labels.subarray(row * slots, (row + 1) * slots).filter((one) => one >= 0);
}

/** Some of the cells, with the first `count` of the perturbations. */
export function cellsAt(cells: PerturbedCells, rows: Int32Array, count = cells.perturbations.length) {
  const slots = slotsOf(cells);
  const labels = new Int32Array(rows.length * slots);
  rows.forEach((row, i) => {
    labels.set(cells.labels.subarray(row * slots, (row + 1) * slots), i * slots);
  });
  return { X: takeRows(cells.X, rows), labels, perturbations: cells.perturbations.slice(0, count) };
}

/** Cells with a label and, of counts, with any count; their values are checked. */
function usableCells(read: PerturbationData, action: string, likelihood: Likelihood, sentences: string[]) {
  const X = read.X.kind === 'csc' ? swapCompression(read.X) : read.X;
  const column = columnStrings(read.obs.column(action, 'obs'));
  const counts = likelihood !== 'gaussian';
  let [unlabelled, empty] = [0, 0];
  const labelled = Array.from(column.keys()).filter((row) => column[row]);
  unlabelled = read.nObs - labelled.length;
  if (unlabelled > 0) {
    sentences.push(`${unlabelled} of ${read.nObs} cells have no label in '${action}' and are left out`);
  }
  checkValues(X, labelled, read, counts);
  let kept = labelled;
  if (counts) {
    const totals = totalsOf(X);
    kept = labelled.filter((row) => totals[row] > 0);
    empty = labelled.length - kept.length;
    if (empty > 0) sentences.push(`${empty} of ${read.nObs} cells have no counts at all and are left out`);
  }
  const whole = read.with({ X });
  const data = kept.length === read.nObs ? whole : whole.takeObs(kept);
  return { data, labels: kept.map((row) => column[row]!) };
}

function checkValues(X: Matrix, rows: readonly number[], data: PerturbationData, counts: boolean): void {
  for (const row of rows) {
    const [from, to] =
      X.kind === 'dense' ? [row * X.nCols, (row + 1) * X.nCols] : [X.indptr[row], X.indptr[row + 1]];
    for (let k = from; k < to; k++) {
      const value = X.values[k];
      if (counts ? value >= 0 && Number.isInteger(value) : Number.isFinite(value)) continue;
      const gene = data.var.index[X.kind === 'dense' ? k - from : X.indices[k]];
      const cell = data.obs.index[row];
      const advice = Number.isFinite(value)
        ? 'give raw counts (--layer names them), or choose --likelihood gaussian for values on another scale'
        : 'values that are missing cannot be trained on; leave out such genes or cells';
      throw new DataError(
        `cell '${cell}', gene '${gene}' holds ${value}, which is no ${counts ? 'count' : 'number'}; ${advice}`,
        { cell, gene, value },
      );
    }
  }
}

/** The perturbations of each label that there is; none of the control. */
function partsOf(
  labels: readonly string[],
  control: string | null,
  { combinations, separator }: CellsOptions,
): Map<string, readonly string[]> {
  const options = { separator, control };
  const read = (label: string): string[] => {
    if (label === control) return [];
    if (combinations === undefined) return [label];
    const parts = combinationParts(label, options);
    return combinations === 'additive' || parts.length === 0 ? parts : [canonicalCombination(label, options)];
  };
  return new Map([...new Set(labels)].map((label) => [label, read(label)]));
}

/** Whether a cell of these perturbations is held out: by one of them, or by all together. */
function heldOutNames(parts: ReadonlyMap<string, readonly string[]>, options: CellsOptions) {
  const together = (names: readonly string[]) => names.join('+');
  const all = [...parts.values()];
  const known = new Set([...all.flat(), ...all.map(together)].filter((name) => name !== ''));
  const asked = (options.heldOut ?? []).map((name) => {
    const written =
      options.combinations === undefined
        ? name
        : canonicalCombination(name, { separator: options.separator });
    if (!known.has(written)) throw new OptionError('--held-out', name, [...known].sort());
    return written;
  });
  const chosen = new Set(asked);
  return (names: readonly string[]) => chosen.has(together(names)) || names.some((name) => chosen.has(name));
}

/** Whether a cell tells of perturbations that do not train alone: it has none of those that do. */
export const isOnlyNew = ({ cells, trainedPerturbations }: Omit<PreparedCells, 'sentences'>, row: number) =>
  perturbationsOf(cells, row).every((one) => one >= trainedPerturbations);

function remarks(
  prepared: Omit<PreparedCells, 'sentences'>,
  parts: ReadonlyMap<string, readonly string[]>,
  { combinations, separator = '+' }: CellsOptions,
): string[] {
  const { cells, trained, heldOut, trainedPerturbations } = prepared;
  const { perturbations } = cells;
  const counts = new Int32Array(perturbations.length);
  let untreated = 0;
  for (const row of trained) {
    const own = perturbationsOf(cells, row);
    if (own.length === 0) untreated++;
    for (const one of own) counts[one]++;
  }
  for (const row of heldOut) {
    if (isOnlyNew(prepared, row)) for (const one of perturbationsOf(cells, row)) counts[one]++;
  }
  const few = perturbations.filter((_, i) => i < trainedPerturbations && counts[i] < FEW_CELLS);
  const hidden = perturbations.filter((_, i) => i >= trainedPerturbations && counts[i] === 0);
  const names = new Set([...parts.values()].flat());
  const combined = [...names].filter(
    (name) =>
      name.includes(separator) && name.split(separator).every((part) => part !== '' && names.has(part)),
  );
  const sentences = [
    `${trained.length} cells of ${trainedPerturbations} perturbations train, ${untreated} of them untreated` +
      (untreated === 0 ? ': a shift is then the distance from what most perturbations have in common' : ''),
  ];
  if (few.length > 0) {
    const which = `${few.length} ${few.length === 1 ? 'perturbation has' : 'perturbations have'} fewer than ${FEW_CELLS} cells (${listNames(few)})`;
    sentences.push(`${which}: little is known of their shifts`);
  }
  if (hidden.length > 0) {
    const which = `${listNames(hidden)} come only together with perturbations that train`;
    sentences.push(`${which}: their own shifts are not looked for, and scored as 0`);
  }
  if (combinations === undefined && combined.length > 0) {
    const which = `${combined.length} labels look like combinations (${listNames(combined, 3)})`;
    sentences.push(`${which}: --combinations additive lets their shifts add`);
  }
  return sentences;
}

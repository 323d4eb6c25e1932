/**
 * Predicted cells beside measured ones: for each perturbation asked for, untreated cells moved by its shift, how far their
 * distribution is from that of the cells that had it, and how far the untreated cells themselves are: the baseline that a
 * prediction has to beat.
 */
import {
  categorical,
  dense,
  PerturbationData,
  readRow,
  strings,
  Table,
  takeRows,
  type UnsValue,
} from '../data/index.js';
import { OptionError } from '../errors.js';
import type { Random } from '../random/index.js';
import {
  counterfactualCells,
  type MechanismRepresentation,
  type PerturbedCells,
  startingCells,
} from '../represent/index.js';
import { energyDistance, mmd } from '../stats/index.js';

export interface CounterfactualRow {
  readonly perturbation: string;
  readonly cells_from: number;
  readonly cells_measured: number;
  /** Energy distance (Euclidean, unbiased, not squared) of log-normalised profiles to the measured cells. */
  readonly energy_distance: number;
  /** The same of the untreated cells. */
  readonly energy_distance_untreated: number;
  /** MMD² (Gaussian kernel, unbiased), with the bandwidth of untreated and measured cells. */
  readonly mmd: number;
  readonly mmd_untreated: number;
}

export interface CounterfactualResult {
  readonly data: PerturbationData;
  readonly rows: readonly CounterfactualRow[];
}

/** Cells of one kind that are looked at, at most. */
const MOST_CELLS = 1000;
/** Values that are predicted, at most; of many perturbations fewer cells each. */
const MOST_VALUES = 5e7;
const LEAST_CELLS = 20;
/** To which totals are brought before the logarithm. */
const TARGET_TOTAL = 1e4;

/** `text`: names, comma-separated, or 'all'. Throws OptionError on a perturbation that does not train. */
export function perturbationsNamed(
  text: string,
  known: readonly string[],
  heldOut: readonly string[] = [],
): string[] {
  if (text === 'all') return [...known];
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (heldOut.includes(name))
      throw new OptionError('--counterfactual', name, 'possible for perturbations that are held out');
    if (!known.includes(name)) throw new OptionError('--counterfactual', name, known);
  }
  return [...new Set(names)];
}

export async function counterfactuals(
  representation: MechanismRepresentation,
  cells: PerturbedCells,
  obsNames: readonly string[],
  names: readonly string[],
  random: Random,
): Promise<CounterfactualResult> {
  const { genes, settings } = representation.config;
  const counts = settings.likelihood !== 'gaussian';
  const most = Math.max(LEAST_CELLS, Math.floor(MOST_VALUES / (names.length * genes.length)));
  const from = sample(startingCells(cells), random.split('from'), most);
  const untreated = profiles(takeRows(cells.X, from), counts);
  const rows: CounterfactualRow[] = [];
  const values = new Float32Array(names.length * from.length * genes.length);
  const expected = new Float32Array(values.length);
  for (const [at, name] of names.entries()) {
    const made = await counterfactualCells(representation, cells, from, name, random.split('cells', name));
    values.set(made.sampled.values, at * from.length * genes.length);
    expected.set(made.expected.values, at * from.length * genes.length);
    const measured = sample(
      cellsWith(cells, cells.perturbations.indexOf(name)),
      random.split('measured', name),
    );
    rows.push(
      compared(
        name,
        profiles(made.sampled, counts),
        untreated,
        profiles(takeRows(cells.X, measured), counts),
        genes.length,
      ),
    );
  }
  const nRows = names.length * from.length;
  const source = (row: number) => obsNames[from[row % from.length]];
  const perturbation = Array.from({ length: nRows }, (_, row) => names[Math.floor(row / from.length)]);
  const data = new PerturbationData({
    X: dense(nRows, genes.length, values),
    layers: [['expected', dense(nRows, genes.length, expected)]],
    obs: new Table(
      perturbation.map((name, row) => `${source(row)}:${name}`),
      [
        ['perturbation', categorical(perturbation)],
        ['cell', strings(Array.from({ length: nRows }, (_, row) => source(row)))],
      ],
    ),
    var: new Table([...genes]),
    uns: [['counterfactual', new Map<string, UnsValue>([['model', representation.config.model]])]],
  });
  return { data, rows };
}

function compared(
  perturbation: string,
  predicted: Float64Array,
  untreated: Float64Array,
  measured: Float64Array,
  nGenes: number,
): CounterfactualRow {
  const [from, found] = [untreated.length / nGenes, measured.length / nGenes];
  const base = { perturbation, cells_from: from, cells_measured: found };
  // an unbiased estimate needs pairs of cells
  if (from < 2 || found < 2) {
    const unknown = { energy_distance: Number.NaN, energy_distance_untreated: Number.NaN };
    return { ...base, ...unknown, mmd: Number.NaN, mmd_untreated: Number.NaN };
  }
  const energy = (x: Float64Array) => energyDistance(x, measured, nGenes, { estimator: 'unbiased' });
  const plain = mmd(untreated, measured, nGenes, { estimator: 'unbiased' });
  const { bandwidths } = plain;
  return {
    ...base,
    energy_distance: energy(predicted),
    energy_distance_untreated: energy(untreated),
    mmd: mmd(predicted, measured, nGenes, { estimator: 'unbiased', bandwidths }).value,
    mmd_untreated: plain.value,
  };
}

/** Rows of cells that had this perturbation and no other. */
function cellsWith({ X, labels }: PerturbedCells, perturbation: number): Int32Array {
  const slots = labels.length / X.nRows;
  return Int32Array.from({ length: X.nRows }, (_, row) => row).filter((row) => {
    const own = labels.subarray(row * slots, (row + 1) * slots);
    return own.includes(perturbation) && own.every((label) => label < 0 || label === perturbation);
  });
}

function sample(rows: Int32Array, random: Random, limit = MOST_CELLS): Int32Array {
  const most = Math.min(MOST_CELLS, limit);
  return rows.length <= most ? rows : random.shuffle(rows.slice()).slice(0, most).sort();
}

/** log(1 + 10⁴ x / total) of counts, values as they are (nCells, nGenes). */
function profiles(X: Parameters<typeof readRow>[0], counts: boolean): Float64Array {
  const out = new Float64Array(X.nRows * X.nCols);
  for (let cell = 0; cell < X.nRows; cell++) {
    const row = readRow(X, cell, out.subarray(cell * X.nCols, (cell + 1) * X.nCols));
    if (!counts) continue;
    const total = row.reduce((sum, x) => sum + x, 0);
    for (let gene = 0; gene < row.length; gene++)
      row[gene] = total > 0 ? Math.log1p((TARGET_TOTAL * row[gene]) / total) : 0;
  }
  return out;
}

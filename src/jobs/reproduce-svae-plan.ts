/**
 * Which runs `reproduce svae` needs: the tables asked for, in terms of cells to simulate and settings to train with.
 *
 * A run is told by what it is made of alone, so that tables share runs, and a run on disk serves any later request.
 */
import { OptionError } from '../errors.js';
import { type MechanismSettings, mechanismModels, mechanismSettings } from '../represent/index.js';
import type { CellsOptions } from '../simulate/index.js';
import { PAPER_TABLES, type PaperColumn, type PaperTable } from './reproduce-svae-tables.js';

/** All that a result depends on, but for the version of the program. */
export interface Run {
  readonly model: string;
  readonly cells: CellsOptions;
  readonly settings: MechanismSettings;
  /** Of the training; that of the cells is among theirs. */
  readonly seed: number;
  readonly particles: number;
}

export const SELECTIONS = ['fixed', 'udr'] as const;

export interface PlanOptions {
  /** Names such as '1', '10', 'figure-4'. Default: all; quick: Table 1. */
  readonly tables?: readonly string[];
  /** Default: those of each table. */
  readonly models?: readonly string[];
  /** Runs of every entry, seeds `seed`, `seed + 1` … Default 5, quick 1. */
  readonly seeds?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Of each perturbation. Default 500, quick 250. */
  readonly cells?: number;
  /** Of the paper's models; svae-bayes has its own at most. Default: 500 of svae and svae+, 300 of the others; quick 300 and 150. */
  readonly epochs?: number;
  /** Samples of a held-out cell. Default 1000, quick 100. */
  readonly particles?: number;
  /** Where settings come from: our fixed ones, or the paper's grid by how alike runs come out. Default 'fixed'. */
  readonly select?: (typeof SELECTIONS)[number];
  /** Table 1, one seed, fewer cells and epochs. */
  readonly quick?: boolean;
}

/** One entry of a table, mean over its runs. */
export interface Place {
  readonly table: PaperTable;
  readonly column: PaperColumn;
  readonly model: string;
}

/** The paper's K, and how many of them are trained on. */
const PERTURBATIONS = 100;
const TRAINED = 80;
/** Table 3 of the paper. */
const GRID_EPOCHS = [300, 500];
const GRID_STRENGTHS: Readonly<Record<string, readonly Partial<MechanismSettings>[]>> = {
  'beta-vae': [8, 10, 30].map((beta) => ({ beta })),
  svae: [10, 20, 40, 60, 80, 100].map((sparsity) => ({ sparsity })),
  'svae+': [10, 20, 40, 60, 80, 100].map((sparsity) => ({ sparsity })),
};
const MASKED = ['svae', 'svae+'];

export class Plan {
  readonly tables: readonly PaperTable[];
  readonly places: readonly Place[];
  readonly seeds: readonly number[];
  readonly cells: number;
  readonly particles: number;
  readonly select: (typeof SELECTIONS)[number];
  /** As large as the paper's. */
  readonly whole: boolean;

  /** Throws OptionError on tables or models that there are not, and numbers out of range. */
  constructor(readonly options: PlanOptions) {
    const { quick = false, seed = 0, epochs } = options;
    const { seeds = quick ? 1 : 5, particles = quick ? 100 : 1000, select = 'fixed' } = options;
    this.cells = options.cells ?? (quick ? 250 : 500);
    atLeast('--seeds', seeds, 1, 1000);
    // fewer, and no held-out perturbation has the more than ten cells that it takes to count
    atLeast('--cells', this.cells, 11, 50_000);
    atLeast('--particles', particles, 1, 1_000_000);
    if (epochs !== undefined) atLeast('--epochs', epochs, 1, 1_000_000);
    if (!SELECTIONS.includes(select)) throw new OptionError('--select', select, SELECTIONS);
    this.tables = tablesNamed(options.tables ?? (quick ? ['1'] : PAPER_TABLES.map(({ name }) => name)));
    const { models } = options;
    const known = mechanismModels.map(({ name }) => name);
    const unknown = models?.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new OptionError('--models', unknown, known);
    this.places = this.tables.flatMap((table) =>
      table.columns.flatMap((column) =>
        table.models
          .filter((model) => models?.includes(model) ?? true)
          .map((model) => ({ table, column, model })),
      ),
    );
    if (this.places.length === 0) {
      const inTables = [...new Set(this.tables.flatMap((table) => table.models))];
      throw new OptionError(
        '--models',
        options.models!.join(','),
        inTables,
        'these are in the tables asked for',
      );
    }
    this.seeds = Array.from({ length: seeds }, (_, i) => seed + i);
    this.particles = particles;
    this.select = select;
    this.whole = !quick && seeds >= 5 && this.cells >= 500 && (epochs ?? 500) >= 300;
  }

  /** Runs that an entry is the mean of; `chosen` in place of our settings. */
  runsOf({ column, model }: Place, chosen?: Partial<MechanismSettings>): Run[] {
    const settings = { ...(chosen ?? this.#given(model)), ...column.settings };
    return this.seeds.map((seed) => this.#run(column, model, settings, seed, seed));
  }

  /**
   * What the settings of an entry are chosen from: for each candidate, runs from several starts on the cells of the first
   * seed. Empty where there is nothing to choose.
   */
  candidates({ column, model }: Place): { settings: Partial<MechanismSettings>; runs: Run[] }[] {
    if (this.select === 'fixed' || model === 'svae-bayes') return [];
    const epochs =
      this.options.epochs !== undefined || this.options.quick
        ? [{}]
        : GRID_EPOCHS.map((count) => ({ epochs: count }));
    // the figure's own strength is not up for choice
    const strengths = (column.settings ? undefined : GRID_STRENGTHS[model]) ?? [{}];
    const grid = epochs.flatMap((one) =>
      strengths.map((other) => ({ ...this.#given(model), ...one, ...other, ...column.settings })),
    );
    if (grid.length < 2) return [];
    const starts = Array.from({ length: Math.max(2, this.seeds.length) }, (_, i) => this.seeds[0] + i);
    return grid.map((settings) => ({
      settings,
      runs: starts.map((start) => this.#run(column, model, settings, this.seeds[0], start)),
    }));
  }

  #run(
    column: PaperColumn,
    model: string,
    given: Partial<MechanismSettings>,
    cellsSeed: number,
    seed: number,
  ): Run {
    const cells = {
      ...column.cells,
      cellsPerPerturbation: this.cells,
      perturbations: PERTURBATIONS,
      heldOut: PERTURBATIONS - TRAINED,
      seed: cellsSeed,
    };
    const settings = mechanismSettings(model, this.#trainedCells, { latent: cells.latents, ...given });
    return { model, cells, settings, seed, particles: this.particles };
  }

  get #trainedCells(): number {
    return TRAINED * this.cells;
  }

  /** Where a model differs from its own settings and the paper's. */
  #given(model: string): Partial<MechanismSettings> {
    const { epochs, quick = false } = this.options;
    // the last is kept: nothing in the comparison hangs on when a training stopped
    const all = { patience: null };
    if (model === 'svae-bayes') {
      const own = mechanismSettings(model, this.#trainedCells).epochs;
      return { ...all, epochs: Math.min(own, epochs ?? own) };
    }
    const usual = MASKED.includes(model) ? (quick ? 300 : 500) : quick ? 150 : 300;
    return { ...all, epochs: epochs ?? usual, ...(model === 'svae+' && { sparsity: PERTURBATIONS }) };
  }
}

/** About how long a run takes, in cells seen by the network of the paper. */
export function workOf({ model, cells, settings, particles }: Run): number {
  const each = cells.cellsPerPerturbation!;
  const network = model === 'svae-bayes' ? 1.7 : 1;
  return settings.epochs * TRAINED * each * network + 0.3 * particles * (PERTURBATIONS - TRAINED) * each;
}

function tablesNamed(names: readonly string[]): PaperTable[] {
  const shortName = ({ name }: PaperTable) => name.replace('table-', '');
  const wanted = names.map((given) => {
    const found = PAPER_TABLES.find((table) => table.name === given || shortName(table) === given);
    if (!found) throw new OptionError('--tables', given, PAPER_TABLES.map(shortName));
    return found;
  });
  return PAPER_TABLES.filter((table) => wanted.includes(table));
}

function atLeast(option: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new OptionError(option, value, `a whole number from ${least} to ${most}`);
}

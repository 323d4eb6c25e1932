/** The tables of `reproduce cdn` as rows of csv files, the paper's numbers beside ours. */
import type { TargetMetrics } from '../evaluate/index.js';
import { median } from '../stats/index.js';
import type { RegimesOfSize, SimulatedScores, TrainingScores } from './reproduce-cdn-part.node.js';
import {
  type RealRun,
  type Setting,
  type SimulatedRun,
  settingOf,
  type TrainingRun,
} from './reproduce-cdn-plan.js';
import {
  PAPER_NAMES,
  type Published,
  publishedOf,
  publishedTable4,
  sameCell,
  TABLE_4_TARGETS,
} from './reproduce-cdn-published.js';
import type { RealScores } from './reproduce-cdn-real.node.js';
import { TABLE_11_CELLS, type Table11Cell } from './reproduce-cdn-table11.js';
import { overRuns, type Row } from './reproduce-environments-section.js';

export type SimulatedEntry = readonly [SimulatedRun, SimulatedScores];
export type TrainingEntry = readonly [TrainingRun, TrainingScores];
export type RealEntry = readonly [RealRun, RealScores];

/** In the order of the tables. */
export const SETTINGS: Readonly<Record<Setting, string>> = {
  off: 'as simulated',
  each: 'every set of cells in units of its own',
  redrawn: "noise and roots as in DCDI's program",
};
export const SETTING_NAMES = Object.keys(SETTINGS) as Setting[];

/** As options of the simulator. */
const settingColumns = (setting: Setting): Row => ({
  standardise: setting === 'each' ? 'each' : 'off',
  redraw_noise: setting === 'redrawn' ? 'on' : 'off',
  roots: setting === 'redrawn' ? 'uniform' : 'gaussian',
});

/** In the order of the runs. */
export const modelsOf = (entries: readonly (readonly [{ readonly model: string }, unknown])[]): string[] => [
  ...new Set(entries.map(([{ model }]) => model)),
];

/** Cells that there are runs of, in the order of Table 11. */
export const cellsOf = (entries: readonly SimulatedEntry[]): Table11Cell[] =>
  TABLE_11_CELLS.filter((cell) => entries.some(([run]) => sameCell(run.cell, cell)));

/** Runs of one method on the data sets of a cell. */
export const entriesAt = (
  entries: readonly SimulatedEntry[],
  model: string,
  cell: Table11Cell,
  setting: Setting,
): readonly SimulatedEntry[] =>
  entries.filter(([run]) => run.model === model && settingOf(run) === setting && sameCell(run.cell, cell));

/** One score of those that did not fail. */
export const valuesOf = (
  entries: readonly SimulatedEntry[],
  metric: keyof TargetMetrics,
  size: RegimesOfSize = 'all',
): number[] =>
  entries.filter(([, { failed }]) => failed === '').map(([, { metrics }]) => metrics[size][metric]);

const COLUMNS = {
  map: 'mapByRegime',
  auc: 'aucByRegime',
  map_by_gene: 'mapByNode',
  auc_by_gene: 'aucByNode',
} as const;

/** Means and deviations over data sets. */
function scoreColumns(entries: readonly SimulatedEntry[], size?: RegimesOfSize): Row {
  const failed = entries.filter(([, scores]) => scores.failed !== '').length;
  const scores = Object.entries(COLUMNS).flatMap(([name, metric]) => {
    const values = valuesOf(entries, metric, size);
    const none = { mean: Number.NaN, deviation: Number.NaN };
    const { mean, deviation } = values.length === 0 ? none : overRuns(values);
    return [
      [name, mean],
      [`${name}_sd`, deviation],
    ];
  });
  return { datasets: entries.length, failed, ...Object.fromEntries(scores) };
}

/** One row a name of the paper; one with blanks where it has none. */
function withPaper(row: Row, model: string, published: (name: string) => Published): Row[] {
  const none = { paper_method: '', paper_map: Number.NaN, paper_auc: Number.NaN };
  const names = PAPER_NAMES[model] ?? [];
  if (names.length === 0) return [{ ...row, ...none }];
  return names.map((name) => {
    const { map, auc } = published(name);
    return { ...row, paper_method: name, paper_map: map, paper_auc: auc };
  });
}

const cellColumns = ({ nodes, edges, mechanism, intervention }: Table11Cell): Row => ({
  nodes,
  edges,
  mechanism,
  intervention,
});

/** Table 11, and of variants Table 8. */
export const cellRows = (entries: readonly SimulatedEntry[]): Row[] =>
  forAll(entries, (model, cell, setting, own) => {
    const row = { method: model, ...cellColumns(cell), ...settingColumns(setting), ...scoreColumns(own) };
    return withPaper(row, model, (name) => publishedOf(cell, name));
  });

/** Table 4: 10 nodes, 10 edges, by number of targets. */
export const targetRows = (entries: readonly SimulatedEntry[]): Row[] =>
  forAll(entries, (model, cell, setting, own) =>
    cell.edges !== 10
      ? []
      : TABLE_4_TARGETS.flatMap((targets) => {
          const scores = scoreColumns(own, `${targets}`);
          const row = { method: model, ...cellColumns(cell), targets, ...settingColumns(setting), ...scores };
          return withPaper(row, model, (name) => publishedTable4(cell, targets, name));
        }),
  );

function forAll(
  entries: readonly SimulatedEntry[],
  rows: (model: string, cell: Table11Cell, setting: Setting, own: readonly SimulatedEntry[]) => Row[],
): Row[] {
  return modelsOf(entries).flatMap((model) =>
    SETTING_NAMES.flatMap((setting) =>
      cellsOf(entries).flatMap((cell) => {
        const own = entriesAt(entries, model, cell, setting);
        return own.length > 0 ? rows(model, cell, setting, own) : [];
      }),
    ),
  );
}

/** Table 9: seconds for a data set. */
export const secondsRows = (entries: readonly SimulatedEntry[]): Row[] =>
  modelsOf(entries).flatMap((model) =>
    [10, 20].flatMap((nodes) => {
      const own = entries.filter(([run]) => run.model === model && run.cell.nodes === nodes);
      if (own.length === 0) return [];
      const seconds = own.map(([, scores]) => scores.seconds);
      const { mean, deviation } = overRuns(seconds);
      const options = optionsText(own[0][0].options);
      const taken = { seconds_median: median(seconds), seconds_mean: mean, seconds_sd: deviation };
      return [{ method: model, nodes, regimes: 3 * nodes, datasets: own.length, ...taken, options }];
    }),
  );

export const optionsText = (options: Readonly<Record<string, number>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

export const realRows = (entries: readonly RealEntry[]): Row[] =>
  entries.map(([{ model, screen, candidates, options }, scores]) => ({
    method: model,
    screen,
    candidates: candidates ?? 'all',
    targets: scores.targets,
    targets_among_candidates: scores.ranked,
    normalised_rank: scores.rank,
    recall_1: scores.recall1,
    recall_5: scores.recall5,
    recall_20: scores.recall20,
    top_pearson: scores.r,
    ranked_by_de: scores.fallbacks,
    seconds: scores.seconds,
    options: optionsText(options),
  }));

export const runRows = (entries: readonly SimulatedEntry[]): Row[] =>
  entries.map(([run, { metrics, seconds, failed }]) => ({
    method: run.model,
    ...cellColumns(run.cell),
    ...settingColumns(settingOf(run)),
    dataset: run.dataset,
    data_seed: run.dataSeed,
    cells: run.cells,
    ...Object.fromEntries(
      (['all', '1', '2', '3'] as const).flatMap((size) =>
        Object.entries(COLUMNS).map(([name, metric]) => [
          size === 'all' ? name : `${name}_of_${size}`,
          metrics[size][metric],
        ]),
      ),
    ),
    seconds,
    options: optionsText(run.options),
    failed,
  }));

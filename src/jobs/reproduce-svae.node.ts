/**
 * `reproduce svae`: the tables of Lopez et al. 2023, "Learning causal representations of single cells via sparse mechanism
 * shift modeling" (arXiv:2211.03553), on simulated cells, and our `svae-bayes` beside its models.
 *
 * Runs are independent, one core each, and kept in `DIR/runs` as they finish: an interrupted job goes on, and one for more
 * tables, models or seeds takes what is there.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { udr } from '../evaluate/index.js';
import { checkOutput, makeFolder, writeAtomically } from '../formats/index.node.js';
import type { MechanismSettings } from '../represent/index.js';
import { mean } from '../stats/index.js';
import { KeptRuns } from './kept-runs.node.js';
import { strengthFigure } from './reproduce-svae-figure.js';
import { type RunResult, svaeRuns } from './reproduce-svae-part.node.js';
import { type Place, Plan, type PlanOptions, type Run, workOf } from './reproduce-svae-plan.js';
import { type CsvRow, type FilledPlace, reportText, runRows, tableRows } from './reproduce-svae-report.js';
import { runKey } from './run-key.js';
import { csvText } from './score-tables.js';

export interface ReproduceSvaeRequest extends PlanOptions {
  readonly out: string;
  readonly threads: number;
  readonly version: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ReproduceSvaeResult {
  readonly out: string;
  /** By name, such as 'table-1'. */
  readonly tables: Readonly<Record<string, readonly CsvRow[]>>;
  readonly markdown: string;
}

export async function reproduceSvae(request: ReproduceSvaeRequest): Promise<ReproduceSvaeResult> {
  const { out, overwrite = false, resume = false } = request;
  const plan = new Plan(request);
  const names = [...plan.tables.map(({ name }) => `${name}.csv`), 'runs.csv', 'report.md'];
  const hasFigure = plan.places.some(({ table }) => table.name === 'figure-4');
  if (hasFigure) names.push('figure-4.svg');
  await makeFolder(out);
  const runs = await KeptRuns.open(svaeRuns, request);
  for (const name of names) await checkOutput(join(out, name), { overwrite: overwrite || resume });
  await runs.begin();
  const { chosen, udrOf } = await chooseSettings(plan, runs);
  await runs.finish(plan.places.flatMap((place) => plan.runsOf(place, chosen.get(place))));
  const places = plan.places.map((place): FilledPlace => {
    const own = plan.runsOf(place, chosen.get(place));
    return { ...place, runs: own, scores: own.map((run) => runs.resultOf(run).scores) };
  });
  const tables = Object.fromEntries(plan.tables.map((table) => [table.name, tableRows(table, places)]));
  const markdown = reportText(plan, places);
  const scored = runs.all.map(([run, { scores }]) => [run, scores] as const);
  const texts: [string, string][] = [
    ...Object.entries(tables).map(([name, rows]): [string, string] => [`${name}.csv`, rowsText(rows)]),
    ['runs.csv', rowsText(runRows(scored, places, udrOf))],
    ['report.md', markdown],
  ];
  if (hasFigure) {
    const shown = places.filter(({ table }) => table.name === 'figure-4');
    texts.push(['figure-4.svg', await strengthFigure(shown)]);
  }
  for (const [name, text] of texts) {
    await writeAtomically(join(out, name), { overwrite: overwrite || resume }, (temporary) =>
      writeFile(temporary, text),
    );
  }
  return { out, tables, markdown };
}

/**
 * The candidate whose runs are most alike, for every entry that has candidates: mean over its runs of their scores by
 * `udr`; of equal ones the first.
 */
async function chooseSettings(plan: Plan, runs: KeptRuns<Run, RunResult>) {
  const chosen = new Map<Place, Partial<MechanismSettings>>();
  const udrOf = new Map<string, number>();
  const open = plan.places.map((place) => ({ place, candidates: plan.candidates(place) }));
  const grid = open.flatMap(({ candidates }) => candidates.flatMap((candidate) => candidate.runs));
  if (grid.length === 0) return { chosen, udrOf };
  const later = plan.places.flatMap((place) => plan.runsOf(place));
  await runs.finish(
    grid,
    later.map(workOf).reduce((sum, work) => sum + work, 0),
  );
  for (const { place, candidates } of open) {
    let best = Number.NEGATIVE_INFINITY;
    for (const { settings, runs: own } of candidates) {
      const { scores } = udr(own.map((run) => runs.resultOf(run).sample));
      own.forEach((run, i) => void udrOf.set(runKey(run), scores[i]));
      if (mean(scores) <= best) continue;
      best = mean(scores);
      chosen.set(place, settings);
    }
  }
  return { chosen, udrOf };
}

const rowsText = (rows: readonly CsvRow[]): string => csvText(Object.keys(rows[0]), rows);

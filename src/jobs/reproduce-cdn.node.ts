/**
 * `reproduce cdn`: the tables of Wu et al., *Predicting perturbation targets with causal differential networks*, on
 * simulated graphs, with every method on the same data sets; and real screens of known targets.
 *
 * Runs are independent, one core each, and kept in `DIR/runs` as they finish: an interrupted job goes on, and one for more
 * methods or data sets takes what is there. Variants of the network are trained into `DIR/networks`.
 */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.js';
import { checkOutput, makeFolder, writeAtomically } from '../formats/index.node.js';
import { KeptRuns } from './kept-runs.node.js';
import {
  type CdnResult,
  cdnRuns,
  type SimulatedScores,
  type TrainingScores,
} from './reproduce-cdn-part.node.js';
import { type CdnPlanOptions, type CdnRun, cdnPlan, workOf } from './reproduce-cdn-plan.js';
import type { RealScores } from './reproduce-cdn-real.node.js';
import { reportText } from './reproduce-cdn-report.js';
import { cellRows, realRows, runRows, secondsRows, targetRows } from './reproduce-cdn-tables.js';
import type { Row } from './reproduce-environments-section.js';
import { csvText } from './score-tables.js';

export interface ReproduceCdnRequest extends CdnPlanOptions {
  readonly out: string;
  /** Folder of the real data; without it there are simulated data only. */
  readonly data?: string;
  readonly threads: number;
  readonly version: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ReproduceCdnResult {
  readonly out: string;
  /** By name, such as 'table-11'. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly markdown: string;
}

/** Throws OptionError, and FileError where something would be overwritten or data are missing. */
export async function reproduceCdn(request: ReproduceCdnRequest): Promise<ReproduceCdnResult> {
  const { out, data, overwrite = false, resume = false, quick = false } = request;
  const plan = cdnPlan(request);
  const real = data === undefined ? [] : plan.real;
  if (data !== undefined) await checkData(data);
  await makeFolder(out);
  const runs = await KeptRuns.open<CdnRun, CdnResult>(cdnRuns(data), request);
  const names = [
    ...(plan.simulated.length > 0 ? ['table-4', 'table-9', 'table-11'] : []),
    ...(plan.variants.length > 0 ? ['table-8'] : []),
    ...(real.length > 0 ? ['real'] : []),
    'runs',
  ].map((name) => `${name}.csv`);
  for (const name of [...names, 'report.md']) {
    await checkOutput(join(out, name), { overwrite: overwrite || resume });
  }
  await runs.begin();
  const later = [...plan.simulated, ...plan.variants, ...real];
  await runs.finish(
    plan.trainings,
    later.map(workOf).reduce((sum, work) => sum + work, 0),
  );
  await runs.finish(later);
  const done = <Run extends CdnRun, Scores extends CdnResult>(some: readonly Run[]) =>
    some.map((run) => [run, runs.resultOf(run) as Scores] as const);
  const entries = {
    simulated: done<(typeof plan.simulated)[number], SimulatedScores>(plan.simulated),
    trainings: done<(typeof plan.trainings)[number], TrainingScores>(plan.trainings),
    variants: done<(typeof plan.variants)[number], SimulatedScores>(plan.variants),
    real: done<(typeof real)[number], RealScores>(real),
  };
  const all: Record<string, Row[]> = {
    'table-4': targetRows(entries.simulated),
    'table-8': cellRows(entries.variants),
    'table-9': secondsRows(entries.simulated),
    'table-11': cellRows(entries.simulated),
    real: realRows(entries.real),
    runs: runRows([...entries.simulated, ...entries.variants]),
  };
  const tables = Object.fromEntries(Object.entries(all).filter(([, rows]) => rows.length > 0));
  const markdown = reportText(plan, quick, entries);
  const texts = [
    ...Object.entries(tables).map(([name, rows]) => [`${name}.csv`, csvText(Object.keys(rows[0]), rows)]),
    ['report.md', markdown],
  ];
  for (const [name, text] of texts) {
    await writeAtomically(join(out, name), { overwrite: overwrite || resume }, (temporary) =>
      writeFile(temporary, text),
    );
  }
  return { out, tables, markdown };
}

/** Hours of simulated data come first: what is missing is said before. */
async function checkData(folder: string): Promise<void> {
  for (const name of ['papalexi2021', 'sachs']) {
    const path = join(folder, name);
    if (await stat(path).catch(() => undefined)) continue;
    throw new FileError(
      path,
      'missing',
      `${path} is not there: --data is a folder with papalexi2021 and sachs`,
    );
  }
}

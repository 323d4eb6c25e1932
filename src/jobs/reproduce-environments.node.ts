/**
 * `reproduce environments`: the experiments of Bertin's draft "Towards Learning Cell Causal-Embeddings", section 6: on
 * simulated profiles here, on L1000 in `reproduce-environments-l1000.node.ts`.
 *
 * Runs are independent, one core each, and kept in `DIR/runs` as they finish: an interrupted job goes on, and one for more
 * seeds takes what is there.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OptionError } from '../errors.js';
import { checkOutput, makeFolder, writeAtomically } from '../formats/index.node.js';
import { loadDrawing } from '../report/plots/drawing.js';
import { KeptRuns } from './kept-runs.node.js';
import { l1000Part } from './reproduce-environments-l1000.node.js';
import { type LinearEntry, linearSection } from './reproduce-environments-linear-report.js';
import {
  curvesSection,
  type NonlinearEntry,
  nonlinearRows,
  targetsSection,
} from './reproduce-environments-nonlinear-report.js';
import { type SimulatedResult, simulatedRuns } from './reproduce-environments-part.node.js';
import {
  LINEAR_SETTINGS,
  type SimulatedOptions,
  type SimulatedRun,
  simulatedPlan,
} from './reproduce-environments-plan.js';
import type { Row, Section } from './reproduce-environments-section.js';
import { csvText } from './score-tables.js';

export interface ReproduceEnvironmentsRequest extends SimulatedOptions {
  readonly out: string;
  /** Folder of the real data; without it there is no part on L1000. */
  readonly data?: string;
  readonly threads: number;
  readonly version: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ReproduceEnvironmentsResult {
  readonly out: string;
  /** By name, such as 'linear'. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly markdown: string;
}

const FILES = [
  'linear.csv',
  'linear-loss.csv',
  'linear-angles.csv',
  'validation-curves.csv',
  'targets.csv',
  'runs.csv',
  ...LINEAR_SETTINGS.flatMap(({ key }) => [`linear-loss-${key}.svg`, `linear-angles-${key}.svg`]),
  'validation-curves.svg',
  'report.md',
];
const L1000_FILES = ['l1000-curves.csv', 'l1000-methods.csv', 'l1000-curves.svg'];

/** Throws OptionError, and FileError where something would be overwritten. */
export async function reproduceEnvironments(
  request: ReproduceEnvironmentsRequest,
): Promise<ReproduceEnvironmentsResult> {
  const { out, overwrite = false, resume = false, quick = false, seeds, data } = request;
  if (seeds !== undefined && !(Number.isSafeInteger(seeds) && seeds >= 1 && seeds <= 1000)) {
    throw new OptionError('--seeds', seeds, 'a whole number from 1 to 1000');
  }
  const plan = simulatedPlan(request);
  await makeFolder(out);
  const runs = await KeptRuns.open<SimulatedRun, SimulatedResult>(simulatedRuns, request);
  for (const name of [...FILES, ...(data === undefined ? [] : L1000_FILES)]) {
    await checkOutput(join(out, name), { overwrite: overwrite || resume });
  }
  await runs.begin();
  await runs.finish([...plan.linear, ...plan.curves, ...plan.targets]);
  const drawing = await loadDrawing();
  const done = <Run extends SimulatedRun>(some: readonly Run[]) =>
    some.map((run) => [run, runs.resultOf(run)] as const);
  const curves = done(plan.curves) as NonlinearEntry[];
  const targets = done(plan.targets) as NonlinearEntry[];
  const sections: Section[] = [
    linearSection(drawing, done(plan.linear) as LinearEntry[]),
    curvesSection(drawing, curves),
    targetsSection(targets),
    { tables: { runs: nonlinearRows([...curves, ...targets]) }, figures: {}, lines: [] },
    ...(data === undefined ? [] : await l1000Part({ ...request, data })),
  ];
  const markdown = [
    '# Environments that shift latents sparsely (Bertin 2020)',
    '',
    `${plan.seeds.length === 1 ? 'One run' : `${plan.seeds.length} runs`} of every entry on simulated profiles, each with a system and a start of its own; mean ± standard`,
    'deviation.',
    ...(quick ? ['', '**Quick: fewer models, profiles, epochs and starts.**'] : []),
    '',
    ...sections.flatMap(({ lines }) => lines),
  ].join('\n');
  const tables = Object.assign({}, ...sections.map((section) => section.tables)) as Record<string, Row[]>;
  const figures = Object.assign({}, ...sections.map((section) => section.figures)) as Record<string, string>;
  const texts = [
    ...Object.entries(tables).map(([name, rows]) => [`${name}.csv`, csvText(Object.keys(rows[0]), rows)]),
    ...Object.entries(figures).map(([name, svg]) => [`${name}.svg`, svg]),
    ['report.md', markdown],
  ];
  for (const [name, text] of texts) {
    await writeAtomically(join(out, name), { overwrite: overwrite || resume }, (temporary) =>
      writeFile(temporary, text),
    );
  }
  return { out, tables, markdown };
}

/**
 * The L1000 part of `reproduce environments` (section 6.5 of Bertin's draft): why losses explode there, and what models say
 * of compounds and pairs that they have not seen, beside baselines. Needs the folder of the real data.
 */
import { join } from 'node:path';
import { Random } from '../random/index.js';
import { loadDrawing } from '../report/plots/drawing.js';
import { KeptRuns, type RunsOptions } from './kept-runs.node.js';
import { meanProfile } from './reproduce-environments-l1000-baselines.js';
import { l1000Folds } from './reproduce-environments-l1000-folds.js';
import { scoresOf } from './reproduce-environments-l1000-methods.js';
import { type L1000Result, l1000RunKind } from './reproduce-environments-l1000-part.node.js';
import {
  type L1000Options,
  type L1000Run,
  l1000Plan,
  type WatchRun,
} from './reproduce-environments-l1000-plan.js';
import { methodsSection, watchSection } from './reproduce-environments-l1000-report.js';
import { summaryOf } from './reproduce-environments-l1000-scores.js';
import { l1000Sets } from './reproduce-environments-l1000-sets.node.js';
import type { Section } from './reproduce-environments-section.js';

export interface L1000Request extends L1000Options, RunsOptions {
  /** Folder of the real data, with `l1000/` and `smiles/`. */
  readonly data: string;
}

/** Runs are kept in `out/l1000/runs`. Throws FileError where data are missing, and what training throws. */
export async function l1000Part(request: L1000Request): Promise<Section[]> {
  const { data, out, seed = 0 } = request;
  const sets = await l1000Sets(data);
  const plan = l1000Plan(request);
  const runs = await KeptRuns.open<L1000Run, L1000Result>(l1000RunKind(data), {
    ...request,
    out: join(out, 'l1000'),
  });
  await runs.begin();
  await runs.finish([...plan.watch, ...plan.methods]);
  const baselines = new Map<string, number>();
  for (const { at } of plan.watch) {
    if (!baselines.has(at.set)) baselines.set(at.set, await meanError(sets, at));
  }
  const watched = plan.watch.map((run) => [run, runs.resultOf(run) as never] as const);
  const methods = plan.methods.map((run) => ({ run, ...(runs.resultOf(run) as object) }) as never);
  const words = sets.flatMap(({ name, sentences }) => sentences.map((sentence) => `- ${name}: ${sentence}`));
  return [
    { tables: {}, figures: {}, lines: ['## L1000: the sets', '', ...words, ''] },
    watchSection(await loadDrawing(), watched, baselines),
    methodsSection(methods, seed),
  ];
}

/** Error of the mean profile where a run looks. */
async function meanError(sets: Awaited<ReturnType<typeof l1000Sets>>, at: WatchRun['at']): Promise<number> {
  const { set: name, by, folds, fold, seed } = at;
  const set = sets.find((one) => one.name === name)!;
  const own = (await l1000Folds(set, { by, folds, random: Random.fromSeed(seed) }))[fold];
  return summaryOf(scoresOf(own, meanProfile(own))).prediction;
}

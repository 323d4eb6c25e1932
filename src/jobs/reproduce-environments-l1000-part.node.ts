/** One run of the L1000 part of `reproduce environments`, on one core, and how it is kept. */
import { Random } from '../random/index.js';
import { keepRun, type RunKind, type RunsSetup } from './kept-runs.node.js';
import { type L1000Fold, l1000Folds } from './reproduce-environments-l1000-folds.js';
import { type MethodResult, methodResult } from './reproduce-environments-l1000-methods.js';
import { type FoldName, type L1000Run, workOf } from './reproduce-environments-l1000-plan.js';
import { l1000Sets } from './reproduce-environments-l1000-sets.node.js';
import { type WatchedTraining, watchedTraining } from './reproduce-environments-l1000-watch.js';
import { nodeResources } from './resources.node.js';

export interface L1000Setup extends RunsSetup<L1000Run> {
  /** Folder of the real data. */
  readonly data: string;
}

/** One thread a run, whatever their number: the same bits on any machine of a kind. */
export async function prepare(setup: L1000Setup): Promise<(part: number) => Promise<null>> {
  const runtime = await nodeResources(1).runtime();
  const sets = await l1000Sets(setup.data);
  const folds = new Map<string, Promise<L1000Fold[]>>();
  const foldOf = async ({ set: name, by, folds: count, seed, fold }: FoldName) => {
    const key = `${name} ${by} ${count} ${seed}`;
    const set = sets.find((one) => one.name === name)!;
    const made = folds.get(key) ?? l1000Folds(set, { by, folds: count, random: Random.fromSeed(seed) });
    folds.set(key, made);
    return (await made)[fold];
  };
  return async (part) => {
    const run = setup.runs[part];
    const fold = await foldOf(run.at);
    const random = Random.fromSeed(run.at.seed).split('fold', run.at.fold);
    const result =
      run.experiment === 'l1000-watch'
        ? await watchedTraining(runtime, fold, run.model, run.settings, random, run.every)
        : await methodResult(runtime, fold, run.model, run.settings ?? {}, random);
    await keepRun(setup, run, { result });
    return null;
  };
}

export type L1000Result = WatchedTraining | MethodResult;

/** `data`: folder of the real data. */
export const l1000RunKind = (data: string): RunKind<L1000Run, L1000Result> => ({
  setup: { data },
  job: new URL(import.meta.url),
  workOf,
  resultOf: ({ result }: { readonly result: L1000Result }) => result,
});

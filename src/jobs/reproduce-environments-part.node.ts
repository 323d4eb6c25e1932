/** One run of the simulated experiments of `reproduce environments`, on one core, and how it is kept. */
import { keepRun, type RunKind, type RunsSetup } from './kept-runs.node.js';
import { type LinearResult, linearRun } from './reproduce-environments-linear.js';
import {
  type NonlinearResult,
  type NonlinearScores,
  nonlinearRun,
} from './reproduce-environments-nonlinear.js';
import { type SimulatedRun, workOf } from './reproduce-environments-plan.js';
import { nodeResources } from './resources.node.js';

/** One thread a run, whatever their number: the same bits on any machine of a kind. */
export async function prepare(setup: RunsSetup<SimulatedRun>): Promise<(part: number) => Promise<null>> {
  const runtime = await nodeResources(1).runtime();
  return async (part) => {
    const run = setup.runs[part];
    const result = await (run.experiment === 'linear' ? linearRun(runtime, run) : nonlinearRun(runtime, run));
    await keepRun(setup, run, { result });
    return null;
  };
}

export type SimulatedResult = LinearResult | NonlinearResult;

export const simulatedRuns: RunKind<SimulatedRun, SimulatedResult> = {
  job: new URL(import.meta.url),
  workOf,
  resultOf({ result }: { readonly result: SimulatedResult }) {
    if (!('scores' in result)) return result;
    // JSON has no NaN
    const scores = Object.entries(result.scores).map(([name, value]) => [name, value ?? Number.NaN]);
    return { ...result, scores: Object.fromEntries(scores) as NonlinearScores };
  },
};

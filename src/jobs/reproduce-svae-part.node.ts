/** One run of `reproduce svae`, on one core, and how it is kept. */
import { dense } from '../data/index.js';
import { type BenchmarkScores, benchmarkCells, mechanismBenchmark, type UdrRun } from '../evaluate/index.js';
import { simulateCells } from '../simulate/index.js';
import { keepRun, type RunKind, type RunsSetup } from './kept-runs.node.js';
import { type Run, workOf } from './reproduce-svae-plan.js';
import { nodeResources } from './resources.node.js';

export interface RunResult {
  readonly scores: BenchmarkScores;
  readonly sample: UdrRun;
}

/** One thread a run, whatever their number: the same bits on any machine of a kind. */
export async function prepare(setup: RunsSetup<Run>): Promise<(part: number) => Promise<null>> {
  const runtime = await nodeResources(1).runtime();
  return async (part) => {
    const run = setup.runs[part];
    const { model, settings, seed, particles } = run;
    const cells = benchmarkCells(simulateCells(run.cells));
    const { scores, sample } = await mechanismBenchmark(runtime, cells, { model, settings, seed, particles });
    const { values, nRows, nCols } = sample.latents;
    const float32 = Buffer.from(Float32Array.from(values).buffer).toString('base64');
    await keepRun(setup, run, { scores, latents: { nRows, nCols, float32 }, kl: Array.from(sample.kl!) });
    return null;
  };
}

interface Kept {
  readonly scores: Record<keyof BenchmarkScores, number | null>;
  readonly latents: { readonly nRows: number; readonly nCols: number; readonly float32: string };
  readonly kl: readonly number[];
}

export const svaeRuns: RunKind<Run, RunResult> = {
  job: new URL(import.meta.url),
  workOf,
  resultOf({ scores: kept, latents: { nRows, nCols, float32 }, kl }: Kept) {
    const bytes = new Uint8Array(Buffer.from(float32, 'base64'));
    const latents = dense(nRows, nCols, new Float32Array(bytes.buffer));
    // JSON has no NaN
    const scores = Object.entries(kept).map(([name, value]) => [name, value ?? Number.NaN]);
    return { scores: Object.fromEntries(scores) as BenchmarkScores, sample: { latents, kl } };
  },
};

/** One run of `reproduce svae`, kept in a file of its own. Runs in a worker or on the main thread, on one core. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dense } from '../data/index.js';
import { type BenchmarkScores, benchmarkCells, mechanismBenchmark, type UdrRun } from '../evaluate/index.js';
import { writeAtomically } from '../formats/index.node.js';
import { simulateCells } from '../simulate/index.js';
import { type Run, runKey } from './reproduce-svae-plan.js';
import { nodeResources } from './resources.node.js';

export interface RunsSetup {
  readonly folder: string;
  readonly version: string;
  readonly runs: readonly Run[];
}

export interface RunResult {
  readonly scores: BenchmarkScores;
  readonly sample: UdrRun;
}

/** One thread a run, whatever their number: the same bits on any machine of a kind. */
export async function prepare({
  folder,
  version,
  runs,
}: RunsSetup): Promise<(part: number) => Promise<null>> {
  const runtime = await nodeResources(1).runtime();
  return async (part) => {
    const run = runs[part];
    const { model, settings, seed, particles } = run;
    const cells = benchmarkCells(simulateCells(run.cells));
    const { scores, sample } = await mechanismBenchmark(runtime, cells, { model, settings, seed, particles });
    const { values, nRows, nCols } = sample.latents;
    const kept = {
      version,
      run,
      scores,
      latents: { nRows, nCols, float32: Buffer.from(Float32Array.from(values).buffer).toString('base64') },
      kl: Array.from(sample.kl!),
    };
    const path = runFile(folder, run);
    await writeAtomically(path, { overwrite: true }, (temporary) =>
      writeFile(temporary, JSON.stringify(kept)),
    );
    return null;
  };
}

/** Named by model and contents. */
export function runFile(folder: string, run: Run): string {
  const digest = createHash('sha256').update(runKey(run)).digest('hex').slice(0, 16);
  return join(folder, `${run.model}-${digest}.json`);
}

/** A finished run; `undefined` where there is none, or that of another version of the program. */
export async function readRun(folder: string, run: Run, version: string): Promise<RunResult | undefined> {
  const text = await readFile(runFile(folder, run), 'utf8').catch(() => null);
  if (text === null) return undefined;
  const kept = parsed(text);
  if (kept?.version !== version || runKey(kept.run) !== runKey(run)) return undefined;
  const { nRows, nCols, float32 } = kept.latents;
  const bytes = new Uint8Array(Buffer.from(float32, 'base64'));
  const latents = dense(nRows, nCols, new Float32Array(bytes.buffer));
  // JSON has no NaN
  const scores = Object.entries(kept.scores).map(([name, value]) => [name, value ?? Number.NaN]);
  return { scores: Object.fromEntries(scores) as BenchmarkScores, sample: { latents, kl: kept.kl } };
}

interface KeptRun {
  readonly version: string;
  readonly run: Run;
  readonly scores: Record<keyof BenchmarkScores, number | null>;
  readonly latents: { readonly nRows: number; readonly nCols: number; readonly float32: string };
  readonly kl: readonly number[];
}

/** A file that was damaged is no finished run. */
function parsed(text: string): KeptRun | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The runs of `reproduce svae` on disk and in memory: what is there is taken, the others are run. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.js';
import type { BenchmarkScores } from '../evaluate/index.js';
import { makeFolder } from '../formats/index.node.js';
import { PartStore } from './parts.node.js';
import { type JobOptions, runParts } from './pool.node.js';
import { type RunResult, type RunsSetup, readRun, runFile } from './reproduce-svae-part.node.js';
import { type Run, runKey, workOf } from './reproduce-svae-plan.js';

export interface RunsOptions extends JobOptions {
  readonly out: string;
  readonly version: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
}

export class Runs {
  /** In the order that they were asked for, whichever finishes first. */
  readonly #asked = new Map<string, Run>();
  readonly #results = new Map<string, RunResult>();
  /** Of this session, in units of `workOf`. */
  #workDone = 0;

  private constructor(
    readonly folder: string,
    readonly options: RunsOptions,
  ) {}

  /** Throws FileError where there are runs and nobody said what to do with them. */
  static async open(options: RunsOptions): Promise<Runs> {
    const { out, overwrite, resume } = options;
    const folder = join(out, 'runs');
    await makeFolder(folder);
    if (!resume && !overwrite && (await readdir(folder)).length > 0) {
      const text = `${folder} holds finished runs; pass --resume to go on with them, or --overwrite to replace them`;
      throw new FileError(folder, 'exists', text);
    }
    return new Runs(folder, options);
  }

  /** Removes what is there, unless it is to be gone on with. */
  async begin(): Promise<void> {
    if (this.options.resume) return;
    await rm(this.folder, { recursive: true });
    await makeFolder(this.folder);
  }

  /** Sees to it that `runs` have results. `later`: work that is known to follow, for the time that is left. */
  async finish(runs: readonly Run[], later = 0): Promise<void> {
    const { out, version, threads, signal, onProgress } = this.options;
    const open: Run[] = [];
    for (const run of runs) {
      if (this.#asked.has(runKey(run))) continue;
      this.#asked.set(runKey(run), run);
      if (await this.#load(run)) continue;
      // of another version, or damaged
      await rm(runFile(this.folder, run), { force: true });
      open.push(run);
    }
    const sum = (some: readonly Run[]) => some.reduce((total, run) => total + workOf(run), 0);
    const total = this.#workDone + sum(open) + later;
    const finished = () => open.filter((run) => existsSync(runFile(this.folder, run)));
    const store = await PartStore.open(join(out, '.partial'), null, false);
    try {
      const setup: RunsSetup = { folder: this.folder, version, runs: open };
      await runParts(new URL('./reproduce-svae-part.node.js', import.meta.url), setup, open.length, store, {
        threads,
        signal,
        onProgress: () => onProgress?.(this.#workDone + sum(finished()), total),
      });
    } finally {
      await store.remove();
    }
    this.#workDone += sum(open);
    for (const run of open) await this.#load(run);
  }

  /** Of a run that is finished. */
  resultOf(run: Run): RunResult {
    return this.#results.get(runKey(run))!;
  }

  /** All that were asked for. */
  get all(): [Run, BenchmarkScores][] {
    return [...this.#asked.values()].map((run) => [run, this.resultOf(run).scores]);
  }

  async #load(run: Run): Promise<boolean> {
    const result = await readRun(this.folder, run, this.options.version);
    if (result) this.#results.set(runKey(run), result);
    return result !== undefined;
  }
}

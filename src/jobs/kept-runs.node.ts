/**
 * Runs of an experiment, each kept in a file of its own as it finishes: what is there is taken, the others are run. A
 * run is told by what it is made of alone, so that an interrupted job goes on, and one for more takes what is there.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.js';
import { makeFolder, writeAtomically } from '../formats/index.node.js';
import { PartStore } from './parts.node.js';
import { type JobOptions, runParts } from './pool.node.js';
import { runKey } from './run-key.js';

/** Part of the name of its file. */
interface NamedRun {
  readonly model: string;
}

/** What the module of an experiment prepares. */
export interface RunsSetup<Run> {
  readonly folder: string;
  readonly version: string;
  readonly runs: readonly Run[];
}

/** How an experiment makes and reads its runs. */
export interface RunKind<Run extends NamedRun, Result> {
  /** Module whose `prepare(setup)` gives a function that does a run of a `RunsSetup` and keeps it, see `keepRun`. */
  readonly job: URL;
  /** What that module needs beside its runs, and no result depends on: where data are. */
  readonly setup?: object;
  /** About how long a run takes, in any unit. */
  workOf(run: Run): number;
  /** What is kept of a run as its result. */
  resultOf(kept: never): Result;
}

export interface RunsOptions extends JobOptions {
  readonly out: string;
  readonly version: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
}

export class KeptRuns<Run extends NamedRun, Result> {
  /** In the order that they were asked for, whichever finishes first. */
  readonly #asked = new Map<string, Run>();
  readonly #results = new Map<string, Result>();
  /** Of this session, in units of `workOf`. */
  #workDone = 0;

  private constructor(
    readonly kind: RunKind<Run, Result>,
    readonly folder: string,
    readonly options: RunsOptions,
  ) {}

  /** Throws FileError where there are runs and nobody said what to do with them. */
  static async open<Run extends NamedRun, Result>(
    kind: RunKind<Run, Result>,
    options: RunsOptions,
  ): Promise<KeptRuns<Run, Result>> {
    const { out, overwrite, resume } = options;
    const folder = join(out, 'runs');
    await makeFolder(folder);
    if (!resume && !overwrite && (await readdir(folder)).length > 0) {
      const text = `${folder} holds finished runs; pass --resume to go on with them, or --overwrite to replace them`;
      throw new FileError(folder, 'exists', text);
    }
    return new KeptRuns(kind, folder, options);
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
    const sum = (some: readonly Run[]) => some.reduce((total, run) => total + this.kind.workOf(run), 0);
    const total = this.#workDone + sum(open) + later;
    const finished = () => open.filter((run) => existsSync(runFile(this.folder, run)));
    const store = await PartStore.open(join(out, '.partial'), null, false);
    try {
      const setup: RunsSetup<Run> = { ...this.kind.setup, folder: this.folder, version, runs: open };
      await runParts(this.kind.job, setup, open.length, store, {
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
  resultOf(run: Run): Result {
    return this.#results.get(runKey(run))!;
  }

  /** All that were asked for. */
  get all(): [Run, Result][] {
    return [...this.#asked.values()].map((run) => [run, this.resultOf(run)]);
  }

  async #load(run: Run): Promise<boolean> {
    const kept = await readRun(this.folder, run, this.options.version);
    if (kept !== undefined) this.#results.set(runKey(run), this.kind.resultOf(kept as never));
    return kept !== undefined;
  }
}

/** Keeps what a run gave, as JSON: NaN becomes null. */
export async function keepRun<Run extends NamedRun>(
  { folder, version }: RunsSetup<Run>,
  run: Run,
  result: object,
): Promise<void> {
  await writeAtomically(runFile(folder, run), { overwrite: true }, (temporary) =>
    writeFile(temporary, JSON.stringify({ version, run, ...result })),
  );
}

/** Named by model and contents. */
function runFile(folder: string, run: NamedRun): string {
  const digest = createHash('sha256').update(runKey(run)).digest('hex').slice(0, 16);
  return join(folder, `${run.model}-${digest}.json`);
}

/** A finished run; `undefined` where there is none, that of another version of the program, or a damaged file. */
async function readRun(folder: string, run: NamedRun, version: string): Promise<object | undefined> {
  const text = await readFile(runFile(folder, run), 'utf8').catch(() => null);
  if (text === null) return undefined;
  try {
    const kept = JSON.parse(text);
    return kept?.version === version && runKey(kept.run) === runKey(run) ? kept : undefined;
  } catch {
    return undefined;
  }
}

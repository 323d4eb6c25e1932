/** What the verbs print: progress on stderr, results on stdout, JSON when asked for. */
import type { Command } from 'commander';

/** Options that every verb has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function withCommonOptions(command: Command): Command {
  return command
    .optionsGroup('Of every verb:')
    .option('--json', 'print the result as JSON on stdout')
    .option('--quiet', 'no progress and no remarks');
}

/** Seconds between plain progress lines where stderr is not a terminal. */
const PLAIN_INTERVAL_SECONDS = 10;

/**
 * Progress of one piece of work: a line that rewrites itself on a terminal, otherwise a plain line now and then.
 */
export class Progress {
  private begin = 0;
  private lastPlain = 0;
  private open = false;

  constructor(
    private readonly what: string,
    private readonly quiet = false,
  ) {}

  update = (done: number, total: number): void => {
    if (this.quiet || total === 0) return;
    if (this.begin === 0) {
      // the clock starts with the work, not with this object
      this.begin = performance.now();
      this.lastPlain = this.begin;
    }
    const seconds = (performance.now() - this.begin) / 1000;
    const left = done > 0 && done < total ? `, ${duration((seconds / done) * (total - done))} left` : '';
    const line = `${this.what}: ${Math.floor((100 * done) / total)} %${left}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[2K${line}`);
      this.open = true;
      if (done >= total) this.end();
    } else if (performance.now() - this.lastPlain > PLAIN_INTERVAL_SECONDS * 1000) {
      this.lastPlain = performance.now();
      process.stderr.write(`${line}\n`);
    }
  };

  /** Leaves the line clean for what is printed next. */
  end(): void {
    if (this.open) process.stderr.write('\r\x1b[2K');
    this.open = false;
  }
}

/** Remarks for the user on stderr: what was understood, what was left out. */
export function remark(options: CommonOptions, ...sentences: readonly string[]): void {
  if (!options.quiet) for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** JSON with NaN and infinities as null, maps as objects, typed arrays as arrays. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, (_, entry) => plain(entry), 2));
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return value;
}

/** Columns aligned: text to the left, numbers to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, j) => Math.max(name.length, ...rows.map((row) => row[j].length)));
  const numeric = header.map((_, j) => rows.every((row) => row[j] === '' || /^[-–\d.]/.test(row[j])));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, j) => (numeric[j] ? cell.padStart(widths[j]) : cell.padEnd(widths[j])))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Ctrl-C leaves at once; what is half-written is removed on the way out. */
export function leaveOnInterrupt(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

/** A signal that fires on Ctrl-C; a second Ctrl-C leaves at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write('\ninterrupted: finishing what is under way (Ctrl-C again to leave at once)\n');
    controller.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}

/** One line of progress for each piece of work, one after the other. */
export class ProgressLines {
  #what = '';
  #line: Progress | undefined;

  constructor(private readonly quiet = false) {}

  update = (what: string, done: number, total: number): void => {
    if (what !== this.#what) {
      this.end();
      this.#line = new Progress(what, this.quiet);
      this.#what = what;
    }
    this.#line?.update(done, total);
  };

  end = (): void => this.#line?.end();
}

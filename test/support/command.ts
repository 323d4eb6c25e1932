/** The command line run from outside, and small things to look at what it writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the real data are; tests that need them are skipped where it is absent. */
const shared = resolve(root, process.env.MECHANIST_SHARED ?? '../shared');
export const sharedFile = (path: string) => join(shared, path);
export const hasShared = existsSync(sharedFile('data'));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `mechanist ARGS …`, started. */
export function start(args: readonly string[]): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [join(root, 'bin', 'mechanist.js'), ...args], { cwd: root });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const outcome = new Promise<Outcome>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { child, outcome };
}

/** `mechanist ARGS …`, finished. */
export const mechanist = (...args: string[]): Promise<Outcome> => start(args).outcome;

/** The same, which has to succeed. */
export async function succeed(...args: string[]): Promise<Outcome> {
  const outcome = await mechanist(...args);
  if (outcome.code !== 0) throw new Error(`mechanist ${args.join(' ')}: ${outcome.code}\n${outcome.stderr}`);
  return outcome;
}

/** A folder for this test file, removed at its end. */
export function temporaryFolder(): (...names: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), 'mechanist-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (...names) => join(folder, ...names);
}

export interface CsvFile {
  readonly columns: string[];
  readonly rows: Record<string, string>[];
}

/** A CSV file as RFC 4180 has it, read independently of the package. */
export function readCsv(path: string): CsvFile {
  const cells = /("(?:[^"]|"")*"|[^,\n]*)(,|\n)/g;
  const lines: string[][] = [[]];
  for (const [, cell, end] of readFileSync(path, 'utf8').matchAll(cells)) {
    lines[lines.length - 1].push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\n') lines.push([]);
  }
  const [columns, ...rest] = lines.filter((line) => line.length > 0);
  return {
    columns,
    rows: rest.map((line) => Object.fromEntries(columns.map((column, i) => [column, line[i]]))),
  };
}

/** The numbers of a column, empty cells left out. */
export function numbersOf({ rows }: CsvFile, column: string): number[] {
  return rows
    .map((row) => row[column])
    .filter((cell) => cell !== '')
    .map(Number);
}

/** Middle of the sorted values, mean of the two middle ones. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}

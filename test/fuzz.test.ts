/** A small fixed set of broken files of every format; many more: `node bench/fuzz/run.mjs --count 100000`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from './support/command.js';

const COUNT = 25;

interface Result {
  readonly format: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly offenders: readonly unknown[];
  readonly megabytes: number;
}

describe('broken files', () => {
  it(`are read or refused with an error of ours, ${COUNT} of each format`, async () => {
    const script = join(root, 'bench', 'fuzz', 'run.mjs');
    const run = promisify(execFile)(process.execPath, [script, `--count=${COUNT}`, '--seed=11', '--json']);
    const results: Result[] = JSON.parse((await run).stdout);
    expect(results.length).toBeGreaterThanOrEqual(12);
    for (const { format, counts, offenders, megabytes } of results) {
      expect(offenders, format).toEqual([]);
      expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(COUNT);
      expect(counts.FormatError, format).toBeGreaterThan(COUNT / 4);
      expect(megabytes, format).toBeLessThan(300);
    }
  });
});

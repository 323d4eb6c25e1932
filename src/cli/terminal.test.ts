import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OptionError } from '../errors.js';
import { runSettings, wholeNumber } from './arguments.js';
import { summaryTable } from './summary-table.js';
import { duration, Progress, printJson, remark, textTable } from './terminal.js';

let written: { out: string; err: string };
beforeEach(() => {
  written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('printJson', () => {
  it('prints what JSON has no word for as null, lists and objects', () => {
    printJson({
      nan: Number.NaN,
      far: Number.NEGATIVE_INFINITY,
      list: Float32Array.of(0.5, 2),
      map: new Map([['a', 1]]),
    });
    expect(JSON.parse(written.out)).toEqual({ nan: null, far: null, list: [0.5, 2], map: { a: 1 } });
  });
});

describe('remark', () => {
  it('goes to stderr, a line a sentence, and nowhere when quiet', () => {
    remark({}, 'one', 'two');
    remark({ quiet: true }, 'three');
    expect(written).toEqual({ out: '', err: 'one\ntwo\n' });
  });
});

describe('Progress', () => {
  it('writes a plain line only now and then where stderr is no terminal', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.stubGlobal('process', process);
    const isTTY = process.stderr.isTTY;
    process.stderr.isTTY = false;
    const progress = new Progress('working');
    for (let done = 0; done <= 100; done++) {
      progress.update(done, 100);
      vi.advanceTimersByTime(500);
    }
    progress.end();
    process.stderr.isTTY = isTTY;
    const lines = written.err.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThan(6);
    for (const line of lines) expect(line).toMatch(/^working: \d+ %(, \d+ s left)?$/);
  });

  it('rewrites one line on a terminal and leaves it clean; writes nothing when quiet', () => {
    const isTTY = process.stderr.isTTY;
    process.stderr.isTTY = true;
    const progress = new Progress('working');
    progress.update(1, 2);
    progress.update(2, 2);
    expect(written.err).not.toContain('\n');
    expect(written.err.endsWith('\r\x1b[2K')).toBe(true);
    written.err = '';
    new Progress('silent', true).update(1, 2);
    process.stderr.isTTY = isTTY;
    expect(written.err).toBe('');
  });
});

describe('tables and durations', () => {
  it('align text to the left and numbers to the right', () => {
    const table = textTable(
      ['name', 'n'],
      [
        ['a', '10'],
        ['long name', '9'],
      ],
    );
    expect(table).toBe('name        n\na          10\nlong name   9');
  });

  it('show undefined medians as nothing', () => {
    const row = {
      method: 'm',
      n: 3,
      median_nrmse: 0.5,
      median_rmse: 123.456,
      median_cosine: Number.NaN,
      median_cosine_cellmean: 0.1,
      median_r2: -0.25,
      total_seconds: 1,
    };
    const [header, line] = summaryTable([row]).split('\n');
    expect(header).toMatch(/^method +pairs +NRMSE +RMSE +cosine/);
    expect(line).toMatch(/^m +3 +0\.500 +123\.5 +0\.100 +-0\.250 +1\.00$/);
  });

  it('say how long something takes', () => {
    expect([0.2, 59, 61, 3599, 7200].map(duration)).toEqual(['1 s', '59 s', '2 min', '60 min', '2.0 h']);
  });
});

describe('options', () => {
  it('are numbers, or refused', () => {
    expect(runSettings({ seed: '7', threads: '2' })).toEqual({ seed: 7, threads: 2 });
    expect(runSettings({}).threads).toBeGreaterThan(0);
    expect(wholeNumber('--n', '0', 0)).toBe(0);
    for (const text of ['', ' ', '1.5', '-1', 'x', '1e99', 'Infinity']) {
      expect(() => wholeNumber('--n', text, 0)).toThrow(OptionError);
    }
    expect(() => runSettings({ device: 'gpu' })).toThrow(/CPU/);
  });
});

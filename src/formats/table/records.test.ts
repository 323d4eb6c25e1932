import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMechanistError } from '../../errors.js';
import { BARE, RecordScanner } from './records.js';

const encode = (text: string) => new TextEncoder().encode(text);

/** All records as strings, scanned with the bytes cut at `cut`. */
function records(text: string, delimiter = ',', cut = text.length): { cells: string[]; line: number }[] {
  const scanner = new RecordScanner(delimiter.charCodeAt(0));
  const all = encode(text);
  const found: { cells: string[]; line: number }[] = [];
  let at = 0;
  for (const end of [Math.min(cut, all.length), all.length]) {
    const bytes = all.subarray(0, end);
    while (at < bytes.length && scanner.scan(bytes, at, end === all.length)) {
      const cells = Array.from({ length: scanner.count }, (_, k) => {
        const raw = new TextDecoder().decode(bytes.subarray(scanner.starts[k], scanner.ends[k]));
        return scanner.quoting[k] === BARE ? raw : raw.replaceAll('""', '"');
      });
      found.push({ cells, line: scanner.line });
      at = scanner.next;
    }
  }
  return found;
}

it('knows LF, CRLF, CR, a missing last line end, and lines within quotes', () => {
  expect(records('a,b\r\n1,"x\ny"\r3,""\n,')).toEqual([
    { cells: ['a', 'b'], line: 1 },
    { cells: ['1', 'x\ny'], line: 2 },
    { cells: ['3', ''], line: 4 },
    { cells: ['', ''], line: 5 },
  ]);
});

it('undoes RFC 4180 quoting wherever the bytes are cut', () => {
  const cell = fc.stringMatching(/^[a",\n\r é]{0,6}$/);
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quoted).join(',')).join('\r\n');
        const length = encode(text).length;
        for (let cut = 0; cut <= length; cut++) {
          expect(records(text, ',', cut).map(({ cells }) => cells)).toEqual(rows);
        }
      },
    ),
    { seed: 4, numRuns: 60 },
  );
});

it('names the line of a quote that is never closed and of text after a closing quote', () => {
  const message = (text: string) => {
    try {
      records(text);
    } catch (error) {
      return isMechanistError(error, 'FormatError') ? error.message : error;
    }
    return undefined;
  };
  expect(message('a,b\n1,"x\ny\nz\n')).toMatch(/^line 2: a quote is opened and never closed/);
  expect(message('a,b\n1,"x"y\n')).toMatch(/^line 2: text after a closing quote/);
});

it('refuses a record that does not end', () => {
  const scanner = new RecordScanner(44);
  const bytes = new Uint8Array(65 * 2 ** 20).fill(97);
  expect(() => scanner.scan(bytes, 0, false)).toThrow(/more than 64 MiB/);
});

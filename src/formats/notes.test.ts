import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dense } from '../data/matrix.js';
import { PerturbationData, type UnsValue } from '../data/perturbation-data.js';
import { Table } from '../data/table.js';
import { lostParts, Notes, READING_NOTES, withNotes, withoutNotes } from './notes.js';
import { formats, readData, writeData } from './registry.node.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-notes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const list = (...values: string[]): UnsValue => ({ kind: 'array', shape: [values.length], values });
const data = new PerturbationData({
  X: dense(2, 2, Float32Array.of(1, 2, 3, 4)),
  obs: new Table(['a', 'b']),
  var: new Table(['g', 'h']),
  layers: [['counts', dense(2, 2)]],
  uns: withNotes(['Something of another file.']),
});

describe('sentences', () => {
  it('are kept once each, a hundred at most', () => {
    const notes = new Notes();
    notes.add('a');
    notes.add('a');
    for (let i = 0; i < 1000; i++) notes.add(String(i));
    expect(notes.sentences.slice(0, 2)).toEqual(['a', '0']);
    expect(notes.sentences).toHaveLength(100);
  });
  it('replace those of an earlier reading, and are not there when there is nothing to say', () => {
    const before = new Map<string, UnsValue>([
      ['kept', 1],
      [READING_NOTES, list('old')],
    ]);
    expect(withNotes(['new'], before)).toEqual(
      new Map([
        ['kept', 1 as UnsValue],
        [READING_NOTES, list('new')],
      ]),
    );
    expect(withNotes([], before)).toEqual(new Map([['kept', 1]]));
    expect(withoutNotes(before)).toEqual(new Map([['kept', 1]]));
    expect(before.get(READING_NOTES)).toEqual(list('old'));
  });
});

describe('what a format has no place for', () => {
  it('is said, but for the notes of reading', () => {
    expect(lostParts('A GCT', data)).toEqual(["A GCT has no layers: 'counts' left out."]);
    expect(lostParts('Parquet', data, ['layers'])).toEqual([]);
    const more = data.with({ uns: [['k', 1]], raw: { X: dense(2, 0), var: new Table([]) } });
    expect(lostParts('Parquet', more, ['layers'])).toEqual([
      "Parquet has no uns: 'k' left out.",
      'Parquet has no raw: it was left out.',
    ]);
  });
});

const all = await Promise.all(formats.map((format) => format.load()));

describe.each(all.filter((format) => format.write))('a written $name', ({ extensions: [extension] }) => {
  it('does not bring the notes of another reading back', async () => {
    const path = join(folder, `out${extension}`);
    const notes = await writeData(path, data);
    expect(notes.join()).not.toContain(READING_NOTES);
    const back = JSON.stringify((await readData(path)).uns.get(READING_NOTES) ?? null);
    expect(back).not.toContain('Something of another file.');
  });
});

import { describe, expect, it } from 'vitest';
import { ColumnError } from '../../errors.js';
import { strings, Table } from '../table.js';
import { matchSmiles } from './match-smiles.js';

const obs = new Table(
  ['a', 'b', 'c', 'd', 'e', 'f'],
  [
    ['drug', strings(['NVP-AUY922', 'aspirin', 'DMSO', 'unknown', null, 'aspirin'])],
    ['id', strings([null, 'BRD-K11433652-001-03-0', null, 'BRD-U00000000', null, null])],
  ],
);

describe('matchSmiles', () => {
  it('by name, by name but for punctuation and case, by identifier without its batch', () => {
    const entries = [
      ['nvp auy922', 'C'],
      ['BRD-K11433652', ' CC '],
    ] as const;
    const { of, without, sentences } = matchSmiles(obs, entries, {
      action: 'drug',
      ids: ['id'],
      control: 'DMSO',
    });
    expect([...of]).toEqual([
      ['NVP-AUY922', 'C'],
      ['aspirin', 'CC'],
    ]);
    expect(without).toEqual(['unknown']);
    expect(sentences).toEqual([
      "SMILES for 2 of 3 actions; none for 'unknown'",
      "2 matched but for case, punctuation or batch: 'NVP-AUY922', 'aspirin'",
    ]);
  });

  it('an exact name goes before a similar one, the first entry before the next; empty SMILES do not count', () => {
    const entries = [
      ['Aspirin', 'N'],
      ['aspirin', ''],
      ['aspirin', 'O'],
      ['aspirin', 'C'],
    ] as const;
    expect(matchSmiles(obs, entries, { action: 'drug' }).of.get('aspirin')).toBe('O');
  });

  it('no entries, no column', () => {
    expect(matchSmiles(obs, [], { action: 'drug' }).without).toEqual([
      'NVP-AUY922',
      'aspirin',
      'DMSO',
      'unknown',
    ]);
    expect(() => matchSmiles(obs, [], { action: 'drugs' })).toThrow(ColumnError);
  });
});

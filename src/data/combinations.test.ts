import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalCombination, canonicaliseCombinations, combinationParts } from './combinations.js';
import { columnStrings, strings, Table } from './table.js';

describe('combinationParts', () => {
  it.each<[string, string[]]>([
    ['A', ['A']],
    ['A+B', ['A', 'B']],
    ['B+A', ['A', 'B']],
    ['A+ctrl', ['A']],
    ['ctrl+A', ['A']],
    ['A+A', ['A']],
    ['ctrl', []],
    ['ctrl+ctrl', []],
    [' B + A ', ['A', 'B']],
    ['A+B+C+ctrl', ['A', 'B', 'C']],
    ['A+', ['A']],
    ['A_B', ['A_B']],
    ['HLA-A+non-targeting', ['HLA-A']],
  ])('%s', (label, parts) => {
    expect(combinationParts(label)).toEqual(parts);
  });

  it('splits at the separator that is asked for', () => {
    expect(combinationParts('B_A', { separator: '_' })).toEqual(['A', 'B']);
    expect(combinationParts('A+B', { separator: '_' })).toEqual(['A+B']);
    expect(() => combinationParts('A', { separator: '' })).toThrowError(
      expect.objectContaining({ tag: 'OptionError' }),
    );
  });

  it('keeps a control that holds the separator whole', () => {
    expect(combinationParts('neg_ctl', { separator: '_', control: 'neg_ctl' })).toEqual([]);
    expect(combinationParts('non_targeting', { separator: '_' })).toEqual([]);
  });
});

describe('canonicalCombination', () => {
  it('has one form whatever the order, and is its own form', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9-]{1,6}$/).filter((word) => !/^(NT|DMSO)$/.test(word));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const form = canonicalCombination(names.join('+'));
        expect(canonicalCombination([...names].reverse().join('_'), { separator: '_' })).toBe(form);
        expect(canonicalCombination(form)).toBe(form);
        expect(form).toBe([...new Set(names)].sort().join('+'));
      }),
    );
  });

  it('calls a label of controls by the name of the control', () => {
    expect(canonicalCombination('ctrl+ctrl', { control: 'ctrl' })).toBe('ctrl');
    expect(canonicalCombination('ctrl')).toBe('control');
  });
});

it('canonicaliseCombinations rewrites a column and keeps what is missing', () => {
  const obs = new Table(['1', '2', '3', '4'], [['condition', strings(['B+A', 'ctrl+A', null, 'ctrl'])]]);
  const column = canonicaliseCombinations(obs, 'condition', { control: 'ctrl' }).column('condition');
  expect(columnStrings(column)).toEqual(['A+B', 'A', null, 'ctrl']);
  expect(() => canonicaliseCombinations(obs, 'x')).toThrowError(
    expect.objectContaining({ tag: 'ColumnError' }),
  );
});

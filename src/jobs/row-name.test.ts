import { expect, it } from 'vitest';
import { rowName } from './row-name.js';

it('keeps names apart that only a bar would join', () => {
  expect(rowName('A375', 'DMSO')).toBe('A375|DMSO');
  expect(rowName('p|q', 'r')).not.toBe(rowName('p', 'q|r'));
  expect(rowName('p\\', '|q')).not.toBe(rowName('p\\|', 'q'));
});

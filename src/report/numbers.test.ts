import { describe, expect, it } from 'vitest';
import { count, duration, percent, plural, readable } from './numbers.js';

describe('readable', () => {
  it.each([
    [0.34249, '0.342'],
    [264.5, '265'],
    [12345.6, '12,346'],
    [0, '0'],
    [-0.5, '−0.500'],
    [1e-7, '1.00e−7'],
    [2.5e6, '2.50e+6'],
    [Number.NaN, '–'],
    [Number.NEGATIVE_INFINITY, '–'],
  ])('%f is %s', (value, text) => expect(readable(value)).toBe(text));
});

it('keeps thousands apart', () => {
  expect(count(20369)).toBe('20,369');
  expect(count(999)).toBe('999');
  expect(plural(1, 'pair')).toBe('1 pair');
  expect(plural(0, 'pair')).toBe('0 pairs');
});

it('never rounds a share to nothing or to all', () => {
  expect(percent(0.001)).toBe('<\u00a01\u00a0%');
  expect(percent(0.999)).toBe('>\u00a099\u00a0%');
  expect(percent(0)).toBe('0\u00a0%');
  expect(percent(1)).toBe('100\u00a0%');
  expect(percent(0.844)).toBe('84\u00a0%');
});

it('gives times a unit that fits', () => {
  expect(duration(0.00821)).toBe('8.21\u00a0ms');
  expect(duration(2.7)).toBe('2.70\u00a0s');
  expect(duration(600)).toBe('10.0\u00a0min');
});

import { describe, expect, it } from 'vitest';
import { PAPER_SETTINGS } from './settings.js';
import { threadsFor } from './threads.js';

describe('threads by default', () => {
  it.each([
    [100, 1],
    [2_000, 8],
  ])('of the paper’s networks on %i genes', (genes, threads) => {
    expect(threadsFor(PAPER_SETTINGS, genes, 8)).toBe(threads);
  });
  it('are never more than there are', () => {
    expect(threadsFor(PAPER_SETTINGS, 1e5, 1)).toBe(1);
  });
});

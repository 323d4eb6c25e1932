import { describe, expect, it } from 'vitest';
import { publishedTable11, TABLE_11_CELLS } from './reproduce-cdn-table11.js';

describe('Table 11', () => {
  it('has sixteen cells, each with what the paper reports', () => {
    expect(TABLE_11_CELLS).toHaveLength(16);
    // first and last row, first and last column
    expect(publishedTable11(TABLE_11_CELLS[0])['CDN (axial)']).toEqual({ map: 0.73, auc: 0.85 });
    expect(publishedTable11(TABLE_11_CELLS[1])['CDN (axial)']).toEqual({ map: 0.48, auc: 0.64 });
    expect(TABLE_11_CELLS[15]).toEqual({
      nodes: 20,
      edges: 40,
      mechanism: 'polynomial',
      intervention: 'scale',
    });
    expect(publishedTable11(TABLE_11_CELLS[15]).DCI).toEqual({ map: 0.59, auc: 0.84 });
    expect(publishedTable11(TABLE_11_CELLS[13]).DCI).toEqual({ map: 0.5, auc: 0.77 });
  });
});

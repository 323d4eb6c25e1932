import { describe, expect, it } from 'vitest';
import { fieldOf } from './rows.js';

describe('compressed rows', () => {
  it('add up the entries of one place, over what the last batch left', () => {
    const field = fieldOf(
      'x',
      {
        data: Float32Array.of(1, 2, 4, 8, 16),
        indices: Int32Array.of(1, 1, 0, 2, 2),
        indptr: [0, 3, 3, 5],
        shape: [3, 3],
      },
      'float32',
    );
    const out = new Float32Array(6).fill(99);
    field.gather(Int32Array.of(2, 1, 0), 0, 2, out);
    expect(out).toEqual(Float32Array.of(0, 0, 24, 0, 0, 0));
    field.gather(Int32Array.of(2, 1, 0), 1, 2, out);
    expect(out).toEqual(Float32Array.of(0, 0, 0, 4, 3, 0));
  });
});

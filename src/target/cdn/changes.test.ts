import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { changesOf } from './changes.js';

const all = () => true;

describe('changesOf', () => {
  it('has a scale of 1 where chance alone moves normal deviates, and of k where all are k times as large', () => {
    const random = Random.fromSeed(2);
    const z = random.fill(new Float64Array(20_001), (r) => r.normal());
    expect(changesOf(z, all, 0.6745).scale).toBeCloseTo(1, 1);
    const inflated = z.map((value) => 5 * value);
    expect(changesOf(inflated, all, 0.6745).scale).toBeCloseTo(5 * changesOf(z, all, 0.6745).scale, 6);
  });

  it('is not moved by a few large ones, nor by genes that do not vary', () => {
    const z = Float64Array.of(1, -1, 1, -1, 1, 1000, 0, 0, 0, 0, 0, 0, 0);
    expect(changesOf(z, (gene) => gene < 6, 1).scale).toBe(1);
    expect(changesOf(z, all, 1).scale).toBe(0.3);
  });

  it('gives places by size, equal ones the mean of theirs', () => {
    expect([...changesOf(Float64Array.of(2, -3, 3, 0, 1), all, 1).place]).toEqual([3, 1.5, 1.5, 5, 4]);
  });

  it('does with one gene, and with none that varies', () => {
    expect(changesOf(Float64Array.of(2), all, 1)).toEqual({
      z: Float64Array.of(2),
      scale: 2,
      place: Float64Array.of(1),
    });
    expect(changesOf(Float64Array.of(0, 0), () => false, 1).scale).toBe(1);
  });
});

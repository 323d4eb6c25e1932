import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { graphRecovery, topTargets } from './index.js';

const graph = dense(3, 2, Float64Array.of(1, 0, 0, 1, 1, 1));

describe('graphRecovery', () => {
  it('counts edges above the threshold', () => {
    const edges = dense(3, 2, Float64Array.of(0.9, 0.6, 0.5, 0.4, 1, 0.51));
    // sklearn.metrics.precision_recall_fscore_support([1,0,0,1,1,1], [1,1,0,0,1,1], average='binary')
    expect(graphRecovery(graph, edges)).toEqual({
      precision: 0.75,
      recall: 0.75,
      f1: 0.75,
      truePositives: 3,
      falsePositives: 1,
      falseNegatives: 1,
    });
    expect(graphRecovery(graph, edges, { threshold: 0.55 })).toMatchObject({
      truePositives: 2,
      falsePositives: 1,
    });
    expect(graphRecovery(graph, edges, { rows: [1] })).toMatchObject({ precision: 0, recall: 0, f1: 0 });
    expect(graphRecovery(graph, edges, { rows: [2] })).toMatchObject({ precision: 1, recall: 1, f1: 1 });
  });
  it('follows the matching; superfluous estimates are false, latents without partner missed', () => {
    const swapped = dense(3, 2, Float64Array.of(0, 1, 1, 0, 1, 1));
    expect(graphRecovery(graph, swapped, { matching: { estimateOf: Int32Array.of(1, 0) } }).f1).toBe(1);
    const more = dense(3, 3, Float64Array.of(0, 1, 1, 1, 0, 0, 1, 1, 0));
    expect(graphRecovery(graph, more, { matching: { estimateOf: Int32Array.of(1, 0) } })).toMatchObject({
      truePositives: 4,
      falsePositives: 1,
      falseNegatives: 0,
    });
    const fewer = dense(3, 1, Float64Array.of(0, 1, 1));
    expect(graphRecovery(graph, fewer, { matching: { estimateOf: Int32Array.of(-1, 0) } })).toMatchObject({
      truePositives: 2,
      falsePositives: 0,
      falseNegatives: 2,
    });
  });
  it('has 0 for 0 / 0', () => {
    const none = { precision: 0, recall: 0, f1: 0, truePositives: 0, falsePositives: 0, falseNegatives: 0 };
    expect(graphRecovery(dense(3, 2), dense(3, 2))).toEqual(none);
    expect(graphRecovery(dense(0, 2), dense(0, 2))).toEqual(none);
  });
  it('does not change when both are permuted, and the matching with them', () => {
    const bits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const order = [2, 0, 1];
        const permuted = b.map((_, at) => b[at - (at % 3) + order[at % 3]]);
        const plain = graphRecovery(dense(4, 3, Float64Array.from(a)), dense(4, 3, Float64Array.from(b)));
        // The estimate now in column j was in column order[j].
        const estimateOf = Int32Array.from([0, 1, 2], (i) => order.indexOf(i));
        expect(
          graphRecovery(dense(4, 3, Float64Array.from(a)), dense(4, 3, Float64Array.from(permuted)), {
            matching: { estimateOf },
          }),
        ).toEqual(plain);
      }),
    );
  });
  it('refuses what does not fit', () => {
    expect(() => graphRecovery(graph, dense(2, 2))).toThrow('3 perturbations');
    expect(() => graphRecovery(graph, dense(3, 3))).toThrow('where no matching is given');
    expect(() => graphRecovery(dense(1, 1, Float64Array.of(0.5)), dense(1, 1))).toThrow('row 0');
    expect(() => graphRecovery(graph, dense(3, 2, new Float64Array(6).fill(Number.NaN)))).toThrow('row 0');
    expect(() => graphRecovery(graph, graph, { rows: [3] })).toThrow("'3'");
    expect(() => graphRecovery(graph, graph, { threshold: Number.NaN })).toThrow('threshold');
    const twice = { matching: { estimateOf: Int32Array.of(0, 0) } };
    expect(() => graphRecovery(graph, graph, twice)).toThrow('each once');
  });
});

describe('topTargets', () => {
  it('marks the largest by size, the first of equals, and no zero', () => {
    const shifts = dense(4, 3, Float64Array.of(1, -3, 2, 1, 1, 1, 0, 0, -1, 0, 0, 0));
    expect([...topTargets(shifts).values]).toEqual([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0]);
    expect([...topTargets(shifts, 1).values]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0]);
    expect(topTargets(dense(2, 0)).values.length).toBe(0);
    expect(() => topTargets(shifts, 1.5)).toThrow('whole number');
    expect(() => topTargets(dense(2, 1, Float64Array.of(1, Infinity)))).toThrow('row 1');
  });
});

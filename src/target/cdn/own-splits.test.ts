import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DenseMatrix, dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { chain } from './cells.fixture.js';
import { heldDown, splitOf, splitSize, splitsFor } from './own-splits.js';
import type { CdnPredictor } from './predictor.js';
import { scoreGroups } from './scores.js';

describe('splits of a control', () => {
  it('are as large as the group, by powers of two, but at most a third of the control', () => {
    expect(splitSize(2386, 200, 8)).toBe(256);
    expect(splitSize(2386, 256, 8)).toBe(256);
    expect(splitSize(300, 200, 8)).toBe(100);
    expect(splitSize(30, 200, 8)).toBe(10);
    expect(splitSize(16, 8, 8)).toBe(8);
    expect(splitSize(15, 8, 8)).toBeUndefined();
  });

  it('are more where there are few genes', () => {
    expect([2, 50, 100, 300, 1000].map(splitsFor)).toEqual([40, 40, 20, 7, 5]);
  });

  it('have every cell once', () => {
    const control = dense(
      10,
      2,
      Float64Array.from({ length: 20 }, (_, at) => at),
    );
    const [a, b] = splitOf(control, 3, Random.fromSeed(1));
    expect([a.nRows, b.nRows]).toEqual([3, 7]);
    expect([...a.values, ...b.values].map(Number).sort((x, y) => x - y)).toEqual([...control.values]);
  });
});

describe('heldDown', () => {
  const probability = Float64Array.of(0.9, 0.1, 0.6, 0.6);
  const logits = Float64Array.of(3, -2, 1, 1);

  it('leaves what no split reaches', () => {
    expect(heldDown(probability, logits, [Float64Array.of(-3, -3, -4, -5)])).toEqual(probability);
    expect(heldDown(probability, logits, [])).toBe(probability);
  });

  it('leaves nothing where splits have as many that are as likely', () => {
    expect(heldDown(probability, logits, [logits, logits])).toEqual(Float64Array.of(0.25, 0.1, 0.25, 0.25));
  });

  it('is the share that splits do not bring forth in the mean', () => {
    const many = Float64Array.of(3, 3, 3, 3, 1);
    const said = Float64Array.of(0.9, 0.9, 0.9, 0.9, 0.6);
    // five genes of the group, one and three of the splits'
    const splits = [Float64Array.of(4, 0, 0, 0, 0), Float64Array.of(5, 3, 3, 0, 0)];
    expect(heldDown(said, many, splits)).toEqual(Float64Array.of(0.6, 0.6, 0.6, 0.6, 0.6));
    const sure = Float64Array.of(5, 5, 5, 5, 1);
    expect(heldDown(said, sure, splits)).toEqual(Float64Array.of(0.875, 0.875, 0.875, 0.875, 0.6));
  });

  it('is one half at most where one split alone has as many that are as likely', () => {
    const nothing = Float64Array.of(-3, -3, -3, -3);
    const one = Float64Array.of(4, -3, -3, -3);
    const splits = [one, nothing, nothing, nothing];
    const alone = Float64Array.of(0.9, 0.1, 0.4, 0.4);
    expect(heldDown(alone, logits, splits)).toEqual(Float64Array.of(0.5, 0.1, 0.4, 0.4));
    // three that are claimed, against one
    expect(heldDown(probability, logits, splits)).toEqual(probability);
  });

  it('never says more than was said, and keeps the order', () => {
    const logit = fc.double({ min: -6, max: 6, noNaN: true });
    const groups = fc.array(logit, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(groups, fc.array(groups, { maxLength: 4 }), (of, splits) => {
        const said = Float64Array.from(of, (x) => 1 / (1 + Math.exp(-x)));
        const held = heldDown(
          said,
          Float64Array.from(of),
          splits.map((split) => Float64Array.from(split)),
        );
        of.forEach((a, i) => {
          expect(held[i]).toBeLessThanOrEqual(said[i]);
          expect(held[i]).toBeGreaterThanOrEqual(0);
          of.forEach((b, j) => {
            if (a >= b) expect(held[i]).toBeGreaterThanOrEqual(held[j]);
          });
        });
      }),
    );
  });
});

describe('scoreGroups', () => {
  const genes = Array.from({ length: 8 }, (_, j) => `g${j}`);
  const calibration = { slope: 1, intercept: 0 };
  const random = Random.fromSeed(3);
  /** Takes the first gene for hit in any two sets, and another where its mean moved. */
  const gullible = (asked: { count: number }) =>
    ({
      wanted: { neighbours: 7, fci: false },
      logits: async ({ nodes, genes: count }: { nodes: Float32Array; genes: number }) => {
        asked.count++;
        const features = nodes.length / count;
        return Float32Array.from({ length: count }, (_, j) =>
          j === 0 || Math.abs(nodes[j * features]) > 1 ? 4 : -4,
        );
      },
    }) as unknown as CdnPredictor;
  const moved = (cells: DenseMatrix, gene: number): DenseMatrix =>
    dense(
      cells.nRows,
      8,
      Float64Array.from(cells.values, (x, at) => Number(x) + (at % 8 === gene ? 9 : 0)),
    );
  const control = chain({ cells: 90, genes: 8, seed: 5 });
  const fresh = chain({ cells: 30, genes: 8, seed: 6 });
  const score = async (splits: number, ranksOnly = false, cells = [fresh, moved(fresh, 5)]) => {
    const asked = { count: 0 };
    const groups = cells.map((of, k) => ({ name: `p${k}`, cells: of }));
    const found = await scoreGroups(
      { genes, control, groups },
      gullible(asked),
      { calibration, splits },
      { random, ranksOnly },
    );
    return { found, asked: asked.count };
  };

  it('does not believe what the network also sees in splits of the control', async () => {
    const { found } = await score(3);
    expect(found[0].probability![0]).toBe(1 / 8);
    expect(found[0].notes.join()).toContain('splits of the control');
    // two of this group are as likely, one of them would be so anyway
    expect(found[1].probability![5]).toBe(0.5);
    expect(found[0].score[0]).toBe(4);
  });

  it('asks once for groups of a size, and not where it is told not to, or only ranks are wanted', async () => {
    expect((await score(3)).asked).toBe(5);
    const { found, asked } = await score(0);
    expect(asked).toBe(2);
    expect(found[0].probability![0]).toBeCloseTo(0.982, 3);
    expect((await score(3, true)).asked).toBe(2);
  });

  it('asks nothing of a control that is too small to split, and says so', async () => {
    const few = chain({ cells: 15, genes: 8, seed: 7 });
    const asked = { count: 0 };
    const groups = [{ name: 'p', cells: fresh }];
    await scoreGroups(
      { genes, control: few, groups },
      gullible(asked),
      { calibration, splits: 3 },
      { random },
    );
    expect(asked.count).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { type DenseMatrix, dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { chain } from './cells.fixture.js';
import { hedged, weightOfHedge } from './hedge.js';
import { momentsOf, scalesOf } from './moments.js';

const genes = 6;
/** Counts of which gene 4 has a third where asked. */
function counts(cells: number, seed: number, lowered: boolean): DenseMatrix {
  const random = Random.fromSeed(seed);
  return dense(
    cells,
    genes,
    Float64Array.from({ length: cells * genes }, (_, at) =>
      Math.log1p(random.poisson(lowered && at % genes === 4 ? 0.5 : 1.5)),
    ),
  );
}
const hedge = (logits: readonly number[], control: DenseMatrix, group: DenseMatrix) => {
  const scales = scalesOf(control);
  const before = momentsOf(control, scales);
  return hedged(logits, weightOfHedge(before), before, momentsOf(group, scales));
};

describe('hedged', () => {
  const [control, group] = [counts(200, 1, false), counts(80, 2, true)];

  it('puts genes of which the network says nothing in the order of differential expression', () => {
    const found = hedge([-7, -7, -7, -7, -7, -7], control, group);
    expect(found.indexOf(Math.max(...found))).toBe(4);
    expect(found[4]).toBe(-7);
    expect([...found].sort()).toEqual([...new Set(found)].sort());
  });

  it('does not overrule it where it says something', () => {
    const found = hedge([3, -7, -7, -7, -7, -7], control, group);
    expect(found.indexOf(Math.max(...found))).toBe(0);
    // place 6 of 6 at worst
    expect(found[0]).toBeGreaterThanOrEqual(3 - Math.log(6) / 2 - 1e-12);
  });

  it('leaves values that are no counts as they are', () => {
    const logits = [1, 2, 3, -4, 5, 6];
    const [a, b] = [3, 4].map((seed) => chain({ cells: 60, genes, seed }));
    expect([...hedge(logits, a, b)]).toEqual(logits);
  });

  it('does not take rounded values for counts', () => {
    const rounded = (of: DenseMatrix) =>
      dense(
        of.nRows,
        genes,
        Float64Array.from(of.values, (x) => Math.round(10 * Number(x)) / 10),
      );
    const [a, b] = [3, 4].map((seed) => rounded(chain({ cells: 60, genes, seed })));
    expect([...hedge([1, 2, 3, -4, 5, 6], a, b)]).toEqual([1, 2, 3, -4, 5, 6]);
  });

  it('weighs by the share of genes that are counted', () => {
    const half = (of: DenseMatrix, seed: number) => {
      const random = Random.fromSeed(seed);
      const values = Float64Array.from(of.values, (x, at) => (at % genes < 3 ? random.normal() : Number(x)));
      return dense(of.nRows, genes, values);
    };
    const found = hedge([0, 0, 0, 0, 0, 0], half(control, 5), half(group, 6));
    expect(Math.min(...found)).toBeCloseTo(-0.25 * Math.log(6), 12);
  });
});

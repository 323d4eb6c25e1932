import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { explain } from './causes.js';
import { chain, columnOf, permuted, residual } from './cells.fixture.js';
import { type Evidence, evidenceOf, setEvidence } from './evidence.js';
import { changeOf } from './invariance.js';
import { kurtosisOf, momentsOf, scalesOf, temperedVariances } from './moments.js';
import { NODE_FEATURES } from './node-features.js';
import { PAIR_FEATURES } from './pair-features.js';
import { pairEvidence } from './pairs.js';
import { linearDependence } from './precision.js';

const control = chain({ seed: 1 });
const perturbed = chain({ seed: 2, hit: 2, cells: 200 });
const scales = scalesOf(control);
const [before, after] = [control, perturbed].map((set) => momentsOf(set, scales));
const both = { ...before, cells: 500, products: before.products.map((sum, at) => sum + after.products[at]) };
const evidence = (a = control, b = perturbed) => {
  const own = scalesOf(a);
  return evidenceOf(setEvidence(momentsOf(a, own)), setEvidence(momentsOf(b, own)));
};

describe('momentsOf', () => {
  it('sums over cells, whatever the size of its blocks, in units of the control', () => {
    const many = chain({ cells: 2500, seed: 5 });
    const moments = momentsOf(many, scales);
    const x = columnOf(many, 3).map((value) => (value - scales.mean[3]) / scales.deviation[3]);
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const power = (p: number) => x.reduce((sum, value) => sum + (value - mean) ** p, 0) / x.length;
    expect(moments.mean[3]).toBeCloseTo(mean, 10);
    expect(moments.variance[3]).toBeCloseTo(power(2), 10);
    expect(moments.skewness[3]).toBeCloseTo(power(3) / power(2) ** 1.5, 10);
    expect(moments.kurtosis[3]).toBeCloseTo(power(4) / power(2) ** 2, 10);
    expect(moments.products[0]).toBe(2500);
    expect(moments.products[4 * moments.width + 4]).toBeCloseTo(
      x.reduce((sum, v) => sum + v * v, 0),
      6,
    );
  });
});

describe('temperedVariances', () => {
  it('are those of both sets with κ − 1 cells of both together', () => {
    // of ±1 the kurtosis is 1, taken for 3: two cells of the mean variance are added to each
    const signs = (cells: number, size: number) =>
      dense(
        cells,
        1,
        Float64Array.from({ length: cells }, (_, c) => (c % 2 ? size : -size)),
      );
    const own = scalesOf(signs(30, 1));
    const sets = [momentsOf(signs(30, 1), own), momentsOf(signs(10, 2), own)] as const;
    expect(kurtosisOf(sets, 0)).toBe(3);
    const pooled = (30 * 1 + 10 * 4) / 40;
    expect(temperedVariances(sets, 0)[0]).toBeCloseTo((30 * 1 + 2 * pooled) / 32, 12);
    expect(temperedVariances(sets, 0)[1]).toBeCloseTo((10 * 4 + 2 * pooled) / 12, 12);
  });

  it('let a rare gene that few cells do not have pass for chance', () => {
    // one control cell in ten; with probability 0.9^20 = 0.12 twenty cells have none
    const rare = (cells: number, every: number) =>
      dense(
        cells,
        2,
        Float64Array.from({ length: 2 * cells }, (_, at) =>
          at % 2 ? at % 14 : Number((at / 2) % every === every - 1),
        ),
      );
    const { nodes } = evidence(rare(300, 10), rare(20, 1000));
    const found = (name: string) => {
      const shown = nodes[NODE_FEATURES.findIndex((feature) => feature.name === name)];
      return Math.sign(shown) * Math.expm1(2 * Math.abs(shown));
    };
    for (const name of ['shift-z', 'spread-z-by-kurtosis', 'variance-0']) {
      expect(found(name)).toBeLessThan(0);
      expect(found(name)).toBeGreaterThan(-4);
    }
  });
});

describe('pairEvidence', () => {
  it('has the share that a gene and its square explain, and what that leaves of a change', () => {
    const pairs = pairEvidence(before, after, both);
    const at = 3 * 6 + 2;
    expect(pairs.explained[0][at]).toBeCloseTo(
      1 - residual([control], 3, [2]) / residual([control], 3, []),
      9,
    );
    const unit = scales.deviation[3] ** 2;
    const change = changeOf({
      control: residual([control], 3, [2]) / unit,
      perturbed: residual([perturbed], 3, [2]) / unit,
      both: residual([control, perturbed], 3, [2]) / unit,
      coefficients: 3,
      controlCells: 300,
      perturbedCells: 200,
      added: kurtosisOf([before, after], 3) - 1,
    });
    expect(pairs.coefficients[at]).toBeCloseTo(change.coefficients, 7);
    expect(pairs.variance[at]).toBeCloseTo(change.variance, 7);
    // gene 2 was hit: it explains what happened to gene 3, and nothing explains gene 2
    expect(pairs.distance[at]).toBeLessThan(15);
    expect(pairs.distance[2 * 6 + 3]).toBeGreaterThan(30);
  });
});

describe('explain', () => {
  const search = { exhaustive: 2, greedy: 4 };
  const sets = [before, after, both] as const;

  it('tries the regressions on all pairs, and the least change is that of plain least squares', () => {
    const found = explain(3, Int32Array.of(0, 1, 4, 5), [...sets], search);
    const unit = scales.deviation[3] ** 2;
    const all = [
      [0, 1],
      [0, 4],
      [0, 5],
      [1, 4],
      [1, 5],
      [4, 5],
    ].map((on) => {
      const { coefficients, variance } = changeOf({
        control: residual([control], 3, on) / unit,
        perturbed: residual([perturbed], 3, on) / unit,
        both: residual([control, perturbed], 3, on) / unit,
        coefficients: 5,
        controlCells: 300,
        perturbedCells: 200,
        added: kurtosisOf([before, after], 3) - 1,
      });
      return Math.max(coefficients, 0) ** 2 + variance ** 2;
    });
    expect(found.distances[2]).toBeCloseTo(Math.min(...all), 5);
    expect(found.best).toHaveLength(5);
  });

  it('blames the gene that was hit and no other, and names causes', () => {
    const least = Array.from({ length: 6 }, (_, gene) => {
      const others = Int32Array.from([0, 1, 2, 3, 4, 5].filter((j) => j !== gene));
      return Math.min(...explain(gene, others, [...sets], search).distances);
    });
    expect(least.indexOf(Math.max(...least))).toBe(2);
    expect(least[2]).toBeGreaterThan(30);
    expect(Math.max(...least.filter((_, gene) => gene !== 2))).toBeLessThan(15);
    const causes = explain(3, Int32Array.of(5, 2, 0), [...sets], search).inclusion;
    expect(causes.indexOf(Math.max(...causes))).toBe(1);
  });

  it('does with no candidates, and with few cells', () => {
    expect(explain(0, new Int32Array(0), [...sets], search).distances).toHaveLength(5);
    const few = momentsOf(chain({ cells: 4, seed: 8 }), scales);
    expect(
      explain(0, Int32Array.of(1, 2), [before, few, both], search).distances.every(Number.isFinite),
    ).toBe(true);
  });
});

describe('linearDependence', () => {
  it('is 0 given those between, in a chain', () => {
    const { partial, correlation, shrinkage } = linearDependence(momentsOf(chain({ cells: 5000 }), scales));
    expect(shrinkage).toBeLessThan(0.01);
    expect(correlation[0 * 6 + 2]).toBeGreaterThan(0.5);
    expect(Math.abs(partial[0 * 6 + 2])).toBeLessThan(0.06);
    expect(partial[0 * 6 + 1]).toBeGreaterThan(0.4);
  });
});

describe('evidenceOf', () => {
  it('is permuted where the genes are, with many neighbours and with few', () => {
    for (const genes of [6, 30]) {
      const [a, b] = [chain({ genes, seed: 3 }), chain({ genes, seed: 4, hit: 3, cells: 150 })];
      const order = Random.fromSeed(genes).permutation(genes);
      const [plain, turned] = [evidence(a, b), evidence(permuted(a, order), permuted(b, order))];
      for (let i = 0; i < genes; i++) {
        expectClose(nodeOf(turned, i), nodeOf(plain, order[i]));
        for (let k = 0; k < plain.degree; k++) {
          expect(order[turned.neighbours[i * plain.degree + k]]).toBe(
            plain.neighbours[order[i] * plain.degree + k],
          );
        }
        expectClose(pairsOf(turned, i), pairsOf(plain, order[i]));
      }
    }
  });

  it('is permuted where counts are so sparse that genes tie', () => {
    const sparse = (seed: number, cells: number) => {
      const random = Random.fromSeed(seed);
      return dense(
        cells,
        40,
        Float64Array.from({ length: cells * 40 }, () => random.poisson(0.03)),
      );
    };
    const [a, b] = [sparse(1, 60), sparse(2, 20)];
    const order = Random.fromSeed(5).permutation(40);
    const [plain, turned] = [evidence(a, b), evidence(permuted(a, order), permuted(b, order))];
    for (let i = 0; i < 40; i++) {
      expectClose(nodeOf(turned, i), nodeOf(plain, order[i]));
      expectClose(pairsOf(turned, i), pairsOf(plain, order[i]));
    }
  });

  it('does not depend on units', () => {
    const scaled = (set: typeof control) =>
      dense(
        set.nRows,
        6,
        Float64Array.from(set.values, (x, at) => 7 * x + (at % 6)),
      );
    expectClose(evidence(scaled(control), scaled(perturbed)).nodes, evidence().nodes, 3);
    expectClose(evidence(scaled(control), scaled(perturbed)).pairs, evidence().pairs, 3);
  });

  it('is finite for one gene, constant genes, two cells, and more genes than cells', () => {
    const still = (set: typeof control, value: number) =>
      dense(
        set.nRows,
        6,
        Float64Array.from(set.values, (x, at) => (at % 6 === 4 ? value : x)),
      );
    const wide = chain({ cells: 12, genes: 40 });
    const cases = [
      [chain({ genes: 1 }), chain({ genes: 1, hit: 0 })],
      [still(control, 3), still(perturbed, 3)],
      [still(control, 3), still(perturbed, 5)],
      [still(control, 3), perturbed],
      [control, still(perturbed, 0)],
      [chain({ cells: 2 }), chain({ cells: 2, seed: 1 })],
      [wide, chain({ cells: 11, genes: 40, seed: 9 })],
      [control, control],
    ];
    for (const [a, b] of cases) {
      const { nodes, pairs } = evidence(a, b);
      expect(nodes.every(Number.isFinite)).toBe(true);
      expect(pairs.every(Number.isFinite)).toBe(true);
      expect(nodes.every((x) => Math.abs(x) < 20)).toBe(true);
      expect(pairs.every((x) => Math.abs(x) < 20)).toBe(true);
    }
  });
});

const part = (values: Float32Array, i: number, width: number) => values.subarray(i * width, (i + 1) * width);
const nodeOf = ({ nodes }: Evidence, i: number) => part(nodes, i, NODE_FEATURES.length);
const pairsOf = ({ pairs, degree }: Evidence, i: number) => part(pairs, i, degree * PAIR_FEATURES.length);

function expectClose(found: Float32Array, wanted: Float32Array, digits = 4): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, at) => {
    expect(value).toBeCloseTo(wanted[at], digits);
  });
}

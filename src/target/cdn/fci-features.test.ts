import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { TOKEN } from '../fci/index.js';
import { chain, permuted } from './cells.fixture.js';
import { evidenceOf, setEvidence } from './evidence.js';
import { FCI_FEATURES, fciBatches, fciFeatures } from './fci-features.js';
import { momentsOf, scalesOf } from './moments.js';

const feature = (name: string) => FCI_FEATURES.findIndex((one) => one.name === name);
const WIDTH = FCI_FEATURES.length;

describe('fciFeatures', () => {
  it('are shares of the batches that had both genes, theirs and what changed', () => {
    // three genes, two a batch; tokens of (first, second) and (second, first)
    const estimates = (tokens: readonly number[]) => ({
      nBatches: 3,
      nVariables: 2,
      variables: Int32Array.of(0, 1, 1, 0, 1, 2),
      tokens: Uint8Array.from(tokens),
    });
    const control = estimates([TOKEN.causes, TOKEN.causedBy, TOKEN.none, TOKEN.none, TOKEN.none, TOKEN.none]);
    const perturbed = estimates([
      TOKEN.none,
      TOKEN.none,
      TOKEN.none,
      TOKEN.none,
      TOKEN.unknown,
      TOKEN.unknown,
    ]);
    const found = fciFeatures([control, perturbed], Int32Array.of(1, 2, 0, 2, 1, 0), 2);
    const of = (gene: number, place: number, name: string) =>
      found[(2 * gene + place) * WIDTH + feature(`fci-${name}`)];
    expect([of(0, 0, 'causes-control'), of(0, 0, 'none-control')]).toEqual([0.5, 0.5]);
    expect(of(1, 0, 'caused-by-control')).toBe(0.5);
    expect([of(0, 0, 'causes-perturbed'), of(0, 0, 'causes-change')]).toEqual([0, -0.5]);
    expect(of(2, 0, 'unknown-perturbed')).toBe(1);
    expect(of(0, 0, 'batches-control')).toBeCloseTo(Math.log(3), 6);
    expect(of(0, 0, 'batches-change')).toBe(0);
    // no batch had genes 0 and 2
    const unseen = found.subarray(WIDTH, 2 * WIDTH);
    expect(unseen.every((value) => value === 0)).toBe(true);
  });

  it('tell of a chain that one end of it was cut from the other', () => {
    // gene 3 no longer follows gene 2 in the perturbed cells
    const [control, other] = [chain({ cells: 2000, seed: 1 }), chain({ cells: 2000, seed: 2 })];
    const values = Float64Array.from(chain({ cells: 2000, seed: 3 }).values, (value, at) =>
      at % 6 < 3 ? Number(other.values[at]) : value,
    );
    const { fci, neighbours, degree } = evidence(control, { ...control, values });
    const change = (i: number, j: number, name: string) => {
      const place = neighbours.subarray(i * degree, (i + 1) * degree).indexOf(j);
      return fci[(i * degree + place) * WIDTH + feature(`fci-${name}-change`)];
    };
    expect(change(3, 2, 'none')).toBeGreaterThan(0.8);
    expect(change(2, 3, 'none')).toBe(change(3, 2, 'none'));
    for (const [i, j] of [
      [1, 2],
      [4, 3],
      [5, 4],
    ])
      expect(Math.abs(change(i, j, 'none'))).toBeLessThan(0.1);
  });

  it('are the same for the same stream, whatever it gave before', () => {
    const [a, b] = [chain({ genes: 12, seed: 1 }), chain({ genes: 12, seed: 2, hit: 4 })];
    const random = Random.fromSeed(3);
    const first = evidence(a, b, random);
    random.normal();
    expect(evidence(a, b, random)).toEqual(first);
    expect(evidence(a, b, Random.fromSeed(4)).fci).not.toEqual(first.fci);
    const still = evidence(a, a).fci;
    FCI_FEATURES.forEach(({ of }, f) => {
      if (of === 'change') for (let at = f; at < still.length; at += WIDTH) expect(still[at]).toBe(0);
    });
  });

  it('follow their genes when these are permuted, but for chance', () => {
    // all cells and all genes are in every batch: no chance is left
    const [a, b] = [chain({ genes: 5, seed: 1 }), chain({ genes: 5, seed: 2, hit: 2 })];
    const order = Random.fromSeed(1).permutation(5);
    const [plain, turned] = [evidence(a, b), evidence(permuted(a, order), permuted(b, order))];
    for (let i = 0; i < 5; i++) {
      const row = (of: typeof plain, gene: number) =>
        of.fci.subarray(4 * gene * WIDTH, 4 * (gene + 1) * WIDTH);
      expect([...row(turned, i)]).toEqual([...row(plain, order[i])]);
    }
  });

  it('are finite for one gene, few cells and constant genes, and 0 below four cells', () => {
    const still = chain({ cells: 40 });
    const constant = { ...still, values: Float64Array.from(still.values, (x, at) => (at % 6 === 4 ? 3 : x)) };
    expect(evidence(chain({ genes: 1 }), chain({ genes: 1 })).fci).toHaveLength(0);
    for (const set of [constant, chain({ cells: 5 }), chain({ cells: 2, genes: 2 })]) {
      expect(evidence(set, set).fci.every(Number.isFinite)).toBe(true);
    }
    const none = evidence(chain({ cells: 3 }), chain({ cells: 3, seed: 1 })).fci;
    expect(none.every((value) => value === 0)).toBe(true);
  });
});

describe('fciBatches', () => {
  it('grow with the genes, within bounds', () => {
    expect([1, 20, 21, 200, 1000, 4000].map(fciBatches)).toEqual([100, 100, 105, 1000, 5000, 5000]);
  });

  it('show most genes with their neighbours, of a large system, too', () => {
    const cells = chain({ genes: 150, cells: 300 });
    const { fci, neighbours, degree } = evidence(cells, cells);
    const seen = Array.from({ length: 149 }, (_, i) => {
      const place = neighbours.subarray(i * degree, (i + 1) * degree).indexOf(i + 1);
      return fci[(i * degree + place) * WIDTH + feature('fci-batches-control')] > 0;
    });
    // any two genes have 750 · 20 / (150 · 149) batches on average: by chance alone 73 were seen
    expect(seen.filter(Boolean).length).toBeGreaterThan(110);
  });
});

function evidence(control = chain(), perturbed = chain(), random = Random.fromSeed(0)) {
  const scales = scalesOf(control);
  const [before, after] = [control, perturbed].map((cells) =>
    setEvidence(momentsOf(cells, scales), { cells, random }),
  );
  const { fci = new Float32Array(0), ...rest } = evidenceOf(before, after);
  return { fci, ...rest };
}

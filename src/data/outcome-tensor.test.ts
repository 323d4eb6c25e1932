import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { dense } from './matrix.js';
import { OutcomeTensor, toOutcomeTensor } from './outcome-tensor.js';
import { PerturbationData } from './perturbation-data.js';
import { strings, Table } from './table.js';

type Row = readonly [context: string | null, action: string | null, ...values: number[]];

function screen(rows: readonly Row[]): PerturbationData {
  const nGenes = rows[0].length - 2;
  return new PerturbationData({
    X: dense(rows.length, nGenes, Float64Array.from(rows.flatMap(([, , ...values]) => values))),
    obs: new Table(
      rows.map((_, i) => `row-${i}`),
      [
        ['cell', strings(rows.map(([context]) => context))],
        ['drug', strings(rows.map(([, action]) => action))],
      ],
    ),
    var: new Table(Array.from({ length: nGenes }, (_, j) => `gene-${j}`)),
  });
}

const ROLES = { context: 'cell', action: 'drug', control: 'DMSO' };
const ROWS: Row[] = [
  ['B', 'x', 1, 2],
  ['A', 'DMSO', 3, 4],
  ['B', 'x', 3, 6],
  ['A', 'y', 5, 6],
  ['B', 'DMSO', 7, 8],
];

describe('toOutcomeTensor', () => {
  it('averages replicates and sorts contexts, actions and pairs', () => {
    const { tensor, unlabelled } = toOutcomeTensor(screen(ROWS), ROLES);
    expect(unlabelled).toBe(0);
    expect(tensor.contexts).toEqual(['A', 'B']);
    expect(tensor.actions).toEqual(['DMSO', 'x', 'y']);
    expect(Array.from({ length: 4 }, (_, pair) => tensor.nameOf(pair))).toEqual([
      '(A, DMSO)',
      '(A, y)',
      '(B, DMSO)',
      '(B, x)',
    ]);
    expect(Array.from(tensor.profile(3))).toEqual([2, 4]);
    expect(Array.from(tensor.replicates)).toEqual([1, 1, 1, 2]);
    expect([tensor.pair(1, 1), tensor.pair(0, 1), tensor.pair(-1, 0), tensor.pair(0, -1)]).toEqual([
      3, -1, -1, -1,
    ]);
    expect([...tensor.missingPairs()]).toEqual([
      { context: 0, action: 1 },
      { context: 1, action: 2 },
    ]);
    expect(Array.from(tensor.treatedPairs())).toEqual([1, 3]);
    expect(Array.from(tensor.pairsOfContext[1])).toEqual([2, 3]);
    expect(Array.from(tensor.pairsOfAction[0])).toEqual([0, 2]);
  });

  it('does not depend on the order of the rows', () => {
    const expected = toOutcomeTensor(screen(ROWS), ROLES).tensor;
    const order = fc.shuffledSubarray(ROWS, { minLength: ROWS.length });
    fc.assert(
      fc.property(order, (rows) => {
        const { tensor } = toOutcomeTensor(screen(rows), ROLES);
        expect(tensor.profiles).toEqual(expected.profiles);
        expect(tensor.pairAction).toEqual(expected.pairAction);
      }),
    );
  });

  it('leaves rows without a label out, and counts them', () => {
    const rows: Row[] = [...ROWS, [null, 'x', 100, 100], ['A', null, 100, 100]];
    const { tensor, unlabelled } = toOutcomeTensor(screen(rows), ROLES);
    expect(unlabelled).toBe(2);
    expect(Math.max(...tensor.profiles)).toBe(8);
  });

  it('has one context where no column is one, and no control where there is none', () => {
    const { tensor } = toOutcomeTensor(screen(ROWS), { ...ROLES, context: null, control: null });
    expect(tensor.contexts).toEqual(['all']);
    expect(tensor.control).toBe(-1);
    expect(Array.from(tensor.profile(0))).toEqual([5, 6]);
    expect(tensor.treatedPairs()).toHaveLength(3);
  });

  it.each([
    ['nothing labelled', screen([[null, 'x', 1]]), /nothing to work on: 0 labelled rows × 1 genes/],
    ['no genes', screen([['A', 'x']]), /1 labelled rows × 0 genes/],
    ['a missing value', screen([['A', 'x', 1, Number.NaN]]), /gene 'gene-1' of \(A, x\) is NaN/],
    ['an infinite value', screen([['A', 'x', Number.NEGATIVE_INFINITY]]), /is -Infinity/],
    // the sum of replicates may overflow though each is finite
    [
      'a mean that overflows',
      screen([
        ['A', 'x', 1.7e308],
        ['A', 'x', 1.7e308],
      ]),
      /is Infinity/,
    ],
  ])('refuses %s', (_, data, message) => {
    expect.assertions(2);
    try {
      toOutcomeTensor(data, ROLES);
    } catch (error) {
      expect(isMechanistError(error, 'DataError')).toBe(true);
      expect((error as Error).message).toMatch(message);
    }
  });
});

describe('OutcomeTensor', () => {
  const parts = {
    contexts: ['A'],
    actions: ['x', 'y'],
    genes: ['g'],
    control: -1,
    profiles: Float64Array.of(1, 2),
    pairContext: Int32Array.of(0, 0),
    pairAction: Int32Array.of(0, 1),
    replicates: Int32Array.of(1, 1),
  };
  it('refuses a pair that is there twice and profiles that do not fit', () => {
    expect(() => new OutcomeTensor({ ...parts, pairAction: Int32Array.of(1, 1) })).toThrow(
      '(A, y) is there twice',
    );
    expect(() => new OutcomeTensor({ ...parts, profiles: new Float64Array(3) })).toThrow('expected 2 × 1');
  });
});

it('refuses a scale whose squares under- or overflow, and only that', () => {
  const scaled = (factor: number) =>
    screen(ROWS.map(([c, a, ...values]) => [c, a, ...values.map((value) => value * factor)]));
  for (const factor of [1e-150, 1e150]) {
    expect(() => toOutcomeTensor(scaled(factor), ROLES)).toThrow(/scale near 1/);
  }
  for (const factor of [0, 1e-100, 1e100]) {
    expect(toOutcomeTensor(scaled(factor), ROLES).tensor.nPairs).toBe(4);
  }
});

import { expect, test } from 'vitest';
import { Random } from '../../random/index.js';
import { coveredArcs, dagKey, markovBlanket } from './dag.js';
import { graphOfOrder, greedySearch, initialOrder, type SearchTests } from './search.js';

const random = () => Random.fromSeed(1);
const noWait = async () => undefined;
const limits = { depth: 4, mostVisits: 100 };

/** 0 → 2 ← 1, 2 → 3. */
const COLLIDER = [[], [], [0, 1], [2]];

/** Independences of COLLIDER, by d-separation written out. */
const tests = (varying: (gene: number, parents: readonly number[]) => boolean): SearchTests => ({
  independent(i, j, given) {
    const [a, b] = [Math.min(i, j), Math.max(i, j)];
    if (a === 0 && b === 1) return !given.includes(2) && !given.includes(3);
    return b === 3 && a < 2 && given.includes(2);
  },
  variants: (gene, parents) => Number(varying(gene, parents)),
});

const never = tests(() => false);

test('the graph of a right order is the graph', () => {
  expect(graphOfOrder([0, 1, 2, 3], never)).toEqual(COLLIDER);
  expect(graphOfOrder([1, 0, 2, 3], never)).toEqual(COLLIDER);
});

test('from a wrong order the search comes to the graph', async () => {
  const start = graphOfOrder([3, 2, 1, 0], never);
  const found = await greedySearch(start, never, limits, random(), noWait);
  expect(found.nArcs).toBe(3);
  expect(dagKey(found.dag)).toBe(dagKey(COLLIDER));
});

test('of graphs with as many arcs, that with fewer variants', async () => {
  // Of two genes that depend on each other: only gene 1 with no parent is as in the control.
  const pair: SearchTests = {
    independent: () => false,
    variants: (gene, parents) => Number(!(gene === 1 && parents.length === 0)),
  };
  const found = await greedySearch([[], [0]], pair, limits, random(), noWait);
  expect(found).toMatchObject({ dag: [[1], []], nArcs: 1, nVariants: 1 });
});

test('covered arcs and Markov blankets', () => {
  expect(coveredArcs(COLLIDER)).toEqual([]);
  expect(coveredArcs([[], [0], [0, 1]])).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect(markovBlanket(COLLIDER, 0)).toEqual([1, 2]);
  expect(markovBlanket(COLLIDER, 2)).toEqual([0, 1, 3]);
});

test('an order from elimination holds every gene once, and ends a chain at an end', () => {
  const order = initialOrder(5, (i, j) => Math.abs(i - j) === 1, random());
  expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
  // The first that was eliminated has one neighbour: an end.
  expect([0, 4]).toContain(order[4]);
});

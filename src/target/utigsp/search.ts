/**
 * The unknown-target interventional greedy sparsest permutation (Squires, Wang & Uhler 2020, UAI, algorithm 1): among the
 * graphs that say no independence that the control does not show, one with few arcs, and among those one in which few
 * genes given their parents differ between the control and a regime. Tests are given from outside.
 */
import type { Random } from '../../random/index.js';
import { arcCount, coveredArcs, type Dag, dagKey, including, markovBlanket, without } from './dag.js';

export interface SearchTests {
  /** Are two genes independent given others (ascending), among control cells? */
  independent(i: number, j: number, given: readonly number[]): boolean;
  /** In how many regimes does a gene given its parents (ascending) differ from the control? */
  variants(gene: number, parents: readonly number[]): number;
}

export interface SearchOptions {
  readonly depth: number;
  readonly mostVisits: number;
}

/** A graph and what it costs. */
export interface Candidate {
  readonly dag: Dag;
  readonly nArcs: number;
  readonly nVariants: number;
}

/** Negative where `a` is better: fewer arcs, then fewer variants. */
export const compare = (a: Candidate, b: Candidate): number => a.nArcs - b.nArcs || a.nVariants - b.nVariants;

const candidate = (dag: Dag, tests: SearchTests): Candidate => ({
  dag,
  nArcs: arcCount(dag),
  nVariants: dag.reduce((sum, parents, gene) => sum + tests.variants(gene, parents), 0),
});

/**
 * An order of the genes, causes first, from elimination by smallest degree (ties by chance) on the graph of genes that depend on
 * each other given all others. `adjacent(i, j)` is that graph.
 */
export function initialOrder(
  nGenes: number,
  adjacent: (i: number, j: number) => boolean,
  random: Random,
): number[] {
  const neighbours = Array.from(
    { length: nGenes },
    (_, i) => new Set(Array.from({ length: nGenes }, (_, j) => j).filter((j) => j !== i && adjacent(i, j))),
  );
  const left = new Set(neighbours.keys());
  const order: number[] = [];
  while (left.size > 0) {
    const degree = Math.min(...[...left].map((node) => neighbours[node].size));
    const lowest = [...left].filter((node) => neighbours[node].size === degree);
    const node = lowest[random.integer(lowest.length)];
    for (const a of neighbours[node]) {
      for (const b of neighbours[node]) if (a !== b) neighbours[a].add(b);
      neighbours[a].delete(node);
    }
    left.delete(node);
    order.push(node);
  }
  return order.reverse();
}

/**
 * The sparsest graph of an order: an arc from each gene to each later one that it depends on given its Markov blanket
 * among the earlier, which for Gaussian variables says the same as given all of the earlier and asks for fewer cells.
 */
export function graphOfOrder(order: readonly number[], tests: SearchTests): Dag {
  const dag: number[][] = order.map(() => []);
  order.forEach((later, position) => {
    const parents = order
      .slice(0, position)
      .filter((earlier) => !tests.independent(earlier, later, without(markovBlanket(dag, earlier), later)));
    dag[later] = parents.sort((a, b) => a - b);
  });
  return dag;
}

/** The graph with the covered arc i → j turned, less the arcs that this makes needless. */
function turned(dag: Dag, i: number, j: number, tests: SearchTests): Dag {
  const shared = dag[i];
  const parentsOfI = shared.filter((p) => !tests.independent(i, p, including(without(shared, p), j)));
  const parentsOfJ = shared.filter((p) => !tests.independent(j, p, without(shared, p)));
  return dag.map((parents, node) =>
    node === i ? including(parentsOfI, j) : node === j ? parentsOfJ : parents,
  );
}

/**
 * From `start` by turns of covered arcs: to the best neighbour while one is better; else depth first over neighbours that are as
 * good. `turn` is awaited between graphs.
 */
export async function greedySearch(
  start: Dag,
  tests: SearchTests,
  { depth, mostVisits }: SearchOptions,
  random: Random,
  turn: () => Promise<void>,
): Promise<Candidate> {
  let current = candidate(start, tests);
  const visited = new Set([dagKey(start)]);
  const trail: Candidate[][] = [];
  for (;;) {
    await turn();
    const neighbours = random
      .shuffle(coveredArcs(current.dag))
      .map(([i, j]) => candidate(turned(current.dag, i, j, tests), tests))
      .filter((next) => compare(next, current) <= 0 && !visited.has(dagKey(next.dag)));
    const [best] = neighbours.toSorted(compare);
    if (best && compare(best, current) < 0) {
      current = best;
      visited.clear();
      trail.length = 0;
    } else {
      if (trail.length < depth) trail.push(neighbours);
      while (trail.length > 0 && trail[trail.length - 1].length === 0) trail.pop();
      // All on the trail are as good as each other, so that where the search ends does not matter.
      const next = trail[trail.length - 1]?.pop();
      if (!next || visited.size >= mostVisits) return current;
      current = next;
    }
    visited.add(dagKey(current.dag));
  }
}

/**
 * Random directed acyclic graphs, as the parents of every node.
 *
 * Nodes stand in a random order that their numbers do not show: nobody can learn causes from the order of columns.
 * Erdős–Rényi: every pair is an edge with the same probability. Scale-free: Barabási and Albert 1999, doi
 * 10.1126/science.286.5439.509, with edges from older to newer nodes: few nodes regulate many, as transcription
 * factors do.
 */
import type { Random } from '../../random/index.js';

export const GRAPH_KINDS = ['erdos-renyi', 'scale-free'] as const;

export interface Dag {
  /** Parents of each node, ascending. */
  readonly parents: readonly Int32Array[];
  /** Nodes, parents before children. */
  readonly order: Int32Array;
}

/** `edges`: how many are expected, at most `nodes · (nodes − 1) / 2`. */
export function drawDag(
  kind: (typeof GRAPH_KINDS)[number],
  nodes: number,
  edges: number,
  random: Random,
): Dag {
  const order = random.split('order').permutation(nodes);
  const drawPlaces = kind === 'scale-free' ? scaleFree(nodes, edges) : erdosRenyi(nodes, edges);
  const parents = new Array<Int32Array>(nodes);
  for (let place = 0; place < nodes; place++) {
    const places = drawPlaces(place, random.split('parents', place));
    parents[order[place]] = Int32Array.from(places, (earlier) => order[earlier]).sort();
  }
  return { parents, order };
}

/** Places in the order of those that a place has as parents, asked for from the first on. */
type DrawPlaces = (place: number, random: Random) => ArrayLike<number>;

function erdosRenyi(nodes: number, edges: number): DrawPlaces {
  const probability = edges === 0 ? 0 : edges / ((nodes * (nodes - 1)) / 2);
  return (place, random) => {
    const places: number[] = [];
    for (let earlier = 0; earlier < place; earlier++) {
      if (random.bernoulli(probability)) places.push(earlier);
    }
    return places;
  };
}

function scaleFree(nodes: number, edges: number): DrawPlaces {
  const mean = parentsOfNewcomers(nodes, edges);
  const least = Math.floor(mean);
  const degrees = new Float64Array(nodes);
  return (place, random) => {
    const count = Math.min(place, least + (random.bernoulli(mean - least) ? 1 : 0));
    const places = byWeight(count, place, (earlier) => 1 + degrees[earlier], random);
    for (const earlier of places) degrees[earlier]++;
    degrees[place] = count;
    return places;
  };
}

/**
 * The mean number m of parents that newcomers want, such that `edges` are expected although place k finds k only:
 * Σ min(k, m) = edges. The sum is linear in m between whole numbers.
 */
function parentsOfNewcomers(nodes: number, edges: number): number {
  let whole = 0;
  let left = edges;
  while (left > 0 && left >= nodes - 1 - whole && whole < nodes - 1) left -= nodes - 1 - whole++;
  return whole < nodes - 1 ? whole + left / (nodes - 1 - whole) : whole;
}

/** `count` different numbers of 0 … n − 1, drawn one after the other with probability proportional to weight. */
function byWeight(count: number, n: number, weight: (i: number) => number, random: Random): Int32Array {
  if (count === n) return Int32Array.from({ length: n }, (_, i) => i);
  // Those that come first when each waits an exponential time at this rate (Efraimidis and Spirakis 2006).
  const waits = Float64Array.from({ length: n }, (_, i) => -Math.log(random.uniformOpen()) / weight(i));
  const last = waits.slice().sort()[count - 1];
  return Int32Array.from(waits.keys()).filter((i) => waits[i] <= last);
}

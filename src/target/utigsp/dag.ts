/** Directed acyclic graphs as lists of parents, ascending and never changed. */

/** Of each node, its parents. */
export type Dag = readonly (readonly number[])[];

export const arcCount = (dag: Dag): number => dag.reduce((sum, parents) => sum + parents.length, 0);

export const dagKey = (dag: Dag): string => dag.map((parents) => parents.join()).join(';');

export const without = (nodes: readonly number[], ...left: number[]): number[] =>
  nodes.filter((node) => !left.includes(node));

/** `nodes` (ascending) with `more`, ascending. */
export const including = (nodes: readonly number[], more: number): number[] =>
  [...nodes, more].sort((a, b) => a - b);

/**
 * Arcs i → j where j has the parents of i and i: they can be turned without changing which independences the graph
 * says. The pairs [i, j].
 */
export function coveredArcs(dag: Dag): [number, number][] {
  return dag.flatMap((parents, j) =>
    parents
      .filter((i) => {
        const rest = without(parents, i);
        return rest.length === dag[i].length && rest.every((node, k) => node === dag[i][k]);
      })
      .map((i): [number, number] => [i, j]),
  );
}

/** Parents, children, and the other parents of children, ascending. */
export function markovBlanket(dag: Dag, node: number): number[] {
  const blanket = new Set(dag[node]);
  dag.forEach((parents, child) => {
    if (parents.includes(node)) for (const member of [child, ...parents]) blanket.add(member);
  });
  blanket.delete(node);
  return [...blanket].sort((a, b) => a - b);
}

/**
 * An order in which alike things are neighbours: the leaves of a tree of average linkage, built by chains of nearest
 * neighbours (Murtagh 1983), with the branches of every joint turned so that their nearer ends meet.
 */
import { cosine } from '../../stats/index.js';

/** Numbers 0 … n − 1 in order, O(n²) in time and memory. `distance` is symmetric and at least 0. */
export function clusterOrder(n: number, distance: (i: number, j: number) => number): number[] {
  if (n === 0) return [];
  const between = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) between[i * n + j] = i === j ? 0 : distance(i, j);
  const linkage = between.slice();
  const members: (number[] | null)[] = Array.from({ length: n }, (_, i) => [i]);
  const nearest = (i: number, before: number): number => {
    // at equal distance the one before, or chains would run in circles
    let best = before;
    for (let j = 0; j < n; j++) {
      if (j === i || !members[j]) continue;
      if (best < 0 || linkage[i * n + j] < linkage[i * n + best]) best = j;
    }
    return best;
  };
  const chain: number[] = [];
  for (let joints = 0; joints < n - 1; ) {
    if (chain.length === 0) chain.push(members.findIndex((one) => one !== null));
    const [last, before] = [chain[chain.length - 1], chain[chain.length - 2] ?? -1];
    const next = nearest(last, before);
    if (next !== before) {
      chain.push(next);
      continue;
    }
    chain.length -= 2;
    const [a, b] = [members[last]!, members[before]!];
    for (let k = 0; k < n; k++) {
      const mean =
        (a.length * linkage[last * n + k] + b.length * linkage[before * n + k]) / (a.length + b.length);
      linkage[last * n + k] = mean;
      linkage[k * n + last] = mean;
    }
    members[last] = joined(a, b, (i, j) => between[i * n + j]);
    members[before] = null;
    joints++;
  }
  return members.find((one) => one !== null)!;
}

/** The two lists one after the other, turned so that the ends that meet are nearest. */
function joined(a: number[], b: number[], distance: (i: number, j: number) => number): number[] {
  const turned = (list: number[]) => [...list].reverse();
  const ways = [
    [a, b],
    [a, turned(b)],
    [turned(a), b],
    [turned(a), turned(b)],
  ] as const;
  const gap = ([left, right]: readonly [number[], number[]]) => distance(left[left.length - 1], right[0]);
  const [left, right] = ways.reduce((best, way) => (gap(way) < gap(best) ? way : best));
  return [...left, ...right];
}

/**
 * Rows of a table by the angle between them, 1 − cosine, or 1 − |cosine| where signs are not to count; rows of zeros
 * are like each other and unlike all others.
 */
export function orderOfRows(rows: readonly ArrayLike<number>[], signed = true): number[] {
  const isZero = rows.map((row) => Array.from(row).every((value) => value === 0));
  return clusterOrder(rows.length, (i, j) => {
    if (isZero[i] || isZero[j]) return isZero[i] && isZero[j] ? 0 : 2;
    const c = cosine(rows[i], rows[j]);
    return 1 - (signed ? c : Math.abs(c));
  });
}

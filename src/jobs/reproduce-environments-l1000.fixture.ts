/** An L1000 set whose answers are known by heart. */
import { dense, strings, Table } from '../data/index.js';
import type { L1000Set } from './reproduce-environments-l1000-sets.node.js';

/** Compounds a to d in two cell lines of two genes, DMSO in both; b and c are alike, d has no molecule. */
export function smallSet(): L1000Set {
  const shifts: Record<string, number> = { DMSO: 0, a: 1, b: 2, c: 4, d: 8 };
  const rows = Object.keys(shifts).flatMap((action) => ['x', 'y'].map((cell) => ({ action, cell })));
  const values = rows.flatMap(({ action, cell }) => {
    const level = shifts[action] + (cell === 'y' ? 10 : 0);
    return [level, -level];
  });
  const actions = rows.map(({ action }) => action);
  const contexts = rows.map(({ cell }) => cell);
  const smiles = new Map([
    ['a', 'c1ccccc1'],
    ['b', 'CCCCO'],
    ['c', 'CCCCCO'],
  ]);
  return {
    name: 'screen',
    X: dense(rows.length, 2, Float64Array.from(values)),
    genes: ['g', 'h'],
    actions,
    contexts,
    control: 'DMSO',
    obs: new Table(
      rows.map((_, i) => `${i}`),
      [
        ['drug', strings(actions)],
        ['cell', strings(contexts)],
      ],
    ),
    spec: { action: 'drug', control: 'DMSO', smiles: { of: smiles }, categories: ['cell'] },
    fingerprints: new Map([
      ['a', [1, 2]],
      ['b', [3, 4, 5]],
      ['c', [3, 4, 5, 6]],
    ]),
    sentences: [],
  };
}

/** For the tests: scikit-learn in Python, and the matrix of a screen as the authors' programs give it to that. */
import { spawnSync } from 'node:child_process';
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import type { PairTarget } from '../imputer.js';

const PYTHON = process.env.MECHANIST_PYTHON ?? '/usr/bin/python3';

export const hasSklearn = spawnSync(PYTHON, ['-c', 'import sklearn']).status === 0;

/** Runs a script that reads the JSON `task` and prints JSON. */
export function python(script: string, task: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-W', 'ignore', '-c', script], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Rows as JSON: the measured pairs, then the targets with `null` for every gene; [genes, contexts, actions]. */
export function designRows(tensor: OutcomeTensor, targets: readonly PairTarget[]): (number | null)[][] {
  const hot = (size: number, at: number) => Array.from({ length: size }, (_, i) => (i === at ? 1 : 0));
  const labels = (context: number, action: number) => [
    ...hot(tensor.nContexts, context),
    ...hot(tensor.nActions, action),
  ];
  const measured = Array.from({ length: tensor.nPairs }, (_, pair) => [
    ...tensor.profile(pair),
    ...labels(tensor.pairContext[pair], tensor.pairAction[pair]),
  ]);
  const nothing = new Array<null>(tensor.nGenes).fill(null);
  return [...measured, ...targets.map(({ context, action }) => [...nothing, ...labels(context, action)])];
}

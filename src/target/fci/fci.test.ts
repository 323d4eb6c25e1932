import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fci } from './fci.js';
import { markMatrix } from './graph.js';

const shared = join(import.meta.dirname, '../../..', process.env.MECHANIST_SHARED ?? '../shared');
const golden = join(shared, 'reference/fci_golden_0.1.3.8.json');

describe.skipIf(!existsSync(golden))('FCI beside causal-learn 0.1.3.8', () => {
  interface Case {
    name: string;
    nodes: number[];
    n: number;
    corr: number[][];
    graph: number[][];
  }
  const { cases, alpha } = existsSync(golden)
    ? (JSON.parse(readFileSync(golden, 'utf8')) as { cases: Case[]; alpha: number })
    : { cases: [], alpha: 0.05 };
  const fci = new Fci(5, { alpha });

  it('has sixty cases', () => expect(cases).toHaveLength(60));

  it.each(cases.map((problem, at) => ({ ...problem, at })))('finds graph $at, $name $nodes', (problem) => {
    const found = markMatrix(fci.run(problem.corr.flat(), problem.n));
    expect([...found]).toEqual(problem.graph.flat());
  });
});

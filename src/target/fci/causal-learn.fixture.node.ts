/** What causal-learn found, where the shared reference data is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { correlationOfRows } from './models.fixture.js';

const shared = join(import.meta.dirname, '../../..', process.env.MECHANIST_SHARED ?? '../shared');
const golden = join(shared, 'reference/fci_golden_0.1.3.8.json');
const folder = join(shared, 'data/causal-learn');

export const hasShared = existsSync(golden) && existsSync(folder);

export interface GoldenCase {
  readonly name: string;
  readonly nodes: readonly number[];
  readonly n: number;
  readonly corr: readonly (readonly number[])[];
  readonly graph: readonly (readonly number[])[];
}

/** Sixty problems of five variables with their graphs, by version 0.1.3.8. */
export const goldenCases = (): GoldenCase[] =>
  hasShared ? (JSON.parse(readFileSync(golden, 'utf8')) as { cases: GoldenCase[] }).cases : [];

const table = (name: string): number[][] =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));

/** Twenty variables: correlations, number of rows, and the matrix of marks that a method found. */
export function linear10(result: string): { correlation: Float64Array; nRows: number; marks: number[] } {
  const rows = table('data_linear_10.txt').slice(1);
  return { correlation: correlationOfRows(rows), nRows: rows.length, marks: table(result).flat() };
}

/** The flow cytometry of Sachs et al. 2005 and what the authors' programs make of it, where the shared data are. */
import { existsSync, readFileSync } from 'node:fs';
import type { Cells } from './moments.js';

const shared = process.env.MECHANIST_SHARED ?? '../shared';
const table = `${shared}/data/sachs/sachs_5846x11_utigsp.csv`;

export const sachsAvailable = existsSync(table) && existsSync(`${shared}/reference/dci_sachs_expected.json`);

/** Values that the programs of the authors computed; the caller names their shape. */
export const expected = <T>(name: 'dci' | 'utigsp'): T =>
  JSON.parse(readFileSync(`${shared}/reference/${name}_sachs_expected.json`, 'utf8')) as T;

/** Cells of each target index; -1 are those that were left alone. */
export function sachs(): Map<number, Cells> {
  const rows = new Map<number, number[]>();
  for (const line of readFileSync(table, 'utf8').trim().split('\n').slice(1)) {
    const words = line.trim().split(',');
    const index = words[11] === '' ? -1 : Number(words[11]);
    const values = rows.get(index) ?? [];
    rows.set(index, values);
    values.push(...words.slice(0, 11).map(Number));
  }
  return new Map(
    [...rows].map(([index, values]) => [
      index,
      { nCells: values.length / 11, nGenes: 11, values: Float64Array.from(values) },
    ]),
  );
}

/**
 * What the methods of this room are shown: cells that nobody perturbed, and groups of cells that somebody did, over the
 * same genes. Which genes a group's perturbation hit is the question.
 */
import type { DenseMatrix } from '../data/index.js';
import { OptionError } from '../errors.js';

/** The cells of one perturbation. */
export interface PerturbedGroup {
  readonly name: string;
  /** (nCells, nGenes) */
  readonly cells: DenseMatrix;
}

export interface TargetScreen {
  readonly genes: readonly string[];
  /** (nControlCells, nGenes): untreated, non-targeting. On one scale with the groups, as a rule log(1 + x). */
  readonly control: DenseMatrix;
  readonly groups: readonly PerturbedGroup[];
}

/** Throws OptionError where numbers of genes differ, a value is not finite, or there is no gene or no control. */
export function checkScreen({ genes, control, groups }: TargetScreen): void {
  const all = [{ name: 'control', cells: control }, ...groups];
  if (genes.length === 0) throw new OptionError('genes', 0, 'at least one gene');
  for (const { name, cells } of all) {
    if (cells.nCols !== genes.length)
      throw new OptionError(`genes of '${name}'`, cells.nCols, `${genes.length}, as many as there are names`);
    if (cells.nRows === 0) throw new OptionError(`cells of '${name}'`, 0, 'at least one cell');
    const bad = cells.values.findIndex((value: number | bigint) => !Number.isFinite(Number(value)));
    if (bad >= 0) {
      const gene = genes[bad % genes.length];
      throw new OptionError(
        `'${gene}' in a cell of '${name}'`,
        cells.values[bad] as number,
        'a finite number',
      );
    }
  }
}

/** Genes that do not vary, in the control or among the perturbed: no regression says anything of them. */
import type { Cells } from '../gaussian/moments.js';

export interface Variation {
  readonly nGenes: number;
  /** Genes that vary in both. */
  readonly usable: readonly number[];
  /** Genes that vary in one only, more often than chance would let the other be without. */
  readonly changed: readonly number[];
  readonly notes: readonly string[];
}

/** A gene of few expressing cells may be silent in a small group by chance: above this it is not held against it. */
const CHANCE = 1e-3;

export function variationOf(control: Cells, perturbed: Cells): Variation {
  const { nGenes } = control;
  const usable: number[] = [];
  const changed: number[] = [];
  let still = 0;
  for (let gene = 0; gene < nGenes; gene++) {
    const [before, after] = [control, perturbed].map((cells) => isConstant(cells, gene));
    if (!before && !after) usable.push(gene);
    else if (
      before === after ||
      chanceOfConstant(before ? control : perturbed, before ? perturbed : control, gene) > CHANCE
    )
      still++;
    else changed.push(gene);
  }
  const notes: string[] = [];
  if (still > 0) notes.push(`${still} of ${nGenes} genes do not vary: score 0`);
  if (changed.length > 0)
    notes.push(
      `${changed.length} of ${nGenes} genes vary in only one of control and perturbed cells: score 1`,
    );
  return { nGenes, usable, changed, notes };
}

function isConstant({ nCells, nGenes, values }: Cells, gene: number): boolean {
  for (let row = 1; row < nCells; row++) if (values[row * nGenes + gene] !== values[gene]) return false;
  return true;
}

/** Probability that as many cells as `constant` has, drawn from `varying`, would all have that one value. */
function chanceOfConstant(constant: Cells, varying: Cells, gene: number): number {
  const { nCells, nGenes, values } = varying;
  let same = 0;
  for (let row = 0; row < nCells; row++) if (values[row * nGenes + gene] === constant.values[gene]) same++;
  return (same / nCells) ** constant.nCells;
}

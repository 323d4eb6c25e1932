/** Cells for the tests of this folder. */
import { type DenseMatrix, dense } from '../../data/index.js';
import type { Random } from '../../random/index.js';

/** (nCells, nGenes): each gene half of the one before, and noise. */
export function chainCells(random: Random, nCells: number, nGenes: number, strength = 0.8): DenseMatrix {
  const values = random.fillNormal(new Float64Array(nCells * nGenes));
  for (let at = 0; at < values.length; at++) if (at % nGenes > 0) values[at] += strength * values[at - 1];
  return dense(nCells, nGenes, values);
}

/** (nCells, nGenes), the same everywhere: sines that beat against each other. */
export function sineCells(nCells: number, nGenes: number): DenseMatrix {
  const values = Float64Array.from({ length: nCells * nGenes }, (_, at) => {
    const [i, j] = [Math.floor(at / nGenes), at % nGenes];
    return Math.sin(1.7 * i * (j + 1) + j * j) + 3 * Math.sin(2.3 * i) * (j % 2);
  });
  return dense(nCells, nGenes, values);
}

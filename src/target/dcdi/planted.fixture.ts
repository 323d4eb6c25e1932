/** Screens with known truth for the tests: a linear chain of genes, groups that hit some of them hard. */
import { Random } from '../../random/index.js';
import type { TargetScreen } from '../screen.js';

/**
 * Gene 0 → 1 → 2 → …, each 0.8 times the one before plus N(0, 0.6²), the first N(0, 1). Group k sets the genes of
 * `targets[k]` to N(3, 0.3²) in `nCells` cells; the control has three times as many.
 */
export function chainScreen(
  nGenes: number,
  targets: readonly (readonly number[])[],
  { seed = 1, nCells = 60 }: { seed?: number; nCells?: number } = {},
): TargetScreen {
  const random = Random.fromSeed(seed);
  const cells = (hit: readonly number[], nRows: number) => {
    const values = new Float64Array(nRows * nGenes);
    for (let at = 0; at < values.length; at++) {
      const gene = at % nGenes;
      const told = gene === 0 ? random.normal() : 0.8 * values[at - 1] + 0.6 * random.normal();
      values[at] = hit.includes(gene) ? 3 + 0.3 * random.normal() : told;
    }
    return { kind: 'dense' as const, nRows, nCols: nGenes, values };
  };
  return {
    genes: Array.from({ length: nGenes }, (_, i) => `g${i}`),
    control: cells([], 3 * nCells),
    groups: targets.map((hit, k) => ({ name: `group ${k}`, cells: cells(hit, nCells) })),
  };
}

/** From logits to what is measured: expressions by softmax, and counts around them. In place, as they are large. */
import { dense, type Matrix, sparse } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import type { CellsSettings } from './options.js';

/** Logits divided by their standard deviation over all cells and genes, which is returned (1 where they are equal). */
export function standardise(logits: Float32Array): number {
  let mean = 0;
  for (let i = 0; i < logits.length; i++) mean += logits[i];
  mean /= logits.length;
  let squares = 0;
  for (let i = 0; i < logits.length; i++) squares += (logits[i] - mean) ** 2;
  const spread = Math.sqrt(squares / logits.length) || 1;
  for (let i = 0; i < logits.length; i++) logits[i] /= spread;
  return spread;
}

/** log Σ exp(logits) of each gene over cells, `(nGenes)`, or of each cell over genes, `(nCells)`: what softmax takes off. */
export function logNormalisers(logits: Float32Array, nGenes: number, over: 'cells' | 'genes'): Float64Array {
  const nCells = logits.length / nGenes;
  const maxima = new Float64Array(over === 'cells' ? nGenes : nCells).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(maxima.length);
  const each = (visit: (group: number, logit: number) => void) => {
    for (let cell = 0, at = 0; cell < nCells; cell++) {
      for (let gene = 0; gene < nGenes; gene++, at++) visit(over === 'cells' ? gene : cell, logits[at]);
    }
  };
  each((group, logit) => {
    if (logit > maxima[group]) maxima[group] = logit;
  });
  each((group, logit) => {
    sums[group] += Math.exp(logit - maxima[group]);
  });
  return sums.map((sum, group) => maxima[group] + Math.log(sum));
}

/** Counts in the place of the logits: means library · softmax. `libraries` `(nCells)` with softmax over genes. */
export function drawCounts(
  logits: Float32Array,
  settings: CellsSettings,
  normalisers: Float64Array,
  libraries: Float64Array | undefined,
  random: Random,
): void {
  const { genes, counts, library, inverseDispersion } = settings;
  const dispersion = counts === 'negative-binomial' ? 1 / inverseDispersion : 0;
  const nCells = logits.length / genes;
  for (let cell = 0, at = 0; cell < nCells; cell++) {
    const ofCell = libraries === undefined ? 0 : Math.log(libraries[cell]) - normalisers[cell];
    for (let gene = 0; gene < genes; gene++, at++) {
      const offset = libraries === undefined ? Math.log(library) - normalisers[gene] : ofCell;
      logits[at] = random.negativeBinomial(Math.exp(logits[at] + offset), dispersion);
    }
  }
}

/** The library of every cell, log-normal of mean `library`, `(nCells)`. */
export function drawLibraries({ library, librarySpread }: CellsSettings, nCells: number, random: Random) {
  const middle = Math.log(library) - librarySpread ** 2 / 2;
  return random.fill(new Float64Array(nCells), (r) => Math.exp(middle + librarySpread * r.normal()));
}

/** CSR where that takes less memory. */
export function smallerMatrix(nRows: number, nCols: number, values: Float32Array): Matrix {
  let filled = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) filled++;
  if (8 * filled + 8 * (nRows + 1) >= 4 * values.length) return dense(nRows, nCols, values);
  const indptr = new Float64Array(nRows + 1);
  const indices = new Int32Array(filled);
  const kept = new Float32Array(filled);
  for (let row = 0, at = 0, to = 0; row < nRows; row++) {
    for (let column = 0; column < nCols; column++, at++) {
      if (values[at] === 0) continue;
      indices[to] = column;
      kept[to++] = values[at];
    }
    indptr[row + 1] = to;
  }
  return sparse('csr', nRows, nCols, indptr, indices, kept);
}

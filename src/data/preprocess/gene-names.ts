/** Duplicate gene names: made unique, or their columns merged. */
import { type Matrix, type SparseMatrix, swapCompression } from '../matrix.js';
import { PerturbationData } from '../perturbation-data.js';
import { Table } from '../table.js';
import { emptyFloat, forEachStored } from './elementwise.js';

/**
 * Names with '-1', '-2', … after the second, third, … of each, passing over names that are taken: what
 * AnnData's `var_names_make_unique` gives.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  const copies = new Map<string, number>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let copy = copies.get(name) ?? 0;
    let tried: string;
    do tried = `${name}-${++copy}`;
    while (taken.has(tried));
    copies.set(name, copy);
    taken.add(tried);
    return tried;
  });
}

/** The data with unique gene names (and the same object when they are). */
export function uniqueGenes(data: PerturbationData): PerturbationData {
  const index = uniqueNames(data.var.index);
  if (index.every((name, i) => name === data.var.index[i])) return data;
  return data.with({ var: new Table(index, data.var.columns, data.var.indexName) });
}

/**
 * Genes of the same name merged into the place of the first, by their mean or sum, in `X` and every layer;
 * annotations are the first's, `varm` and `varp` too. Sparse stays sparse (as CSR), float.
 */
export function mergeDuplicateGenes(data: PerturbationData, how: 'mean' | 'sum'): PerturbationData {
  const placeOf = new Map<string, number>();
  const firsts: number[] = [];
  const target = Int32Array.from(data.var.index, (name, gene) => {
    const place = placeOf.get(name) ?? firsts.length;
    if (place === firsts.length) {
      placeOf.set(name, place);
      firsts.push(gene);
    }
    return place;
  });
  if (firsts.length === data.nVars) return data;
  const copies = new Float64Array(firsts.length);
  for (const place of target) copies[place]++;
  const divisor = how === 'sum' ? copies.fill(1) : copies;
  const kept = data.takeVar(firsts);
  return new PerturbationData({
    ...kept,
    X: mergeColumns(data.X, target, divisor),
    layers: [...data.layers].map(([name, layer]) => [name, mergeColumns(layer, target, divisor)] as const),
  });
}

/** Column j added to column `target[j]`, then divided. */
function mergeColumns(matrix: Matrix, target: Int32Array, divisor: Float64Array): Matrix {
  const { nRows } = matrix;
  const nCols = divisor.length;
  if (matrix.kind === 'dense') {
    const sums = new Float64Array(nRows * nCols);
    forEachStored(matrix, (value, i, j) => {
      sums[i * nCols + target[j]] += value / divisor[target[j]];
    });
    const values = emptyFloat(matrix.values, sums.length);
    values.set(sums);
    return { kind: 'dense', nRows, nCols, values };
  }
  const csr: SparseMatrix = matrix.kind === 'csr' ? matrix : swapCompression(matrix);
  const indptr = new Float64Array(nRows + 1);
  const indices = new Int32Array(csr.indices.length);
  const sums = new Float64Array(csr.indices.length);
  const placeInRow = new Int32Array(nCols);
  let end = 0;
  for (let i = 0; i < nRows; i++) {
    // Entries of this row lie from indptr[i] on; an older mark points before it.
    for (let k = csr.indptr[i]; k < csr.indptr[i + 1]; k++) {
      const col = target[csr.indices[k]];
      const known = placeInRow[col] - 1;
      const at = known >= indptr[i] && known < end && indices[known] === col ? known : end++;
      if (at === end - 1 && at !== known) indices[at] = col;
      placeInRow[col] = at + 1;
      sums[at] += csr.values[k] / divisor[col];
    }
    indptr[i + 1] = end;
  }
  const values = emptyFloat(matrix.values, end);
  values.set(sums.subarray(0, end));
  return { kind: 'csr', nRows, nCols, indptr, indices: indices.slice(0, end), values };
}

/** Reading the truth of simulated cells, and what follows from it by the formulas of the page. */
import {
  columnNumbers,
  columnStrings,
  type NdArray,
  type PerturbationData,
  toDense,
  type UnsDict,
} from '../../data/index.js';
import type { CellsOptions } from './index.js';

export type Simulated = PerturbationData;
export const truthOf = (data: Simulated) => data.uns.get('truth') as UnsDict;
export const arrayOf = (data: Simulated, name: string) => truthOf(data).get(name) as NdArray;
export const numbersOf = (data: Simulated, name: string) =>
  Array.from(arrayOf(data, name).values as Float64Array);
export const namesOf = (data: Simulated, name: string) => arrayOf(data, name).values as string[];
export const Z = (data: Simulated) => (data.obsm.get('Z') as { values: Float32Array }).values;
export const labelsOf = (data: Simulated) => columnStrings(data.obs.column('perturbation')) as string[];
export const X = (data: Simulated) => toDense(data.X).values;
export const isEdge = (shift: number) => (shift === 0 ? 0 : 1);

/** Rows of `(n, columns)`. */
export const rowsOf = (values: readonly number[], columns: number) =>
  Array.from({ length: values.length / columns }, (_, i) => values.slice(i * columns, (i + 1) * columns));
export const targetCounts = (data: Simulated) => {
  const { shape } = arrayOf(data, 'graph');
  return rowsOf(numbersOf(data, 'graph'), shape[1]).map((row) => row.reduce((a, b) => a + b, 0));
};

/** Logits from the truth alone, by the formula of the page, `(nCells, nGenes)`. */
export function logitsOf(data: Simulated): Float64Array {
  const decoder = truthOf(data).get('decoder') as UnsDict;
  const nLayers = decoder.size - 1;
  const out = new Float64Array(data.nObs * data.nVars);
  const latents = Z(data).length / data.nObs;
  for (let cell = 0; cell < data.nObs; cell++) {
    let units = Array.from(Z(data).subarray(cell * latents, (cell + 1) * latents), Number);
    for (let layer = 0; layer < nLayers; layer++) {
      const { shape, values } = decoder.get(`weights-${layer}`) as NdArray & { values: Float64Array };
      const next = Array.from({ length: shape[1] }, (_, j) =>
        units.reduce((sum, unit, i) => sum + unit * values[i * shape[1] + j], 0),
      );
      units = layer < nLayers - 1 ? next.map((value) => Math.max(0.2 * value, value)) : next;
    }
    out.set(units, cell * data.nVars);
  }
  return out.map((value) => value / (decoder.get('spread') as number));
}

/** Mean counts from the truth alone. */
export function ratesOf(data: Simulated): Float64Array {
  const rates = logitsOf(data).map(Math.exp);
  const { nObs, nVars } = data;
  const options = truthOf(data).get('options') as UnsDict;
  if (options.get('softmax') === 'cells') {
    const normalisers = numbersOf(data, 'log-normalisers');
    return rates.map((e, at) => ((options.get('library') as number) * e) / Math.exp(normalisers[at % nVars]));
  }
  const libraries = columnNumbers(data.obs.column('library'));
  const sums = Array.from({ length: nObs }, (_, cell) =>
    rates.subarray(cell * nVars, (cell + 1) * nVars).reduce((a, b) => a + b),
  );
  return rates.map((e, at) => (libraries[Math.floor(at / nVars)] * e) / sums[Math.floor(at / nVars)]);
}

export const small: CellsOptions = {
  perturbations: 10,
  cellsPerPerturbation: 40,
  latents: 6,
  genes: 20,
  width: 12,
};

/** Singular values of the profiles of a screen (Squires et al. 2022, Fig. 5a). */
import type { OutcomeTensor } from '../data/index.js';
import { spectrum } from '../stats/index.js';

/** Of larger screens evenly spaced profiles stand for all: the spectrum's shape needs no more. */
const MOST_PROFILES = 800;

/** Descending. */
export function profileSpectrum(tensor: OutcomeTensor): Float64Array {
  const { nPairs, nGenes } = tensor;
  if (nPairs <= MOST_PROFILES) return spectrum(tensor.profiles, nPairs, nGenes);
  const rows = new Float64Array(MOST_PROFILES * nGenes);
  for (let i = 0; i < MOST_PROFILES; i++) {
    rows.set(tensor.profile(Math.floor((i * nPairs) / MOST_PROFILES)), i * nGenes);
  }
  return spectrum(rows, MOST_PROFILES, nGenes);
}

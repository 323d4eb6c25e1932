/**
 * Matrix estimation (ME): singular values of the donor matrix kept, cut or shrunk before the regression.
 *
 * Squires et al. 2022, section 4 step 1a and Appendix G. The singular values and right vectors come from the
 * normal matrix of the donors, so no tall matrix is decomposed.
 * - `hsvt`: the fewest values whose energy exceeds the share (the authors' strict inequality)
 * - `soft`: σ ↦ max(σ − λ, 0), the proximal step of the nuclear norm
 * - `gavish-donoho`: hard, at the optimal threshold for unknown noise (Gavish & Donoho 2014)
 * - `universal`: hard, at the published approximation ω(β) · median σ
 */
import { symmetricEigen } from '../../linalg/index.js';
import { gavishDonohoThreshold, rankAtEnergy, universalThreshold } from '../../stats/index.js';
import type { DenoiseOption } from '../imputer.js';

/** Spectrum of an `(nRows, k)` matrix X seen through XᵀX. */
export interface DonorSpectrum {
  readonly k: number;
  readonly nRows: number;
  /** Descending, `(k)`. */
  readonly singularValues: Float64Array;
  /** Right singular vectors as rows, `(k, k)`, in the order of the values. */
  readonly basis: Float64Array;
}

export function donorSpectrum(normal: Float64Array, k: number, nRows: number): DonorSpectrum {
  const { values, vectors } = symmetricEigen(normal, k);
  const singularValues = new Float64Array(k);
  const basis = new Float64Array(k * k);
  for (let j = 0; j < k; j++) {
    const from = k - 1 - j; // eigenvalues come ascending
    singularValues[j] = Math.sqrt(Math.max(values[from], 0));
    basis.set(vectors.subarray(from * k, (from + 1) * k), j * k);
  }
  return { k, nRows, singularValues, basis };
}

/**
 * The de-noised singular values σ̂ `(k)`, zero where cut. Where a threshold is above all of them the largest is kept
 * as it is: a prediction of nothing would be a silent zero.
 */
export function shrinkage(spectrum: DonorSpectrum, denoise: DenoiseOption): Float64Array {
  const kept = thresholded(spectrum, denoise);
  if (spectrum.k > 0 && kept[0] === 0) kept[0] = spectrum.singularValues[0];
  return kept;
}

function thresholded(spectrum: DonorSpectrum, denoise: DenoiseOption): Float64Array {
  const { singularValues, nRows, k } = spectrum;
  const count = Math.min(nRows, k);
  const informative = singularValues.subarray(0, count);
  // squared and rooted again, values below this are rounding noise
  const floor = (singularValues[0] ?? 0) * Math.sqrt(Number.EPSILON * k);
  const hard = (threshold: number) =>
    singularValues.map((value) => (value > Math.max(threshold, floor) ? value : 0));
  switch (denoise.kind) {
    case 'none':
      return hard(0);
    case 'hsvt': {
      const rank = rankAtEnergy(singularValues, denoise.energy);
      return hard(0).map((value, j) => (j < rank ? value : 0));
    }
    case 'soft': {
      const lambda = denoise.threshold ?? gavishDonohoThreshold(informative, nRows, k);
      return hard(lambda).map((value) => (value > 0 ? value - lambda : 0));
    }
    case 'gavish-donoho':
      return hard(gavishDonohoThreshold(informative, nRows, k));
    case 'universal':
      return hard(universalThreshold(informative, nRows, k));
  }
}

/**
 * Which pairs of a simulated screen were measured: all, a random part, or nested as in L1000.
 */
import type { Random } from '../random/index.js';

export type Availability = 'nested' | 'random' | 'full';

/**
 * Compounds a cell line in the early CMAP set of Squires et al. 2022 (24 cell lines, 20 compounds, 302 pairs),
 * falling: nine lines have every compound, the last only three.
 */
const CMAP_COMPOUNDS = [20, 20, 20, 20, 20, 20, 20, 20, 20, 17, 17, 14, 14, 13, 6, 5, 5, 5, 5, 5, 5, 4, 4, 3];
const CMAP_TOTAL = 20;
/** 302 of 480. */
export const CMAP_COVERAGE = CMAP_COMPOUNDS.reduce((a, b) => a + b) / (CMAP_TOTAL * CMAP_COMPOUNDS.length);

/**
 * The measured treatments `(nContexts, nTreatments)`, 1 where measured; every context and every treatment has
 * at least one where there is one to have.
 *
 * - `full`: all.
 * - `random`: each pair with probability `coverage`, independently.
 * - `nested`: the CMAP set's numbers of compounds a context, stretched to this size; each context has the
 *   first so many of one order of treatments. Which contexts and treatments come first is random.
 */
export function drawAvailability(
  kind: Availability,
  nContexts: number,
  nTreatments: number,
  coverage: number,
  random: Random,
): Uint8Array {
  const measured = new Uint8Array(nContexts * nTreatments);
  if (kind === 'full') return measured.fill(1);
  if (kind === 'random') {
    random.fill(measured, () => (random.uniform() < coverage ? 1 : 0));
    return withoutEmptyLines(measured, nContexts, nTreatments, random);
  }
  const contexts = random.permutation(nContexts);
  const treatments = random.permutation(nTreatments);
  for (let place = 0; place < nContexts; place++) {
    const inCmap = CMAP_COMPOUNDS[Math.floor(((place + 0.5) * CMAP_COMPOUNDS.length) / nContexts)];
    // The first context has everything, so that no treatment is left out.
    const share = place === 0 ? 1 : inCmap / CMAP_TOTAL;
    const count = Math.max(Math.min(1, nTreatments), Math.round(share * nTreatments));
    for (let t = 0; t < count; t++) measured[contexts[place] * nTreatments + treatments[t]] = 1;
  }
  return measured;
}

/** One random pair for each context, then each treatment, that has none. */
function withoutEmptyLines(
  measured: Uint8Array,
  nContexts: number,
  nTreatments: number,
  random: Random,
): Uint8Array {
  if (nContexts === 0 || nTreatments === 0) return measured;
  for (let c = 0; c < nContexts; c++) {
    const row = measured.subarray(c * nTreatments, (c + 1) * nTreatments);
    if (!row.includes(1)) row[random.integer(nTreatments)] = 1;
  }
  for (let t = 0; t < nTreatments; t++) {
    const found = Array.from({ length: nContexts }, (_, c) => c).some((c) => measured[c * nTreatments + t]);
    if (!found) measured[random.integer(nContexts) * nTreatments + t] = 1;
  }
  return measured;
}

/**
 * Subspace inclusion: does the row space of the test donors lie in that of the training donors?
 *
 * Squires et al. 2022, "Checking identifiability": τ̂ = ‖(I − V₁V₁ᵀ) V₂‖²_F with V₁, V₂ the right singular
 * vectors of the training and the test donor matrix; rejected when τ̂ ≥ ρ · rank(V₂). We report the share
 * τ = τ̂ / rank(V₂), between 0 and 1, so that ρ is its threshold. Both spaces are cut at a spectral energy
 * (0.99). The authors' program stores the mean of the share over the energies 0.01, 0.02, …, 1 instead, which
 * makes it look smaller: `tauEnergy: 'mean'` gives that. The critical value of Agarwal et al. 2020, as an
 * earlier version of their program had it, is there for a level α.
 */
import { gemm } from '../../linalg/index.js';
import { rankAtEnergy } from '../../stats/index.js';
import type { DonorSpectrum } from './matrix-estimation.js';

export interface SubspaceTest {
  /** τ̂ / rank(test), 0 to 1. */
  readonly tau: number;
  readonly rankTrain: number;
  readonly rankTest: number;
  /** What τ is compared with; NaN when nothing is rejected. */
  readonly threshold: number;
  readonly rejected: boolean;
}

export interface SubspaceTestOptions {
  readonly tauThreshold: number | null;
  readonly tauEnergy: number | 'mean';
  readonly tauAlpha: number | null;
}

/** Where the mean over energies is asked for, ranks are reported at this one. */
const REPORTED_ENERGY = 0.99;

/** Tests whether `test` (of the unit to be predicted) is no more complex than `train`. */
export function subspaceTest(
  train: DonorSpectrum,
  test: DonorSpectrum,
  options: SubspaceTestOptions,
): SubspaceTest {
  const { tauEnergy, tauThreshold, tauAlpha } = options;
  const energy = tauEnergy === 'mean' ? REPORTED_ENERGY : tauEnergy;
  const rankTrain = rankAtEnergy(train.singularValues, energy);
  const rankTest = rankAtEnergy(test.singularValues, energy);
  const captured = capturedEnergy(train, test);
  // the row space of a zero matrix lies in any other
  const share = (trainRank: number, testRank: number) =>
    testRank === 0 ? 0 : 1 - captured(trainRank, testRank) / testRank;
  let tau = share(rankTrain, rankTest);
  if (tauEnergy === 'mean') {
    tau = 0;
    for (let e = 1; e <= 100; e++) {
      tau +=
        share(rankAtEnergy(train.singularValues, e / 100), rankAtEnergy(test.singularValues, e / 100)) / 100;
    }
  }
  tau = Math.min(1, Math.max(0, tau));
  const threshold =
    tauAlpha === null
      ? (tauThreshold ?? Number.NaN)
      : criticalValue({
          sigma: noiseLevel(train, rankTrain),
          rankTrain,
          rankTest,
          nDonors: train.k,
          nTrainRows: train.nRows,
          nTestRows: test.nRows,
          alpha: tauAlpha,
        }) / rankTest;
  return { tau, rankTrain, rankTest, threshold, rejected: tau >= threshold };
}

/** (r₁, r₂) ↦ ‖V₁ᵀV₂‖²_F over the leading r₁ and r₂ vectors. */
function capturedEnergy(train: DonorSpectrum, test: DonorSpectrum): (r1: number, r2: number) => number {
  const k = train.k;
  const overlap = gemm({ m: k, n: k, k, a: train.basis, b: test.basis, transposeB: true });
  return (r1, r2) => {
    let sum = 0;
    for (let i = 0; i < r1; i++) for (let j = 0; j < r2; j++) sum += overlap[i * k + j] ** 2;
    return sum;
  };
}

/** Noise level that the discarded energy of the training matrix speaks for: √(energy / entries). */
function noiseLevel({ singularValues, nRows, k }: DonorSpectrum, rank: number): number {
  let discarded = 0;
  for (const value of singularValues.subarray(rank)) discarded += value * value;
  return Math.sqrt(discarded / (nRows * k));
}

export interface CriticalValueInput {
  readonly sigma: number;
  readonly rankTrain: number;
  readonly rankTest: number;
  readonly nDonors: number;
  readonly nTrainRows: number;
  readonly nTestRows: number;
  readonly alpha: number;
}

/** τ_α for the un-normalised τ̂ (Agarwal et al. 2020, as in the authors' program), with L = √log(1/α). */
export function criticalValue(input: CriticalValueInput): number {
  const { sigma, rankTrain: r1, rankTest: r2, nDonors, nTrainRows: t0, nTestRows: t1, alpha } = input;
  const level = Math.sqrt(Math.log(1 / alpha));
  const reach = (rows: number) => Math.sqrt(rows) + Math.sqrt(nDonors) + level;
  return (
    (sigma ** 2 * r1 * r2 * reach(t0) ** 2) / (nDonors * t0) +
    (sigma ** 2 * r2 ** 2 * reach(t1) ** 2) / (nDonors * t1) +
    (sigma * Math.sqrt(r1) * r2 * reach(t1)) / Math.sqrt(nDonors * t0)
  );
}

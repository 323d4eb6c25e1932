/** A trained model over all profiles of a file, some at a time: their descriptors together can be larger than they are. */
import { type Matrix, readRow, takeRows } from '../data/index.js';
import type { EnvironmentProfiles, EnvironmentRepresentation } from '../represent/index.js';

/** Profiles at a time. */
const BLOCK = 2048;

/** Mean and variance of the latents of all profiles, each (nProfiles, latent). */
export async function latentsOfProfiles(
  representation: EnvironmentRepresentation,
  profiles: EnvironmentProfiles,
) {
  const { latent } = representation;
  const n = profiles.X.nRows;
  const [mean, variance] = [new Float32Array(n * latent), new Float32Array(n * latent)];
  for (const { X, descriptors, start } of blocks(
    profiles,
    Int32Array.from({ length: n }, (_, row) => row),
  )) {
    const found = await representation.encode(X, descriptors);
    mean.set(found.mean, start * latent);
    variance.set(found.variance, start * latent);
  }
  return { mean, variance };
}

/** Mean over profiles and genes of the squared error of what comes back, of each environment; NaN of those not asked for. */
export async function reconstructionErrors(
  representation: EnvironmentRepresentation,
  profiles: EnvironmentProfiles,
  environments: Int32Array,
): Promise<Float64Array> {
  const { labels, descriptors: all, columns } = profiles;
  const asked = new Set(environments);
  const sums = new Float64Array(all.length / columns.length);
  const values = new Int32Array(sums.length);
  const rows = Int32Array.from(labels.keys()).filter((row) => asked.has(labels[row]));
  for (const { X, descriptors, start } of blocks(profiles, rows)) {
    const again = await representation.reconstruct(X, descriptors);
    const row = new Float64Array(X.nCols);
    for (let i = 0; i < X.nRows; i++) {
      const e = labels[rows[start + i]];
      readRow(X, i, row).forEach((value, g) => {
        sums[e] += (value - again[i * X.nCols + g]) ** 2;
      });
      values[e] += X.nCols;
    }
  }
  return sums.map((sum, e) => sum / values[e]);
}

interface Block {
  /** Place of its first profile among the rows. */
  readonly start: number;
  readonly X: Matrix;
  /** (nProfiles, nColumns). */
  readonly descriptors: Float64Array;
}

function* blocks(
  { X, labels, descriptors, columns }: EnvironmentProfiles,
  rows: Int32Array,
): Generator<Block> {
  const width = columns.length;
  for (let start = 0; start < rows.length; start += BLOCK) {
    const some = rows.subarray(start, start + BLOCK);
    const own = new Float64Array(some.length * width);
    some.forEach((row, i) => {
      own.set(descriptors.subarray(labels[row] * width, (labels[row] + 1) * width), i * width);
    });
    yield { start, X: takeRows(X, some), descriptors: own };
  }
}

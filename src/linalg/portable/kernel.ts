/**
 * The inner kernel of matrix products: one packed panel of 4 rows against a run of packed panels of 4 columns.
 *
 * A packed panel holds, for each of `k` steps, its 4 values side by side. Panels, and the tiles that come out,
 * live in one workspace: `panelsA`, `panelsB`, `tiles`.
 */

/** Rows and columns of a tile. */
export const TILE = 4;
/** Most steps of the inner dimension, and most rows and columns, packed at a time. */
export const BLOCK_K = 256;
export const BLOCK_ROWS = 128;
export const BLOCK_COLS = 256;

export interface Kernel {
  /** (BLOCK_ROWS / 4 panels × BLOCK_K × 4). */
  readonly panelsA: Float64Array;
  /** (BLOCK_COLS / 4 panels × BLOCK_K × 4). */
  readonly panelsB: Float64Array;
  /** (BLOCK_COLS / 4 tiles × 4 × 4), row-major in each tile. */
  readonly tiles: Float64Array;
  /**
   * Multiplies the panel at index `aStart` of `panelsA` with the `nTiles` panels from index 0 of `panelsB`,
   * each `k` steps long, into `tiles`.
   */
  run(aStart: number, nTiles: number, k: number): void;
}

/** The kernel in plain JavaScript. */
export function plainKernel(): Kernel {
  const panelsA = new Float64Array(BLOCK_ROWS * BLOCK_K);
  const panelsB = new Float64Array(BLOCK_COLS * BLOCK_K);
  const tiles = new Float64Array(BLOCK_COLS * TILE);
  const run = (aStart: number, nTiles: number, k: number): void => {
    for (let tile = 0; tile < nTiles; tile++) {
      // Two rows at a time: 8 sums and 6 factors stay in the 16 registers, 4 × 4 sums would not.
      multiplyTwoRows(panelsA, aStart, panelsB, tile * k * TILE, k, tiles, tile * 16);
      multiplyTwoRows(panelsA, aStart + 2, panelsB, tile * k * TILE, k, tiles, tile * 16 + 8);
    }
  };
  return { panelsA, panelsB, tiles, run };
}

function multiplyTwoRows(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  k: number,
  out: Float64Array,
  outStart: number,
): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let p = 0, i = aStart, j = bStart; p < k; p++, i += TILE, j += TILE) {
    const a0 = a[i];
    const a1 = a[i + 1];
    const b0 = b[j];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    const b3 = b[j + 3];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
  }
  out[outStart] = s00;
  out[outStart + 1] = s01;
  out[outStart + 2] = s02;
  out[outStart + 3] = s03;
  out[outStart + 4] = s10;
  out[outStart + 5] = s11;
  out[outStart + 6] = s12;
  out[outStart + 7] = s13;
}

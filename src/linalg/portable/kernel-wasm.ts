/**
 * The kernel of matrix products in WebAssembly: two numbers an instruction (SIMD f64x2), no bounds checks.
 * Same sums in the same order as the plain kernel, so the same bits.
 */

import {
  ADD_F64X2,
  ADD_I32,
  advance,
  assemble,
  branchIf,
  type Code,
  constant,
  get,
  join,
  LESS_UNSIGNED,
  load,
  loadSplat,
  locals,
  loop,
  MULTIPLY_F64X2,
  SHIFT_LEFT,
  SUB_I32,
  set,
  store,
  tee,
  ZERO_V128,
} from './assembler.js';
import { BLOCK_COLS, BLOCK_K, BLOCK_ROWS, type Kernel, TILE } from './kernel.js';

// Parameters: addresses in bytes and counts. Then locals.
const [A, B, OUT, N_TILES, STEPS, AT, END] = locals(0, 7);
const SUMS = locals(7, 8);
const [LEFT, RIGHT, FACTOR] = locals(15, 3);
/** Bytes of one step of a panel. */
const STEP = TILE * 8;
const accumulate = (sum: number, factor: number): Code =>
  join(get(sum), get(FACTOR), get(factor), MULTIPLY_F64X2, ADD_F64X2, set(sum));

/** The binary module: imports `js.memory`, exports `run(a, b, out, nTiles, k)`. */
export function assembleKernel(): Uint8Array<ArrayBuffer> {
  const step = join(
    join(get(B), load(0), set(LEFT)),
    join(get(B), load(16), set(RIGHT)),
    ...[0, 1, 2, 3].map((row) =>
      join(
        join(get(AT), loadSplat(8 * row), set(FACTOR)),
        accumulate(SUMS[2 * row], LEFT),
        accumulate(SUMS[2 * row + 1], RIGHT),
      ),
    ),
    advance(B, STEP),
    join(get(AT), constant(STEP), ADD_I32, tee(AT)),
  );
  const body = join(
    join(get(A), get(STEPS), constant(Math.log2(STEP)), SHIFT_LEFT, ADD_I32, set(END)),
    loop(
      join(get(A), set(AT)),
      ...SUMS.map((sum) => join(ZERO_V128, set(sum))),
      loop(step, get(END), LESS_UNSIGNED, branchIf(0)),
      ...SUMS.map((sum, i) => join(get(OUT), get(sum), store(16 * i))),
      advance(OUT, 4 * STEP),
      join(get(N_TILES), constant(1), SUB_I32, tee(N_TILES), branchIf(0)),
    ),
  );
  return assemble([{ name: 'run', nParameters: 5, nIntegers: 2, nVectors: SUMS.length + 3, body }]);
}

/** The kernel, or nothing where WebAssembly with SIMD is missing or forbidden. */
export function wasmKernel(): Kernel | undefined {
  try {
    const sizes = [BLOCK_ROWS * BLOCK_K, BLOCK_COLS * BLOCK_K, BLOCK_COLS * TILE];
    const starts = [0, sizes[0], sizes[0] + sizes[1]];
    const bytes = 8 * (starts[2] + sizes[2]);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(assembleKernel()), { js: { memory } });
    const multiply = instance.exports.run as (...args: number[]) => void;
    const [panelsA, panelsB, tiles] = starts.map(
      (start, i) => new Float64Array(memory.buffer, 8 * start, sizes[i]),
    );
    const run = (aStart: number, nTiles: number, k: number): void =>
      multiply(8 * aStart, 8 * starts[1], 8 * starts[2], nTiles, k);
    return { panelsA, panelsB, tiles, run };
  } catch {
    return undefined;
  }
}

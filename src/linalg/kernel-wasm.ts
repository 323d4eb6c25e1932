/**
 * The kernel of matrix products in WebAssembly: two numbers an instruction (SIMD f64x2), no bounds checks.
 * Same sums in the same order as the plain kernel, so the same bits.
 *
 * The module is so small (some 400 bytes) that it is assembled here, by name of instruction, rather than
 * kept as a binary. Encoding: https://webassembly.github.io/spec/core/binary/.
 */

import { BLOCK_COLS, BLOCK_K, BLOCK_ROWS, type Kernel, TILE } from './kernel.js';

type Code = number[];

const join = (...parts: Code[]): Code => parts.flat();

/** Unsigned LEB128. */
function u32(value: number): Code {
  const bytes: Code = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

const section = (id: number, content: Code): Code => [id, ...u32(content.length), ...content];
const name = (text: string): Code => [...u32(text.length), ...Array.from(text, (c) => c.charCodeAt(0))];

const I32 = 0x7f;
const V128 = 0x7b;
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
/** Only for 0 … 63, where the signed encoding is the number itself. */
const constant = (value: number): Code => [0x41, value];
const branchIf = (depth: number): Code => [0x0d, depth];
const loop = (...body: Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
const ADD_I32 = [0x6a];
const SUB_I32 = [0x6b];
const SHIFT_LEFT = [0x74];
const LESS_UNSIGNED = [0x49];
const load = (offset: number): Code => [0xfd, 0x00, 3, offset];
const loadSplat = (offset: number): Code => [0xfd, 0x0a, 3, offset];
const store = (offset: number): Code => [0xfd, 0x0b, 3, offset];
const ZERO_V128 = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const ADD_F64X2 = [0xfd, 0xf0, 0x01];
const MULTIPLY_F64X2 = [0xfd, 0xf2, 0x01];

// Parameters: addresses in bytes and counts. Then locals.
const [A, B, OUT, N_TILES, STEPS, AT, END] = [0, 1, 2, 3, 4, 5, 6];
const SUMS = [7, 8, 9, 10, 11, 12, 13, 14];
const [LEFT, RIGHT, FACTOR] = [15, 16, 17];
/** Bytes of one step of a panel. */
const STEP = TILE * 8;
const advance = (local: number, bytes: number): Code =>
  join(get(local), constant(bytes), ADD_I32, set(local));
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
      ...[1, 2, 3, 4].map(() => advance(OUT, STEP)),
      join(get(N_TILES), constant(1), SUB_I32, tee(N_TILES), branchIf(0)),
    ),
  );
  const locals = [2, 2, I32, SUMS.length + 3, V128];
  const code = join(locals, body, [0x0b]);
  return Uint8Array.from(
    join(
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
      section(2, [1, ...name('js'), ...name('memory'), 0x02, 0x00, 1]),
      section(3, [1, 0]),
      section(7, [1, ...name('run'), 0x00, 0]),
      section(10, [1, ...u32(code.length), ...code]),
    ),
  );
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

/** The kernels on four rows (`row-kernels.ts`) in WebAssembly with SIMD, on a memory of their own. */

import {
  ADD_F64,
  ADD_F64X2,
  ADD_I32,
  advance,
  advanceBy,
  assemble,
  branchIf,
  type Code,
  constant,
  get,
  join,
  lane,
  load,
  loadSplat,
  locals,
  loop,
  MULTIPLY_F64X2,
  SUB_F64X2,
  SUB_I32,
  set,
  store,
  storeF64,
  tee,
  type WasmFunction,
  ZERO_V128,
} from './assembler.js';
import type { RowKernels } from './row-kernels.js';

const ROWS = [0, 1, 2, 3];
const times = (left: Code, right: Code): Code => join(left, right, MULTIPLY_F64X2);
const plus = (left: Code, right: Code): Code => join(left, right, ADD_F64X2);
const minus = (left: Code, right: Code): Code => join(left, right, SUB_F64X2);
const countDown = (local: number): Code => join(get(local), constant(1), SUB_I32, tee(local), branchIf(0));

// All of four rows: where the first lies, bytes between them, three more addresses, how many times four columns.
const [A, LEAD, ONE, TWO, THREE, N_QUADS] = locals(0, 6);
const [A1, A2, A3] = locals(6, 3);
const ADDRESSES = [A, A1, A2, A3];
const FACTORS = locals(9, 4);
const SUMS = locals(13, 4);
const [X, Y, ENTRY] = locals(17, 3);

/** The addresses of rows 1 to 3, from that of row 0. */
const findRows = join(
  ...ROWS.slice(1).map((r) => join(get(ADDRESSES[r - 1]), get(LEAD), ADD_I32, set(ADDRESSES[r]))),
);
const loadFactors = (from: number): Code =>
  join(...ROWS.map((r) => join(get(from), loadSplat(8 * r), set(FACTORS[r]))));
const clearSums = join(...SUMS.map((sum) => join(ZERO_V128, set(sum))));
const storeSums = (to: number): Code =>
  join(
    ...SUMS.map((sum, r) => join(get(to), get(sum), lane(0), get(sum), lane(1), ADD_F64, storeF64(8 * r))),
  );
const entry = (r: number, offset: number): Code => join(get(ADDRESSES[r]), load(offset));
/** sums += rows · x for the pair at `offset`, x in its local already. */
const addToSums = (offset: number): Code =>
  join(...ROWS.map((r) => join(plus(get(SUMS[r]), times(entry(r, offset), get(X))), set(SUMS[r]))));
/** y + rows · factors for the pair at `offset`. */
const combined = (offset: number, y: Code): Code =>
  ROWS.reduce((sum, r) => plus(sum, times(entry(r, offset), get(FACTORS[r]))), y);
/** Goes over the columns, four at a time, in two pairs. */
const overColumns = (pair: (offset: number) => Code, ...moving: number[]): Code =>
  loop(
    pair(0),
    pair(16),
    ...[...ADDRESSES, ...moving].map((local) => advance(local, 32)),
    countDown(N_QUADS),
  );

const fourRows = (name: string, ...body: Code[]): WasmFunction => ({
  name,
  nParameters: 6,
  nIntegers: 3,
  nVectors: 11,
  body: join(findRows, ...body),
});

// dots(a, lead, x, out, -, n): out = rows · x
const dots = fourRows(
  'dots',
  clearSums,
  overColumns((offset) => join(get(ONE), load(offset), set(X), addToSums(offset)), ONE),
  storeSums(TWO),
);

// combine(a, lead, factors, y, -, n): y += factors · rows
const combine = fourRows(
  'combine',
  loadFactors(ONE),
  overColumns((offset) => join(get(TWO), combined(offset, join(get(TWO), load(offset))), store(offset)), TWO),
);

// both(a, lead, x, y, factorsAndSums, n): y += factors · rows, and then the sums rows · x in place of the factors
const both = fourRows(
  'both',
  loadFactors(THREE),
  clearSums,
  overColumns(
    (offset) =>
      join(
        join(get(ONE), load(offset), set(X)),
        join(get(TWO), load(offset), set(Y)),
        ...ROWS.map((r) =>
          join(
            join(plus(get(Y), times(join(entry(r, offset), tee(ENTRY)), get(FACTORS[r]))), set(Y)),
            join(plus(get(SUMS[r]), times(get(ENTRY), get(X))), set(SUMS[r])),
          ),
        ),
        join(get(TWO), get(Y), store(offset)),
      ),
    ONE,
    TWO,
  ),
  storeSums(THREE),
);

// spread(a, lead, factors, w, -, n): rows += factors · w
const spread = fourRows(
  'spread',
  loadFactors(ONE),
  overColumns(
    (offset) =>
      join(
        join(get(TWO), load(offset), set(X)),
        ...ROWS.map((r) =>
          join(get(ADDRESSES[r]), plus(entry(r, offset), times(get(FACTORS[r]), get(X))), store(offset)),
        ),
      ),
    TWO,
  ),
);

// rotate(z, rotations, zStep, rotationStep, n): rows of eight
const rotate: WasmFunction = (() => {
  const [Z, ROTATIONS, Z_STEP, ROTATION_STEP, COUNT, NEXT] = locals(0, 6);
  const HELD = locals(6, 4);
  const [COSINE, SINE, OTHER] = locals(10, 3);
  const pairs = [0, 1, 2, 3];
  return {
    name: 'rotate',
    nParameters: 5,
    nIntegers: 1,
    nVectors: 7,
    body: join(
      ...pairs.map((p) => join(get(Z), load(16 * p), set(HELD[p]))),
      loop(
        join(get(ROTATIONS), loadSplat(0), set(COSINE)),
        join(get(ROTATIONS), loadSplat(8), set(SINE)),
        join(get(Z), get(Z_STEP), ADD_I32, set(NEXT)),
        ...pairs.map((p) =>
          join(
            join(get(NEXT), load(16 * p), set(OTHER)),
            join(get(Z), plus(times(get(COSINE), get(HELD[p])), times(get(SINE), get(OTHER))), store(16 * p)),
            join(minus(times(get(COSINE), get(OTHER)), times(get(SINE), get(HELD[p]))), set(HELD[p])),
          ),
        ),
        join(get(NEXT), set(Z)),
        advanceBy(ROTATIONS, ROTATION_STEP),
        countDown(COUNT),
      ),
      ...pairs.map((p) => join(get(Z), get(HELD[p]), store(16 * p))),
    ),
  };
})();

/** The binary module with all of them. */
export const assembleRowKernels = (): Uint8Array<ArrayBuffer> =>
  assemble([dots, combine, both, spread, rotate]);

let module: WebAssembly.Module | undefined;
const PAGE = 65536;

/** Kernels on a heap of at least `length` numbers, or nothing where there is no WebAssembly or no memory left. */
export function wasmRowKernels(length: number): RowKernels | undefined {
  try {
    module ??= new WebAssembly.Module(assembleRowKernels());
    const memory = new WebAssembly.Memory({ initial: Math.ceil((8 * length) / PAGE) });
    const { exports } = new WebAssembly.Instance(module, { js: { memory } });
    const run = exports as Record<string, (...args: number[]) => void>;
    return {
      heap: new Float64Array(memory.buffer),
      dots: (a, lead, x, out, nQuads) => run.dots(8 * a, 8 * lead, 8 * x, 8 * out, 0, nQuads),
      combine: (a, lead, factors, y, nQuads) => run.combine(8 * a, 8 * lead, 8 * factors, 8 * y, 0, nQuads),
      both: (a, lead, x, y, factors, nQuads) => run.both(8 * a, 8 * lead, 8 * x, 8 * y, 8 * factors, nQuads),
      spread: (a, lead, factors, w, nQuads) => run.spread(8 * a, 8 * lead, 8 * factors, 8 * w, 0, nQuads),
      rotate: (z, rotations, count, backwards) =>
        run.rotate(8 * z, 8 * rotations, backwards ? -64 : 64, backwards ? -16 : 16, count),
    };
  } catch {
    return undefined;
  }
}

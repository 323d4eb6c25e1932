/**
 * WebAssembly by name of instruction: as much of it as the kernels of this folder need. Their modules are so
 * small that they are assembled here rather than kept as binaries.
 * Encoding: https://webassembly.github.io/spec/core/binary/.
 */

export type Code = number[];

export const join = (...parts: Code[]): Code => parts.flat();

const I32 = 0x7f;
const V128 = 0x7b;

/** Unsigned LEB128. */
function u32(value: number): Code {
  const bytes: Code = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/** Signed LEB128. */
function i32(value: number): Code {
  const bytes: Code = [];
  for (; value < -64 || value > 63; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value & 0x7f];
}

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
export const tee = (local: number): Code => [0x22, local];
export const constant = (value: number): Code => [0x41, ...i32(value)];
export const branchIf = (depth: number): Code => [0x0d, depth];
export const loop = (...body: Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
export const ADD_I32 = [0x6a];
export const SUB_I32 = [0x6b];
export const SHIFT_LEFT = [0x74];
export const LESS_UNSIGNED = [0x49];
export const load = (offset: number): Code => [0xfd, 0x00, 3, ...u32(offset)];
export const loadSplat = (offset: number): Code => [0xfd, 0x0a, 3, ...u32(offset)];
export const store = (offset: number): Code => [0xfd, 0x0b, 3, ...u32(offset)];
export const storeF64 = (offset: number): Code => [0x39, 3, ...u32(offset)];
export const ADD_F64 = [0xa0];
export const ZERO_V128 = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
export const lane = (index: number): Code => [0xfd, 0x21, index];
export const ADD_F64X2 = [0xfd, 0xf0, 0x01];
export const SUB_F64X2 = [0xfd, 0xf1, 0x01];
export const MULTIPLY_F64X2 = [0xfd, 0xf2, 0x01];

/** local += bytes */
export const advance = (local: number, bytes: number): Code =>
  join(get(local), constant(bytes), ADD_I32, set(local));

/** local += other */
export const advanceBy = (local: number, other: number): Code =>
  join(get(local), get(other), ADD_I32, set(local));

/** `count` local numbers from `first` on. */
export const locals = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

export interface WasmFunction {
  name: string;
  /** How many parameters, all i32; nothing is returned. */
  nParameters: number;
  /** Further locals, numbered on from the parameters. */
  nIntegers: number;
  nVectors: number;
  body: Code;
}

/** The binary module: imports `js.memory`, exports the functions. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const vector = (items: Code[]): Code => [...u32(items.length), ...items.flat()];
  const section = (id: number, content: Code): Code => [id, ...u32(content.length), ...content];
  const name = (text: string): Code => [...u32(text.length), ...Array.from(text, (c) => c.charCodeAt(0))];
  const codes = functions.map(({ nIntegers, nVectors, body }) => {
    const code = [2, ...u32(nIntegers), I32, ...u32(nVectors), V128, ...body, 0x0b];
    return [...u32(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      vector(
        functions.map(({ nParameters }) => [0x60, ...vector(new Array<Code>(nParameters).fill([I32])), 0]),
      ),
    ),
    ...section(2, [1, ...name('js'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, vector(functions.map((_, i) => u32(i)))),
    ...section(7, vector(functions.map((f, i) => [...name(f.name), 0x00, ...u32(i)]))),
    ...section(10, vector(codes)),
  ]);
}

/**
 * Standard normal and Gumbel variables.
 *
 * Normal: Marsaglia's ziggurat with 128 layers, as improved by J. A. Doornik, "An improved ziggurat method to
 * generate normal random samples" (2005): layer and position come from different bits. Exact, without a
 * second value kept back (so a stream's state is only its position).
 */
import type { Bits } from './bits.js';

const LAYERS = 128;
/** Where the tail begins, and the area of each layer (Doornik 2005, table 1). */
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;

/** Right edges of the layers `(LAYERS + 1,)`, and each edge divided by the one below. */
const edges = new Float64Array(LAYERS + 1);
const ratios = new Float64Array(LAYERS);
{
  let density = Math.exp(-0.5 * TAIL * TAIL);
  edges[0] = AREA / density;
  edges[1] = TAIL;
  for (let i = 2; i < LAYERS; i++) {
    edges[i] = Math.sqrt(-2 * Math.log(AREA / edges[i - 1] + density));
    density = Math.exp(-0.5 * edges[i] * edges[i]);
  }
  for (let i = 0; i < LAYERS; i++) ratios[i] = edges[i + 1] / edges[i];
}

/** One draw of N(0, 1). */
export function normal(bits: Bits): number {
  for (;;) {
    // 64 bits: 7 choose the layer, 53 the signed position in it.
    const high = bits.nextUint32();
    const low = bits.nextUint32();
    const layer = low & 127;
    const u = 2 * ((high * 2 ** 21 + (low >>> 11) + 0.5) * 2 ** -53) - 1;
    if (Math.abs(u) < ratios[layer]) return u * edges[layer];
    if (layer === 0) return u < 0 ? -tail(bits) : tail(bits);
    const x = u * edges[layer];
    const below = Math.exp(-0.5 * (edges[layer] * edges[layer] - x * x));
    const above = Math.exp(-0.5 * (edges[layer + 1] * edges[layer + 1] - x * x));
    if (above + bits.uniform() * (below - above) < 1) return x;
  }
}

/** One draw of N(0, 1) beyond TAIL (Marsaglia 1964). */
function tail(bits: Bits): number {
  for (;;) {
    const x = Math.log(bits.uniformOpen()) / TAIL;
    const y = Math.log(bits.uniformOpen());
    if (-2 * y >= x * x) return TAIL - x;
  }
}

/** One draw of the standard Gumbel distribution, cdf exp(−exp(−x)). */
export function gumbel(bits: Bits): number {
  return -Math.log(-Math.log(bits.uniformOpen()));
}

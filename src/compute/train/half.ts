/** The two 16-bit floats of weights files, widened to float32; both conversions are exact. */

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half >>> 15 ? -1 : 1;
    const exponent = (half >>> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}

/** bfloat16: the upper half of a float32. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** Plane rotations, and sweeps of them over neighbouring columns. */

/** √(f² + g²), safe where the squares are not; much cheaper than `Math.hypot` where they are. */
export function length2(f: number, g: number): number {
  const length = Math.sqrt(f * f + g * g);
  return length > 1e-130 && length < 1e130 ? length : Math.hypot(f, g);
}

/**
 * Rotates columns (i, i + 1) for i = first, …, last − 1 in turn, in all `nRows` rows of `z` (nRows, ld):
 * zᵢ ← cᵢ zᵢ + sᵢ zᵢ₊₁, zᵢ₊₁ ← cᵢ zᵢ₊₁ − sᵢ zᵢ.
 *
 * Row by row, so the value handed from one rotation to the next stays in a register; four rows at once, so
 * that the processor need not wait for it.
 */
export function rotateColumns(
  z: Float64Array,
  nRows: number,
  ld: number,
  first: number,
  last: number,
  c: Float64Array,
  s: Float64Array,
): void {
  let row = 0;
  for (; row + 3 < nRows; row += 4) {
    let p0 = row * ld + first;
    let p1 = p0 + ld;
    let p2 = p1 + ld;
    let p3 = p2 + ld;
    let h0 = z[p0];
    let h1 = z[p1];
    let h2 = z[p2];
    let h3 = z[p3];
    for (let i = first; i < last; i++) {
      const ci = c[i];
      const si = s[i];
      const g0 = z[p0 + 1];
      const g1 = z[p1 + 1];
      const g2 = z[p2 + 1];
      const g3 = z[p3 + 1];
      z[p0++] = ci * h0 + si * g0;
      z[p1++] = ci * h1 + si * g1;
      z[p2++] = ci * h2 + si * g2;
      z[p3++] = ci * h3 + si * g3;
      h0 = ci * g0 - si * h0;
      h1 = ci * g1 - si * h1;
      h2 = ci * g2 - si * h2;
      h3 = ci * g3 - si * h3;
    }
    z[p0] = h0;
    z[p1] = h1;
    z[p2] = h2;
    z[p3] = h3;
  }
  for (; row < nRows; row++) {
    let p = row * ld + first;
    let h = z[p];
    for (let i = first; i < last; i++) {
      const g = z[p + 1];
      z[p++] = c[i] * h + s[i] * g;
      h = c[i] * g - s[i] * h;
    }
    z[p] = h;
  }
}

/**
 * The two loops that bulk imputation spends its time in, on profiles where they lie: no gathering, no packing.
 * Four donors at a time keep four sums in registers; each sum runs over the genes in order, so that a product
 * has the same bits however it is grouped with others.
 */

/** out[outOffset + j] += (x − mean) · row j, for rows `(n)` at `offsets` of `rows`, over `length` genes. */
export function addInnerProducts(
  x: Float64Array,
  xOffset: number,
  mean: number,
  rows: Float64Array,
  offsets: Int32Array,
  length: number,
  out: Float64Array,
  outOffset: number,
): void {
  const n = offsets.length;
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const [a, b, c, d] = [offsets[j], offsets[j + 1], offsets[j + 2], offsets[j + 3]];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let g = 0; g < length; g++) {
      const value = x[xOffset + g] - mean;
      sumA += value * rows[a + g];
      sumB += value * rows[b + g];
      sumC += value * rows[c + g];
      sumD += value * rows[d + g];
    }
    out[outOffset + j] += sumA;
    out[outOffset + j + 1] += sumB;
    out[outOffset + j + 2] += sumC;
    out[outOffset + j + 3] += sumD;
  }
  for (; j < n; j++) {
    const a = offsets[j];
    let sum = 0;
    for (let g = 0; g < length; g++) sum += (x[xOffset + g] - mean) * rows[a + g];
    out[outOffset + j] += sum;
  }
}

/** out ← constant + Σ weights[weightOffset + j] · row j, for rows `(n)` at `offsets` of `rows`. */
export function combine(
  rows: Float64Array,
  offsets: Int32Array,
  weights: Float64Array,
  weightOffset: number,
  constant: number,
  out: Float64Array,
): void {
  out.fill(constant);
  const n = offsets.length;
  const length = out.length;
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const [a, b, c, d] = [offsets[j], offsets[j + 1], offsets[j + 2], offsets[j + 3]];
    const at = weightOffset + j;
    const [wA, wB, wC, wD] = [weights[at], weights[at + 1], weights[at + 2], weights[at + 3]];
    for (let g = 0; g < length; g++) {
      out[g] += wA * rows[a + g] + wB * rows[b + g] + wC * rows[c + g] + wD * rows[d + g];
    }
  }
  for (; j < n; j++) {
    const [a, weight] = [offsets[j], weights[weightOffset + j]];
    for (let g = 0; g < length; g++) out[g] += weight * rows[a + g];
  }
}

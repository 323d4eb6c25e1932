/** Sets of small numbers as bits, so that donor search can intersect thousands of them. */
export type Bitset = Uint32Array;

export function emptyBitset(size: number): Bitset {
  return new Uint32Array((size + 31) >>> 5);
}
export function addTo(set: Bitset, member: number): void {
  set[member >>> 5] |= 1 << (member & 31);
}
export function removeFrom(set: Bitset, member: number): void {
  set[member >>> 5] &= ~(1 << (member & 31));
}
/** |a ∩ b| */
export function commonCount(a: Bitset, b: Bitset): number {
  let count = 0;
  for (let w = 0; w < a.length; w++) count += popCount(a[w] & b[w]);
  return count;
}
/** a ← a ∩ b */
export function intersectWith(a: Bitset, b: Bitset): void {
  for (let w = 0; w < a.length; w++) a[w] &= b[w];
}
export function members(set: Bitset): number[] {
  const found: number[] = [];
  for (let w = 0; w < set.length; w++) {
    for (let bits = set[w]; bits !== 0; bits &= bits - 1) {
      found.push(w * 32 + 31 - Math.clz32(bits & -bits));
    }
  }
  return found;
}

function popCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

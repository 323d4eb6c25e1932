/** What passes for equal: the same sums over cells or genes in another order differ in their last digits. */

/** To so many digits that sums over cells or genes in another order come to the same. */
export const level = (value: number): number => Math.round(value * 1e7) / 1e7;

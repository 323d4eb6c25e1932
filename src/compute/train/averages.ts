/** Means over the rows of an epoch, from the means over its batches. */

/** Numbers by name. */
export type Numbers = Readonly<Record<string, number>>;

/** Σ result · rows, with those of one more batch. */
export const summed = (sums: Numbers, results: Numbers, rows: number): Numbers =>
  mapped(results, (value, name) => (sums[name] ?? 0) + value * rows);

export const divided = (sums: Numbers, rows: number): Numbers => mapped(sums, (sum) => sum / rows);

/** `loss` as `train.loss`. */
export const prefixed = (prefix: string, numbers: Numbers): Numbers =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`${prefix}.${name}`, value]));

const mapped = (numbers: Numbers, change: (value: number, name: string) => number): Numbers =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, change(value, name)]));

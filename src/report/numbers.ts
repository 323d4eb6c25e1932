/** Numbers as a reader wants them: the same digits on every machine, a dash for what is not there. */

/** Three significant digits, no exponent between 1e-4 and 1e6: 0.342, 264.5 → 265, 12,345. */
export function readable(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return minus(value.toExponential(digits - 1));
  const decimals = size === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const text = value.toFixed(Math.min(decimals, 20));
  return size >= 1000 ? minus(thousands(text)) : minus(text);
}

/** A whole number with its thousands apart: 20369 → 20,369. */
export function count(value: number): string {
  return thousands(String(value));
}

/** '302 pairs', '1 pair'. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share in whole per cent, never '0 %' or '100 %' for what is not quite. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  if (share > 0 && share < 0.005) return '<\u00a01\u00a0%';
  if (share < 1 && share > 0.995) return '>\u00a099\u00a0%';
  return `${minus(String(Math.round(share * 100)))}\u00a0%`;
}

/** Seconds with a unit that fits. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${readable(seconds * 1000)}\u00a0ms`;
  return seconds < 120 ? `${readable(seconds)}\u00a0s` : `${readable(seconds / 60)}\u00a0min`;
}

const thousands = (digits: string) => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
const minus = (text: string) => text.replace('-', '−');

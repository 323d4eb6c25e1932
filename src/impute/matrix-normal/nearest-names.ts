/** The names that covary most with one, with their correlations: for explanations. */
const SHOWN = 3;

export function nearestNames(covariance: Float64Array, at: number, names: readonly string[]): string {
  const n = names.length;
  const correlation = (other: number) =>
    covariance[at * n + other] / Math.sqrt(covariance[at * n + at] * covariance[other * n + other]);
  return Array.from(names.keys())
    .filter((other) => other !== at)
    .sort((a, b) => correlation(b) - correlation(a))
    .slice(0, SHOWN)
    .map((other) => `${names[other]} (${correlation(other).toFixed(2)})`)
    .join(', ');
}

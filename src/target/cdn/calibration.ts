/**
 * Probabilities out of logits by Platt's (1999) line, fitted on simulations that the network never saw: training with
 * cross-entropy leaves logits near calibrated, this takes out what is left.
 */

/** Without overflow. */
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

export const AS_IT_IS: Calibration = { slope: 1, intercept: 0 };

export const probabilityOf = (logit: number, { slope, intercept }: Calibration): number =>
  sigmoid(slope * logit + intercept);

/** The line of the largest likelihood, by Newton's method; `AS_IT_IS` where all or none were hit. */
export function calibrate(logits: ArrayLike<number>, hits: ArrayLike<number>): Calibration {
  const hit = Array.from(hits).reduce((sum, h) => sum + h, 0);
  if (hit === 0 || hit === hits.length) return AS_IT_IS;
  let [slope, intercept] = [1, 0];
  for (let round = 0; round < 30; round++) {
    // a little ridge towards the line as it is: separable data have no largest likelihood
    let [ga, gb, haa, hab, hbb] = [slope - 1, intercept, 1, 0, 1];
    for (let i = 0; i < logits.length; i++) {
      const p = sigmoid(slope * logits[i] + intercept);
      const weight = p * (1 - p);
      ga += (p - hits[i]) * logits[i];
      gb += p - hits[i];
      haa += weight * logits[i] ** 2;
      hab += weight * logits[i];
      hbb += weight;
    }
    const determinant = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    slope -= da;
    intercept -= db;
    if (Math.abs(da) + Math.abs(db) < 1e-9) break;
  }
  return { slope, intercept };
}

export interface Reliability {
  /** Probabilities above the first and up to the second. */
  readonly from: number;
  readonly to: number;
  readonly genes: number;
  /** Mean probability, and the share that was hit; 0 without genes. */
  readonly said: number;
  readonly hit: number;
}

/** What is said of the few genes that matter, which a mean over all genes does not show: those above 0.2. */
export function reliabilityOf(probabilities: ArrayLike<number>, hits: ArrayLike<number>): Reliability[] {
  return [0.2, 0.4, 0.6, 0.8].map((from) => {
    const to = Math.round(10 * from + 2) / 10;
    let [genes, said, hit] = [0, 0, 0];
    for (let i = 0; i < probabilities.length; i++) {
      if (!(probabilities[i] > from && probabilities[i] <= to)) continue;
      genes++;
      said += probabilities[i];
      hit += hits[i];
    }
    return { from, to, genes, said: genes && said / genes, hit: genes && hit / genes };
  });
}

/** Mean distance of what was said from what came true, over ten bins of as many probabilities each. */
export function calibrationError(probabilities: ArrayLike<number>, hits: ArrayLike<number>): number {
  const order = Array.from({ length: hits.length }, (_, i) => i).sort(
    (a, b) => probabilities[a] - probabilities[b],
  );
  let sum = 0;
  for (let bin = 0; bin < 10; bin++) {
    const members = order.slice((bin * order.length) / 10, ((bin + 1) * order.length) / 10);
    sum += Math.abs(members.reduce((rest, i) => rest + probabilities[i] - hits[i], 0));
  }
  return sum / hits.length;
}

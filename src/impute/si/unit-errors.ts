/** How well each target of a filled tensor is predicted in training units that were left out. */
import type { ImputerOptions } from '../imputer.js';
import type { Training } from '../training.js';
import type { DenseProducts } from './dense-fill.js';
import type { DonorSet } from './donors.js';
import { type Regression, regress } from './regression.js';
import { trainingBlock } from './solution.js';

/** Training units are left out in this many groups. */
const GROUPS = 3;

/** Mean squared error of each target on training units left out; infinite where there is only one unit. */
export function unitErrors(
  products: DenseProducts,
  training: Training,
  options: ImputerOptions,
): Float64Array {
  return Float64Array.from({ length: products.axis.nDonors }, (_, target) => {
    const set = donorSetOf(products, training, target);
    if (!set || set.units.length < 2) return Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let group = 0; group < Math.min(GROUPS, set.units.length); group++) {
      const units = set.units.filter((_unit, at) => at % GROUPS !== group);
      const block = trainingBlock(products, { donors: set.donors, units }, Int32Array.of(target));
      const fit = regress(products, block, options);
      const left = set.units.filter((_unit, at) => at % GROUPS === group);
      for (const unit of left) sum += squaredError(products, unit, set.donors, target, fit);
    }
    return Math.max(sum, 0) / (set.units.length * products.nGenes);
  });
}

/** ‖y − X β − β₀‖² in a unit: a combination of its profiles, whose size follows from their inner products. */
function squaredError(
  products: DenseProducts,
  unit: number,
  donors: Int32Array,
  target: number,
  { weights, intercepts }: Regression,
): number {
  const pairs = Int32Array.of(...donors, target).map((donor) => products.axis.pair(unit, donor));
  const n = pairs.length;
  const shares = new Float64Array(n).fill(1);
  for (let i = 0; i < n - 1; i++) shares[i] = -weights[i];
  const inner = new Float64Array(n * n);
  products.addTo(inner, unit, pairs, pairs);
  let sum = 0;
  let mean = -intercepts[0];
  for (let i = 0; i < n; i++) {
    mean += shares[i] * products.means[pairs[i]];
    let row = shares[i] * inner[i * n + i];
    for (let j = 0; j < i; j++) row += 2 * shares[j] * inner[i * n + j];
    sum += shares[i] * row;
  }
  return sum + products.nGenes * mean * mean;
}

/** All other donors, trained where the target was observed; `null` when it never was, or has no company. */
export function donorSetOf({ axis }: DenseProducts, training: Training, target: number): DonorSet | null {
  const units = axis.visiblePairsOfDonor(training, target).map((pair) => axis.unitOfPair[pair]);
  const donors = Int32Array.from({ length: axis.nDonors }, (_, donor) => donor).filter(
    (donor) => donor !== target,
  );
  return units.length > 0 && donors.length > 0 ? { donors, units } : null;
}

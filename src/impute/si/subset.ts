/** SI-A with donors and training contexts of the caller's choice, for experiments on how many are needed. */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import type { ImputerOptions } from '../imputer.js';
import { Training } from '../training.js';
import { actionAxis } from './axis.js';
import { type DonorSet, greedyDonors, Membership } from './donors.js';
import { Products } from './products.js';
import { Solution } from './solution.js';

export class SubsetInterventions {
  private readonly products: Products;
  private readonly membership: Membership;

  constructor(
    tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
  ) {
    this.products = new Products(tensor, actionAxis(tensor));
    this.membership = Membership.of(this.products.axis);
  }

  /** The greedy donors of an observed pair as if it had not been observed; `null` when there are none. */
  donorsFor(pair: number): DonorSet | null {
    const { tensor } = this.products;
    const [context, action] = [tensor.pairContext[pair], tensor.pairAction[pair]];
    const candidates = tensor.pairsOfContext[context]
      .map((other) => tensor.pairAction[other])
      .filter((other) => other !== action);
    const hidden = this.membership.hiding(new Training(tensor, [pair]));
    const set = greedyDonors(hidden, context, action, candidates);
    return set.donors.length > 0 ? set : null;
  }

  /** The profile of `pair` from these donors, learned in these contexts `(nGenes)`. */
  predict(pair: number, set: DonorSet): Float64Array {
    const { tensor } = this.products;
    const target = Int32Array.of(tensor.pairAction[pair]);
    let profile = new Float64Array(0);
    new Solution(this.products, tensor.pairContext[pair], set, target, this.options).visitProfiles(
      (_, made) => {
        profile = Float64Array.from(made);
      },
    );
    return profile;
  }
}

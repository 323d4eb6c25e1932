/**
 * `ntk`: the missing profiles by regression with the kernel of an infinitely wide network on a feature prior.
 *
 * What is known of a pair beforehand (`prior-of.ts`) is brought to length 1; the kernel of two pairs is κ_d of their
 * cosine (`kernel.ts`); effects are predicted by kernel regression without an intercept, all genes alike. The exact
 * solution is a weighted sum of the visible effects; beyond some thousands of pairs EigenPro approaches it.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { NumericalError } from '../../errors.js';
import type { FittedImputer, Imputer, ImputerDescriptor, ImputerOptions } from '../imputer.js';
import type { Training } from '../training.js';
import { BorderedCholesky, type Factor, factorOf } from './bordered-cholesky.js';
import { descentSolution } from './descent-solution.js';
import { Effects } from './effects.js';
import { exactSolution } from './exact-solution.js';
import { FittedNtk } from './fitted-ntk.js';
import { tangentKernel } from './kernel.js';
import { Kernel } from './kernel-matrix.js';
import { checkSideInformation, priorOf, usesReference } from './prior-of.js';
import { namedReference, referenceOf } from './reference.js';
import { type Rows, rowsOf, seenBy, slice } from './rows.js';

/** `--ntk-solver auto` factors the kernel of so many pairs at most: 200 MB, and seconds. */
const MOST_PAIRS_FACTORED = 5000;
/** Ridges, as shares of the diagonal, tried in turn where pairs are too alike for the kernel to be factored. */
const RESCUES = [0, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8];

export const ntk: ImputerDescriptor = {
  name: 'ntk',
  summary: 'regression with the neural tangent kernel on a feature prior',
  dependsOn: {
    unit: "the weight of the appended identity is in the unit of the data, as in the authors' program",
  },
  create: (tensor, options) => new Ntk(tensor, options),
};

export class Ntk implements Imputer {
  private readonly kernelOf: (cosine: number) => number;
  private readonly named: number;
  /** The last factor of stable rows: the pairs of one context left out one after the other share it. */
  private remembered?: { readonly key: string; readonly factor: Factor };

  /** Throws OptionError for an unknown reference, DataError where the prior's side information is missing. */
  constructor(
    tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
  ) {
    checkSideInformation(tensor, options);
    this.kernelOf = tangentKernel(options.ntkDepth, options.ntkSlope);
    this.named = namedReference(tensor, options.ntkReference);
  }

  fit(training: Training): FittedImputer {
    const { options } = this;
    const effects = new Effects(training, options.ntkSubtract);
    const reference = usesReference(training.tensor, options) ? referenceOf(effects, this.named) : -1;
    const rows = rowsOf(effects, reference);
    const seen = seenBy(rows.list, training.tensor);
    const prior = priorOf(effects, seen, reference, options);
    const kernel = new Kernel(prior, this.kernelOf);
    const exact =
      options.ntkSolver === 'cholesky' ||
      (options.ntkSolver === 'auto' && rows.pairs.length <= MOST_PAIRS_FACTORED);
    const solution = exact
      ? exactSolution(rows, effects, kernel, ...this.factored(rows, kernel, reference))
      : descentSolution(rows, effects, kernel, options);
    return new FittedNtk(effects, rows, prior, solution, reference, options);
  }

  /** The factor of the kernel of all rows, and the ridge that was needed beside the user's. */
  private factored(rows: Rows, kernel: Kernel, reference: number): [BorderedCholesky, number] {
    const { nStable } = rows;
    const nBorder = rows.pairs.length - nStable;
    const stable = slice(rows.list, 0, nStable);
    const border = slice(rows.list, nStable);
    for (const rescue of RESCUES) {
      const ridge = (this.options.ntkRidge + rescue) * this.kernelOf(1);
      const key = [ridge, reference, ...rows.pairs.subarray(0, nStable)].join();
      const factor =
        this.remembered?.key === key
          ? this.remembered.factor
          : factorOf(kernel.symmetric(stable, ridge), nStable);
      if (!factor) continue;
      this.remembered = { key, factor };
      const coupling = kernel.between(stable, border);
      const whole = BorderedCholesky.of(factor, coupling, kernel.symmetric(border, ridge), nBorder);
      if (whole) return [whole, rescue];
    }
    throw new NumericalError(
      `the kernel of ${rows.pairs.length} pairs is too near singular to be solved; pass --ntk-ridge 1e-6`,
    );
  }
}

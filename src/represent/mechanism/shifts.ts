/**
 * Shifts of the latents: p(z | perturbation) = N(Σ mask ∘ shift, I), the sum over the perturbations of a cell. The
 * control has none, which is what makes 0 the untreated cell; several perturbations add.
 */
import {
  concatenate,
  gather,
  gumbelSigmoid,
  mul,
  reshape,
  type Scope,
  sum,
  type Tensor,
  zeros,
} from '../../compute/index.js';

/** Masks begin almost surely open: σ(5) = 0.993. */
const OPEN = 5;

export interface ShiftSizes {
  readonly perturbations: number;
  readonly latent: number;
}

/** Shifts (perturbations, latent), at first N(0, 1). */
export const shiftTable = (scope: Scope, { perturbations, latent }: ShiftSizes): Tensor =>
  scope.parameter('shift', [perturbations, latent], (values, _shape, random) => random.fillNormal(values));

/** Logits of the probability that a perturbation shifts a latent (perturbations, latent). */
export const maskLogits = (scope: Scope, { perturbations, latent }: ShiftSizes): Tensor =>
  scope.parameter('mask_logits', [perturbations, latent], (values) => values.fill(OPEN));

/** Mean of the latents of each cell (nCells, latent). `labels` (nCells, slots): perturbations; `perturbations` for none. */
export const shiftOf = (labels: Tensor, shifts: Tensor): Tensor => sum(rowsOf(labels, shifts), 1);

/**
 * The same under masks, drawn anew for every cell: 0 or 1, with the derivatives of the Gumbel-sigmoid at temperature 1.
 */
export function maskedShiftOf(scope: Scope, labels: Tensor, shifts: Tensor, logits: Tensor): Tensor {
  const chosen = rowsOf(labels, logits);
  const mask = gumbelSigmoid(chosen, scope.noise({ kind: 'logistic' }, chosen.shape), { hard: true });
  return sum(mul(mask, rowsOf(labels, shifts)), 1);
}

/** Rows of a table (perturbations, latent), and of zeros for no perturbation: (nCells, slots, latent). */
function rowsOf(labels: Tensor, table: Tensor): Tensor {
  const [nCells, slots] = labels.shape;
  const latent = table.shape[1];
  const withNone = concatenate([table, zeros([1, latent], table.dtype)]);
  return reshape(gather(withNone, reshape(labels, [nCells * slots])), [nCells, slots, latent]);
}

/**
 * The networks that all models of mechanisms share: encoder, decoder, and the likelihood of what was observed
 * (Lopez et al. 2023, section 3.2; sizes and constants of the authors' program on scvi-tools 0.18).
 *
 *     ρ = softmax(f(z)),   x_g ~ NegativeBinomial(mean l ρ_g, inverse dispersion θ_g),   l = Σ_g x_g
 *
 * Hidden layers are linear, batch norm, ReLU. The encoder sees log(1 + x) of counts, and values as they are.
 */
import {
  add,
  exp,
  gaussianLogLikelihood,
  linear,
  log,
  log1p,
  logSoftmax,
  type MlpOptions,
  mlp,
  mul,
  negativeBinomialOfLogits,
  reshape,
  type Scope,
  sub,
  sum,
  type Tensor,
} from '../../compute/index.js';
import type { MechanismSettings } from './settings.js';

/** scvi-tools': PyTorch's momentum is the weight of the present batch. */
const NORM = { epsilon: 1e-3, momentum: 0.01 };

type Sizes = Pick<MechanismSettings, 'hidden' | 'layers' | 'likelihood'>;

/** What is observed of a batch of cells. */
export interface Observed {
  /** Counts or values (nCells, nGenes). */
  readonly x: Tensor;
  /** Totals (nCells); of counts only. */
  readonly library?: Tensor;
  /** Σ over genes of log Γ(x + 1) (nCells), which does not change while training; of counts only. */
  readonly logFactorials?: Tensor;
}

/** Last hidden layer of the encoder (nCells, hidden). */
export function encoderLayers(
  scope: Scope,
  x: Tensor,
  settings: Sizes & { readonly dropout: number },
): Tensor {
  const seen = settings.likelihood === 'gaussian' ? x : log1p(x);
  return mlp(scope.at('encoder'), seen, { ...hiddenLayers(settings), dropout: settings.dropout });
}

/** What the decoder says of latents z (nCells, latent): logits of the frequencies, or means (nCells, nGenes). */
export function decode(scope: Scope, z: Tensor, nGenes: number, settings: Sizes): Tensor {
  return linear(scope.at('output'), mlp(scope.at('decoder'), z, hiddenLayers(settings)), nGenes);
}

/** log p(x | z) of each cell (nCells), in nats, from what the decoder said. */
export function logLikelihood(scope: Scope, decoded: Tensor, observed: Observed, settings: Sizes): Tensor {
  const { x, library, logFactorials } = observed;
  const perGene = (name: string) =>
    scope.parameter(name, [x.shape[1]], (values, _shape, random) => random.fillNormal(values));
  switch (settings.likelihood) {
    case 'negative-binomial':
      return negativeBinomialOfLogits(x, decoded, library!, perGene('log_theta'), logFactorials);
    case 'poisson': {
      const logRate = add(logSoftmax(decoded), reshape(log(library!), [x.shape[0], 1]));
      return sub(sub(sum(mul(x, logRate), 1), library!), logFactorials!);
    }
    case 'gaussian':
      return sum(gaussianLogLikelihood(x, decoded, exp(perGene('log_variance'))), 1);
  }
}

const hiddenLayers = ({ hidden, layers }: Sizes): MlpOptions => ({
  widths: Array.from({ length: layers }, () => hidden),
  norm: 'batch',
  normOptions: NORM,
  finish: true,
});

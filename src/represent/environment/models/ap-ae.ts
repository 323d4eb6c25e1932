/**
 * Adversarial prior autoencoder (Bertin 2020, section 4.10). Attention α(e), which adds to 1, brings few latents of a
 * profile back to the reference, α ε + (1 − α) z; an adversary tells the environment from what results. So latents are
 * found that differ sparsely between environments, and attention says which.
 */
import { add, mean, mul, softmax, sub, type Tensor } from '../../../compute/index.js';
import { crossEntropy, judged, reversed } from '../adversary.js';
import type { EnvironmentModel, Place } from '../model.js';
import { decoder, environmentNetwork, pointEncoder } from '../networks.js';

export const apAe: EnvironmentModel = {
  name: 'ap-ae',
  summary:
    'attention brings few latents back, until an adversary cannot tell environments apart (Bertin 2020)',
  defaults: {},
  encode: pointEncoder,
  prior: () => null,
  centre,
  decode: decoder,
  shift: attention,
  penalty(at, { z, environment, label }) {
    const { scope, settings, sizes } = at;
    const alpha = attention(at, environment);
    scope.update(centre(at), add(mul(centre(at), 1 - FOLLOWS), mul(mean(z, 0), FOLLOWS)));
    const noise = scope.noise({ kind: 'normal' }, z.shape);
    const counterfactual = add(mul(alpha, noise), mul(sub(1, alpha), z));
    const logits = judged(scope, reversed(counterfactual), settings.adversaryWidths, sizes.environments);
    return mul(crossEntropy(logits, label), settings.adversary);
  },
};

/** Share of the latest batch in the mean of the latents. */
const FOLLOWS = 0.05;

/** Nothing holds these latents near 0, so that their mean is learned. */
function centre({ scope, settings: { latent } }: Place): Tensor {
  return scope.state('latent_mean', [latent], (values) => values.fill(0));
}

function attention(at: Place, environment: Tensor): Tensor {
  return softmax(environmentNetwork(at, 'attention', environment, at.settings.latent));
}

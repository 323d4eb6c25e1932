/**
 * An autoencoder whose latents an adversary tells from N(0, 1), until it cannot (Makhzani et al. 2016). The authors'
 * program takes three steps a batch with three optimisers; here the encoder's gradient is reversed in one.
 */
import { add, mul } from '../../../compute/index.js';
import { coinEntropy, judged, reversed } from '../adversary.js';
import type { EnvironmentModel } from '../model.js';
import { decoder, pointEncoder } from '../networks.js';

export const adversarialAe: EnvironmentModel = {
  name: 'adversarial-ae',
  summary: 'an adversary makes the latents normal; sees no environment (Makhzani et al. 2016)',
  defaults: {},
  encode: pointEncoder,
  prior: () => null,
  decode: decoder,
  shift: () => null,
  penalty({ scope, settings }, { z }) {
    const normal = scope.noise({ kind: 'normal' }, z.shape);
    const told = (latents: typeof z) => judged(scope, latents, settings.adversaryWidths, 1);
    const error = add(coinEntropy(told(reversed(z)), true), coinEntropy(told(normal), false));
    return mul(error, settings.adversary);
  },
};

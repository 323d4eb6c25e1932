/**
 * A causal model of the latents (Bertin 2020, sections 4.5 and 4.9): the encoder finds noises z, whose prior an environment
 * moves sparsely, and causal variables follow from them and from one another,
 *
 *     c_i = z_i + Σ_{j<i} g_ij (a_ij c_j + b_ij tanh c_j)
 *
 * with gates g that are open or closed, drawn anew for every batch while training. A shift of one noise moves all
 * variables below it. The order of the variables is no restriction: the encoder chooses which is which.
 */
import {
  add,
  cast,
  constant,
  greater,
  gumbelSigmoid,
  matmul,
  mul,
  type Scope,
  sigmoid,
  sum,
  type Tensor,
  tanh,
  transpose,
} from '../../../compute/index.js';
import type { EnvironmentModel, Place } from '../model.js';
import { decoder } from '../networks.js';
import { envVae } from './env-vae.js';

const LONGEST = 16;
/** Gates begin as good as open: σ(2) = 0.88. */
const OPEN = 2;

export const envScm: EnvironmentModel = {
  ...envVae,
  name: 'env-scm',
  summary:
    'an environment moves noises of a causal model of the latents, whose graph is learned (Bertin 2020)',
  decode: (at, z) => decoder(at, causalVariables(at, z)),
  causes: effects,
  penalty: (at) => mul(sum(below(sigmoid(gateLogits(at)))), at.settings.edgePrice),
};

/** Causal variables (nProfiles, latent) of noises z: paths of up to `depth` edges. */
export function causalVariables(at: Place, z: Tensor): Tensor {
  const { latent, depth } = at.settings;
  const found = effects(at);
  const [straight, bent] = [transpose(found.straight), transpose(found.bent)];
  let c = z;
  for (let k = 0; k < (depth ?? Math.min(latent - 1, LONGEST)); k++) {
    c = add(z, add(matmul(c, straight), matmul(tanh(c), bent)));
  }
  return c;
}

/** Of the open gates: a and b of the equation above. */
function effects(at: Place) {
  const gates = below(openGates(at));
  const of = (name: string) => mul(gates, weights(at.scope, name, at.settings.latent));
  return { straight: of('effects'), bent: of('bends') };
}

const gateLogits = ({ scope, settings: { latent } }: Place): Tensor =>
  scope.parameter('gate_logits', [latent, latent], (values) => values.fill(OPEN));

function openGates(at: Place): Tensor {
  const logits = gateLogits(at);
  if (!at.scope.training) return cast(greater(logits, 0), logits.dtype);
  return gumbelSigmoid(logits, at.scope.noise({ kind: 'logistic' }, logits.shape), { hard: true });
}

const weights = (scope: Scope, name: string, latent: number): Tensor =>
  scope.parameter(name, [latent, latent], (values, _shape, random) => {
    random.fillNormal(values);
    values.forEach((value, i) => {
      values[i] = value / latent;
    });
  });

/** Entries (i, j) with j < i, else 0. */
function below(table: Tensor): Tensor {
  const [n] = table.shape;
  const ofRows = Float32Array.from({ length: n * n }, (_, at) => Number(at % n < Math.floor(at / n)));
  return mul(table, constant(ofRows, [n, n], table.dtype));
}

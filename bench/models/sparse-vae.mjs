/** The training step of sVAE+ as its authors run it (scvi-tools 0.18), for the benchmarks: see peers/torch_steps.py. */
import * as c from '../../dist/compute/index.node.js';

export const GENES = 1187;
export const PERTURBATIONS = 105;
const HIDDEN = 128;
const LATENT = 50;

/** Loss of a batch of counts (batch, GENES) with labels (batch). */
export function sparseVae(scope, { counts, labels }) {
  const hidden = layers(scope.at('encoder'), c.log1p(counts), 0.1);
  const mean = c.linear(scope.at('mean'), hidden, LATENT);
  const variance = c.add(c.exp(c.linear(scope.at('variance'), hidden, LATENT)), 1e-4);
  const latent = c.add(mean, c.mul(c.sqrt(variance), scope.noise({ kind: 'normal' }, mean.shape)));

  const maskLogits = scope.parameter('mask_logits', [PERTURBATIONS, LATENT], (values) => values.fill(5));
  const shift = scope.parameter('shift', [PERTURBATIONS, LATENT], (values, _shape, random) =>
    random.fillNormal(values),
  );
  const mask = c.gumbelSigmoid(c.gather(maskLogits, labels), scope.noise({ kind: 'logistic' }, mean.shape), {
    hard: true,
  });
  const offset = c.sub(mean, c.mul(mask, c.gather(shift, labels)));
  const kl = c.mul(c.sum(c.sub(c.add(variance, c.square(offset)), c.add(c.log(variance), 1)), 1), 0.5);

  const logits = c.linear(scope.at('output'), layers(scope.at('decoder'), latent, 0), GENES);
  const logTheta = scope.parameter('log_theta', [GENES], (values, _shape, random) =>
    random.fillNormal(values),
  );
  const library = c.sum(counts, 1, { keepDims: true });
  const likelihood = c.negativeBinomialOfLogits(counts, logits, library, logTheta);
  const open = c.log1p(c.mul(c.sigmoid(maskLogits), -0.999));
  const sparsity = c.sum(c.add(c.mul(open, 9), Math.log(10)));
  return c.sub(c.mul(c.mean(c.sub(kl, likelihood)), 1000), sparsity);
}

function layers(scope, x, dropout) {
  let hidden = x;
  for (const i of [0, 1]) {
    hidden = c.linear(scope.at(i, 'linear'), hidden, HIDDEN);
    hidden = c.relu(c.batchNorm(scope.at(i, 'norm'), hidden, { epsilon: 1e-3, momentum: 0.01 }));
    hidden = c.dropout(scope.at(i), hidden, dropout);
  }
  return hidden;
}

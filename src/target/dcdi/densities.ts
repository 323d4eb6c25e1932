/**
 * The two families of conditional densities of DCDI (Brouillard et al. 2020): a Gaussian, and deep sigmoidal flows
 * (Huang et al. 2018), which can take any shape.
 */
import {
  add,
  div,
  exp,
  log,
  logSigmoid,
  logSoftmax,
  logSumExp,
  mul,
  sigmoid,
  slice,
  softmax,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  withAxis,
} from '../../compute/index.js';

export interface Density {
  /** How many numbers the network of a variable gives for every cell. */
  readonly fromNetwork: number;
  /** How many a variable has on its own, the same for all cells; they stand behind the others, at first 0. */
  readonly own: number;
  /** log p (…) of x (…) given (…, fromNetwork + own). */
  logDensity(x: Tensor, parameters: Tensor): Tensor;
}

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

/** Mean from the network, the logarithm of the deviation the variable's own. */
export const gaussian: Density = {
  fromNetwork: 1,
  own: 1,
  logDensity(x, parameters) {
    const [mean, logDeviation] = [column(parameters, 0), column(parameters, 1)];
    const standard = div(sub(x, mean), exp(logDeviation));
    return sub(mul(square(standard), -0.5), add(logDeviation, LOG_ROOT_2PI));
  },
};

/** Keeps a share of 1 and of 0 apart from 1 and 0, and slopes apart from 0. */
const DELTA = 1e-6;
/** The authors' program gives the base a log-variance of 1. */
const BASE_VARIANCE = Math.E;

/**
 * x through `layers` increasing functions logit(Σ w σ(a x + b)), each with weights, slopes and shifts of `units`
 * sigmoids from the network, to a normal.
 */
export function sigmoidalFlow(layers: number, units: number): Density {
  return {
    fromNetwork: 3 * units * layers,
    own: 0,
    logDensity(x, parameters) {
      let value = x;
      let logSlope: Tensor | undefined;
      const last = parameters.rank - 1;
      for (let layer = 0; layer < layers; layer++) {
        const part = (k: number) =>
          slice(parameters, last, (3 * layer + k) * units, (3 * layer + k + 1) * units);
        const [slope, shift, weight] = [add(softplus(part(0)), DELTA), part(1), part(2)];
        const inner = add(mul(slope, withAxis(value, last)), shift);
        const share = sum(mul(softmax(weight), sigmoid(inner)), last);
        const inside = add(mul(share, 1 - DELTA), DELTA / 2);
        const [up, down] = [log(inside), log(sub(1, inside))];
        const terms = add(
          add(logSoftmax(weight), log(slope)),
          add(logSigmoid(inner), logSigmoid(mul(inner, -1))),
        );
        const change = sub(add(logSumExp(terms), Math.log(1 - DELTA)), add(up, down));
        logSlope = logSlope ? add(logSlope, change) : change;
        value = sub(up, down);
      }
      const base = sub(
        mul(square(value), -0.5 / BASE_VARIANCE),
        LOG_ROOT_2PI + 0.5 * Math.log(BASE_VARIANCE),
      );
      return logSlope ? add(base, logSlope) : base;
    },
  };
}

/** Column k of the last axis, without it. */
function column(x: Tensor, k: number): Tensor {
  const last = x.rank - 1;
  return sum(slice(x, last, k, k + 1), last);
}

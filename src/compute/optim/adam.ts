/**
 * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), with the defaults and the places of ε and weight
 * decay of PyTorch. The moments are kept without their factors 1 − β, m / (1 − β₁) and v / (1 − β₂): then
 *
 *     m' = β₁ m + g,   v' = β₂ v + g²,   θ' = θ − s m' / (√v' + e)
 *
 * with the bias corrections in the scalars s and e: ten passes over a parameter instead of thirteen.
 */
import { add, div, mul, neg, ones, sqrt, sub, type Tensor, tanh } from '../graph/index.js';
import {
  atLeastZero,
  below1,
  decayed,
  type Optimiser,
  type OptimiserOptions,
  optimiser,
  type Turn,
} from './optimiser.js';

export interface AdamOptions extends OptimiserOptions {
  /** Decay of the mean of the gradients and of their squares. Default 0.9 and 0.999. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** Added to the root of the second moment. Default 1e-8. */
  readonly epsilon?: number;
}

/** Adam; weight decay is coupled (part of the gradient). Default learning rate 1e-3. Throws OptionError. */
export const adam = (options: AdamOptions = {}): Optimiser => variant(options, 0, false);

/** AdamW; weight decay shrinks the parameters beside the step. Default learning rate 1e-3, decay 0.01. Throws OptionError. */
export const adamW = (options: AdamOptions = {}): Optimiser => variant(options, 0.01, true);

function variant(options: AdamOptions, defaultDecay: number, decoupled: boolean): Optimiser {
  const { learningRate = 1e-3, weightDecay = defaultDecay, ...rest } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  below1('beta1', beta1);
  below1('beta2', beta2);
  atLeastZero('epsilon', epsilon);

  return optimiser({ ...rest, learningRate, weightDecay }, (turn) => {
    const { parameter, rate, count } = turn;
    const gradient = decoupled ? turn.gradient : decayed(turn);
    const [first, second] = [turn.state('first'), turn.state('second')];
    const m = turn.keep(first, add(mul(first, beta1), gradient));
    const v = turn.keep(second, add(mul(second, beta2), mul(gradient, gradient)));

    // √v̂ = √v / inverse
    const inverse = sqrt(mul(oneMinusPower(beta2, count), 1 / (1 - beta2)));
    const size = div(mul(mul(rate, 1 - beta1), inverse), oneMinusPower(beta1, count));
    const change = mul(div(m, add(sqrt(v), mul(inverse, epsilon))), size);
    return sub(decoupled ? shrunk(turn) : parameter, change);
  });
}

function shrunk({ parameter, rate, weightDecay }: Turn): Tensor {
  return weightDecay === 0 ? parameter : mul(parameter, sub(1, mul(rate, weightDecay)));
}

/** 1 − βᵗ without cancellation: −expm1(u) = 2T / (1 + T) with T = tanh(−u / 2), u = t log β. */
function oneMinusPower(beta: number, t: Tensor): Tensor {
  if (beta === 0) return ones([], t.dtype);
  const half = tanh(mul(neg(t), Math.log(beta) / 2));
  return div(mul(half, 2), add(half, 1));
}

/**
 * Activations and the error function. Where ONNX Runtime has no float64 kernel the same function is composed from
 * operators that have one, so that float64 serves as the reference for every device.
 */
import {
  abs,
  add,
  div,
  exp,
  greater,
  greaterOrEqual,
  log,
  maximum,
  mul,
  neg,
  type Operand,
  reciprocal,
  sign,
  square,
  sub,
  where,
} from './elementwise.js';
import { checkFloat, Tensor } from './tensor.js';
import { type UnaryGradient, unary } from './unary.js';

/** 1 / (1 + exp(−x)). */
export const sigmoid = unary('Sigmoid', (g, _x, y) => mul(g, mul(y, sub(1, y))));
export const tanh = unary('Tanh', (g, _x, y) => mul(g, sub(1, square(y))));
/** max(x, 0); the derivative at 0 is 0. */
export const relu = unary('Relu', (g, _x, y) => where(greater(y, 0), g, 0));

/** x where positive, else `slope` · x. Default slope 0.01, as in PyTorch. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  const gradient: UnaryGradient = (g) => where(greaterOrEqual(x, 0), g, mul(g, slope));
  if (x.dtype === 'float64') return where(greaterOrEqual(x, 0), x, mul(x, slope));
  return unary('LeakyRelu', gradient, { alpha: slope })(x);
}

/** log(1 + exp(x)), without overflow. Composed: the runtime's own operator takes three times as long. */
export function softplus(x: Tensor): Tensor {
  const value = add(maximum(x, 0), log1p(exp(neg(abs(x)))));
  return withGradient(value, x, (g) => mul(g, sigmoid(x)));
}

/** log(1 + x) for −1 < x < ∞, exact for small x too: log(u) plus what rounding took from u = 1 + x, divided by u. */
export function log1p(x: Tensor): Tensor {
  checkFloat('log1p', x);
  const u = add(x, 1);
  const lost = sub(x, sub(u, 1));
  return withGradient(add(log(u), div(lost, u)), x, (g) => div(g, u));
}

/** log(σ(x)). */
export const logSigmoid = (x: Tensor): Tensor => neg(softplus(neg(x)));

/** x · σ(x). */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** The error function. */
export function erf(x: Tensor): Tensor {
  checkFloat('erf', x);
  const gradient = (g: Tensor) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)));
  if (x.dtype === 'float32') return unary('Erf', gradient)(x);
  return withGradient(mul(sign(x), sub(1, erfcOfPositive(abs(x)))), x, gradient);
}

/** x · Φ(x), exact (not the tanh approximation), as PyTorch's default. */
export function gelu(x: Tensor): Tensor {
  checkFloat('gelu', x);
  const phi = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
  const gradient: UnaryGradient = (g) => {
    const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(g, add(phi, mul(x, density)));
  };
  if (x.dtype === 'float64') return withGradient(mul(x, phi), x, (g) => gradient(g, x, x));
  return unary('Gelu', gradient)(x);
}

function withGradient(value: Tensor, x: Tensor, gradient: (g: Tensor) => Tensor): Tensor {
  return new Tensor({
    op: 'CustomGradient',
    shape: value.shape,
    dtype: value.dtype,
    inputs: [value, x],
    backward: (g) => [undefined, gradient(g)],
  });
}

/** Chebyshev coefficients of erfc, relative error 1.2e-16 (Press et al., Numerical Recipes, 3rd ed., section 6.2.2). */
const ERFC = [
  -1.3026537197817094, 0.6419697923564902, 1.9476473204185836e-2, -9.561514786808631e-3, -9.46595344482036e-4,
  3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5, -1.624290004647e-6, 1.30365583558e-6,
  1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9, 5.059343495e-9, -9.91364156e-10, -2.27365122e-10,
  9.6467911e-11, 2.394038e-12, -6.886027e-12, 8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15,
  -1.523e-15, -9.4e-17, 1.21e-16, -2.8e-17,
];

/** Clenshaw's recurrence on [−1, 1]. */
function erfcOfPositive(z: Tensor): Tensor {
  const t = mul(reciprocal(add(z, 2)), 2);
  const doubled = sub(mul(t, 4), 2);
  let d: Operand = 0;
  let dd: Operand = 0;
  for (let j = ERFC.length - 1; j > 0; j--) {
    const next: Tensor = add(sub(mul(doubled, d), dd), ERFC[j]);
    dd = d;
    d = next;
  }
  const series = sub(mul(add(mul(doubled, d), ERFC[0]), 0.5), dd);
  return mul(t, exp(sub(series, square(z))));
}

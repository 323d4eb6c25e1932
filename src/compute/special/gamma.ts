/** The logarithm of the gamma function, its derivatives, and the logarithm of the beta function. */
import {
  add,
  customGradient,
  graphError,
  isFloat,
  less,
  log,
  mul,
  sub,
  sumTo,
  type Tensor,
  where,
} from '../graph/index.js';
import { logOfQuotient, type Stirling, shiftOf, stirling } from './stirling.js';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * log Γ(x) for x > 0, element by element; +∞ at 0, NaN below. The derivative is `digamma`. float64 is within
 * 4e-15 of max(1, |log Γ|), float32 within 8e-7, wherever the result is not too large for the type. Throws GraphError on another type.
 */
export function lgamma(x: Tensor): Tensor {
  const z = positive('lgamma', x);
  const { shifted, rest } = stirling(z);
  const value = add(mul(z, sub(log(shifted), 1)), add(rest, HALF_LOG_2PI - shiftOf(z)));
  return customGradient(value, [x], (g) => [mul(g, digamma(x))]);
}

/**
 * ψ(x), the derivative of log Γ(x), for x > 0; −∞ at 0, NaN below. It can be differentiated again. Throws GraphError
 * on another type than float.
 */
export function digamma(x: Tensor): Tensor {
  const { shifted, lag } = stirling(positive('digamma', x));
  return sub(log(shifted), lag);
}

/**
 * log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b > 0, which broadcast; without the cancellation that these
 * three suffer from where one is large. Throws GraphError on another type than float.
 */
export function logBeta(a: Tensor, b: Tensor): Tensor {
  const [ofA, ofB] = [a, b].map((x) => stirling(positive('logBeta', x)));
  const total = stirling(add(a, b));
  const logA = logOfQuotient(ofA.shifted, total.shifted, b);
  const logB = logOfQuotient(ofB.shifted, total.shifted, a);
  const rests = sub(add(ofA.rest, ofB.rest), total.rest);
  const value = add(add(mul(a, logA), mul(b, logB)), add(rests, HALF_LOG_2PI - shiftOf(a)));
  const lagging = (logShare: Tensor, part: Stirling) => add(sub(logShare, part.lag), total.lag);
  return customGradient(value, [a, b], (g) => [
    sumTo(mul(g, lagging(logA, ofA)), a.shape),
    sumTo(mul(g, lagging(logB, ofB)), b.shape),
  ]);
}

function positive(operation: string, x: Tensor): Tensor {
  if (!isFloat(x.dtype)) throw graphError(operation, `of ${x}; float32 or float64 is needed`);
  return where(less(x, 0), Number.NaN, x);
}

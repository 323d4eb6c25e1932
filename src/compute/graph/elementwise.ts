/**
 * Operations element by element, each with its derivative beside it. Two operands broadcast; a plain number takes
 * the type of the other operand.
 */
import { broadcastShape, sumTo } from './broadcast.js';
import type { DType } from './dtype.js';
import { isFloat } from './dtype.js';
import {
  constant,
  graphError,
  integers,
  knownScalar,
  type Shape,
  sameShape,
  sameType,
  scalar,
  Tensor,
  wordOf,
} from './tensor.js';
import { unary } from './unary.js';

export type Operand = Tensor | number;

type BinaryGradient = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor;

function binary(op: string, gradients?: readonly [BinaryGradient, BinaryGradient], result?: DType) {
  const name = wordOf(op);
  return (left: Operand, right: Operand): Tensor => {
    const [a, b] = unexpanded(...operands(name, left, right));
    const y: Tensor = new Tensor({
      op,
      shape: broadcastShape(name, a.shape, b.shape),
      dtype: result ?? a.dtype,
      inputs: [a, b],
      backward:
        gradients &&
        ((g) => [sumTo(gradients[0](g, a, b, y), a.shape), sumTo(gradients[1](g, a, b, y), b.shape)]),
    });
    return y;
  };
}

function operands(name: string, left: Operand, right: Operand): [Tensor, Tensor] {
  const type = left instanceof Tensor ? left.dtype : right instanceof Tensor ? right.dtype : 'float32';
  const a = left instanceof Tensor ? left : scalar(left, type);
  const b = right instanceof Tensor ? right : scalar(right, type);
  sameType(name, [a, b]);
  return [a, b];
}

/** Without the repetition that the operator does by itself: derivatives of sums need not be spread in memory. */
function unexpanded(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const plain = (x: Tensor, other: Tensor) =>
    x.op === 'Expand' && x.rank <= other.rank && sameShape(x.shape, other.shape.slice(other.rank - x.rank))
      ? x.inputs[0]
      : x;
  const first = plain(a, b);
  return [first, plain(b, first)];
}

const addNode = binary('Add', [(g) => g, (g) => g]);
const subNode = binary('Sub', [(g) => g, (g) => neg(g)]);
const mulNode = binary('Mul', [(g, _a, b) => mul(g, b), (g, a) => mul(g, a)]);
const divNode = binary('Div', [(g, _a, b) => div(g, b), (g, _a, b, y) => neg(div(mul(g, y), b))]);
const negNode = unary('Neg', (g) => neg(g));

/** Is `operand` this number, and the result of the other's shape? Then the operation need not be done. */
const isJust = (operand: Operand, value: number, other: Operand): other is Tensor => {
  if (!(other instanceof Tensor)) return false;
  if (!(operand instanceof Tensor)) return operand === value;
  return knownScalar(operand) === value && operand.rank <= other.rank;
};

export function add(a: Operand, b: Operand): Tensor {
  if (isJust(b, 0, a)) return a;
  return isJust(a, 0, b) ? b : addNode(a, b);
}
export function sub(a: Operand, b: Operand): Tensor {
  return isJust(b, 0, a) ? a : subNode(a, b);
}
export function mul(a: Operand, b: Operand): Tensor {
  if (isJust(b, 1, a)) return a;
  return isJust(a, 1, b) ? b : mulNode(a, b);
}
export function div(a: Operand, b: Operand): Tensor {
  return isJust(b, 1, a) ? a : divNode(a, b);
}
export function neg(x: Tensor): Tensor {
  return x.op === 'Neg' ? x.inputs[0] : negNode(x);
}

export const square = (x: Tensor): Tensor => mul(x, x);
export const exp = unary('Exp', (g, _x, y) => mul(g, y));
export const log = unary('Log', (g, x) => div(g, x));
export const sqrt = unary('Sqrt', (g, _x, y) => div(mul(g, 0.5), y));
export const reciprocal = unary('Reciprocal', (g, _x, y) => neg(mul(g, square(y))));
export const abs = unary('Abs', (g, x) => mul(g, sign(x)));
export const sign = unary('Sign');
export const floor = unary('Floor');
export const ceil = unary('Ceil');
export const round = unary('Round');
export const sin = unary('Sin', (g, x) => mul(g, cos(x)));
export const cos = unary('Cos', (g, x) => neg(mul(g, sin(x))));
export const not = unary('Not');

/** `x` to the power of a fixed number or a tensor; the derivative by the exponent needs x > 0. */
export function pow(x: Tensor, exponent: Operand): Tensor {
  const spreads = exponent instanceof Tensor && exponent.rank > x.rank;
  const known = exponent instanceof Tensor ? knownScalar(exponent) : exponent;
  if (spreads) return powNode(x, exponent);
  if (known === 0) return ones(x.shape, x.dtype);
  if (known === 1) return x;
  if (known === 2) return square(x);
  if (known === 0.5) return sqrt(x);
  return powNode(x, exponent);
}
const powNode = binary('Pow', [
  (g, a, b) => mul(g, mul(b, powNode(a, sub(b, 1)))),
  (g, a, _b, y) => (_b.op === 'Constant' ? zeros(_b.shape, _b.dtype) : mul(g, mul(y, log(a)))),
]);

/** The larger one; where both are equal the derivative is shared. */
export const maximum = binary('Max', [
  (g, a, b) => mul(g, halfStep(a, b)),
  (g, a, b) => mul(g, halfStep(b, a)),
]);
/** The smaller one; where both are equal the derivative is shared. */
export const minimum = binary('Min', [
  (g, a, b) => mul(g, halfStep(b, a)),
  (g, a, b) => mul(g, halfStep(a, b)),
]);
/** 1 where a > b, ½ where equal, 0 elsewhere. */
const halfStep = (a: Tensor, b: Tensor) => add(mul(sign(sub(a, b)), 0.5), 0.5);

export const equal = binary('Equal', undefined, 'bool');
export const less = binary('Less', undefined, 'bool');
export const lessOrEqual = binary('LessOrEqual', undefined, 'bool');
export const greater = binary('Greater', undefined, 'bool');
export const greaterOrEqual = binary('GreaterOrEqual', undefined, 'bool');
export const and = binary('And');
export const or = binary('Or');

/** `a` where `condition` (bool) holds, else `b`; all three broadcast. */
export function where(condition: Tensor, left: Operand, right: Operand): Tensor {
  if (condition.dtype !== 'bool') throw graphError('where', `condition of ${condition.dtype}, not bool`);
  const [a, b] = operands('where', left, right);
  // the runtime chooses among numbers only
  if (a.dtype === 'bool') return or(and(condition, a), and(not(condition), b));
  const y = (first: Tensor, second: Tensor): Tensor =>
    new Tensor({
      op: 'Where',
      shape: broadcastShape('where', condition.shape, first.shape, second.shape),
      dtype: a.dtype,
      inputs: [condition, first, second],
      backward: (g) => [
        undefined,
        sumTo(where(condition, g, 0), first.shape),
        sumTo(where(condition, 0, g), second.shape),
      ],
    });
  return y(a, b);
}

/** Another element type; derivatives pass between float types. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  return new Tensor({
    op: 'Cast',
    shape: x.shape,
    dtype,
    inputs: [x],
    attributes: { to: dtype },
    backward: isFloat(x.dtype) && isFloat(dtype) ? (g) => [cast(g, x.dtype)] : undefined,
  });
}

/** Kept within [low, high]; no derivative passes outside. Throws GraphError unless low ≤ high. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  if (!(low <= high)) throw graphError('clip', `to [${low}, ${high}]`);
  return new Tensor({
    op: 'Clip',
    shape: x.shape,
    dtype: x.dtype,
    inputs: [x, scalar(low, x.dtype), scalar(high, x.dtype)],
    backward: (g) => [where(and(greaterOrEqual(x, low), lessOrEqual(x, high)), g, 0)],
  });
}

/** Zeros; one number in the file, spread when the graph runs. */
export const zeros = (shape: Shape, dtype: DType = 'float32'): Tensor => filled(shape, 0, dtype);
/** Ones; one number in the file, spread when the graph runs. */
export const ones = (shape: Shape, dtype: DType = 'float32'): Tensor => filled(shape, 1, dtype);

function filled(shape: Shape, value: number, dtype: DType): Tensor {
  const one = constant(
    [value],
    shape.map(() => 1),
    dtype,
  );
  if (sameShape(one.shape, shape)) return one;
  return new Tensor({ op: 'Expand', shape, dtype, inputs: [one, integers(shape)] });
}

/** The value of x, through which no derivative passes. */
export function stopGradient(x: Tensor): Tensor {
  return new Tensor({ op: 'StopGradient', shape: x.shape, dtype: x.dtype, inputs: [x] });
}

/**
 * The value of `value`, with a derivative of your own: `backward` gets the derivative by the value and gives those by
 * `sources`, in order. Nothing flows back through `value` itself.
 */
export function customGradient(
  value: Tensor,
  sources: readonly Tensor[],
  backward: (gradient: Tensor) => readonly (Tensor | undefined)[],
): Tensor {
  return new Tensor({
    op: 'CustomGradient',
    shape: value.shape,
    dtype: value.dtype,
    inputs: [value, ...sources],
    backward: (g) => [undefined, ...backward(g)],
  });
}

/** Forward the `hard` value, backward as if it were `soft` (Bengio et al. 2013). */
export function straightThrough(hard: Tensor, soft: Tensor): Tensor {
  if (!sameShape(hard.shape, soft.shape)) {
    throw graphError('straightThrough', `hard is ${hard}, soft is ${soft}`);
  }
  return customGradient(hard, [soft], (g) => [g]);
}

/**
 * Matrix products: batched ones with broadcasting (NumPy's `matmul`), and the general product of two matrices with a
 * bias, which ONNX Runtime runs in one pass.
 */
import { transpose } from './arrange.js';
import { broadcastShape, reshape, sumTo } from './broadcast.js';
import { isFloat } from './dtype.js';
import { graphError, sameType, showShape, sizeOf, Tensor } from './tensor.js';

/** (…, m, k) × (…, k, n) → (…, m, n); axes in front broadcast. Throws GraphError naming both shapes. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const dtype = sameType('matmul', [a, b]);
  if (a.rank < 2 || b.rank < 2 || a.shape.at(-1) !== b.shape.at(-2)) {
    throw graphError('matmul', `${showShape(a.shape)} × ${showShape(b.shape)}: inner sizes must agree`);
  }
  const [m, n] = [a.shape[a.rank - 2], b.shape[b.rank - 1]];
  if (b.rank === 2 && isFloat(dtype)) {
    // one product of matrices instead of a batch of them
    const flat = general(
      transposed(reshape(a, [sizeOf(a.shape.slice(0, -1)), a.shape[a.rank - 1]])),
      transposed(b),
    );
    return reshape(flat, [...a.shape.slice(0, -1), n]);
  }
  const batch = broadcastShape('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  return new Tensor({
    op: 'MatMul',
    shape: [...batch, m, n],
    dtype,
    inputs: [a, b],
    backward: (g) => [
      sumTo(productFor(a, g, transpose(b)), a.shape),
      sumTo(productFor(b, transpose(a), g), b.shape),
    ],
  });
}

/** The product `left` × `right`, the derivative by `x`; turned around where x is, so that nothing need be moved. */
function productFor(x: Tensor, left: Tensor, right: Tensor): Tensor {
  const turned = x.op === 'Transpose' && (x.attributes.perm as readonly number[]).at(-1) !== x.rank - 1;
  return turned ? transpose(matmul(transpose(right), transpose(left))) : matmul(left, right);
}

/** x Wᵀ + bias, the layer of PyTorch: x (…, in), weight (out, in), bias (out). */
export function affine(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  checkAffine(x, weight, bias);
  const rows = x.shape.slice(0, -1).reduce((size, n) => size * n, 1);
  const flat = reshape(x, [rows, weight.shape[1]]);
  const y = general(transposed(flat), { matrix: weight, turned: true }, bias);
  return reshape(y, [...x.shape.slice(0, -1), weight.shape[0]]);
}

/** W xᵀ + bias, what `affine` gives turned around, at no more cost: x (rows, in), weight (out, in) → (out, rows). */
export function affineTransposed(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  checkAffine(x, weight, bias);
  if (x.rank !== 2) throw graphError('affineTransposed', `x ${showShape(x.shape)}; (rows, in) is needed`);
  const column = bias && reshape(bias, [bias.size, 1]);
  return general({ matrix: weight, turned: false }, flip(transposed(x)), column);
}

function checkAffine(x: Tensor, weight: Tensor, bias?: Tensor): void {
  if (x.rank < 1 || weight.rank !== 2 || x.shape.at(-1) !== weight.shape[1]) {
    throw graphError('affine', `x ${showShape(x.shape)} with weight ${showShape(weight.shape)} (out, in)`);
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== weight.shape[0])) {
    throw graphError(
      'affine',
      `bias ${showShape(bias.shape)} with weight ${showShape(weight.shape)} (out, in)`,
    );
  }
  sameType('affine', bias ? [x, weight, bias] : [x, weight]);
}

/** A matrix, read as its transpose where `turned`. */
interface Operand2 {
  readonly matrix: Tensor;
  readonly turned: boolean;
}

/** Takes a transpose of two axes into the product. */
function transposed(x: Tensor): Operand2 {
  return x.op === 'Transpose' ? { matrix: x.inputs[0], turned: true } : { matrix: x, turned: false };
}

const flip = ({ matrix, turned }: Operand2): Operand2 => ({ matrix, turned: !turned });

/** op(A) op(B) + bias, bias broadcast: (n) to every row, (m, 1) to every column. */
function general(a: Operand2, b: Operand2, bias?: Tensor): Tensor {
  const m = a.matrix.shape[a.turned ? 1 : 0];
  const n = b.matrix.shape[b.turned ? 0 : 1];
  return new Tensor({
    op: 'Gemm',
    shape: [m, n],
    dtype: a.matrix.dtype,
    inputs: bias ? [a.matrix, b.matrix, bias] : [a.matrix, b.matrix],
    attributes: { transA: a.turned ? 1 : 0, transB: b.turned ? 1 : 0 },
    backward: (g) => {
      const dy: Operand2 = { matrix: g, turned: false };
      const da = a.turned ? general(b, flip(dy)) : general(dy, flip(b));
      const db = b.turned ? general(flip(dy), a) : general(flip(a), dy);
      return bias ? [da, db, sumTo(g, bias.shape)] : [da, db];
    },
  });
}

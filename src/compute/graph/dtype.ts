/** Element types of symbolic tensors: their JavaScript arrays, and the numbers by which ONNX knows them. */

export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool';

/** The array of a type; booleans are bytes 0 and 1. */
export interface ArrayOf {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly bool: Uint8Array;
}
export type Values = ArrayOf[DType];

export const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/** TensorProto.DataType of onnx.proto. */
export const ONNX_TYPES: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

export const isFloat = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64';

/**
 * The types that an operator takes (of its first input), where not all: what ONNX and the kernels of its runtime on
 * the CPU have in common.
 */
export function takes(op: string, dtype: DType): boolean {
  if (LOGICAL.has(op)) return dtype === 'bool';
  if (FLOAT_ONLY.has(op)) return isFloat(dtype);
  return dtype !== 'bool' || !NUMERIC.has(op);
}

const LOGICAL: ReadonlySet<string> = new Set(['And', 'Or', 'Not']);
const FLOAT_ONLY: ReadonlySet<string> = new Set(
  (
    'Exp Log Sqrt Reciprocal Floor Ceil Round Sin Cos Sigmoid Tanh Relu LeakyRelu Softplus Erf Gelu ' +
    'Softmax LogSoftmax LayerNormalization Gemm'
  ).split(' '),
);
const NUMERIC: ReadonlySet<string> = new Set(
  (
    'Add Sub Mul Div Neg Abs Sign Pow Max Min Less LessOrEqual Greater GreaterOrEqual Clip ' +
    'ReduceSum ReduceMax ReduceMin ArgMax CumSum MatMul'
  ).split(' '),
);

/** Plain numbers as an array of `dtype`; rounds to the type. */
export function valuesOf<D extends DType>(dtype: D, numbers: ArrayLike<number>): ArrayOf[D] {
  const values =
    dtype === 'int64' ? BigInt64Array.from(Array.from(numbers, BigInt)) : fromNumbers(dtype, numbers);
  return values as ArrayOf[D];
}

function fromNumbers(dtype: Exclude<DType, 'int64'>, numbers: ArrayLike<number>): Values {
  if (dtype === 'bool') return Uint8Array.from(Array.from(numbers, (value) => (value ? 1 : 0)));
  return ARRAYS[dtype].from(Array.from(numbers));
}

/** An array of zeros. */
export function zerosOf<D extends DType>(dtype: D, length: number): ArrayOf[D] {
  return new ARRAYS[dtype](length) as ArrayOf[D];
}

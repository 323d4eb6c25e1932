/** Symbolic tensors and the operations on them, each with its derivative. */
export * from './activations.js';
export * from './arrange.js';
export { broadcastShape, expand, type ReduceOptions, reshape, sum, sumTo } from './broadcast.js';
export { type ArrayOf, type DType, isFloat, type Values, valuesOf, zerosOf } from './dtype.js';
export * from './elementwise.js';
export * from './matmul.js';
export * from './normalise.js';
export * from './pictures.js';
export * from './reduce.js';
export * from './select.js';
export {
  type Backward,
  constant,
  graphError,
  input,
  integers,
  knownScalar,
  named,
  type Shape,
  sameShape,
  sameType,
  scalar,
  showShape,
  sizeOf,
  Tensor,
} from './tensor.js';

/** Graphs: build, differentiate, write as ONNX, run. */
export * from './grad/index.js';
export * from './graph/index.js';
export * from './nn/index.js';
// the layers, not the operations beneath them
export { batchNorm, layerNorm } from './nn/index.js';
export * from './onnx/index.js';
export * from './optim/index.js';
export * from './run/index.js';
export * from './special/index.js';
export * from './train/index.js';

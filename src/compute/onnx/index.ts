/** Graphs as ONNX models. */
export { type OnnxModel, writeOnnx } from './model.js';

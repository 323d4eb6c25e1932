/** The compute room in Node: everything, and the native runtime. */
export * from './index.js';
export { nodeDevices, nodeRuntime } from './run/node.node.js';
export { loadCheckpoint, loadModel, type SavedModel, saveModel } from './train/files.node.js';

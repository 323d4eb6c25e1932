/** Running graphs. */
export { Program, type ProgramParts } from './program.js';
export { type Device, Runtime, type RuntimeOptions } from './runtime.js';
export { programsByShape } from './shapes.js';
export { Store } from './store.js';
export { type WebRuntimeOptions, webRuntime } from './web.js';

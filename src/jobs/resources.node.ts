/** What imputers get from Node: ONNX Runtime, loaded when a network first asks for it. */
import type { Runtime } from '../compute/index.js';
import type { ImputerResources } from '../impute/index.js';

/** @param threads of the runtime; default: all cores */
export function nodeResources(threads?: number): ImputerResources {
  let runtime: Promise<Runtime> | undefined;
  return {
    runtime() {
      runtime ??= import('../compute/index.node.js').then(({ nodeRuntime }) => nodeRuntime({ threads }));
      return runtime;
    },
  };
}

/** What imputers get in tests: ONNX Runtime on one thread, shared by all of them. */
import { nodeRuntime } from '../../src/compute/index.node.js';
import type { ImputerResources } from '../../src/impute/index.js';

let runtime: ReturnType<typeof nodeRuntime> | undefined;
export const testResources: ImputerResources = {
  runtime() {
    runtime ??= nodeRuntime({ threads: 1 });
    return runtime;
  },
};

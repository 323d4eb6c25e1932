/** An outcome tensor whose numbers every thread reads from the same memory. */
import type { OutcomeTensor, OutcomeTensorParts } from '../data/index.js';

/** The parts of `tensor` on shared memory: cloneable to workers without copying. */
export function sharedParts(tensor: OutcomeTensor): OutcomeTensorParts {
  const { contexts, actions, genes, control, features } = tensor;
  return {
    contexts,
    actions,
    genes,
    control,
    features,
    profiles: share(tensor.profiles, Float64Array),
    pairContext: share(tensor.pairContext, Int32Array),
    pairAction: share(tensor.pairAction, Int32Array),
    replicates: share(tensor.replicates, Int32Array),
  };
}

/** Memory for profiles that threads can read without a copy. */
export function sharedProfiles(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

function share<T extends Float64Array | Int32Array>(
  values: T,
  Type: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new Type(new SharedArrayBuffer(values.length * Type.BYTES_PER_ELEMENT));
  copy.set(values as never);
  return copy;
}

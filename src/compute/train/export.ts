/** A part of a trained network as a plain ONNX model, for Python, R or any other program that runs ONNX. */
import { reachable } from '../grad/index.js';
import { graphError, Tensor } from '../graph/index.js';
import { type OnnxModel, writeOnnx } from '../onnx/index.js';
import type { Store } from '../run/index.js';

/**
 * The model that computes `outputs` from `inputs`, both by the names that it will have; parameters and statistics are
 * written into it from `store`. Build the graph with `training: false`; sizes are fixed, that of a batch too. Throws
 * GraphError on any other input that is left, as noise.
 */
export async function exportOnnx(
  outputs: Readonly<Record<string, Tensor>>,
  inputs: Readonly<Record<string, Tensor>>,
  store: Store,
): Promise<OnnxModel> {
  const nodes = reachable(Object.values(outputs));
  const standIn = new Map<Tensor, Tensor>();
  for (const [name, original] of Object.entries(inputs)) {
    if (original.op !== 'Input' || !nodes.includes(original)) {
      throw graphError('exportOnnx', `'${name}' is no input that the outputs need`);
    }
    const { shape, dtype } = original;
    standIn.set(original, new Tensor({ op: 'Input', name, shape, dtype }));
  }
  for (const node of nodes) {
    if (standIn.has(node)) continue;
    if (node.op !== 'Input') {
      standIn.set(
        node,
        rebuilt(
          node,
          node.inputs.map((source) => standIn.get(source)!),
        ),
      );
    } else if (store.has(node.name)) {
      const { name, shape, dtype } = node;
      const values = await store.get(name);
      standIn.set(node, new Tensor({ op: 'Constant', name, shape, dtype, values }));
    } else {
      const advice = 'name it as an input, or build the graph with training: false';
      throw graphError('exportOnnx', `'${node.name}', ${node}, is an input without a value; ${advice}`);
    }
  }
  const renamed = Object.entries(outputs).map(([name, tensor]) => [name, standIn.get(tensor)!]);
  return writeOnnx(Object.fromEntries(renamed));
}

function rebuilt(node: Tensor, inputs: readonly Tensor[]): Tensor {
  if (inputs.every((source, i) => source === node.inputs[i])) return node;
  const { op, shape, dtype, attributes, name } = node;
  return new Tensor({ op, shape, dtype, attributes, name, inputs });
}

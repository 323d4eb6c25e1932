/**
 * Before a graph is written: nodes that only steer derivatives vanish, and equal nodes become one. Nodes are pure, so
 * two with the same operator, attributes and inputs are the same value. Folding of constants is the runtime's work.
 */
import { reachable } from '../grad/index.js';
import type { Tensor } from '../graph/index.js';

/** Maps each tensor that `results` need to the one that stands for it. */
export function simplified(results: readonly Tensor[]): Map<Tensor, Tensor> {
  const standIn = new Map<Tensor, Tensor>();
  const first = new Map<string, Tensor>();
  const sources = (node: Tensor) =>
    isTransparent(node) || node.op === 'Part' ? [node.inputs[0]] : node.inputs;
  for (const node of reachable(results, sources)) {
    if (isTransparent(node)) {
      standIn.set(node, standIn.get(node.inputs[0])!);
      continue;
    }
    const key = keyOf(node, standIn);
    const same = first.get(key);
    standIn.set(node, same ?? node);
    if (!same) first.set(key, node);
  }
  return standIn;
}

const isTransparent = ({ op }: Tensor) => op === 'StopGradient' || op === 'CustomGradient';

/** Constants with more elements are not compared. */
const LARGE = 64;

function keyOf(node: Tensor, standIn: ReadonlyMap<Tensor, Tensor>): string {
  if (node.op === 'Input' || (node.op === 'Constant' && node.size > LARGE)) return `${node.op} ${node.id}`;
  const inputs = node.inputs.map((input) => standIn.get(input)?.id);
  return `${node.op} ${node.dtype} ${node.shape} ${JSON.stringify(node.attributes)} ${inputs} ${bitsOf(node)}`;
}

/** Of a constant; its bits, not its numbers, so that 0 and −0 stay apart. */
const bitsOf = ({ values }: Tensor) =>
  values ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : '';
